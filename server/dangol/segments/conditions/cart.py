"""The cart. One that was left behind for the days that the shop sets is empty, also before anybody comes back."""

from collections.abc import Iterable, Mapping
from math import nan
from operator import attrgetter
from typing import Any

from dangol.plugin import Profile, Request
from dangol.segments import text
from dangol.segments.calendar import Clock
from dangol.segments.conditions.moving import Fact, Lasting, Since, Until
from dangol.segments.conditions.row import Row

NOTHING: Mapping[str, float] = {}


def quantities(profile: Profile, request: Request, clock: Clock) -> Mapping[str, float]:
    return {line.id: line.quantity for line in profile.cart}


def count(profile: Profile, request: Request, clock: Clock) -> float:
    return sum([line.quantity for line in profile.cart])


def lines(profile: Profile, request: Request, clock: Clock) -> float:
    return len(profile.cart)


def total(profile: Profile, request: Request, clock: Clock) -> float:
    return sum([line.price * line.quantity for line in profile.cart])


def categories(profile: Profile, request: Request, clock: Clock) -> Iterable[str]:
    return {line.category for line in profile.cart if line.category}


def brands(profile: Profile, request: Request, clock: Clock) -> Iterable[str]:
    return {line.brand for line in profile.cart if line.brand}


def last_item(profile: Profile, request: Request, clock: Clock) -> str:
    return max(profile.cart, key=lambda line: line.at).id if profile.cart else ""


def changed_at(profile: Profile) -> int:
    """When a cart that still holds something was changed last."""
    return profile.cart_at if profile.cart else 0


def reset(profile: Profile) -> Mapping[str, int]:
    """The cart as the one element that lasts until its reset."""
    return {"cart": profile.cart_until} if profile.cart else {}


def _until_reset(fact: Fact, after: Any) -> Until:
    return Until(fact, attrgetter("cart_until"), after)


IN_CART = _until_reset(quantities, NOTHING)

# fmt: off
ROWS = [
    Row("cart_items", "장바구니 상품", "items in the cart", "cart", "set", IN_CART, {"has_any": ["22423"]}),
    Row("cart_quantity_of", "장바구니 상품의 수량", "quantity of an item in the cart", "cart", "keyed number",
        IN_CART, {"key": "22423", "gte": 2}, unit="items",
        ko_says="장바구니에 담긴 {key} 상품 수량 {}", en_says="has {} of {key} in the cart"),
    Row("cart_count", "장바구니 수량", "number of items in the cart", "cart", "number",
        _until_reset(count, 0), {"gte": 1}, unit="items",
        en_says="has {} in the cart"),
    Row("cart_lines", "장바구니 상품 종류 수", "number of different products in the cart", "cart", "number",
        _until_reset(lines, 0), {"gte": 2}, unit="items",
        ko_says="장바구니에 담긴 상품 종류 {}", en_says="has {} of different products in the cart"),
    Row("cart_total", "장바구니 금액", "total of the cart", "cart", "number",
        _until_reset(total, 0), {"gte": 10000, "lt": 50000}, unit="money",
        en_says="the cart is worth {}"),
    Row("cart_categories", "장바구니 상품의 카테고리", "categories in the cart", "cart", "set",
        _until_reset(categories, ()), {"has_any": ["접시"]}, form=text.folded),
    Row("cart_brands", "장바구니 상품의 브랜드", "brands in the cart", "cart", "set",
        _until_reset(brands, ()), {"has_any": ["덴비"]}, form=text.folded),
    Row("last_cart_item", "마지막으로 담은 상품", "item last put into the cart", "cart", "text",
        _until_reset(last_item, ""), {"is": "22423"}),
    Row("days_since_cart", "장바구니 변경 후 경과일", "days since the cart was changed", "cart", "number",
        _until_reset(Since(changed_at), nan), {"lte": 3}, unit="days",
        en_says="changed the cart {} ago"),
    Row("hours_since_cart", "장바구니 변경 후 경과 시간", "hours since the cart was changed", "cart", "number",
        _until_reset(Since(changed_at, "hours"), nan), {"gte": 1, "lt": 72}, unit="hours",
        en_says="changed the cart {} ago"),
    Row("days_until_cart_reset", "장바구니 초기화까지 남은 일수", "days until the cart is reset", "cart", "number",
        Lasting(reset, "soonest"), {"lte": 30}, unit="days",
        en_says="the cart is reset in {}"),
]
