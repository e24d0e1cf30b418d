"""Orders, and what comes before them."""

from collections.abc import Mapping
from math import nan

from dangol.plugin import Profile, Request
from dangol.segments.calendar import Clock
from dangol.segments.conditions.fields import counted, days, field, ids, length, now, time
from dangol.segments.conditions.moving import Since, SinceEach
from dangol.segments.conditions.row import Row

bought = counted("bought")


def average_order(profile: Profile, request: Request, clock: Clock) -> float:
    return profile.spent / profile.orders if profile.orders > 0 else nan


def last_order_value(profile: Profile, request: Request, clock: Clock) -> float:
    """Of the latest order that was not cancelled."""
    latest = max([(order.at, order.value) for order in profile.recent_orders if order.value >= 0], default=(0, nan))
    return latest[1]


def last_ordered(profile: Profile, request: Request, clock: Clock) -> list[str]:
    """What was bought at the time of the last order."""
    return [seen.id for seen in profile.bought if seen.at == profile.last_order_at]


def bought_at(profile: Profile) -> Mapping[str, int]:
    return {seen.id: seen.at for seen in profile.bought}


def wished_at(profile: Profile) -> int:
    return max([seen.at for seen in profile.wishlist], default=0)


def order_now(profile: Profile, request: Request, clock: Clock) -> bool:
    return "purchase" in request.event_names or request.kind == "order"  # the page's later requests have no events


def checkout_reached(profile: Profile, request: Request, clock: Clock) -> bool:
    return 0 < profile.visit.started <= profile.checkout_at


# fmt: off
ROWS = [
    Row("orders", "누적 구매수", "orders", "order", "number", field("orders"), {"gte": 3}, unit="times",
        en_says="bought {}"),
    Row("spent", "누적 구매 금액", "money spent", "order", "number",
        field("spent"), {"gte": 10000, "lt": 100000}, unit="money",
        en_says="spent {}"),
    Row("average_order", "평균 구매 금액", "average order", "order", "number",
        average_order, {"gte": 10000}, unit="money",
        en_says="spends {} an order on average"),
    Row("last_order_value", "마지막 구매 금액", "value of the last order", "order", "number",
        last_order_value, {"gte": 10000}, unit="money",
        en_says="spent {} on the last order"),
    Row("last_order_on", "마지막 구매일", "last order on", "order", "time",
        time("last_order_at"), {"since": "2026-01-01"},
        en_says="last bought {}"),
    Row("days_since_last_order", "마지막 구매 후 경과일", "days since the last order", "order", "number",
        days("last_order_at"), {"lte": 30}, unit="days",
        en_says="last bought {} ago"),
    Row("last_ordered_items", "마지막으로 구매한 상품", "items of the last order", "order", "set",
        last_ordered, {"has_any": ["85123A"]}),
    Row("bought_items", "구매한 상품", "items bought", "order", "set", bought, {"has_any": ["85123A"]}),
    Row("times_bought", "상품 구매 횟수", "times an item was bought", "order", "keyed number",
        bought, {"key": "85123A", "gte": 2}, unit="times",
        ko_says="{key} 상품 구매 횟수 {}", en_says="bought {key} {}"),
    Row("days_since_bought", "상품 구매 후 경과일", "days since an item was bought", "order", "keyed number",
        SinceEach(bought_at), {"key": "85123A", "gte": 7}, unit="days", absent=nan,
        ko_says="{key} 상품 구매 후 경과일 {}", en_says="last bought {key} {} ago"),
    Row("order_now", "방금 구매함", "order just placed", "order", "boolean", order_now, True, source="request",
        ko_says="방금 구매함|방금 구매하지 않음", en_says="has just bought|has not just bought"),
    Row("ordered_now", "방금 구매한 상품", "items of the order just placed", "order", "set",
        now("ordered"), {"has_any": ["85123A"]}, source="request"),
    Row("order_value_now", "방금 구매한 금액", "value of the order just placed", "order", "number",
        now("order_value"), {"gte": 30000}, unit="money", source="request",
        en_says="has just spent {}"),

    Row("wishlist", "찜한 상품", "items on the wish list", "interest", "set", ids("wishlist"), {"has_any": ["47566"]}),
    Row("wishlist_count", "찜한 상품 수", "number of items on the wish list", "interest", "number",
        length("wishlist"), {"gte": 1}, unit="items",
        en_says="has {} on the wish list"),
    Row("days_since_wishlist", "찜한 후 경과일", "days since an item was put on the wish list", "interest", "number",
        Since(wished_at), {"lte": 7}, unit="days",
        en_says="put something on the wish list {} ago"),
    Row("checkout_reached", "이번 방문 주문서 도달", "order form reached in this visit", "interest", "boolean",
        checkout_reached, True,
        ko_says="이번 방문에서 주문서에 도달함|이번 방문에서 주문서에 도달하지 않음",
        en_says="reached the order form in this visit|did not reach the order form in this visit"),
    Row("days_since_checkout", "주문서 도달 후 경과일", "days since the order form was reached", "interest", "number",
        days("checkout_at"), {"lte": 1}, unit="days",
        en_says="reached the order form {} ago"),
]
