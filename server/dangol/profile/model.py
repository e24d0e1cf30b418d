"""The profile document. Lists are rings with the newest first; times are unix seconds; money is minor units.

Stored as MessagePack arrays, so a field's place is its name: add fields at the end, never take one away.
"""

from msgspec import Struct, field

from dangol.protocol.event import Value

RECENT_PRODUCTS = 50
RECENT_PAGES = 30
RECENT_SEARCHES = 10
RECENT_ORDERS = 20
CART_LINES = 50
CARTED = 20
CATEGORIES = 30
BRANDS = 30
CONTACTS = 200
TALLIES = 110  # a site has at most 100 groups
COUPONS = 50
LEASES = 16
EVENT_IDS = 64
EVENT_ID_BYTES = 6  # of the id's 62 random bits
CONSENT_CHANGES = 20
DEVICES = 10
PICKS = 20
TRAITS = 200  # twice what a site may declare: those of a former declaration stay for a while


class Seen(Struct, array_like=True, gc=False):
    """A product, category or brand the shopper met: `at` the last time, `times` in all. `price` is what a product cost
    when it was viewed last, where the shop said so. At most 100 characters of id; ordinarily 20 bytes."""

    id: str
    at: int
    times: int = 1
    price: int | None = None


class Line(Struct, array_like=True, gc=False):
    """A line of the cart; `price` is one unit's. At most 300 characters; ordinarily 40 bytes."""

    id: str
    price: int
    quantity: int
    at: int
    category: str = ""
    brand: str = ""


class Order(Struct, array_like=True, gc=False):
    """An order that was counted; kept so that a second report of it is known and a cancelled one can be taken back.
    `products` are those of its lines that recommenders count, 1,000 characters in all."""

    number: str
    value: int
    at: int
    products: tuple[str, ...] = ()


TAKEN_BACK = -1
"""The value of an order that was cancelled: its number stays, so that a late report does not count it again."""


class Visit(Struct, array_like=True):
    """The visit (session) that goes on now, or the last one. A new one starts after 30 idle minutes.

    Pages are paths with their queries, less what ads and analytics put there (`dangol.profile.arrival`, which also
    tells what the marks of a link are). At most 300 characters a page and 100 a mark or search; ordinarily 300 bytes.
    """

    started: int = 0
    page_views: int = 0
    landing: str = ""
    referrer: str = ""  # the host alone
    source: str = ""
    medium: str = ""
    campaign: str = ""
    pages: list[str] = field(default_factory=list)
    searches: list[str] = field(default_factory=list)
    previous_at: int = 0  # when the shopper was last seen before this visit
    content: str = ""
    term: str = ""
    click: str = ""  # who marked the link with a click id, such as google
    referrer_page: str = ""  # host and path
    page_times: list[int] = field(default_factory=list)  # how often each of `pages` was seen


class Environment(Struct, array_like=True, gc=False):
    """What the browser is: `device` is pc, mobile or app (the shop's own, around a web view). `country` is two capital
    letters (ISO 3166), where the proxy in front tells it."""

    device: str = ""
    os: str = ""
    browser: str = ""
    language: str = ""
    country: str = ""


class Coupon(Struct, array_like=True, gc=False):
    """A coupon that a member may use until `expires` (0: without end)."""

    id: str
    name: str = ""
    expires: int = 0


class Rfm(Struct, array_like=True, gc=False):
    """How good a customer is: scores from 1 to 5 (0: not known) for how lately, how often and how much was bought, and
    the name of the grade that these make."""

    grade: str = ""
    recency: int = 0
    frequency: int = 0
    monetary: int = 0


class Member(Struct, array_like=True):
    """The logged-in customer, as signed by the shop or told by its server. `birthday` is MM-DD or YYYY-MM-DD.
    `revenue` is what the shop says the customer has spent in all its days; None where it does not. COUPONS coupons of
    at most 300 characters each; ordinarily 60 bytes a coupon."""

    id: str
    name: str = ""
    grade: str = ""
    sex: str = ""
    birthday: str = ""
    joined_at: int = 0
    last_login_at: int = 0
    phone: str = ""
    email: str = ""
    traits: dict[str, Value] = field(default_factory=dict)  # TRAITS, those told last at the end
    coupons: list[Coupon] = field(default_factory=list)
    rfm: Rfm | None = None
    revenue: int | None = None


class Strip(Struct, array_like=True, frozen=True, gc=False):
    """What the shopper had of the products that a campaign has recommended since the entry: `clicks` on them, `orders`
    with a product so clicked and the `revenue` of those products. `shown` marks what may be clicked (EVENT_ID_BYTES
    each, newest first; `profile.picks` reads it)."""

    shown: bytes = b""
    clicks: int = 0
    orders: int = 0
    revenue: int = 0


class Contact(Struct, array_like=True, gc=False):
    """What passed between one campaign and the shopper; `session` and `day` count confirmed views of the
    visit that started at `visit_started` and of the shop's calendar day `day_number`. `converted` marks the latest
    orders that followed a view or click soon enough (EVENT_ID_BYTES each, newest first; RECENT_ORDERS of them).
    `arm` is how the shopper takes part in the comparison since `entered_at`, in what `segments` then, and drawn by what
    shares (`draw`); `orders` and `revenue` of the time until `until` are put down to that, and what its recommended
    products brought (`strip`)."""

    views: int = 0
    clicks: int = 0
    closes: int = 0
    last_at: int = 0
    session: int = 0
    visit_started: int = 0
    day: int = 0
    day_number: int = 0
    later_until: int = 0  # 0: not asked for; NEVER: never again
    later_visit: int = 0  # "not in this visit": the visit's start
    messages: int = 0
    seen_at: int = 0  # the last confirmed view
    clicked_at: int = 0
    conversions: int = 0
    converted: bytes = b""
    days: bytes = b""  # views and messages by calendar day; `profile.days` reads them
    arm: str = ""
    entered_at: int = 0
    orders: int = 0
    revenue: int = 0
    segments: tuple[str, ...] = ()
    draw: str = ""
    until: int = 0
    strip: Strip | None = None


