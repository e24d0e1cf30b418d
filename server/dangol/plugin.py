"""The plugin author's first page: every kind of plugin, and all that a plugin may use of dangol.

A plugin is a class, listed in its distribution under the entry-point group ``dangol.plugins``:

    [project.entry-points."dangol.plugins"]
    hello = "hello_widget:Hello"

It is made once per process with no arguments. Its parameters are a `msgspec.Struct` named ``Params``: the one
schema that checks what a campaign says, makes the console's form and documents the plugin. The name under which
it is listed must be its ``name``. Whatever a plugin raises, dangol logs and counts it, goes on without the
plugin, and after repeated failures leaves it out for a while.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, Protocol

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from dangol.addresses import is_public
from dangol.definitions import templates
from dangol.definitions.model import Failure, Kind
from dangol.definitions.templates import Template
from dangol.products.product import NO_FILTERS, Filters, Product
from dangol.profile.model import Device, Profile
from dangol.protocol.event import Entry, Event, Item, Value
from dangol.render.money import Money

__all__ = [
    "API",
    "Channel",
    "Condition",
    "Count",
    "Counts",
    "Device",
    "Entry",
    "Event",
    "Failure",
    "Filters",
    "Hook",
    "Item",
    "Mark",
    "Marks",
    "Money",
    "Plugin",
    "Product",
    "Profile",
    "PushRequest",
    "Query",
    "Ranked",
    "Receipt",
    "Recommendation",
    "Recommender",
    "RecommenderName",
    "Request",
    "Rows",
    "Scored",
    "Sent",
    "Shelf",
    "Sink",
    "Submission",
    "Subscribe",
    "Tally",
    "TallyQuery",
    "Template",
    "Text",
    "Told",
    "Total",
    "Untrusted",
    "Url",
    "View",
    "Widget",
    "is_public",
    "templates",
]

API = 1
"""The version of this interface. A plugin states the one it was written for as ``api``; another is refused."""

Text = str | dict[Literal["ko", "en"], str]
"""What a marketer writes: one text, or one per language. ``{name|friend}`` stands for the shopper's name, or
"friend" where no verified name is known; docs/variables.md has the rest. It is data: no template runs on it."""

Url = Annotated[str, Meta(pattern=r"^(https?://[^\s\\]+|/(?![/\\])[^\s\\]*)\Z", max_length=2000)]
"""An http(s) address, or a path on the shop's own site."""

RecommenderName = Annotated[str, Meta(max_length=40, extra={"names": "recommender"})]
"""The name of a recommender. Definitions that name one which is not installed are refused."""


class Plugin:
    """What all kinds share."""

    name: ClassVar[str]
    version: ClassVar[str] = "0"
    api: ClassVar[int]
    title: ClassVar[Text] = ""

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """No parameters, unless the plugin says otherwise."""


class Request(Struct, frozen=True):
    """The page that the shopper has open now. `path` is without the query, `url` with it. `product` and its `name`,
    `brand`, `category` and `price` (one unit's, minor units) are those on screen, `search` the words just searched for,
    `ordered` the products of the order just placed. `kind` is home, product, category, search, cart, checkout, order,
    member or other. `verified` tells that the member's identity was signed by the shop for this very request."""

    now: float
    path: str = ""
    url: str = ""
    product: str = ""
    event_names: frozenset[str] = frozenset()
    order_value: int | None = None
    language: str = ""
    verified: bool = False
    brand: str = ""
    category: str = ""
    price: int | None = None
    search: str = ""
    ordered: frozenset[str] = frozenset()
    name: str = ""
    kind: Kind = "other"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A product that was recommended, by which recommender, and why in the shopper's language ("" where it does not
    say). `because` is the id of the product that brought it up, if one did."""

    product: Product
    recommender: str
    reason: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """A consent that the shopper has given: messages of `channel` may go to `address`, at `night` too (21:00 to 08:00
    in Korea, which asks for a consent of its own) or not. `wording` is what the shopper agreed to, `field` the form's
    field that the address was written in. dangol checks the address and writes it in one form."""

    channel: Literal["sms", "kakao", "push", "email"]
    address: str
    wording: Text
    night: bool = False
    field: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a widget makes of its form. `problems` tells by field what is wrong; then nothing is kept and the widget is
    shown again. Else `traits`, of which those count that the site declares as public, and `subscriptions` are written
    to the profile, and the widget is shown again to say thanks. dangol adds the addresses that it can't use to
    `problems`.
    """

    traits: Mapping[str, Value] = field(default_factory=dict)
    subscriptions: Sequence[Subscribe] = ()
    problems: Mapping[str, Text] = field(default_factory=dict)


