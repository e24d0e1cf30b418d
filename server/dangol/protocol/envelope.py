"""What a browser sends, read strictly and brought into the normal form. Pure.

A malformed envelope is refused whole. A malformed event is dropped and counted by its reason, so that one bad tag
on a page does not cost the shop the others. Parameters of GA4 that dangol has no use for are ignored, as GA4 does.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Raw, Struct, field

from dangol.errors import Invalid, Problem
from dangol.protocol import device
from dangol.protocol.event import STANDARD_EVENTS, Event, Item, Scalar, Value
from dangol.protocol.personal import without_personal
from dangol.protocol.strict import decode
from dangol.protocol.text import clean
from dangol.render.money import to_minor

LONGEST_BODY = 65_536
OLDEST = 7 * 86_400_000  # ms; the snippet's outbox forgets after as long
AHEAD = 10_000  # ms that an event may lie after its own sending
CUSTOM_FIELDS = 20
TRAITS = 100
MOST_DUE = 10
"""Campaigns that a page may wait for: those of the highest priority."""

LONGEST_TEXT = 200
LONGEST_PAGE = 1000
LONGEST_URL = 4000
ADDRESSES = 1024
"""Addresses that are remembered: a request names its page twice at least, and shoppers meet on pages."""

Word = Annotated[str, Meta(max_length=100)]
Url = Annotated[str, Meta(max_length=LONGEST_URL)]
Amount = float | int | Annotated[str, Meta(max_length=24)] | None


class RawEvent(Struct, forbid_unknown_fields=True):
    """An event as sent; `data` is read according to its name."""

    id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{8,64}\Z")]
    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}\Z")]
    at: Annotated[int, Meta(ge=0, le=1 << 53)]
    data: Raw = field(default_factory=lambda: Raw(b"{}"))


class Submit(Struct, forbid_unknown_fields=True):
    """A widget's form as it was filled in."""

    campaign: Word
    exposure: Word
    fields: Annotated[
        dict[Word, Annotated[str, Meta(max_length=2000)]],
        Meta(max_length=30),
    ] = field(default_factory=dict)


class Envelope(Struct, forbid_unknown_fields=True):
    """One request of the snippet; docs/architecture.md describes it."""

    site: Annotated[str, Meta(min_length=8, max_length=64)]
    sent: Annotated[int, Meta(ge=0, le=1 << 53)]
    page: Url
    events: Annotated[list[RawEvent], Meta(max_length=50)] = field(default_factory=list)
    visitor: Annotated[str, Meta(max_length=64)] = ""
    member: Annotated[str, Meta(max_length=2000)] = ""
    lang: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{0,35}\Z")] = ""
    open: Annotated[list[Word], Meta(max_length=50)] = field(default_factory=list)
    logout: bool = False
    due: Annotated[list[Word], Meta(max_length=MOST_DUE)] = field(default_factory=list)
    now: Raw = field(default_factory=Raw)
    submit: Submit | None = None
    preview: Annotated[str, Meta(max_length=200)] = ""
    anonymous: bool = False
    forget: bool = False
    app: Annotated[str, Meta(max_length=100)] = ""


class RawItem(Struct):
    """A product as GA4 writes it."""

    item_id: Annotated[str, Meta(min_length=1, max_length=100)] | int
    item_name: str = ""
    price: Amount = None
    quantity: Annotated[int, Meta(ge=1, le=100_000)] = 1
    item_category: str = ""
    item_brand: str = ""


class Data(Struct):
    """The parameters of the standard events, by GA4's names."""

    page_location: Url = ""
    page_referrer: Url = ""
    items: Annotated[list[RawItem], Meta(max_length=200)] = field(default_factory=list)
    value: Amount = None
    transaction_id: Annotated[str, Meta(max_length=100)] | int = ""
    search_term: str = ""
    item_category: str = ""
    campaign: Word = ""
    exposure: Word = ""
    choice: Word = ""
    item: Annotated[str, Meta(max_length=LONGEST_TEXT)] = ""


