"""The event in its one normal form: what the log stores, `reduce` reads and plugins receive."""

from msgspec import Struct, field

Scalar = str | int | float | bool
Value = Scalar | list[str]

PAGE_EVENTS = frozenset({"page_view"})
CART_EVENTS = frozenset({"add_to_cart", "remove_from_cart", "view_cart"})
REACTION_EVENTS = frozenset({"widget_view", "widget_click", "widget_close", "widget_later", "widget_submit"})
SHOP_EVENTS = frozenset(
    {"view_item", "view_item_list", "search", "add_to_wishlist", "remove_from_wishlist", "begin_checkout"}
    | {"purchase", "refund", "sign_up", "login", "withdraw", "traits"}
)
STANDARD_EVENTS = PAGE_EVENTS | CART_EVENTS | REACTION_EVENTS | SHOP_EVENTS


RECOMMENDED = "~"
"""Begins the names of parts of a campaign that are no segments: no segment's id does."""


class Item(Struct, array_like=True, frozen=True, gc=False):
    """A product line of an event. `price` is one unit's, in minor units of the site's currency."""

    id: str
    name: str = ""
    price: int | None = None
    quantity: int = 1
    category: str = ""
    brand: str = ""


class Event(Struct, array_like=True, frozen=True):
    """Something that a shopper did, checked and normalised.

    `at` is unix milliseconds with the browser's clock skew taken out. `page` is the path and query of the
    page it happened on. `value` is money in minor units. `key` is what makes the event one of a kind within
    its name: the order number of a purchase, the words of a search, the exposure of a widget event. Only the traits of
    a `traits` event are lists. `reduce` adds `again`, the ids of those products with which the shopper did the same on
    the same day before, and of those beyond what one event may count (`profile.repeats`); to a product view `before`,
    the products viewed earlier in that visit, the latest first; and to a refund, instead of what was told, the products
    that the order had counted with and in ``props["placed"]`` when that was, both empty where the order is not known.
    """

    id: str
    name: str
    at: int
    page: str = ""
    items: list[Item] = field(default_factory=list)
    value: int | None = None
    key: str = ""
    props: dict[str, Value] = field(default_factory=dict)
    again: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


class Decided(Struct, array_like=True, frozen=True, gc=False):
    """A decision of a campaign that the log keeps: `kind` is show, holdout or message; `arm` is holdout, a variant, or
    "on" where there are none."""

    campaign: str
    kind: str
    key: str
    arm: str = ""


class Credit(Struct, array_like=True, frozen=True, gc=False):
    """What a request changed in the comparison of a campaign's arms, for one shopper: all that is counted of it.

    `day` is the shop's calendar day (proleptic Gregorian ordinal) on which the shopper entered `arm`, being in
    `segments` of those that the report is split by; `draw` names the shares by which the arms are drawn. `entered` is 1
    for the shopper's entry, which tells these `shares` too, and -1 where a login shows that somebody had entered
    before: nobody counts twice. `seen` is 1 with the first confirmed view. `orders` and `revenue` (minor units) are
    what was put down to the campaign with this, or taken back, `orders_before` and `revenue_before` what had been
    before it.

    With a `part` it is about recommended products alone, which stand apart: `RECOMMENDED` is all of them, and
    `RECOMMENDED` before a recommender's name its own. There `views` are of strips, `clicks` on products, `clickers` is
    1 with a shopper's first, and `orders`, `items` and `revenue` are those of products that were clicked before.
    """

    campaign: str
    arm: str
    draw: str
    day: int
    segments: tuple[str, ...] = ()
    entered: int = 0
    seen: int = 0
    views: int = 0
    clicks: int = 0
    closes: int = 0
    laters: int = 0
    submits: int = 0
    orders: int = 0
    revenue: int = 0
    orders_before: int = 0
    revenue_before: int = 0
    shares: dict[str, float] = field(default_factory=dict)
    part: str = ""
    clickers: int = 0
    items: int = 0


class Head(Struct, array_like=True, frozen=True, gc=False):
    """The beginning of an `Entry`, where that is all that is asked for: reading it is much quicker."""

    site: str
    profile: str
    member: str
    at: int


class Entry(Struct, array_like=True, frozen=True):
    """One entry of the event log: what one profile did in one request, and what was decided on it.

    `at` is the server's clock, unix milliseconds. `member` is empty for a visitor who is not a member. `credits` are
    what campaigns' comparisons count of it. `formerly` are the profiles of the visitors who turned out to be this
    person, the latest first.
    """

    site: str
    profile: str
    member: str
    at: int
    events: list[Event]
    decided: list[Decided] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    formerly: tuple[str, ...] = ()
