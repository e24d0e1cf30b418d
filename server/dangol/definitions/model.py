"""The definitions' shapes. One `Definitions` document per site is validated, stored, versioned and swapped whole."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}\Z", description="a-z, 0-9, _ and -, at most 40")]
Label = Annotated[str, Meta(max_length=200)]
Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")
Text = Label | dict[Language, Label]
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


class MessageUse(Struct, frozen=True, forbid_unknown_fields=True):
    """Which channel plugin, with which parameters, and how often one recipient may get it."""

    use: Id
    params: dict[str, Any] = field(default_factory=dict)
    once: Literal["ever", "day", "event"] = "ever"


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
    within `window` days is put down to it. `report_by` are segments that its report is split by.
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


class Definitions(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that one site defines."""

    site: Site
    segments: list[Segment] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    groups: Annotated[list[Group], Meta(max_length=100)] = field(default_factory=list)
    manners: Manners = field(default_factory=Manners)