class TraitData(Struct):
    """The parameters of a `traits` event."""

    traits: Annotated[dict[str, Any], Meta(min_length=1, max_length=TRAITS)]
    page_location: Url = ""


CustomData = Annotated[dict[Word, Scalar], Meta(max_length=CUSTOM_FIELDS)]

ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
"""An escape in JSON: both halves of a character beyond 16 bits, one half alone, or any other."""

TakeTraits = Callable[[Mapping[str, Any]], Mapping[str, Value]]


def no_traits(told: Mapping[str, Any]) -> Mapping[str, Value]:
    """What a site without public traits takes."""
    return {}


decode_envelope: Callable[[bytes], Envelope] = msgspec.json.Decoder(Envelope).decode
_decode_data = msgspec.json.Decoder(Data).decode
_decode_traits = msgspec.json.Decoder(TraitData).decode
_decode_custom = msgspec.json.Decoder(CustomData).decode

# What makes an event of a name one of a kind, and must be there.
KEYS: dict[str, str] = {
    "purchase": "transaction_id",
    "refund": "transaction_id",
    "search": "search_term",
    "widget_view": "exposure",
    "widget_click": "exposure",
    "widget_close": "exposure",
    "widget_later": "exposure",
}
NEED_ITEMS = frozenset({"view_item", "add_to_cart", "remove_from_cart", "add_to_wishlist", "remove_from_wishlist"})


def read(body: bytes) -> Envelope:
    """The envelope. Raises `Invalid` telling where and what was expected."""
    if len(body) > LONGEST_BODY:
        raise Invalid([Problem("body", f"{len(body)} bytes", f"at most {LONGEST_BODY} bytes long")])
    try:
        return decode(decode_envelope, body)
    except Invalid:
        mended = ESCAPE.sub(_whole, body)
        if mended == body:
            raise
    return decode(decode_envelope, mended)


def _whole(escape: re.Match[bytes]) -> bytes:
    """Half a character, as pages send it who cut a text inside an emoji, becomes the mark for what can't be read."""
    return rb"\ufffd" if escape["half"] else escape[0]


def events(
    envelope: Envelope, page: str, currency: str, now: int, traits: TakeTraits = no_traits
) -> tuple[list[Event], Counter[str]]:
    """The envelope's events in normal form, oldest first, and how many were dropped for which reason.

    `page` is the path of the page they come from, unless they name another. `now` is the server's clock in ms. The
    browser's clock may be wrong by any amount: only the time between an event and its sending counts. `traits` gives
    what is taken of the traits that a page tells; the others are dropped one by one.
    """
    taken: list[Event] = []
    dropped: Counter[str] = Counter()
    for raw in envelope.events:
        age = envelope.sent - raw.at
        if age > OLDEST or age < -AHEAD:
            dropped["time"] += 1
            continue
        try:
            at = now - max(age, 0)
            if raw.name == "traits":
                taken.append(_traits(raw, at, page, traits, dropped))
            else:
                taken.append(_normal(raw, at, page, currency))
        except (msgspec.DecodeError, Invalid, UnicodeDecodeError, RecursionError):
            dropped["data"] += 1
    if len(taken) > 1:
        taken.sort(key=lambda event: event.at)
    return taken, dropped


def _normal(raw: RawEvent, at: int, page: str, currency: str) -> Event:
    if raw.name == "widget_submit":
        raise Invalid([Problem("name", raw.name, "an event that a page tells; a form comes as `submit`")])
    if raw.name in device.EVENTS:
        device.page_told(raw.id, raw.name, at, raw.data)
        return Event(raw.id, raw.name, at, page)
    if raw.name not in STANDARD_EVENTS:
        return Event(raw.id, raw.name, at, page, props=_custom(raw.data))
    data = _decode_data(raw.data)
    key = (
        clean(str(getattr(data, KEYS[raw.name])), LONGEST_TEXT) if raw.name in KEYS else clean(data.item_category, 100)
    )
    if (raw.name in KEYS and not key) or (raw.name in NEED_ITEMS and not data.items):
        raise Invalid([Problem(raw.name, key, f"an event with {KEYS.get(raw.name, 'items')}")])
    return Event(
        raw.id,
        raw.name,
        at,
        path_of(data.page_location) if data.page_location else page,
        [item_of(item, currency) for item in data.items],
        None if data.value is None else decimal(data.value, currency, "value"),
        key,
        _props(raw.name, data),
    )


