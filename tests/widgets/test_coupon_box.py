"""Coupon box: a code until its last day, or the member's own coupons."""

from typing import Any

import pytest

from dangol.errors import Invalid
from dangol.profile.model import Coupon, Member
from dangol.testing import NOW, profile, render, request
from dangol_widgets.coupon_box import CouponBox

DAY = 86_400
CODE = {"title": "10% off", "code": "HELLO10"}


@pytest.mark.parametrize(
    ("ends", "language", "says"),
    [
        (None, "en", "10% off HELLO10 Copy"),
        ("2026-07-01", "ko", "10% off HELLO10 7월 1일까지 오늘까지 복사"),
        ("2026-07-02", "en", "10% off HELLO10 until 2 July 1 day left Copy"),
        ("2026-07-08", "ko", "10% off HELLO10 7월 8일까지 D-7 복사"),
        ("2026-07-09", "ko", "10% off HELLO10 7월 9일까지 복사"),
        ("2027-01-31", "en", "10% off HELLO10 until 31 January 2027 Copy"),
    ],
)
def test_a_code_tells_how_long_it_can_be_used(ends: str | None, language: Any, says: str) -> None:
    shown = render(CouponBox(), {**CODE, "ends": ends}, language=language)
    assert shown is not None
    assert shown.text == says
    assert 'data-dg="copy" data-for="HELLO10"' in shown.html


def test_after_its_last_day_on_the_shops_clocks_a_code_is_gone() -> None:
    params = {**CODE, "ends": "2026-07-01"}
    midnight = NOW + 12 * 3600
    assert render(CouponBox(), params, request=request(now=midnight - 1)) is not None
    assert render(CouponBox(), params, request=request(now=midnight)) is None


def own(*coupons: Coupon) -> Any:
    return profile(member=Member("m", coupons=list(coupons)))


def test_a_members_own_coupons_come_in_the_order_of_their_ends() -> None:
    member = own(
        Coupon("A", "Later", NOW + 9 * DAY),
        Coupon("B", "For ever"),
        Coupon("C", "Soon", NOW + DAY),
        Coupon("D", "Gone", NOW - DAY),
    )
    shown = render(CouponBox(), {"title": "{days_left} left", "link": "/use"}, profile=member)
    assert shown is not None
    assert shown.text == "1 left Soon until 2 July 1 day left Later until 10 July For ever Use it now"
    assert "copy" not in shown.html
    two = render(CouponBox(), {"most": 2}, profile=member)
    assert two is not None
    assert "For ever" not in two.text


def test_only_the_very_member_sees_them() -> None:
    member = own(Coupon("A", "Mine", NOW + DAY))
    assert render(CouponBox(), {}, profile=member) is not None
    assert render(CouponBox(), {}, profile=member, request=request(verified=False)) is None
    assert render(CouponBox(), {}, profile=profile()) is None
    assert render(CouponBox(), {}, profile=own()) is None


@pytest.mark.parametrize("wrong", [{"code": "A B"}, {"code": "x" * 41}, {"ends": "soon"}, {"most": 6}, {"link": "//x"}])
def test_wrong_parameters_are_refused(wrong: dict[str, Any]) -> None:
    [name] = wrong
    with pytest.raises(Invalid, match=rf"params\.{name}"):
        render(CouponBox(), {**CODE, **wrong})
