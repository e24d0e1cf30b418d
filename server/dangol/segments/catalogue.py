"""The catalogue of conditions that segments are built from. Adding a condition is adding a row."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from operator import attrgetter

from dangol.definitions.model import Trait
from dangol.plugin import Condition
from dangol.segments import facts, text
from dangol.segments.calendar import WEEKDAYS
from dangol.segments.extensions import Run, direct, plugin_row
from dangol.segments.row import BEHAVIOUR, CONNECTIVES, Extract, Row
from dangol.segments.traits import trait_rows


class Catalogue:
    """Rows by id. Never changes; `with_plugins` makes a larger one."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows: dict[str, Row] = {}
        for row in rows:
            if row.id in BEHAVIOUR:
                raise ValueError(f"condition {row.id!r} is named like a condition on behaviour in time")
            if row.id in self._rows:
                raise ValueError(f"two conditions are called {row.id!r}")
            self._rows[row.id] = row

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def get(self, name: str) -> Row | None:
        return self._rows.get(name)

    def nearest(self, name: str) -> str:
        """The id most like `name`, or empty."""
        if f"trait.{name}" in self._rows:
            return f"trait.{name}"
        return next(iter(get_close_matches(name, (*CONNECTIVES, *BEHAVIOUR, *self._rows), n=1)), "")

    def with_plugins(self, conditions: Iterable[Condition], run: Run = direct) -> "Catalogue":
        """These rows and one for each plugin. `run` makes the calls (the host's guard); where it raises
        PluginFailure the fact is not known. ValueError for a name that is taken."""
        return Catalogue([*self, *(plugin_row(condition, run) for condition in conditions)])

    def with_traits(self, traits: Sequence[Trait]) -> "Catalogue":
        """These rows and those of a site's own traits."""
        return Catalogue([*self, *trait_rows(traits)])


def _field(name: str) -> Extract:
    """A field of the profile, as it is."""
    get = attrgetter(name)
    return lambda profile, request, clock: get(profile)


def _days(name: str) -> Extract:
    """Calendar days since the time that a field of the profile holds."""
    get = attrgetter(name)
    return lambda profile, request, clock: clock.days_since(get(profile))


def _ids(name: str) -> Extract:
    """The ids of a ring of the profile."""
    get = attrgetter(name)
    return lambda profile, request, clock: [each.id for each in get(profile)]


def _count(name: str) -> Extract:
    """The length of a ring of the profile."""
    get = attrgetter(name)
    return lambda profile, request, clock: len(get(profile))