class View(Protocol):
    """What a widget may know and do while it is made ready for one shopper. `submission` is what was made of the form
    that the shopper has just sent, and None in all other cases."""

    language: str
    currency: str
    profile: Profile
    request: Request
    submission: Submission | None

    def text(self, text: Text, **values: str | Money) -> str:
        """The text in the shopper's language, its variables filled in; `values` are those of the widget's own."""

    def money(self, minor: int) -> str:
        """An amount as the shop writes it: ``12,000원``, ``£3.50``."""

    def local(self, at: float) -> datetime:
        """A unix time as the shop's clocks show it."""

    def day(self, day: date) -> str:
        """A day as the shopper reads it: ``11월 30일``, ``30 November``; with the year where it is not this one."""

    async def products(self, ids: Sequence[str]) -> Sequence[Product]:
        """Those of the products that the shop's catalogue has, in this order."""

    async def tally(
        self, source: str, action: str, *, product: str = "", category: str = "", minutes: int = 1440
    ) -> int:
        """How many people did `action` within the last minutes, at most a week, with the product, with one of the
        category or with any, as the tally plugin `source` counted them; 0 where nobody did or the tally fails."""

    async def recommend(
        self,
        recommenders: str | Sequence[str],
        *,
        count: int,
        filters: Filters = NO_FILTERS,
        gap: int | None = None,
    ) -> Sequence[Recommendation]:
        """At most `count` products that go with the page and the cart, best first. The recommenders are asked in turn
        until there are enough, the popular one last; of products that differ in colour or size alone there is one.
        With a `gap` (minor units) those come first that close it with little to spare. Empty only where nothing of the
        catalogue fits."""


class Widget(Plugin, ABC):
    """Something that a page shows.

    Beside the class lie ``template.html`` (Jinja2, autoescaped, with the filters ``t`` for texts and ``money``)
    and ``style.css``. The template's HTML is checked against an allow-list and travels to the page as a tree of
    nodes. ``data-dg="close"`` closes, ``data-dg="later"`` with ``data-for`` puts it off, ``data-dg="click"``
    counts a click, of a product that it recommends with ``data-for="<recommender>:<product id>"``, and
    ``data-dg="copy"`` copies what ``data-for`` says. A ``form`` goes to `submit`. The template may include files beside
    the class, or of the package that the class's own is in.
    """

    slot: ClassVar[Literal["corner", "dialog", "bar", "inline", "float"]]
    variables: ClassVar[Collection[str] | Mapping[str, str]] = ()
    """Names that the widget's texts may use besides the shopper's own; it fills them in with `View.text`. A mapping
    gives the kinds of their values as well, such as ``{"cart_gap": "money"}``; else they are texts."""
    anchored: ClassVar[bool] = False
    """Whether a campaign may put it into the page too, at a selector; then its slot is "inline"."""
    styles: ClassVar[Sequence[str]] = ("style.css",)
    """Its stylesheets, the later ones going before; found as included templates are. One that several widgets name is
    fetched once."""

    @abstractmethod
    async def context(self, params: Any, view: View) -> Mapping[str, Any] | None:
        """What the template gets besides ``params`` and ``view``; None when there is nothing to show.

        ``label`` in it is the widget's name for screen readers; without it the parameter ``title`` is, else the
        plugin's own title. ``styles`` are those of `styles` that this content needs; without it all are.
        """

    def submit(self, params: Any, fields: Mapping[str, str]) -> Submission | None:
        """What follows from the form that the shopper has sent, its fields by name; None takes no forms. Pure. `fields`
        are a browser's words: at most 30 texts of 2,000 characters, under whatever names."""
        return None