def _traits(raw: RawEvent, at: int, page: str, take: TakeTraits, dropped: Counter[str]) -> Event:
    data = _decode_traits(raw.data)
    page = path_of(data.page_location) if data.page_location else page
    kept = take(data.traits)
    if not kept:
        raise Invalid([Problem("traits", "none", "public traits of the site, of the declared types")])
    if left := len(data.traits) - len(kept):
        dropped["trait"] += left
    return Event(raw.id, raw.name, at, page, props={**kept})


def _props(name: str, data: Data) -> dict[str, Value]:
    if name == "page_view":
        referrer = origin_of(data.page_referrer)
        return {"referrer": referrer} if referrer else {}
    if name == "widget_later":
        return {"campaign": clean(data.campaign, 100), "choice": clean(data.choice, 100)}
    props: dict[str, Value] = {"campaign": clean(data.campaign, 100)} if name.startswith("widget_") else {}
    if name == "widget_click" and data.item:
        props["item"] = clean(data.item, LONGEST_TEXT)
    return props


def item_of(raw: RawItem, currency: str, where: str = "item") -> Item:
    """The normal form of a product line. Raises `Invalid` for an id of nothing visible or an impossible price."""
    return Item(
        visible(str(raw.item_id), f"{where}.item_id"),
        clean(raw.item_name, LONGEST_TEXT),
        None if raw.price is None else decimal(raw.price, currency, f"{where}.price"),
        raw.quantity,
        clean(raw.item_category, 100),
        clean(raw.item_brand, 100),
    )


def visible(text: str, where: str) -> str:
    """An id as it may be stored. Raises `Invalid` for one of nothing visible."""
    if cleaned := clean(text, 100):
        return cleaned
    raise Invalid([Problem(where, text, "an id of visible characters")])


def decimal(amount: float | int | str, currency: str, where: str) -> int:
    """Minor units of an amount in decimal units. Raises `Invalid` for one that is negative or no plain number."""
    try:
        minor = to_minor(amount, currency)
    except Invalid as error:
        raise Invalid([problem._replace(where=where) for problem in error.problems]) from None
    if minor < 0:
        raise Invalid([Problem(where, amount, "zero or more")])
    return minor


def seconds(at: datetime) -> float:
    """The unix time of what a shop's server writes; without a zone it is UTC."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _custom(data: Raw) -> dict[str, Value]:
    fields = _decode_custom(data)
    return {
        clean(name, 40): clean(value, LONGEST_TEXT) if isinstance(value, str) else _finite(value)
        for name, value in fields.items()
    }


def _finite(value: float | int | bool) -> Scalar:
    if isinstance(value, bool) or -(10**15) <= value <= 10**15:
        return value
    raise Invalid([Problem("data", value, "a number between -10^15 and 10^15")])


@lru_cache(ADDRESSES)
def path_of(url: str) -> str:
    """The path and query of an http(s) address, less what is personal in them; everything else is no page of a shop.
    Raises `Invalid`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Invalid([Problem("page", url, "an http(s) address")])
    page = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return without_personal(clean(page, LONGEST_URL))[:LONGEST_PAGE]


@lru_cache(ADDRESSES)
def origin_of(url: str) -> str:
    """A referrer without its query, which is nobody's business; "" for what is no address."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    page = f"{parts.scheme}://{host}{without_personal(clean(parts.path, LONGEST_URL))}"
    return clean(page, LONGEST_PAGE) if host else ""
