"""Segments that shops start from, ready to be taken as they are or changed."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from msgspec import Struct

from dangol.definitions.model import ConditionTree
from dangol.render.money import money, to_minor
from dangol.segments.conditions.worth import GRADES

EVERYONE: ConditionTree = {"all": []}
DAYS = (1, 3, 7, 14, 30, 60, 90)
BANDS: Mapping[str, Sequence[int]] = {
    "KRW": (10_000, 50_000, 100_000, 300_000, 1_000_000),
    "JPY": (1_000, 5_000, 10_000, 30_000, 100_000),
}
"""Where spending is cut into bands, in decimal units; by `BANDS_ELSEWHERE` in other currencies."""
BANDS_ELSEWHERE = (10, 50, 100, 300, 1_000)


class Preset(Struct, frozen=True):
    """Shoppers for whom `include` holds and `exclude` does not, as in a segment; `group` is one of the catalogue's."""

    id: str
    ko: str
    en: str
    group: str
    include: ConditionTree
    exclude: ConditionTree | None = None

    def describe(self) -> dict[str, Any]:
        """The preset as JSON, for a console."""
        trees = {"include": self.include} | ({"exclude": self.exclude} if self.exclude is not None else {})
        return {"id": self.id, "label": {"ko": self.ko, "en": self.en}, "group": self.group, **trees}


def presets(currency: str) -> list[Preset]:
    """All of them; amounts are minor units of the shop's currency."""
    return [*PRESETS, *_exact_days(), *_spending(currency), *_grades()]


def _exact_days() -> Iterator[Preset]:
    """On a day and no later: within so many days, and not within one less."""
    for id, condition, group, ko, en in (
        ("joined", "days_since_joined", "member", "가입", "sign-up"),
        ("ordered", "days_since_last_order", "order", "마지막 구매", "the last order"),
        ("seen", "days_since_seen", "visit", "마지막 접속", "the last visit"),
    ):
        for day in DAYS:
            days = f"{day} day{'s' if day > 1 else ''}"
            yield Preset(f"{id}-{day}-days-ago", f"{ko} 후 정확히 {day}일째", f"exactly {days} after {en}", group,
                         {condition: {"lte": day}}, {condition: {"lte": day - 1}})  # fmt: skip


def _spending(currency: str) -> Iterator[Preset]:
    """Bands of what was spent in all."""
    bands = [to_minor(amount, currency) for amount in BANDS.get(currency, BANDS_ELSEWHERE)]
    for number, (low, high) in enumerate(pairwise(bands), 1):
        ko, en = ([money(amount, currency, language) for amount in (low, high)] for language in ("ko", "en"))
        yield Preset(f"spent-{number}", f"누적 구매 금액 {ko[0]} 이상 {ko[1]} 미만",
                     f"spent {en[0]} to under {en[1]}", "order", {"spent": {"gte": low, "lt": high}})  # fmt: skip
    top = bands[-1]
    yield Preset(f"spent-{len(bands)}", f"누적 구매 금액 {money(top, currency, 'ko')} 이상",
                 f"spent {money(top, currency, 'en')} or more", "order", {"spent": {"gte": top}})  # fmt: skip


def _grades() -> Iterator[Preset]:
    for grade, (ko, en) in GRADES.items():
        yield Preset(f"rfm-{grade}", f"RFM {ko}", f"RFM {en}", "value", {"rfm_grade": {"is": grade}})