NEVER = 1 << 40


class ConsentChange(Struct, array_like=True, gc=False):
    """An act in the history of a consent, and who told of it: `what` is agreed, night_agreed, night_withdrawn,
    withdrawn, reconfirmed or notified."""

    what: str
    at: int
    source: str = ""


class Subscription(Struct, array_like=True, gc=False):
    """A shopper's consent to messages of one channel: where to, when and in which words it was given, at night too or
    not, by which campaign's form, and since when it is withdrawn (0: it holds). It was `reconfirmed_at` last, and the
    shopper was told of the latest change `notified_at` (0: never). `history` has the newest CONSENT_CHANGES acts first.
    """

    address: str
    agreed_at: int
    wording: str = ""
    night: bool = False
    source: str = ""
    withdrawn_at: int = 0
    reconfirmed_at: int = 0
    notified_at: int = 0
    history: list[ConsentChange] = field(default_factory=list)


class Device(Struct, array_like=True, frozen=True):
    """Where notifications reach a shopper: `kind` is fcm, apns or webpush, `token` the registration token or, of a
    browser, the subscription as JSON. `seen_at` is when it was told last."""

    kind: str
    token: str
    seen_at: int
    app: str = ""


class Lease(Struct, array_like=True, gc=False):
    """A view that was promised to one page and is not confirmed yet; lapses at `until`. `counts` are the tallies that
    it will count in besides the campaign's own contact, `sources` the recommenders whose products it shows."""

    campaign: str
    exposure: str
    until: int
    counts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Pick(Struct, array_like=True, frozen=True, gc=False):
    """A recommended product that the shopper has clicked: in which campaign, by which recommender and when, and how the
    shopper took part in that campaign (`arm`, `draw`, `entered_at`). Then the `order` that it came to be in, and the
    `quantity` and `revenue` of its lines there; `orders` is 1 for one of the picks by the same recommender in the same
    campaign that the order holds."""

    product: str
    campaign: str
    source: str
    at: int
    arm: str = ""
    draw: str = ""
    entered_at: int = 0
    order: str = ""
    quantity: int = 0
    revenue: int = 0
    orders: int = 0


class Profile(Struct, array_like=True):
    """Everything that dangol knows of one shopper, bounded by the rings' sizes above. An ordinary document has about a
    kilobyte. All rings full of the longest texts of the most hostile browser have 300 KB; contacts with 200 campaigns
    add 20 KB, ten times that where each was seen on 90 days and reports by eight segments, 45 KB where each recommends
    products, and what the shop's server tells of a member 65 KB, traits aside."""

    seed: int = 0  # random, drawn once; holdouts and variants hash on it, so a merge must keep the member's
    first_seen: int = 0
    last_seen: int = 0
    visits: int = 0
    page_views: int = 0
    dwell: int = 0  # seconds over all visits but the current one
    visit: Visit = field(default_factory=Visit)
    environment: Environment = field(default_factory=Environment)
    viewed: list[Seen] = field(default_factory=list)
    categories: list[Seen] = field(default_factory=list)
    cart: list[Line] = field(default_factory=list)
    cart_at: int = 0
    wishlist: list[Seen] = field(default_factory=list)
    orders: int = 0
    spent: int = 0
    last_order_at: int = 0
    bought: list[Seen] = field(default_factory=list)
    recent_orders: list[Order] = field(default_factory=list)
    checkout_at: int = 0
    member: Member | None = None
    contacts: dict[str, Contact] = field(default_factory=dict)
    leases: list[Lease] = field(default_factory=list)
    event_ids: bytes = b""  # EVENT_ID_BYTES each, newest first
    merged: list[str] = field(default_factory=list)  # visitors whose history is already in here
    alias: str = ""  # this visitor is that member now; the history below waits to be merged, then goes
    traits: dict[str, Value] = field(default_factory=dict)  # told by pages, so only public ones
    brands: list[Seen] = field(default_factory=list)
    cart_until: int = 0  # from then on the cart counts as left behind, as of the last event; 0: not known
    behaviours: dict[str, bytes] = field(default_factory=dict)  # what definitions watch for; `profile.watch` reads them
    watched: int = 0  # the newest version of the definitions that `behaviours` were kept by
    tallies: dict[str, Contact] = field(default_factory=dict)  # "" all interruptions, "budget", "group:<id>"
    subscriptions: dict[str, Subscription] = field(default_factory=dict)  # by channel
    anonymous: bool = False  # known by nothing that the browser keeps; lives for a day
    devices: list[Device] = field(default_factory=list)  # newest first, told by apps, browsers and the shop's server
    picks: list[Pick] = field(default_factory=list)  # newest first
    carted: list[Seen] = field(default_factory=list)  # what was put into the cart, whether it still lies there or not

    @property
    def cart_total(self) -> int:
        """Money in the cart, minor units."""
        return sum(line.price * line.quantity for line in self.cart)
