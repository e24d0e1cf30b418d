"""Many segments and campaigns of the kind that shops write, the same at every run."""

import random
from collections.abc import Callable
from typing import Any

import msgspec

from dangol.definitions.model import Definitions

CONDITIONS = 4
PRODUCTS = [f"p{number}" for number in range(2000)]
CATEGORIES = [f"category {number}" for number in range(40)]


def leaf(draw: random.Random) -> dict[str, Any]:
    """One condition."""
    kinds: list[Callable[[], dict[str, Any]]] = [
        lambda: {"visits": {"gte": draw.randint(1, 30)}},
        lambda: {"page_views": {"lt": draw.randint(5, 300)}},
        lambda: {"visit_page_views": {"gte": draw.randint(1, 20)}},
        lambda: {"orders": {draw.choice(["gte", "eq", "lt"]): draw.randint(0, 8)}},
        lambda: {"spent": {"gte": draw.randint(0, 40) * 5000, "lt": draw.randint(40, 80) * 5000}},
        lambda: {"cart_total": {"lt": draw.randint(1, 40) * 2500}},
        lambda: {"days_since_last_visit": {"lte": draw.randint(1, 60)}},
        lambda: {"hour": {"gte": draw.randint(0, 20)}},
        lambda: {"device": {"is": draw.choice(["pc", "mobile"])}},
        lambda: {"utm_source": {"in": draw.sample(["naver", "google", "kakao", "newsletter", "meta"], 2)}},
        lambda: {"viewed_products": {"has_any": draw.sample(PRODUCTS, 5)}},
        lambda: {"viewed_categories": {"has_any": draw.sample(CATEGORIES, 3)}},
        lambda: {"page_now": {"starts": draw.choice(["/product/", "/category/", "/cart"])}},
        lambda: {"not": {"logged_in": True}},
    ]
    return draw.choice(kinds)()


def make(segments: int, campaigns: int) -> Definitions:
    """`segments` of four conditions, a fifth of them with one in the exclude part, and `campaigns` that show a popcorn
    once a visit to one of the first segments, five times as many as campaigns: the same ones among however many."""
    draw, drawn = random.Random(7), random.Random(7)
    raw = {
        "site": {"id": "bench", "key": "pk_benchmark", "name": "bench", "origins": ["http://localhost"]},
        "segments": [_segment(draw, number) for number in range(segments)],
        "campaigns": [_campaign(drawn, number, min(segments, 5 * campaigns)) for number in range(campaigns)],
        "manners": {"gap": 0},  # so that all there is to see is seen ahead of the measurement
    }
    return msgspec.convert(raw, Definitions)


def _segment(draw: random.Random, number: int) -> dict[str, Any]:
    leaves = [leaf(draw) for _ in range(CONDITIONS)]
    segment: dict[str, Any] = {"id": f"s{number}", "include": {"all": leaves}}
    if number % 5 == 0:
        segment |= {"include": {"all": leaves[:-1]}, "exclude": leaves[-1]}
    return segment


def _campaign(draw: random.Random, number: int, segments: int) -> dict[str, Any]:
    return {
        "id": f"c{number}",
        "audience": [f"s{draw.randrange(segments)}"],
        "widget": {"use": "popcorn", "params": {"title": f"Campaign {number}", "body": "Hello {name|friend}"}},
        "pages": {"never": ["/checkout*"]},
        "caps": [{"times": 1, "per": "session"}],
        "priority": number % 7,
    }
