"""The requests of a few hundred known shoppers, each with 50 recent products."""

import time
from collections.abc import Mapping

import msgspec

from dangol.protocol.tokens import Keys, new_visitor, sign
from loadtests.bench.definitions import CATEGORIES, PRODUCTS
from loadtests.bench.load import post
from loadtests.bench.server import SECRET

SHOPPERS = 200
RECENT = 50
PAGE = "http://localhost/product/p1?utm_source=naver&utm_medium=cpc"
HEADERS = ("Origin: http://localhost", "Content-Type: text/plain;charset=UTF-8", "User-Agent: Mozilla/5.0 Chrome/130")
KEYS = Keys.derive(SECRET.encode(), "bench")
TOKENS = [sign(KEYS, new_visitor(KEYS)) for _ in range(SHOPPERS)]


def request(number: int, name: str, data: Mapping[str, object]) -> bytes:
    """One event of one of the shoppers."""
    now = time.time_ns() // 1_000_000
    event = {"id": f"event-{time.time_ns()}-{number}", "name": name, "at": now, "data": data}
    token = TOKENS[number % SHOPPERS]
    body = {"site": "pk_benchmark", "sent": now, "page": PAGE, "lang": "ko", "visitor": token, "events": [event]}
    return post("/v1/events", msgspec.json.encode(body), (*HEADERS, f"Cookie: dg_bench={token}"))


def history() -> list[bytes]:
    """What gives every shopper 50 recent products."""
    return [
        request(
            number,
            "view_item",
            {"items": [{"item_id": PRODUCTS[(number * 31) % 2000], "item_category": CATEGORIES[number % 40]}]},
        )
        for number in range(SHOPPERS * RECENT)
    ]


def page_views(count: int) -> list[bytes]:
    """Page views of all shoppers in turn."""
    data = {"page_location": PAGE, "page_referrer": "https://search.naver.com/", "page_title": "A product"}
    return [request(number, "page_view", data) for number in range(count)]