# Viewed products and their counts are often both asked for, so they are read together; the shorter rings are not.
# One row a line: id, labels, group, kind, fact, example; then what differs from the default.
# fmt: off
CATALOGUE = Catalogue([
    Row("visits", "방문 횟수", "visits", "visit", "number", lambda p, r, c: p.visits, {"gte": 2}),
    Row("returning", "재방문", "returning visitor", "visit", "boolean", lambda p, r, c: p.visits > 1, True),
    Row("page_views", "누적 페이지뷰", "page views", "visit", "number", lambda p, r, c: p.page_views, {"gte": 10}),
    Row("visit_page_views", "이번 방문 페이지뷰", "page views of this visit", "visit", "number",
        _field("visit.page_views"), {"gte": 3}),
    Row("average_page_views", "방문당 평균 페이지뷰", "page views per visit", "visit", "number",
        facts.average_page_views, {"gte": 2}),
    Row("visit_seconds", "이번 방문 체류 시간", "time of this visit", "visit", "number",
        facts.visit_seconds, {"gte": 60}, unit="seconds"),
    Row("average_visit_seconds", "평균 체류 시간", "average time of a visit", "visit", "number",
        facts.average_visit_seconds, {"gte": 60}, unit="seconds"),
    Row("days_since_first_visit", "첫 방문 후 경과일", "days since the first visit", "visit", "number",
        _days("first_seen"), {"gte": 7}, unit="days"),
    Row("days_since_last_visit", "지난 방문 후 경과일", "days since the visit before this one", "visit", "number",
        facts.days_since_last_visit, {"lte": 14}, unit="days"),
    Row("hour", "현재 시각(시)", "hour of the day", "visit", "number",
        lambda p, r, c: c.hour, {"gte": 9, "lt": 18}, unit="hours", source="request"),
    Row("weekday", "요일", "day of the week", "visit", "text",
        lambda p, r, c: c.weekday, {"in": ["mon", "tue", "wed", "thu"]}, source="request", choices=WEEKDAYS),

    Row("referrer", "유입 도메인", "referring domain", "source", "text",
        _field("visit.referrer"), {"contains": "naver."}, form=text.folded),
    Row("search_engine", "유입 검색 엔진", "referring search engine", "source", "text",
        facts.search_engine, {"in": ["naver", "google"]}, choices=facts.SEARCH_ENGINES),
    Row("utm_source", "UTM 소스", "UTM source", "source", "text",
        _field("visit.source"), {"is": "newsletter"}, form=text.folded),
    Row("utm_medium", "UTM 매체", "UTM medium", "source", "text",
        _field("visit.medium"), {"in": ["email", "cpc"]}, form=text.folded),
    Row("utm_campaign", "UTM 캠페인", "UTM campaign", "source", "text",
        _field("visit.campaign"), {"starts": "spring"}, form=text.folded),
    Row("landing_page", "랜딩 페이지", "landing page", "source", "text",
        _field("visit.landing"), {"glob": "/event/*"}, form=text.path),

    Row("pages", "이번 방문에서 본 페이지", "pages of this visit", "content", "set",
        _field("visit.pages"), {"has_any": ["/event/spring"]}, form=text.path),
    Row("page_now", "현재 페이지", "page on screen", "content", "text",
        facts.page_now, {"starts": "/product/"}, source="request", form=text.path),
    Row("events_now", "방금 일어난 행동", "what was just done", "content", "set",
        lambda p, r, c: r.event_names, {"has_any": ["view_item"]}, source="request"),
    Row("searches", "이번 방문 검색어", "searches of this visit", "content", "set",
        _field("visit.searches"), {"contains": "mug"}, form=text.folded),

    Row("product_now", "현재 보는 상품", "product on screen", "product", "text",
        lambda p, r, c: r.product, {"in": ["85123A"]}, source="request"),
    Row("viewed_products", "최근 본 상품", "products viewed", "product", "set",
        facts.viewed, {"has_all": ["85123A", "22423"]}),
    Row("views_of", "상품을 본 횟수", "views of a product", "product", "keyed number",
        facts.viewed, {"key": "85123A", "gte": 3}),
    Row("viewed_count", "최근 본 상품 수", "number of products viewed", "product", "number",
        _count("viewed"), {"gte": 2}),
    Row("viewed_categories", "최근 본 카테고리", "categories viewed", "product", "set",
        _ids("categories"), {"has_any": ["머그컵"]}, form=text.folded),
    Row("views_of_category", "카테고리를 본 횟수", "views of a category", "product", "keyed number",
        facts.categories, {"key": "머그컵", "gte": 2}, form=text.folded),

    Row("cart_items", "장바구니 상품", "items in the cart", "cart", "set", _ids("cart"), {"has_any": ["22423"]}),
    Row("cart_quantity_of", "장바구니 상품의 수량", "quantity of an item in the cart", "cart", "keyed number",
        facts.cart, {"key": "22423", "gte": 2}),
    Row("cart_count", "장바구니 수량", "number of items in the cart", "cart", "number", facts.cart_count, {"gte": 1}),
    Row("cart_total", "장바구니 금액", "total of the cart", "cart", "number",
        facts.cart_total, {"gte": 10000, "lt": 50000}, unit="money"),
    Row("last_cart_item", "마지막으로 담은 상품", "item last put into the cart", "cart", "text",
        facts.last_cart_item, {"is": "22423"}),
    Row("days_since_cart", "장바구니에 담은 후 경과일", "days since the cart was changed", "cart", "number",
        facts.days_since_cart, {"lte": 3}, unit="days"),

    Row("orders", "주문 횟수", "orders", "order", "number", lambda p, r, c: p.orders, {"gte": 1}),
    Row("spent", "누적 주문 금액", "money spent", "order", "number",
        lambda p, r, c: p.spent, {"gte": 10000, "lt": 100000}, unit="money"),
    Row("average_order", "평균 주문 금액", "average order", "order", "number",
        facts.average_order, {"gte": 10000}, unit="money"),
    Row("days_since_last_order", "마지막 주문 후 경과일", "days since the last order", "order", "number",
        _days("last_order_at"), {"lte": 30}, unit="days"),
    Row("bought_items", "구매한 상품", "items bought", "order", "set", _ids("bought"), {"has_any": ["85123A"]}),
    Row("times_bought", "상품을 구매한 횟수", "times an item was bought", "order", "keyed number",
        facts.bought, {"key": "85123A", "gte": 2}),
    Row("order_value_now", "방금 주문한 금액", "value of the order just placed", "order", "number",
        facts.order_value_now, {"gte": 30000}, unit="money", source="request"),

    Row("wishlist", "찜한 상품", "items on the wish list", "interest", "set", _ids("wishlist"), {"has_any": ["47566"]}),
    Row("wishlist_count", "찜한 상품 수", "number of items on the wish list", "interest", "number",
        _count("wishlist"), {"gte": 1}),
    Row("days_since_wishlist", "찜한 후 경과일", "days since an item was put on the wish list", "interest", "number",
        facts.days_since_wishlist, {"lte": 7}, unit="days"),
    Row("checkout_reached", "이번 방문 주문서 도달", "order form reached in this visit", "interest", "boolean",
        facts.checkout_reached, True),
    Row("days_since_checkout", "주문서 도달 후 경과일", "days since the order form was reached", "interest", "number",
        _days("checkout_at"), {"lte": 1}, unit="days"),

    Row("logged_in", "로그인 회원", "logged-in member", "member", "boolean",
        lambda p, r, c: p.member is not None, True),
    Row("days_since_joined", "가입 후 경과일", "days since sign-up", "member", "number",
        facts.days_since_joined, {"gte": 30}, unit="days"),
    Row("days_since_login", "마지막 로그인 후 경과일", "days since the last login", "member", "number",
        facts.days_since_login, {"lte": 7}, unit="days"),
    Row("grade", "회원 등급", "member grade", "member", "text", facts.grade, {"in": ["gold", "vip"]}, form=text.folded),
    Row("age", "만 나이", "age", "member", "number", facts.age, {"gte": 20, "lt": 40}, unit="years"),
    Row("sex", "성별", "sex", "member", "text", facts.sex, {"is": "f"}, form=text.folded),
    Row("birthday_today", "오늘 생일", "birthday today", "member", "boolean", facts.birthday_today, True),

    Row("device", "기기", "device", "environment", "text",
        _field("environment.device"), {"is": "mobile"}, choices=("pc", "mobile", "app")),
    Row("os", "운영체제", "operating system", "environment", "text",
        _field("environment.os"), {"in": ["android", "ios"]}, form=text.folded),
    Row("browser", "브라우저", "browser", "environment", "text",
        _field("environment.browser"), {"is": "chrome"}, form=text.folded),
    Row("language", "언어", "language", "environment", "text", facts.language, {"starts": "ko"}, form=text.folded),
])
# fmt: on
