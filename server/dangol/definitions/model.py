"""The definitions' shapes. One `Definitions` document per site is validated, stored, versioned and swapped whole."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from dangol.definitions.basics import LANGUAGES as LANGUAGES
from dangol.definitions.basics import Id as Id
from dangol.definitions.basics import Label as Label
from dangol.definitions.basics import Language as Language
from dangol.definitions.basics import Text as Text
from dangol.definitions.templates import Template as Template

Glob = Annotated[str, Meta(min_length=1, max_length=200)]
Later = Literal["session", "1h", "1d", "7d", "30d", "never"]
Kind = Literal["home", "product", "category", "search", "cart", "checkout", "order", "member", "other"]
Color = Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}\Z", description="a colour such as #c2410c")]
Position = Literal["", "bottom-end", "bottom-start", "top-end", "top-start", "top", "bottom"]
Effect = Literal["", "fade", "slide", "zoom", "bounce"]
Unit = Annotated[str, Meta(pattern=r"^[^{}]{0,20}\Z", description="at most 20 characters, without braces")]
Choice = Annotated[str, Meta(min_length=1, max_length=200)]


class Trait(Struct, frozen=True, forbid_unknown_fields=True):
    """A fact about shoppers that the shop has named itself: a condition `trait.<id>`. The shop's server tells it of
    members; of a `public` one the shop's pages may tell too, and anybody can have them say anything. `unit` stands
    behind a number; a text with `choices` is one of them.
    """

    id: Id
    name: Text
    type: Literal["number", "text", "boolean", "time", "list"]
    public: bool = False
    unit: Unit = ""
    choices: Annotated[list[Choice], Meta(max_length=200)] = field(default_factory=list)


class Theme(Struct, frozen=True, forbid_unknown_fields=True):
    """How the widgets of a site look, set once. A preset, and what the shop wants otherwise; `on_color` is text on
    `color`, chosen by contrast where it is absent. `scheme` page follows the page's own `color-scheme`.
    """

    preset: Literal["soft", "crisp", "bold", "quiet"] = "soft"
    color: Color | None = None
    on_color: Color | None = None
    radius: Annotated[int, Meta(ge=0, le=32)] | None = None
    spacing: Literal["snug", "normal", "roomy"] = "normal"
    font: Literal["inherit", "system"] = "inherit"
    scheme: Literal["page", "light", "dark"] = "page"


class LoginPage(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the shop's members log in, and the parameter that tells that page where to lead them back to."""

    url: Annotated[str, Meta(pattern=r"^(https?://[^\s\\]+|/(?![/\\])[^\s\\]*)\Z", max_length=500)]
    parameter: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{1,40}\Z")] = "returnUrl"


class Feed(Struct, frozen=True, forbid_unknown_fields=True):
    """A product feed, fetched from `url` every so many hours; with `replace` what it no longer names is hidden."""

    url: Annotated[str, Meta(pattern=r"^https?://[^\s\\]+\Z", max_length=2000)]
    hours: Annotated[int, Meta(ge=1, le=168)] = 6
    replace: bool = True


