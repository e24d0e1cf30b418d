"""Coupons of brand messages: KakaoTalk allows five forms of titles. Pure.

SOLAPI bms/bmsCoupon.ts and bmsConstraints.ts; NHN Cloud friendtalkupgrade-api-guide.md.
"""

import re
from collections.abc import Iterator

from dangol.definitions.templates import Coupon
from dangol.errors import Problem
from dangol.messages.limits import VARIABLE

TITLES = {
    "N원 할인 쿠폰": re.compile(r"[1-9][0-9]{0,7}원 할인 쿠폰"),
    "N% 할인 쿠폰": re.compile(r"([1-9][0-9]?|100)% 할인 쿠폰"),
    "배송비 할인 쿠폰": re.compile("배송비 할인 쿠폰"),
    "○○ 무료 쿠폰": re.compile(r"\S{1,7} 무료 쿠폰"),
    "○○ UP 쿠폰": re.compile(r"\S{1,7} UP 쿠폰"),
}
"""N is 1 to 99,999,999 won without commas, or 1 to 100 per cent; ○○ is 1 to 7 characters without blanks."""


def problems(coupon: Coupon | None, where: str) -> Iterator[Problem]:
    """What is wrong with a coupon but the length of its text, which goes by the bubble."""
    if coupon is None:
        return
    title = VARIABLE.sub("1", coupon.title)
    if not VARIABLE.fullmatch(coupon.title) and not any(form.fullmatch(title) for form in TITLES.values()):
        expected = (
            f"one of the titles {', '.join(TITLES)} (1–99999999 won, 1–100 %, at most 7 characters without blanks)"
        )
        yield Problem(f"{where}.title", coupon.title, expected)
    if not coupon.text.strip():
        yield Problem(f"{where}.text", coupon.text, "given: a coupon is described")
