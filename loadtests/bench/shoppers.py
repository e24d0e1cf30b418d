"""The requests of a few hundred known shoppers, each with 50 recent products."""

import time
from collections.abc import Mapping, Sequence

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