# One preset a line: id, labels, group, include, exclude.
# fmt: off
PRESETS = (
    Preset("everyone", "전체 방문자", "all visitors", "visit", EVERYONE),
    Preset("first-visit", "첫 방문자", "first-time visitors", "visit", {"first_visit": True}),
    Preset("returning", "재방문자", "returning visitors", "visit", {"returning": True}),
    Preset("frequent", "단골 방문자(10회 이상)", "frequent visitors (10 visits or more)", "visit",
           {"visits": {"gte": 10}}),
    Preset("back-after-a-month", "한 달 만에 돌아온 방문자", "back after a month or more", "visit",
           {"days_since_last_visit": {"gte": 30}}),
    Preset("reading", "오래 둘러보는 방문자(3분·5페이지 이상)", "browsing for a while (3 minutes, 5 pages)", "visit",
           {"all": [{"visit_seconds": {"gte": 180}}, {"visit_page_views": {"gte": 5}}]}),
    Preset("at-night", "심야 방문자(밤 10시~새벽 6시)", "visiting at night (22:00 to 6:00)", "visit",
           {"any": [{"visit_hour": {"gte": 22}}, {"visit_hour": {"lt": 6}}]}),
    Preset("on-weekends", "주말 방문자", "visiting on a weekend", "visit", {"visit_weekday": {"in": ["sat", "sun"]}}),

    Preset("from-ads", "광고로 들어온 방문자", "came through an ad", "source",
           {"channel": {"in": ["paid_search", "paid_social", "paid_shopping", "paid_video", "display", "paid_other"]}}),
    Preset("from-search", "검색으로 들어온 방문자", "came from a search engine", "source",
           {"channel": {"in": ["organic_search", "paid_search"]}}),
    Preset("from-social", "소셜에서 들어온 방문자", "came from a social network", "source",
           {"channel": {"in": ["organic_social", "paid_social"]}}),
    Preset("from-messages", "카카오톡·문자·이메일로 들어온 방문자", "came through a message or email", "source",
           {"channel": {"in": ["messaging", "email", "push"]}}),

    Preset("looking-again", "같은 상품을 3번 이상 본 방문자", "looked at one product 3 times or more", "product",
           {"most_views": {"gte": 3}}),
    Preset("looked-not-bought", "상품을 보고 구매한 적 없는 방문자", "looked at products, never bought", "product",
           {"viewed_count": {"gte": 1}}, {"orders": {"gte": 1}}),
    Preset("cart-filled", "장바구니에 상품이 있는 방문자", "something in the cart", "cart", {"cart_count": {"gte": 1}}),
    Preset("cart-left", "장바구니를 1시간 이상 두고 있는 방문자", "cart left for an hour or more", "cart",
           {"hours_since_cart": {"gte": 1}}),
    Preset("cart-lapsing", "장바구니가 3일 안에 초기화되는 방문자", "cart about to be reset (3 days)", "cart",
           {"days_until_cart_reset": {"lte": 3}}),
    Preset("wishing", "찜한 상품이 있는 방문자", "something on the wish list", "interest",
           {"wishlist_count": {"gte": 1}}),
    Preset("checkout-left", "주문서까지 갔지만 구매하지 않은 방문자", "left the order form", "interest",
           {"checkout_reached": True}, {"any": [{"order_now": True}, {"days_since_last_order": {"eq": 0}}]}),

    Preset("never-ordered", "구매한 적 없는 회원", "members who never bought", "order",
           {"all": [{"logged_in": True}, {"orders": {"eq": 0}}]}),
    Preset("ordered-once", "첫 구매 고객", "bought once", "order", {"orders": {"eq": 1}}),
    Preset("ordered-often", "3회 이상 구매한 고객", "bought 3 times or more", "order", {"orders": {"gte": 3}}),
    Preset("lapsed", "90일 넘게 구매하지 않은 고객", "bought, but not for 90 days", "order",
           {"days_since_last_order": {"gt": 90}}),

    Preset("members", "회원", "members", "member", {"logged_in": True}),
    Preset("guests", "비회원", "guests", "member", {"logged_in": False}),
    Preset("new-members", "신규 회원(7일 이내 가입)", "new members (7 days)", "member",
           {"days_since_joined": {"lte": 7}}),
    Preset("idle-members", "휴면 예정 회원(30일 이상 미접속)", "idle members (30 days)", "member",
           {"all": [{"logged_in": True}, {"days_since_seen": {"gte": 30}}]}),
    Preset("birthday-today", "오늘 생일인 회원", "birthday today", "member", {"birthday_today": True}),
    Preset("birthday-soon", "일주일 안에 생일인 회원", "birthday within a week", "member",
           {"days_until_birthday": {"lte": 7}}),
    Preset("with-coupons", "사용 가능한 쿠폰이 있는 회원", "members with a usable coupon", "coupon",
           {"coupon_count": {"gte": 1}}),
    Preset("coupons-ending", "쿠폰이 3일 안에 만료되는 회원", "members with a coupon that expires in 3 days", "coupon",
           {"days_until_coupon_expires": {"lte": 3}}),

    Preset("on-pc", "PC 방문자", "on a PC", "environment", {"device": {"is": "pc"}}),
    Preset("on-mobile", "모바일 웹 방문자", "on the mobile web", "environment", {"device": {"is": "mobile"}}),
    Preset("in-app", "앱 방문자", "in the shop's app", "environment", {"device": {"is": "app"}}),
    Preset("foreign-language", "외국어 방문자", "in another language than Korean", "environment",
           {"language": {"glob": "*"}}, {"language": {"starts": "ko"}}),
)
