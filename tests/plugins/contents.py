"""Filled templates, as channels are given them."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest

from dangol.plugin import PushRequest, Receipt, Template, templates
from dangol_plugins import http
from dangol_plugins.http import Lost

KEY = "Ab3_x-9ZkQ1w"

SMS = templates.TextTemplate("hi", "(광고)단골상점 안녕하세요\n무료거부 0801234567", form="sms")
LMS = templates.TextTemplate("sale", "긴 안내입니다. " * 10, subject="주문 안내", form="lms", ad=False)
MMS = templates.TextTemplate("pic", "사진입니다.", subject="새 상품", images=["FILE-1"], form="mms", ad=False)
ALIMTALK = templates.AlimtalkTemplate(
    "shipped",
    "TPL_SHIPPED",
    "김단골님, 주문하신 상품이 출발했습니다.",
    title="배송 안내",
    emphasis="TEXT",
    buttons=[templates.Button("WL", "배송 조회", mobile="https://shop.example/t/1", pc="https://shop.example/t/1")],
    name="배송 안내",
)
BUTTON = templates.Button("WL", "보러 가기", mobile="https://shop.example/a")
APP = templates.Button("AL", "앱으로", android="shop://a", ios="shop://a")
TALK = templates.Button("BC", "상담", extra="vip")
COUPON = templates.Coupon("3000원 할인 쿠폰", "오늘만", mobile="https://shop.example/c")
PRODUCT = templates.Commerce("니트", 39000, sale=29000, rate=25)
FREE = templates.BrandTemplate("free", "TEXT", text="가을 신상품이 나왔어요", buttons=[BUTTON, TALK], coupon=COUPON)
KEPT = templates.BrandTemplate("kept", "IMAGE", code="BRAND1", targeting="M", text="가을 신상품")
PUSH = templates.PushTemplate("push", "제목", "내용")


def request(content: Template | None, to: str = "01012345678", key: str = KEY, **variables: str) -> PushRequest:
    """For one recipient."""
    return PushRequest(key, "shop", "send:1", "m1", variables=variables, to=to, content=content)


def brand(bubble: Any, **more: Any) -> templates.BrandTemplate:
    """A free brand message."""
    return templates.BrandTemplate("b", bubble, **more)


async def tried(call: Callable[[], Coroutine[None, None, Sequence[Receipt]]]) -> list[str]:
    """What a channel lets its caller write down."""
    try:
        return [repr(receipt) for receipt in await call()]
    except Lost as lost:
        return [repr(lost)]


async def lost(call: Coroutine[None, None, Sequence[Receipt]]) -> None:
    """Expect that no answer comes, and don't wait for it as long as usual."""
    with pytest.MonkeyPatch.context() as short:
        short.setattr(http, "WHOLE", 0.5)
        with pytest.raises(Lost):
            await call
