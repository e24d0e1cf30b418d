"""Coupon box: a code to copy, or the coupons that the member has already."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, NamedTuple

from msgspec import Struct, field

from dangol.plugin import Text, View, Widget
from dangol_widgets.parameters import Body, Link, about


def _own_title() -> Text:
    return {"ko": "지금 쓸 수 있는 쿠폰", "en": "Your coupons"}


def _use() -> Text:
    return {"ko": "바로 쓰기", "en": "Use it now"}


class Ticket(NamedTuple):
    """One coupon as it is shown: `ends` is its last day in words, `left` the days until then, None without an end."""

    name: str
    code: str
    ends: str
    left: int | None


class CouponBox(Widget):
    """With a `code` one coupon for everybody; without it the member's own, those that end first in front. Nothing once
    there is none that can be used."""

    name = "coupon_box"
    api = 1
    version = "1"
    title: ClassVar[Text] = {"ko": "쿠폰 박스", "en": "Coupon box"}
    slot = "corner"
    anchored = True
    variables = ("days_left",)
    styles = ("icons.css", "style.css")

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What the marketer says. Texts may use {days_left}, the days that the first coupon still has."""

        title: Annotated[Text, about("제목", "Title", "쿠폰의 혜택을 적습니다.", "What the coupon gives.")] = field(
            default_factory=_own_title
        )
        body: Body = ""
        code: Annotated[
            str,
            about(
                "쿠폰 코드",
                "Code",
                "복사해 쓸 코드입니다. 비우면 로그인한 회원이 가진 쿠폰을 보여 줍니다.",
                "To be copied; without it the logged-in member's own coupons are shown.",
                max_length=40,
                pattern=r"^[^\s\x00-\x1f]*\Z",
            ),
        ] = ""
        ends: Annotated[
            date | None,
            about(
                "마지막 날",
                "Last day",
                "코드를 쓸 수 있는 마지막 날입니다. 지나면 보이지 않습니다.",
                "The last day of the code; after it nothing is shown.",
            ),
        ] = None
        button: Annotated[
            Text,
            about("버튼", "Button", "쿠폰을 쓰러 가는 버튼입니다.", "The button that leads to where it can be used."),
        ] = field(default_factory=_use)
        link: Link = None
        most: Annotated[
            int,
            about(
                "최대 개수",
                "Most",
                "회원 쿠폰을 몇 개까지 보여 줄지 적습니다.",
                "At most so many of the member's own.",
                ge=1,
                le=5,
            ),
        ] = 3

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """The coupons that can be used today; a member's own only for the very member."""
        today = view.local(view.request.now).date()
        tickets = [_ticket(params.code, params.code, params.ends, today, view)] if params.code else _own(view, today)
        usable = [ticket for ticket in tickets if ticket.left is None or ticket.left >= 0]
        if not usable:
            return None
        days = {"days_left": "" if usable[0].left is None else str(usable[0].left)}
        return {
            "tickets": usable[: params.most],
            "label": view.text(params.title, **days),
            "body": view.text(params.body, **days),
        }


def _own(view: View, today: date) -> list[Ticket]:
    if not view.request.verified or view.profile.member is None:
        return []
    coupons = sorted(view.profile.member.coupons, key=lambda coupon: (not coupon.expires, coupon.expires))
    return [
        _ticket(
            coupon.name or coupon.id, "", view.local(coupon.expires - 1).date() if coupon.expires else None, today, view
        )
        for coupon in coupons
    ]


def _ticket(name: str, code: str, ends: date | None, today: date, view: View) -> Ticket:
    return Ticket(name, code, view.day(ends) if ends else "", (ends - today).days if ends else None)
