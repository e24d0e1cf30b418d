"""The definitions' shapes. One `Definitions` document per site is validated, stored, versioned and swapped whole."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}\Z", description="a-z, 0-9, _ and -, at most 40")]
Label = Annotated[str, Meta(max_length=200)]
Text = Label | dict[Literal["ko", "en"], Label]
Glob = Annotated[str, Meta(min_length=1, max_length=200)]
Later = Literal["session", "1h", "1d", "7d", "30d", "never"]
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


class Site(Struct, frozen=True, forbid_unknown_fields=True):
    """One shop. `key` is public and stands in the script line; `origins` are the addresses its pages live on."""

    id: Id
    key: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{8,64}\Z")]
    name: Text
    origins: Annotated[list[Annotated[str, Meta(pattern=r"^https?://[^/\s]+\Z")]], Meta(min_length=1)]
    currency: Literal["KRW", "USD", "EUR", "GBP", "JPY"] = "KRW"
    timezone: str = "Asia/Seoul"
    language: Literal["ko", "en"] = "ko"
    cart_days: Annotated[int, Meta(ge=1, le=365)] = 30
    traits: Annotated[list[Trait], Meta(max_length=100)] = field(default_factory=list)


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
    """Which widget plugin, with which parameters; `at` is the CSS selector an inline widget is put into."""

    use: Id
    params: dict[str, Any] = field(default_factory=dict)
    at: Annotated[str, Meta(max_length=200)] = ""


class MessageUse(Struct, frozen=True, forbid_unknown_fields=True):
    """Which channel plugin, with which parameters, and how often one recipient may get it."""

    use: Id
    params: dict[str, Any] = field(default_factory=dict)
    once: Literal["ever", "day", "event"] = "ever"


class Cap(Struct, frozen=True, forbid_unknown_fields=True):
    """At most `times` confirmed or promised views per session, shop's calendar day, or ever."""

    times: Annotated[int, Meta(ge=1, le=1000)]
    per: Literal["session", "day", "lifetime"]


class Pages(Struct, frozen=True, forbid_unknown_fields=True):
    """Globs over the path of the page; empty `only` means every page; `never` wins."""

    only: Annotated[list[Glob], Meta(max_length=50)] = field(default_factory=list)
    never: Annotated[list[Glob], Meta(max_length=50)] = field(default_factory=list)


class Campaign(Struct, frozen=True, forbid_unknown_fields=True):
    """An audience, an action (a widget or a message) and the rules of its delivery.

    `audience` names segments that must all hold; empty means everyone. `on` names the events that it is
    judged on. `delay` is seconds after the page view. Higher `priority` goes first. `holdout` is the percentage
    of shoppers who never get it, so that its effect can be measured.
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


class Definitions(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that one site defines."""

    site: Site
    segments: list[Segment] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