class Shelf(Protocol):
    """The site's catalogue as columns, the same in every call of one query. A product's *place* is its row in all of
    them; a place is never given to another product. All arrays are read-only and as of about a second ago."""

    size: int
    ids: Sequence[str]
    prices: NDArray[np.int64]
    """To be paid now, minor units."""
    categories: NDArray[np.int32]
    """Codes of at most four categories each, shape (size, 4), its main one first; -1: none."""
    brands: NDArray[np.int32]
    """Codes; -1: none."""
    groups: NDArray[np.int32]
    """Codes, of products that differ in colour or size alone the same; -1: it stands for itself."""
    added: NDArray[np.int64]
    """Unix seconds."""
    offerable: NDArray[np.bool_]
    """On show and not sold out."""

    def places(self, ids: Sequence[str]) -> NDArray[np.int32]:
        """The places of products; -1 for what the catalogue does not have."""

    def category(self, name: str) -> int:
        """The code of a category; -1 where no product is in it."""

    def in_category(self, code: int) -> NDArray[np.int32]:
        """The places of all products of one category."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question to a recommender: what goes with `seeds`? They are product ids, the most telling first: the product
    on screen, else the cart and what was viewed lately. `cart` has the ids of what lies in the cart. A shopper who is
    not known has no `profile`. `filters` are those that the answer goes through afterwards: no recommender has to mind
    them, but it may look where something will be left."""

    seeds: Sequence[str]
    count: int
    now: float
    shelf: Shelf
    profile: Profile | None = None
    cart: Sequence[str] = ()
    filters: Filters = NO_FILTERS


@dataclass(frozen=True, slots=True)
class Scored:
    """An answer: a product id and how well it fits; higher is better, the scale is the recommender's own. `because` is
    the seed that brought it up."""

    product: str
    score: float
    because: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Many answers at once, in any order: places on the shelf, their scores, and the places of the seeds that brought
    them up (-1: none)."""

    places: NDArray[np.int32]
    scores: NDArray[np.float32]
    because: NDArray[np.int32] | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """Add `by` to each of `members`, which are product ids, in the row of `key`, as of the unix time `at`; below zero
    it takes back. A row keeps its highest members, and only those that the catalogue has can be read."""

    key: str
    members: Sequence[str]
    by: float
    at: float


@dataclass(frozen=True, slots=True)
class Total:
    """Add `by` to each of `members`, which are product ids, in the total `name`, as of the unix time `at`."""

    name: str
    members: Sequence[str]
    by: float
    at: float


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of counts: those of the i-th key are ``places[starts[i]:starts[i + 1]]`` with their `sums` as of now, in any
    order."""

    starts: NDArray[np.int32]
    places: NDArray[np.int32]
    sums: NDArray[np.float32]


class Counts(Protocol):
    """What recommenders have counted, at most a second or two behind. `of` names another recommender's."""

    async def rows(self, keys: Sequence[str], of: str = "") -> Rows:
        """The rows of the keys, empty ones for those that nothing was counted under."""

    async def totals(self, name: str, of: str = "") -> NDArray[np.float32]:
        """A total for each place of the shelf, as of now."""