class ProductRules(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the catalogue comes from, besides what the shop's server tells, and what holds for recommending it.

    `pages`: product pages that shoppers visit are read for schema.org's JSON-LD. What somebody bought is not offered
    to them for `repurchase_days`."""

    feed: Feed | None = None
    pages: bool = False
    repurchase_days: Annotated[int, Meta(ge=0, le=3650)] = 30


class Site(Struct, frozen=True, forbid_unknown_fields=True):
    """One shop. `key` is public and stands in the script line; `origins` are the addresses its pages live on."""

    id: Id
    key: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{8,64}\Z")]
    name: Text
    origins: Annotated[list[Annotated[str, Meta(pattern=r"^https?://[^/\s]+\Z")]], Meta(min_length=1)]
    currency: Literal["KRW", "USD", "EUR", "GBP", "JPY"] = "KRW"
    timezone: str = "Asia/Seoul"
    language: Language = "ko"
    cart_days: Annotated[int, Meta(ge=1, le=365)] = 30
    traits: Annotated[list[Trait], Meta(max_length=100)] = field(default_factory=list)
    theme: Theme = field(default_factory=Theme)
    login: LoginPage | None = None
    products: ProductRules = field(default_factory=lambda: ProductRules())


# A condition tree as written: {"all": [...]}, {"any": [...]}, {"not": {...}}, {"segment": "<id>"} or
# {"<condition>": {"<operator>": value}}.
# `dangol.segments.language.reader` checks it.
ConditionTree = dict[str, Any]


class Segment(Struct, frozen=True, forbid_unknown_fields=True):
    """Shoppers for whom `include` holds and `exclude` does not."""

    id: Id
    include: ConditionTree
    name: Text = ""
    exclude: ConditionTree | None = None


class WidgetUse(Struct, frozen=True, forbid_unknown_fields=True):
    """Which widget plugin, with which parameters; `at` is the CSS selector an inline widget is put into, `position`
    where another one stands (empty: where its slot stands ordinarily) and `effect` how it draws attention."""

    use: Id
    params: dict[str, Any] = field(default_factory=dict)
    at: Annotated[str, Meta(max_length=200)] = ""
    position: Position = ""
    effect: Effect = ""


Amount = Annotated[float, Meta(ge=0, le=1e9, description="an amount in the site's currency")]
ConsentChannel = Literal["sms", "kakao", "push", "email"]
Failure = Literal[
    "bad_address",
    "not_reachable",
    "blocked",
    "opted_out",
    "content",
    "account",
    "balance",
    "night",
    "too_fast",
    "duplicate",
    "provider",
    "other",
]
"""Why a message could not be delivered. not_reachable: no KakaoTalk user, an inactive one or one who has blocked the
channel; blocked: the carrier's or phone's spam filter; provider: it may work later."""


class Sender(Struct, frozen=True, forbid_unknown_fields=True):
    """Through whom messages go: a channel plugin with its parameters, such as the profile or number to send from.

    `prices` are what one message of each form costs (text: sms, lms, mms; else alimtalk, brand, push, email, custom),
    `rate` is how many a second the account allows over all workers (None: what the plugin says)."""

    id: Id
    use: Id
    params: dict[str, Any] = field(default_factory=dict)
    prices: Annotated[dict[Id, Amount], Meta(max_length=20)] = field(default_factory=dict)
    rate: Annotated[float, Meta(gt=0, le=100_000)] | None = None
    name: Text = ""


class Budget(Struct, frozen=True, forbid_unknown_fields=True):
    """The most that may be spent on messages within one of the shop's calendar days, and in all."""

    day: Amount | None = None
    total: Amount | None = None


class Fallback(Struct, frozen=True, forbid_unknown_fields=True):
    """What is sent instead, once, where a message failed for one of the reasons `on`."""

    use: Id
    template: Id
    fill: dict[Label, Text] = field(default_factory=dict)
    on: list[Failure] = field(default_factory=lambda: ["not_reachable"])


class MessageUse(Struct, frozen=True, forbid_unknown_fields=True):
    """Through which sender or channel plugin a message goes (`use`), with which parameters laid over the sender's, what
    it says (`template`), and how often one recipient may get it (`once`).

    `fill` gives the template's ``#{...}`` variables from the shopper's own ones. It goes `wait` seconds after its
    cause, if the audience still holds then. Without a template the channel gets the variables alone: then `ad` tells
    whether it is an advertisement, and `consent` which consent that needs."""

    use: Id
    params: dict[str, Any] = field(default_factory=dict)
    once: Literal["ever", "day", "event"] = "ever"
    template: Annotated[str, Meta(max_length=40)] = ""
    fill: Annotated[dict[Label, Text], Meta(max_length=40)] = field(default_factory=dict)
    wait: Annotated[float, Meta(ge=0, le=2_592_000)] = 0
    ad: bool = False
    consent: ConsentChannel | Literal[""] = ""
    fallback: Fallback | None = None
    budget: Budget = field(default_factory=Budget)


Day = Annotated[str, Meta(max_length=12)] | Annotated[int, Meta(ge=1, le=31)]
"""A day of the week, a date, or such as "2nd fri"."""


class Schedule(Struct, frozen=True, forbid_unknown_fields=True):
    """When a message goes to whoever matches then, in the site's time zone, from the campaign's `starts` to its `ends`.

    `every` week needs days in `on` (mon to sun), month dates (1 to 31, last) or such as "2nd fri" and "last fri".
    `range` are the members asked: all, those seen since the last slot (7 days at most), or within so many days
    (``30d``). A slot that no worker could run in time is run up to `late` hours later, after that it is reported as
    missed."""

    every: Literal["once", "day", "weekday", "week", "month"]
    at: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", description="a time such as 10:30")]
    on: Annotated[list[Day], Meta(max_length=31)] = field(default_factory=list)
    interval: Annotated[int, Meta(ge=1, le=52)] = 1
    range: Annotated[str, Meta(pattern=r"^(all|since_last|([1-9]|[1-8][0-9]|90)d)\Z")] = "all"
    late: Annotated[float, Meta(ge=0, le=168)] = 6


Notice = Literal[
    "",
    "joined",
    "ordered",
    "deposit_due",
    "paid",
    "shipped",
    "delivered",
    "cancelled",
    "refunded",
    "grade_changed",
    "coupon_issued",
    "coupon_expiring",
    "consent_changed",
]
"""Something in the shop that a customer is told of at once."""


class Night(Struct, frozen=True, forbid_unknown_fields=True):
    """Advertisements by these channels don't go from one time of day to another."""

    channels: Annotated[list[ConsentChannel], Meta(min_length=1)]
    start: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")]
    end: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")]


class ContactPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """What holds over all messages of a site. `jurisdiction` is whose law counts, `timezone` where its nights are
    (empty: the jurisdiction's own, else the site's), `nights` replace its windows of the channels they name and may
    only be longer. `company` and `contact` name the sender, `opt_out` is the free number (080…) by which texts are
    refused. A consent is good for `reconfirm` days."""

    jurisdiction: Literal["kr", "us", "other"] = "kr"
    timezone: Annotated[str, Meta(max_length=60)] = ""
    nights: Annotated[list[Night], Meta(max_length=8)] = field(default_factory=list)
    company: Label = ""
    contact: Label = ""
    opt_out: Annotated[str, Meta(pattern=r"^[0-9-]{0,20}\Z")] = ""
    reconfirm: Annotated[int, Meta(ge=1, le=3650)] = 730
    budget: Budget = field(default_factory=Budget)


class Cap(Struct, frozen=True, forbid_unknown_fields=True):
    """At most `times` confirmed or promised views per session, shop's calendar day, ever, or within so many calendar
    days, today and those before it (``7d``)."""

    times: Annotated[int, Meta(ge=1, le=1000)]
    per: Annotated[
        str,
        Meta(
            pattern=r"^(session|day|lifetime|([2-9]|[1-8][0-9]|90)d)\Z",
            description="session, day, lifetime, or 2d to 90d",
        ),
    ]


class Group(Struct, frozen=True, forbid_unknown_fields=True):
    """Campaigns that share limits."""

    id: Id
    name: Text = ""
    caps: Annotated[list[Cap], Meta(max_length=5)] = field(default_factory=list)


class Manners(Struct, frozen=True, forbid_unknown_fields=True):
    """What holds over all campaigns that interrupt: `caps`, the least seconds between two of them (`gap`), and a
    `budget` that they share with messages.
    """

    caps: Annotated[list[Cap], Meta(max_length=5)] = field(default_factory=list)
    gap: Annotated[int, Meta(ge=0, le=86_400)] = 30
    budget: Annotated[list[Cap], Meta(max_length=5)] = field(default_factory=list)


class Pages(Struct, frozen=True, forbid_unknown_fields=True):
    """Globs over the path of the page, and over its query where they have one; empty `only` means every page; `never`
    wins. `kinds` are those of the page, as it told of itself; empty means every kind."""

    only: Annotated[list[Glob], Meta(max_length=50)] = field(default_factory=list)
    never: Annotated[list[Glob], Meta(max_length=50)] = field(default_factory=list)
    kinds: Annotated[list[Kind], Meta(max_length=9)] = field(default_factory=list)


class Variant(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the forms of a campaign that are compared: its parameters laid over the campaign's own. Shoppers are
    shared out by `weight`."""

    id: Id
    weight: Annotated[int, Meta(ge=1, le=1000)] = 1
    name: Text = ""
    params: dict[str, Any] = field(default_factory=dict)


LinkParams = dict[
    Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{1,40}\Z")], Annotated[str, Meta(min_length=1, max_length=200)]
]


class LinkRules(Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of a campaign's links within the shop: parameters that are added (`everywhere`: to links that lead
    elsewhere, too), and `login` to lead through the site's login page who isn't logged in."""

    params: Annotated[LinkParams, Meta(max_length=10)] = field(default_factory=dict)
    login: bool = False
    everywhere: bool = False


class Campaign(Struct, frozen=True, forbid_unknown_fields=True):
    """An audience, an action (a widget or a message) and the rules of its delivery.

    `audience` names segments that must all hold; empty means everyone. `on` names the events that it is
    judged on. It is shown `delay` seconds after that at the earliest, and at one moment at most: when `scroll` percent
    of the page were scrolled, after `idle` seconds without input, or on the way out (`exit`). `interrupts` tells
    whether it counts as an interruption (None: dialogs, corner messages and messages do). Higher `priority` goes
    first. `holdout` is the percentage of shoppers who never get it, so that its effect can be measured; an order
    within `window` days is put down to it. `report_by` are segments that its report is split by. A message may go by a
    `schedule` or upon a `notice` of the shop instead of `on` events.
    """

    id: Id
    name: Text = ""
    active: bool = True
    audience: list[Id] = field(default_factory=list)
    widget: WidgetUse | None = None
    message: MessageUse | None = None
    on: Annotated[list[str], Meta(min_length=1, max_length=20)] = field(default_factory=lambda: ["page_view"])
    pages: Pages = field(default_factory=Pages)
    delay: Annotated[float, Meta(ge=0, le=600)] = 0
    caps: Annotated[list[Cap], Meta(max_length=5)] = field(default_factory=list)
    later: Annotated[list[Later], Meta(max_length=6)] = field(default_factory=list)
    priority: Annotated[int, Meta(ge=-1000, le=1000)] = 0
    starts: datetime | None = None
    ends: datetime | None = None
    holdout: Annotated[float, Meta(ge=0, le=100)] = 5
    scroll: Annotated[int, Meta(ge=1, le=100)] | None = None
    idle: Annotated[float, Meta(ge=3, le=600)] | None = None
    exit: bool = False
    group: Annotated[str, Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?\Z", description="the id of a group")] = ""
    interrupts: bool | None = None
    variants: Annotated[list[Variant], Meta(max_length=8)] = field(default_factory=list)
    window: Annotated[int, Meta(ge=1, le=30)] = 7
    report_by: Annotated[list[Id], Meta(max_length=8)] = field(default_factory=list)
    link: LinkRules = field(default_factory=LinkRules)
    schedule: Schedule | None = None
    notice: Notice = ""


class Definitions(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that one site defines."""

    site: Site
    segments: list[Segment] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    groups: Annotated[list[Group], Meta(max_length=100)] = field(default_factory=list)
    manners: Manners = field(default_factory=Manners)
    senders: Annotated[list[Sender], Meta(max_length=50)] = field(default_factory=list)
    templates: Annotated[list[Template], Meta(max_length=500)] = field(default_factory=list)
    contact: ContactPolicy = field(default_factory=ContactPolicy)
