"""What a shop's server tells, with the server key: products, members, orders, push requests.

Each request is checked whole before anything of it is done, and each may be repeated: an order counts once by its
number, a push request is made once by its id.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct, field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.engine import Context
from dangol.errors import Invalid, PluginFailure, Problem
from dangol.host.params import check_params
from dangol.plugin import Product, PushRequest
from dangol.profile.model import TRAITS, Member
from dangol.protocol import tokens
from dangol.protocol.envelope import Amount, RawItem, decimal, item_of, visible
from dangol.protocol.event import Entry, Event
from dangol.protocol.strict import decode
from dangol.protocol.text import clean
from dangol.purchases import take_told
from dangol.render.money import MOST
from dangol.runtime import SiteRuntime
from dangol.store import catalogue, outbox
from dangol.store.orders import GUEST, claim
from dangol.web.body import json, read_body
from dangol.web.house import House
from dangol.web.keyed import Handler, keyed

LONGEST_BODY = 4 << 20
MOST_ROWS = 500
AT_ONCE = 4  # orders of one member that make one entry of the log; its readers take entries whole

ShopId = Annotated[str, Meta(min_length=1, max_length=100)]
Line = Annotated[str, Meta(max_length=200)]
Trait = Line | Annotated[int, Meta(ge=-MOST, le=MOST)] | float | bool
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
    """A member; what is left out stays as it is."""

    id: ShopId
    name: Line | None = None
    grade: Line | None = None
    sex: Line | None = None
    birthday: Annotated[str, Meta(pattern=r"^((\d{4}-)?\d{2}-\d{2})?\Z")] | None = None
    joined_at: datetime | None = None
    phone: Line | None = None
    email: Line | None = None
    traits: Annotated[dict[Line, Trait], Meta(max_length=TRAITS)] | None = None


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


Body = TypeVar("Body", bound=Struct)


def routes(house: House) -> list[Route]:
    """The routes for server keys."""

    def post(path: str, handler: Handler) -> Route:
        return Route(path, keyed(house, "server", handler), methods=["POST"])

    shop = ShopApi(house)
    return [
        post("/v1/products", shop.products),
        post("/v1/members", shop.members),
        post("/v1/orders", shop.orders),
        post("/v1/push", shop.push),
        Route("/v1/push/{key}", keyed(house, "server", shop.push_state), methods=["GET"]),
    ]


class ShopApi:
    """The handlers; each checks its whole body first."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def products(self, request: Request, runtime: SiteRuntime) -> Response:
        """Add or replace products."""
        body = await _body(request, Products)
        site = runtime.site
        rows = [
            Product(
                visible(row.id, f"products[{at}].id"),
                clean(row.name, 200),
                decimal(row.price, site.currency, f"products[{at}].price"),
                row.url,
                row.image,
                clean(row.category, 100),
                clean(row.brand, 100),
                row.stock,
            )
            for at, row in enumerate(body.products)
        ]
        if rows:
            await catalogue.put(self._house.link, site.id, rows)
        return json({"accepted": len(rows)})

    async def members(self, request: Request, runtime: SiteRuntime) -> Response:
        """Add members, or change what is given of them."""
        body = await _body(request, Members)
        by_member: dict[str, list[MemberRow]] = defaultdict(list)
        for row in body.members:
            by_member[row.id].append(row)
        engine = self._house.engine
        await asyncio.gather(
            *(
                engine.tell(runtime, tokens.member_profile(runtime.keys, member), _changes(rows), member)
                for member, rows in by_member.items()
            )
        )
        return json({"accepted": len(body.members)})

    async def orders(self, request: Request, runtime: SiteRuntime) -> Response:
        """Take orders in, each once by its number, whoever else reports it."""
        body = await _body(request, Orders)
        now = self._house.now()
        by_member: dict[str, list[Event]] = defaultdict(list)
        for at, row in enumerate(body.orders):
            by_member[row.member].append(_order(row, f"orders[{at}]", runtime.site.currency, now))
        guests = by_member.pop("", [])
        taken = await asyncio.gather(
            *(self._guest_order(runtime, event, now) for event in guests),
            *(self._member_orders(runtime, member, events, now) for member, events in by_member.items()),
        )
        return json({"accepted": sum(taken), "known": len(body.orders) - sum(taken)})

    async def _guest_order(self, runtime: SiteRuntime, event: Event, now: float) -> int:
        """Nobody's profile changes, but the log has it, once."""
        entry = Entry(runtime.site.id, "", "", int(now * 1000), [event])
        claimed = await claim(self._house.link, runtime.site.id, event.key, GUEST, entry=entry)
        return int(claimed.first)

    async def _member_orders(self, runtime: SiteRuntime, member: str, events: list[Event], now: float) -> int:
        profile_id = tokens.member_profile(runtime.keys, member)
        context = Context(now=now, member=member, widgets=False)
        ordered, taken = sorted(events, key=lambda event: event.at), 0
        for start in range(0, len(ordered), AT_ONCE):
            batch = ordered[start : start + AT_ONCE]
            outcome = await take_told(self._house.engine, self._house.link, runtime, profile_id, batch, context)
            taken += len(outcome.taken)
        return taken

    async def push(self, request: Request, runtime: SiteRuntime) -> Response:
        """Make a push request, once by its id."""
        row = await _body(request, PushRow)
        try:
            channel = self._house.registry.channel(row.channel)
        except PluginFailure as error:
            raise Invalid([Problem("channel", row.channel, f"a channel ({error.detail})")]) from None
        check_params(channel, row.params, "params")
        key = outbox.key_of(runtime.site.id, f"api:{row.id}", row.member)
        wanted = PushRequest(
            key, runtime.site.id, f"api:{row.id}", row.member, {"member": row.member, **row.recipient}, row.variables
        )
        made = await outbox.enqueue(self._house.link, wanted, row.channel, row.params, self._house.now())
        return json({"key": made.key, "state": made.state, "new": made.new}, 202 if made.new else 200)

    async def push_state(self, request: Request, runtime: SiteRuntime) -> Response:
        """What became of a push request."""
        row = await outbox.read(self._house.link, request.path_params["key"])
        if row is None or row.request.site != runtime.site.id:
            return json({"error": "key: expected that of a push request of this site"}, 404)
        told = ("key", "state", "channel", "attempts", "created", "updated", "reason", "provider_id")
        return json({name: getattr(row, name) for name in told})


async def _body(request: Request, shape: type[Body]) -> Body:
    raw = await read_body(request.scope, request.receive, LONGEST_BODY)
    return decode(msgspec.json.Decoder(shape).decode, raw)


def _changes(rows: Sequence[MemberRow]) -> Callable[[Member], None]:
    def change(member: Member) -> None:
        for row in rows:
            for name in ("name", "grade", "sex", "birthday", "phone", "email"):
                if (value := getattr(row, name)) is not None:
                    setattr(member, name, clean(value, 200))
            if row.joined_at is not None:
                member.joined_at = int(_utc(row.joined_at).timestamp())
            if row.traits is not None:
                member.traits = {
                    clean(name, 100): clean(value, 200) if isinstance(value, str) else value
                    for name, value in row.traits.items()
                }

    return change


def _order(row: OrderRow, where: str, currency: str, now: float) -> Event:
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