class Recommender(Plugin, ABC):
    """Learns from the event log and from past orders, one entry at a time, and answers queries from what it counted.

    dangol applies the counts of an entry exactly once, also when a worker dies half way, and shares them
    between all servers. Entries hold products of the catalogue alone. What one shopper does again and again on one day
    is marked in `Event.again`: count people, not deeds. A cancelled order comes as a ``refund`` with the lines that had
    counted and, in ``props["placed"]``, the unix milliseconds of the order.
    """

    half_life: ClassVar[Annotated[float, Meta(ge=0)]] = 0.0
    """Seconds after which a row's sums count half; 0: they never fade."""

    totals: ClassVar[Mapping[Annotated[str, Meta(min_length=1, max_length=40)], Annotated[float, Meta(ge=0)]]] = {}
    """The names of its totals, and the half-life of each."""

    keep: ClassVar[Annotated[int, Meta(ge=1, le=256)]] = 64
    """Members that a row keeps, at most 256."""

    reason: ClassVar[Text] = ""
    """Why its products are offered: "Popular right now"."""

    reason_because: ClassVar[Text] = ""
    """The same where a product brought it up, which is {product}: "Bought with {product}"."""

    def warm(self) -> None:
        """Load what takes long and only recommending needs, such as compiled kernels. Called once, in a thread, before
        the first query."""

    def learn(self, entry: Entry) -> Iterable[Count | Total]:
        """What this entry adds. Pure. Leave it out where there is nothing to learn."""
        return ()

    @abstractmethod
    async def recommend(self, query: Query, counts: Counts) -> Ranked | Sequence[Scored]:
        """Products for the query; more than asked for, since filters come after: a few hundred where there are."""


@dataclass(frozen=True, slots=True)
class Mark:
    """`who`, such as an entry's profile, did what `key` stands for at the unix time `at`. `undone`: what was done then
    was taken back. Those of `formerly` have turned out to be the same person, and count no more."""

    key: str
    who: str
    at: float
    undone: bool = False
    formerly: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TallyQuery:
    """How many people did `action` since the unix time, with `product`, with any product of `category` or, where both
    are empty, with any at all?"""

    action: str
    product: str
    since: float
    category: str = ""


class Marks(Protocol):
    """A tally's own marks, as the event log has left them."""

    async def people(self, key: str, since: float) -> int:
        """How many people have a mark under `key` since the unix time: each counts once. Never more than there were."""


class Tally(Plugin, ABC):
    """Knows how many people did something lately, from the event log, one entry at a time.

    Of each key dangol keeps the people who were marked last within seven days, 5,000 at most, and nothing that tells
    who they are. A mark that comes twice changes nothing. Items that tell no category have the catalogue's.
    """

    @abstractmethod
    def learn(self, entry: Entry) -> Iterable[Mark]:
        """The marks that this entry leaves. Pure."""

    @abstractmethod
    async def count(self, query: TallyQuery, marks: Marks) -> int:
        """The number of people."""


