"""What a shop's server tells, with the server key: products, members, orders, push requests.

Each request is checked whole before anything of it is done, and each may be repeated: an order counts once by its
number, a push request is made once by its id.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.definitions.model import MessageUse
from dangol.engine import Context
from dangol.errors import Invalid, PluginFailure, Problem
from dangol.host.params import check_params
from dangol.house import House
from dangol.members.importing import Turns
from dangol.members.row import MemberRow, changes, checked, consents
from dangol.messages import view
from dangol.messages.kinds import kind_of
from dangol.messages.push import Push
from dangol.messages.resolving import Routes
from dangol.plugin import Product
from dangol.products.row import LONGEST_WORD, ProductRow, product, written
from dangol.protocol import tokens
from dangol.protocol.envelope import visible
from dangol.protocol.event import Event
from dangol.protocol.strict import decode
from dangol.protocol.text import clean
from dangol.purchases import take_guests, take_told
from dangol.runtime import SiteRuntime
from dangol.store import catalogue, outbox
from dangol.web.body import json, read_body
from dangol.web.keyed import Handler, keyed
from dangol.web.member_import import PAUSE, MemberImport
from dangol.web.order_import import OrderImport
from dangol.web.product_import import ProductImport
from dangol.web.shop_rows import Gone, Members, Orders, Products, PushRow, order

LONGEST_BODY = 4 << 20
STATE = ("key", "state", "channel", "attempts", "created", "updated", "due", "failure", "price", "provider_id")
"""What the shop is told of a push request."""
AT_ONCE = 4  # orders of one member that make one entry of the log; its readers take entries whole
SIDE_BY_SIDE = 32  # members whose orders are taken in at a time; answers of the store that come together hold the loop

Body = TypeVar("Body", bound=Struct)
T = TypeVar("T")


def routes(house: House) -> list[Route]:
    """The routes for server keys."""

    def post(path: str, handler: Handler) -> Route:
        return Route(path, keyed(house, "server", handler), methods=["POST"])

    shop, imports = ShopApi(house), OrderImport(house)
    return [
        post("/v1/products", shop.products),
        Route("/v1/products", keyed(house, "server", shop.remove_products), methods=["DELETE"]),
        Route("/v1/products/{id:path}", keyed(house, "server", shop.product), methods=["GET"]),
        post("/v1/products/import", ProductImport(house)),
        post("/v1/members", shop.members),
        post("/v1/members/import", MemberImport(house)),
        post("/v1/orders", shop.orders),
        post("/v1/orders/import", imports.load),
        Route("/v1/orders/import", keyed(house, "server", imports.tell), methods=["GET"]),
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
        changed = await catalogue.put(self._house.link, site.id, await _products(body.products, site.currency))
        return json({"accepted": len(body.products), "changed": changed})

    async def remove_products(self, request: Request, runtime: SiteRuntime) -> Response:
        """Forget products."""
        body = await _body(request, Gone)
        ids = [visible(id, f"ids[{at}]") for at, id in enumerate(body.ids)]
        return json({"removed": await catalogue.remove(self._house.link, runtime.site.id, ids)})

    async def product(self, request: Request, runtime: SiteRuntime) -> Response:
        """What the catalogue has of one product."""
        id, site = clean(request.path_params["id"], LONGEST_WORD), runtime.site
        found = await catalogue.get(self._house.link, site.id, [id])
        if id not in found:
            return json({"error": "id: expected that of a product of this site's catalogue"}, 404)
        return json(written(found[id], site.currency, self._house.now()))

    async def members(self, request: Request, runtime: SiteRuntime) -> Response:
        """Add members, or change what is given of them."""
        body = await _body(request, Members)
        by_member: dict[str, list[MemberRow]] = defaultdict(list)
        declared = {trait.id: trait for trait in runtime.site.traits}
        for at, row in enumerate(body.members):
            by_member[row.id].append(checked(row, f"members[{at}].", declared, runtime.site))
        engine, profile_of = self._house.engine, partial(tokens.member_profile, runtime.keys)
        await _side_by_side(
            *(
                partial(engine.tell, runtime.site.id, profile_of(id), changes(rows), id, consents(rows))
                for id, rows in by_member.items()
            )
        )
        return json({"accepted": len(body.members)})

    async def orders(self, request: Request, runtime: SiteRuntime) -> Response:
        """Take orders in, each once by its number, whoever else reports it."""
        body = await _body(request, Orders)
        now, turns = self._house.now(), Turns(PAUSE)
        by_member: dict[str, list[Event]] = defaultdict(list)
        for at, row in enumerate(body.orders):
            by_member[row.member].append(order(row, f"orders[{at}]", runtime.site.currency, now))
            await turns.give()
        guests = by_member.pop("", [])
        taken = await _side_by_side(
            *(partial(self._guest_order, runtime, event, now) for event in guests),
            *(partial(self._member_orders, runtime, member, events, now) for member, events in by_member.items()),
        )
        return json({"accepted": sum(taken), "known": len(body.orders) - sum(taken)})

    async def _guest_order(self, runtime: SiteRuntime, event: Event, now: float) -> int:
        return int(await take_guests(self._house.engine, self._house.link, runtime, event, now))

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
        use = self._use(row, runtime)
        profile = tokens.member_profile(runtime.keys, row.member) if row.member else ""
        cause = f"api:{row.id}"
        push = Push(
            outbox.key_of(runtime.site.id, cause, outbox.recipient_of(profile, row.member, row.to)),
            runtime.site.id,
            cause,
            "api",
            profile=profile,
            member=row.member,
            to=row.to,
            variables={**row.recipient, **row.variables},
            language=row.language,
            use=use,
        )
        now, keep = self._house.now(), self._house.settings.push_days * 86_400
        [made] = await outbox.enqueue(self._house.link, [push], now, now, zone=runtime.site.timezone, keep=keep)
        return json({"key": made.key, "state": made.state, "new": made.new}, 202 if made.new else 200)

    def _use(self, row: PushRow, runtime: SiteRuntime) -> MessageUse:
        """The message that the row asks for. Raises `Invalid` for a channel, a template or parameters that are none."""
        if not row.member and not row.to:
            raise Invalid([Problem("member", "", "a member, or an address in `to`")])
        told = {name: getattr(row, name) for name in ("template", "params", "ad", "consent")}
        try:  # what is kept must be what can be read again
            use = msgspec.convert({"use": row.channel, **told}, MessageUse)
        except msgspec.ValidationError:
            raise Invalid([Problem("channel", row.channel, "the id of a sender or channel")]) from None
        try:
            route = Routes(runtime.definitions).of(use)
        except Invalid:
            raise Invalid([Problem("template", row.template, "a template of this site")]) from None
        try:
            channel = self._house.registry.channel(route.channel)
        except PluginFailure as error:
            raise Invalid([Problem("channel", row.channel, f"a sender or channel ({error.detail})")]) from None
        check_params(channel, route.params, "params")
        if kind_of(route.template) not in channel.kinds:
            kinds = ", ".join(channel.kinds)
            raise Invalid([Problem("template", row.template, f"one that {route.channel} can send: {kinds}")])
        return use

    async def push_state(self, request: Request, runtime: SiteRuntime) -> Response:
        """What became of a push request."""
        row = await outbox.read(self._house.link, request.path_params["key"])
        if row is None or row.push.site != runtime.site.id:
            return json({"error": "key: expected that of a push request of this site"}, 404)
        told = {"channel": row.push.use.use if row.push.use else ""} | view.brief(row)
        return json({name: told.get(name, "") for name in STATE} | {"reason": view.said(row), "why": view.why(row)})


async def _side_by_side(*work: Callable[[], Awaitable[T]]) -> list[T]:
    limit = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(each: Callable[[], Awaitable[T]]) -> T:
        async with limit:
            return await each()

    return await asyncio.gather(*map(one, work))


async def _products(rows: Sequence[ProductRow], currency: str) -> list[Product]:
    """All of them. Raises `Invalid` with what is wrong in any."""
    products, problems, turns = [], [], Turns(PAUSE)
    for at, row in enumerate(rows):
        await turns.give()
        try:
            products.append(product(row, f"products[{at}]", currency))
        except Invalid as error:
            problems += error.problems
    if problems:
        raise Invalid(problems)
    return products


async def _body(request: Request, shape: type[Body]) -> Body:
    raw = await read_body(request.scope, request.receive, LONGEST_BODY)
    return decode(msgspec.json.Decoder(shape).decode, raw)
