"""What a shop's server may tell, row by row: the shapes, and what dangol makes of them. Pure."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from dangol.definitions.model import ConsentChannel, Language
from dangol.errors import Invalid, Problem
from dangol.members.row import Line, MemberRow, ShopId
from dangol.products.row import ProductRow
from dangol.protocol.envelope import Amount, RawItem, decimal, item_of, seconds, visible
from dangol.protocol.event import Event

MOST_ROWS = 500


class OrderRow(Struct, forbid_unknown_fields=True):
    """An order; `member` is empty for a guest, `at` without a zone is UTC."""

    id: ShopId
    at: datetime
    items: Annotated[list[RawItem], Meta(min_length=1, max_length=500)]
    member: Annotated[str, Meta(max_length=100)] = ""
    total: Amount = None
    state: Literal["placed", "cancelled"] = "placed"


class PushRow(Struct, forbid_unknown_fields=True):
    """A push request; `id` names its cause, and the same id is sent once.

    It goes to a `member`, or to an address `to`, through `channel`: a sender of the site, or a channel plugin. Without
    a `template` the channel gets the `variables` alone; `ad` then tells whether it is an advertisement, and `consent`
    which consent it needs. What `recipient` tells goes with the variables."""

    id: ShopId
    channel: ShopId
    member: Annotated[str, Meta(max_length=100)] = ""
    to: Annotated[str, Meta(max_length=254)] = ""
    template: Annotated[str, Meta(max_length=40)] = ""
    params: dict[str, Any] = field(default_factory=dict)
    recipient: Annotated[dict[Line, Line], Meta(max_length=20)] = field(default_factory=dict)
    variables: Annotated[dict[Line, Annotated[str, Meta(max_length=2000)]], Meta(max_length=50)] = field(
        default_factory=dict
    )
    language: Language | Literal[""] = ""
    ad: bool = False
    consent: ConsentChannel | Literal[""] = ""


class Products(Struct, forbid_unknown_fields=True):
    """The body of POST /v1/products."""

    products: Annotated[list[ProductRow], Meta(max_length=MOST_ROWS)]


class Gone(Struct, forbid_unknown_fields=True):
    """The body of DELETE /v1/products."""

    ids: Annotated[list[ShopId], Meta(max_length=MOST_ROWS)]


class Members(Struct, forbid_unknown_fields=True):
    """The body of POST /v1/members."""

    members: Annotated[list[MemberRow], Meta(max_length=MOST_ROWS)]


class Orders(Struct, forbid_unknown_fields=True):
    """The body of POST /v1/orders."""

    orders: Annotated[list[OrderRow], Meta(max_length=MOST_ROWS)]


def order(row: OrderRow, where: str, currency: str, now: float) -> Event:
    """The purchase or, of a cancelled order, the refund. Raises `Invalid`; `now` is unix seconds.

    What a clock or a zone puts into the next day happened now: nothing can be counted ahead of its time."""
    at = seconds(row.at)
    if not 0 < at < now + 86_400:
        raise Invalid([Problem(f"{where}.at", row.at, "a time between 1970 and tomorrow")])
    cancelled = row.state == "cancelled"
    number = visible(row.id, f"{where}.id")
    return Event(
        id=f"{'cancel' if cancelled else 'order'}-{number}",
        name="refund" if cancelled else "purchase",
        at=int(min(at, now) * 1000),
        items=[item_of(item, currency, f"{where}.items[{place}]") for place, item in enumerate(row.items)],
        value=None if row.total is None else decimal(row.total, currency, f"{where}.total"),
        key=number,
    )