@dataclass(frozen=True, slots=True)
class PushRequest:
    """One message for one recipient. `key` is made from the cause, so the same cause has the same key for ever:
    hand it to the provider as idempotency key where it takes one.

    `to` is the address that the contact policy has allowed: a phone number (01012345678, or E.164) or an e-mail
    address; for notifications it is empty and `devices` are the member's. `content` is the filled template, all texts
    plain, None where the campaign has no template. `variables` are what it was filled with; of a template that the
    provider keeps, they are what the provider fills it with. `unsubscribe` is an address that ends the consent, for an
    advertisement."""

    key: str
    site: str
    cause: str
    member: str
    recipient: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 1
    to: str = ""
    devices: tuple[Device, ...] = ()
    content: Template | None = None
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a push request.

    accepted: the provider has it. delivered: it reached the recipient. failed: it never will, and `failure` tells which
    kind of failure it is. retry: it may work later, after `retry_after` seconds at the earliest; of a channel that is
    not idempotent also that the provider surely did not take it. unknown: nobody can tell. `reason` is for the
    operator, `code` the provider's own. `price` is what it has really cost, in the account's currency (None: not told).
    `dead` are tokens of devices that will never work again."""

    state: Literal["accepted", "delivered", "failed", "retry", "unknown"]
    reason: str = ""
    provider_id: str = ""
    retry_after: float = 0.0
    failure: Failure = "other"
    code: str = ""
    price: float | None = None
    dead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """A push request that a provider was given, or may have been given: what is looked up. `at` is the unix time."""

    request: PushRequest
    provider_id: str
    at: float


@dataclass(frozen=True, slots=True)
class Hook:
    """What a provider has sent to ``/v1/hooks/<site>/<sender>``; header names are in lower case."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider tells of a request, known by its `key` or by the `provider_id` of its receipt. With `refused` the
    address there has refused all advertisements of this channel, such as by the free number, at the unix time
    `refused_at` (0: when the request was sent, else now): who has agreed since has not refused."""

    receipt: Receipt | None = None
    key: str = ""
    provider_id: str = ""
    refused: str = ""
    refused_at: float = 0.0


class Untrusted(Exception):
    """Raised by `Channel.told`: the hook does not come from the provider. The message says what is wrong with it."""


class Channel(Plugin, ABC):
    """Hands push requests to a provider. Implement `send`, or `send_many` where the provider takes several at once."""

    idempotent: ClassVar[bool] = False
    """True when the far side drops a repeated `PushRequest.key`. Otherwise a request whose worker died while
    sending is looked up, and becomes "unknown" where that can't tell; it is never sent again blindly."""

    kinds: ClassVar[Collection[str]] = ("custom",)
    """The kinds of templates it can send: text, alimtalk, brand, push, email; custom is a message without template."""

    device: ClassVar[str] = ""
    """The kind of devices that it notifies (fcm, apns, webpush)."""

    most: ClassVar[int] = 1
    """How many requests `send_many` takes at once."""

    rate: ClassVar[float] = 0.0
    """How many messages a second the provider takes from one account; 0: no limit is known."""

    keeps_trying: ClassVar[bool] = True
    """Whether accepted requests are looked up until they are delivered or have failed, where no hook tells; False where
    accepted is all that the provider ever tells."""

    found_by: ClassVar[Literal["key", "provider_id"]] = "key"
    """By what the provider's hooks call a request: by its key, or by the id that its receipt had."""

    async def send(self, params: Any, request: PushRequest) -> Receipt:
        """Hand over one request. Raise or return; an exception counts as a failure that may be tried again
        where the channel is idempotent."""
        raise NotImplementedError(f"{self.name} implements neither send nor send_many")

    async def send_many(self, params: Any, requests: Sequence[PushRequest]) -> Sequence[Receipt]:
        """Hand over at most `most` requests; one receipt for each, in their order. An exception means that nobody knows
        whether the provider took any of them."""
        return [await self.send(params, request) for request in requests]

    async def look_up(self, params: Any, sent: Sequence[Sent]) -> Sequence[Receipt | None]:
        """What the provider knows of requests that it was given or may have been given. A "retry" says that it surely
        never got it; None that nobody can tell, or not yet."""
        return [None] * len(sent)

    def public_key(self, params: Any) -> str:
        """The key under which browsers subscribe to its notifications (RFC 8292), in base64url; "" where it has none or
        its account is not set up."""
        return ""

    def told(self, params: Any, hook: Hook) -> Sequence[Told]:
        """What a hook tells. Checks its signature first, in constant time, and raises `Untrusted`; ValueError for what
        can't be read. Pure: the same hook may come twice."""
        raise Untrusted(f"{self.name} takes no hooks")


class Condition(Plugin, ABC):
    """A fact about the shopper that segments may ask for, under the plugin's name."""

    kind: ClassVar[Literal["number", "text", "set", "boolean"]]
    unit: ClassVar[str] = ""
    needs: ClassVar[Literal["profile", "request"]] = "profile"

    @abstractmethod
    def fact(self, profile: Profile, request: Request) -> float | str | Iterable[str] | bool | None:
        """The value of `kind`; None when not known, which no positive condition holds for. Pure and quick: it
        runs on every page view on which some segment asks for it."""


class Sink(Plugin, ABC):
    """Receives the event log, in order per shopper, at least once."""

    @abstractmethod
    async def consume(self, entries: Sequence[Entry]) -> None:
        """Take over a batch. An exception means that the same entries come again."""
