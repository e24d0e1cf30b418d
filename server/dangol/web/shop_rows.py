"""What a shop's server may tell, row by row: the shapes, and what dangol makes of them. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from dangol.definitions.model import Site, Trait
from dangol.definitions.shapes import nearest
from dangol.errors import Invalid, Problem
from dangol.plugin import Product
from dangol.profile.holdings import Coupons, RfmRow, coupons, rfm
from dangol.profile.model import Member
from dangol.profile.traits import EARLIEST, LATEST, Unfit, changed, taken
from dangol.protocol.envelope import Amount, RawItem, decimal, item_of, visible
from dangol.protocol.event import Event, Value
from dangol.protocol.text import clean
from dangol.render.money import MOST

MOST_ROWS = 500
LEAP_YEAR = 2000
BIRTHDAY = re.compile(r"([0-9]{4}-)?[0-9]{2}-[0-9]{2}")
NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")

ShopId = Annotated[str, Meta(min_length=1, max_length=100)]
Line = Annotated[str, Meta(max_length=200)]
Traits = Annotated[dict[str, Any], Meta(max_length=100)]
Address = Annotated[str, Meta(pattern=r"^(https?://[^\s\\]+|/(?![/\\])[^\s\\]*|)\Z", max_length=2000)]


class ProductRow(Struct, forbid_unknown_fields=True):
    """A product; `price` in decimal units."""

    id: ShopId
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    price: float | int | Annotated[str, Meta(max_length=24)]
    url: Address = ""
    image: Address = ""
    category: Line = ""
    brand: Line = ""
    stock: Annotated[int, Meta(ge=0, le=MOST)] | None = None


class MemberRow(Struct, forbid_unknown_fields=True):
    """A member; what is left out stays as it is. Of `traits` those given are changed, and null forgets one; `coupons`
    are all that there are. `revenue`, in decimal units, is what the member has spent in all."""

    id: ShopId
    name: Line | None = None
    grade: Line | None = None
    sex: Line | None = None
    birthday: Line | None = None
    joined_at: datetime | None = None
    phone: Line | None = None
    email: Line | None = None
    traits: Traits | None = None
    coupons: Coupons | None = None
    rfm: RfmRow | None = None
    revenue: Amount = None


class OrderRow(Struct, forbid_unknown_fields=True):
    """An order; `member` is empty for a guest, `at` without a zone is UTC."""

    id: ShopId
    at: datetime
    items: Annotated[list[RawItem], Meta(min_length=1, max_length=500)]
    member: Annotated[str, Meta(max_length=100)] = ""
    total: Amount = None
    state: Literal["placed", "cancelled"] = "placed"


class PushRow(Struct, forbid_unknown_fields=True):
    """A push request; `id` names its cause, and the same id is sent once."""

    id: ShopId
    member: ShopId
    channel: ShopId
    params: dict[str, Any] = field(default_factory=dict)
    recipient: Annotated[dict[Line, Line], Meta(max_length=20)] = field(default_factory=dict)
    variables: Annotated[dict[Line, Annotated[str, Meta(max_length=2000)]], Meta(max_length=50)] = field(
        default_factory=dict
    )


class Products(Struct, forbid_unknown_fields=True):
    """The body of POST /v1/products."""

    products: Annotated[list[ProductRow], Meta(max_length=MOST_ROWS)]


class Members(Struct, forbid_unknown_fields=True):
    """The body of POST /v1/members."""

    members: Annotated[list[MemberRow], Meta(max_length=MOST_ROWS)]


class Orders(Struct, forbid_unknown_fields=True):
    """The body of POST /v1/orders."""

    orders: Annotated[list[OrderRow], Meta(max_length=MOST_ROWS)]


def product(row: ProductRow, where: str, currency: str) -> Product:
    """The product as it is stored. Raises `Invalid` for an id of nothing visible or an impossible price."""
    return Product(
        visible(row.id, f"{where}.id"),
        clean(row.name, 200),
        decimal(row.price, currency, f"{where}.price"),
        row.url,
        row.image,
        clean(row.category, 100),
        clean(row.brand, 100),
        row.stock,
    )


def member(row: MemberRow, where: str, declared: Mapping[str, Trait], site: Site) -> MemberRow:
    """The row with its traits as they are kept and its revenue in minor units. `declared` are the site's traits by id.
    Raises `Invalid` with all that is wrong beyond the shape."""
    problems = []
    if row.birthday and not _is_birthday(row.birthday):
        problems.append(Problem(f"{where}birthday", row.birthday, "a day of the calendar, YYYY-MM-DD or MM-DD"))
    if row.joined_at and not EARLIEST <= _utc(row.joined_at).timestamp() <= LATEST:
        problems.append(Problem(f"{where}joined_at", str(row.joined_at), "in the years 1900 to 9999"))
    kept: dict[str, Value | None] = {}
    for id, told in (row.traits or {}).items():
        try:
            if id not in declared:
                raise Unfit(f"a trait that site.traits declares{nearest(id, list(declared))}")
            kept[id] = None if told is None else taken(declared[id], told, site.timezone)
        except Unfit as unfit:
            # A name that could be no trait's is not repeated: it may be meant for whoever reads the refusal.
            place = f"{where}traits.{id}" if NAME.fullmatch(id) else f"{where}traits"
            problems.append(Problem(place, told, str(unfit)))
    revenue = None
    try:
        coupons(row.coupons or [], f"{where}coupons")
        revenue = None if row.revenue is None else decimal(row.revenue, site.currency, f"{where}revenue")
    except Invalid as invalid:
        problems += invalid.problems
    if problems:
        raise Invalid(problems)
    return replace(row, traits=None if row.traits is None else kept, revenue=revenue)


def _is_birthday(written: str) -> bool:
    if not BIRTHDAY.fullmatch(written):
        return False
    try:
        date.fromisoformat(written if len(written) == 10 else f"{LEAP_YEAR}-{written}")
    except ValueError:
        return False
    return True


def changes(rows: Sequence[MemberRow]) -> Callable[[Member], None]:
    """What rows that `member` has checked change of their member, one after the other."""

    def change(member: Member) -> None:
        for row in rows:
            for name in ("name", "grade", "sex", "birthday", "phone", "email"):
                if (value := getattr(row, name)) is not None:
                    setattr(member, name, clean(value, 200))
            if row.joined_at is not None:
                member.joined_at = int(_utc(row.joined_at).timestamp())
            if row.traits is not None:
                member.traits = changed(member.traits, row.traits)
            if row.coupons is not None:
                member.coupons = coupons(row.coupons, "coupons")
            if row.rfm is not None:
                member.rfm = rfm(row.rfm)
            if isinstance(row.revenue, int):
                member.revenue = row.revenue

    return change


def order(row: OrderRow, where: str, currency: str, now: float) -> Event:
    """The purchase or, of a cancelled order, the refund. Raises `Invalid`; `now` is unix seconds."""
    at = _utc(row.at).timestamp()
    if not 0 < at < now + 86_400:
        raise Invalid([Problem(f"{where}.at", row.at, "a time between 1970 and tomorrow")])
    cancelled = row.state == "cancelled"
    number = visible(row.id, f"{where}.id")
    return Event(
        id=f"{'cancel' if cancelled else 'order'}-{number}",
        name="refund" if cancelled else "purchase",
        at=int(at * 1000),
        items=[item_of(item, currency, f"{where}.items[{place}]") for place, item in enumerate(row.items)],
        value=None if row.total is None else decimal(row.total, currency, f"{where}.total"),
        key=number,
    )


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
