"""Coupons, and what a customer is worth."""

from collections.abc import Mapping
from math import nan

from dangol.plugin import Profile, Request
from dangol.profile.model import Rfm
from dangol.segments import text
from dangol.segments.calendar import Clock
from dangol.segments.conditions.member import member
from dangol.segments.conditions.moving import Lasting
from dangol.segments.conditions.row import Row

UNRATED = Rfm()
GRADES = {
    "champions": ("최우수 고객", "champions"),
    "loyal": ("충성 고객", "loyal customers"),
    "potential_loyal": ("잠재 충성 고객", "potential loyal customers"),
    "new": ("신규 구매 고객", "new customers"),
    "promising": ("유망 고객", "promising customers"),
    "need_attention": ("관심 필요 고객", "customers who need attention"),
    "about_to_sleep": ("휴면 예정 고객", "customers about to sleep"),
    "at_risk": ("이탈 위험 고객", "customers at risk"),
    "cant_lose": ("놓치면 안 되는 고객", "customers not to lose"),
    "hibernating": ("휴면 고객", "hibernating customers"),
    "lost": ("이탈 고객", "lost customers"),
}
"""The usual names for what the scores make of a customer, Korean and English. A shop may tell grades of its own."""


def coupons(profile: Profile) -> Mapping[str, int]:
    """By coupon, when it ends."""
    return {coupon.id: coupon.expires for coupon in profile.member.coupons} if profile.member else {}


def revenue(profile: Profile, request: Request, clock: Clock) -> float:
    """What the shop has told, or what was counted here where that is more: the shop knows of the time before, and tells
    it now and then."""
    told = profile.member.revenue if profile.member else None
    return profile.spent if told is None else max(told, profile.spent)


# fmt: off
ROWS = [
    Row("coupons", "보유 쿠폰", "coupons owned", "coupon", "set",
        Lasting(coupons, "elements"), {"has_any": ["WELCOME10"]}),
    Row("coupon_count", "사용 가능한 쿠폰 수", "number of usable coupons", "coupon", "number",
        Lasting(coupons, "count"), {"gte": 1}, unit="coupons",
        en_says="owns {} that can be used"),
    Row("coupon_days_left", "쿠폰 만료까지 남은 일수", "days until a coupon expires", "coupon", "keyed number",
        Lasting(coupons, "left"), {"key": "WELCOME10", "lte": 3}, unit="days", absent=nan,
        ko_says="{key} 쿠폰 만료까지 남은 일수 {}", en_says="the coupon {key} expires in {}"),
    Row("days_until_coupon_expires", "가장 먼저 만료되는 쿠폰의 남은 일수", "days until the first coupon expires",
        "coupon", "number", Lasting(coupons, "soonest"), {"lte": 3}, unit="days",
        en_says="the first coupon expires in {}"),

    Row("rfm_grade", "RFM 등급", "RFM grade", "value", "text",
        member(lambda m: m.rfm.grade if m.rfm else "", ""), {"in": ["champions", "loyal"]}, form=text.folded,
        names=GRADES),
    Row("rfm_recency", "RFM 최근성 점수", "RFM recency score", "value", "number",
        member(lambda m: (m.rfm or UNRATED).recency or nan, nan), {"gte": 4}, unit="points"),
    Row("rfm_frequency", "RFM 구매 빈도 점수", "RFM frequency score", "value", "number",
        member(lambda m: (m.rfm or UNRATED).frequency or nan, nan), {"gte": 4}, unit="points"),
    Row("rfm_monetary", "RFM 구매 금액 점수", "RFM monetary score", "value", "number",
        member(lambda m: (m.rfm or UNRATED).monetary or nan, nan), {"gte": 4}, unit="points"),
    Row("lifetime_revenue", "평생 구매 금액", "lifetime revenue", "value", "number",
        revenue, {"gte": 100000}, unit="money",
        en_says="has spent {} in all"),
]
