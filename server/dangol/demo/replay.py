"""Tells dangol the sample's history through the public server API, as a shop that moves to dangol would."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import click
import httpx
import msgspec

from dangol.demo.calls import money
from dangol.demo.history import Order, Product, Sample, sample
from dangol.errors import Unavailable

BATCH = 500
AT_ONCE = 4
TRIES = 10
TRADE = 24  # pieces of a product, in the middle, from which on a customer must be a shop
FAVOURITES = 2

Row = dict[str, Any]
Advance = Callable[[int], Any]


def product_row(product: Product, shop_url: str) -> Row:
    """A product as `POST /v1/products` takes it."""
    row = {
        "id": product.id,
        "name": product.title,
        "price": money(product.was or product.price),
        "url": f"{shop_url}/product/{product.id}",
        "image": f"{shop_url}/img/{product.id}.svg",
        "category": product.category,
        "group": product.group,
        "hidden": product.hidden,
    }
    sale = {"sale_price": money(product.price)} if product.was else {}
    return {**row, **sale, **({"stock": 0} if product.sold_out else {})}


def member_rows(history: Sample, shift: timedelta) -> list[Row]:
    """The customers as `POST /v1/members` takes them: they joined with their first order, and have no names."""
    orders: dict[str, list[Order]] = defaultdict(list)
    for order in history.orders:
        orders[order.member].append(order)
    return [
        {"id": id, "joined_at": (theirs[0].at + shift).astimezone(UTC).isoformat(), "traits": traits(theirs)}
        for id, theirs in orders.items()
    ]


def traits(orders: Sequence[Order]) -> Row:
    """What the shop has found out about a customer: whether they buy for a shop of their own, and what they like."""
    lines = [line for order in orders for line in order.lines]
    shelves = Counter(line.product.category for line in lines)
    return {
        "trade": median(line.quantity for line in lines) >= TRADE,
        "favourites": [category for category, _ in shelves.most_common(FAVOURITES)],
    }


def order_row(order: Order, shift: timedelta) -> Row:
    """An order as `POST /v1/orders` takes it."""
    items = [
        {
            "item_id": line.product.id,
            "item_name": line.product.title,
            "price": money(line.price),
            "quantity": line.quantity,
            "item_category": line.product.category,
        }
        for line in order.lines
    ]
    at = (order.at + shift).astimezone(UTC).isoformat()
    return {"id": order.number, "member": order.member, "at": at, "total": money(order.total), "items": items}


async def post(api: httpx.AsyncClient, kind: str, rows: list[Row]) -> None:
    """One call of the server API, made again while dangol says that it is busy. Raises Unavailable with the server's
    own words when it is refused."""
    for _ in range(TRIES):
        try:
            answer = await api.post(f"/v1/{kind}", content=msgspec.json.encode({kind: rows}))
        except httpx.HTTPError as error:
            raise Unavailable(f"POST {api.base_url}/v1/{kind}: {error!r}; is dangol running?") from error
        if answer.status_code != 503:
            break
        await asyncio.sleep(float(answer.headers.get("Retry-After", 1)))
    if answer.is_error:
        raise Unavailable(f"POST {answer.url}: {answer.status_code} {answer.text[:300]}")


async def send(api: httpx.AsyncClient, kind: str, rows: list[Row], advance: Advance) -> None:
    """All rows in batches, some of them at once. Repeating is harmless: every row has its id."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(batch: list[Row]) -> None:
        async with free:
            await post(api, kind, batch)
        advance(len(batch))

    async with asyncio.TaskGroup() as tasks:
        for start in range(0, len(rows), BATCH):
            tasks.create_task(one(rows[start : start + BATCH]))


async def replay(
    api: httpx.AsyncClient, shop_url: str, advance: Advance, now: datetime, history: Sample | None = None
) -> None:
    """Products, then members, then their orders; `advance` is called with the number of rows that arrived.

    `api` has dangol's address as its base and the server key in its headers. All times are moved by whole weeks.
    """
    history = history or sample()
    shift = history.weeks_to(now)
    await send(api, "products", [product_row(one, shop_url) for one in history.products.values()], advance)
    await send(api, "members", member_rows(history, shift), advance)
    # One member's orders stay together, so that batches do not race for the same profile.
    orders = sorted(history.orders, key=lambda order: (order.member, order.at))
    await send(api, "orders", [order_row(one, shift) for one in orders], advance)


async def run(dangol_url: str, server_key: str, shop_url: str, *, already: bool = False) -> None:
    """Replay with a progress bar on the terminal; nothing to do when the store has the history `already`."""
    if already:
        return
    history = sample()
    rows = len(history.products) + len({order.member for order in history.orders}) + len(history.orders)
    headers = {"Authorization": f"Bearer {server_key}"}
    async with httpx.AsyncClient(base_url=dangol_url, headers=headers, timeout=30) as api:
        with click.progressbar(length=rows, label="Replaying real orders") as bar:
            await replay(api, shop_url, bar.update, datetime.now(UTC), history)
