"""The requests of a few hundred known shoppers, each with 50 recent products."""

import asyncio
import time
from collections.abc import Mapping, Sequence

import msgspec

from dangol.protocol.tokens import Keys, new_visitor, sign
from loadtests.bench.definitions import CATEGORIES, PRODUCTS
from loadtests.bench.load import Connection, post
from loadtests.bench.server import SECRET

SHOPPERS = 200
RECENT = 50
MOST_SEEN = 60
AT_ONCE = 16
PAGE = "http://localhost/product/p1?utm_source=naver&utm_medium=cpc"
HEADERS = ("Origin: http://localhost", "Content-Type: text/plain;charset=UTF-8", "User-Agent: Mozilla/5.0 Chrome/130")
KEYS = Keys.derive(SECRET.encode(), "bench")


def shoppers(count: int = SHOPPERS) -> list[str]:
    """The tokens of as many new shoppers."""
    return [sign(KEYS, new_visitor(KEYS)) for _ in range(count)]


def request(number: int, token: str, name: str, data: Mapping[str, object]) -> bytes:
    """One event of a shopper."""
    now = time.time_ns() // 1_000_000
    event = {"id": f"event-{time.time_ns()}-{number}", "name": name, "at": now, "data": data}
    body = {"site": "pk_benchmark", "sent": now, "page": PAGE, "lang": "ko", "visitor": token, "events": [event]}
    return post("/v1/events", msgspec.json.encode(body), (*HEADERS, f"Cookie: dg_bench={token}"))


def history(tokens: Sequence[str]) -> list[bytes]:
    """What gives every shopper 50 recent products."""
    requests = []
    for number in range(len(tokens) * RECENT):
        item = {"item_id": PRODUCTS[number * 31 % len(PRODUCTS)], "item_category": CATEGORIES[number % len(CATEGORIES)]}
        requests.append(request(number, tokens[number % len(tokens)], "view_item", {"items": [item]}))
    return requests


def page_views(count: int, tokens: Sequence[str]) -> list[bytes]:
    """Page views of all shoppers in turn."""
    data = {"page_location": PAGE, "page_referrer": "https://search.naver.com/", "page_title": "A product"}
    return [request(number, tokens[number % len(tokens)], "page_view", data) for number in range(count)]


async def see_all(port: int, tokens: Sequence[str]) -> None:
    """Let every shopper see what there is to see, and confirm it as a browser does."""
    loop = asyncio.get_running_loop()

    async def one(connection: Connection, token: str) -> None:
        for _ in range(MOST_SEEN):
            _, body = await connection.ask(page_views(1, [token])[0])
            shown = msgspec.json.decode(body).get("show", [])
            for each in shown:
                seen = {"campaign": each["campaign"], "exposure": each["exposure"]}
                await connection.ask(request(0, token, "widget_view", seen))
            if not shown:
                return

    async def some(these: Sequence[str]) -> None:
        _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
        for token in these:
            await one(connection, token)
        connection.close()

    await asyncio.gather(*(some(tokens[start::AT_ONCE]) for start in range(AT_ONCE)))
