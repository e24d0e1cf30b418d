"""Rich popup: its layouts and buttons, in both languages."""

from typing import Any

import pytest

from dangol.errors import Invalid
from dangol.testing import render
from dangol_widgets.rich_popup import RichPopup

PARAMS: dict[str, Any] = {
    "title": {"ko": "15% 할인", "en": "15% off"},
    "body": {"ko": "첫 주문에\n쓰세요", "en": "On your\nfirst order"},
    "button": {"ko": "쿠폰 받기", "en": "Get it"},
    "link": "/coupon",
}


@pytest.mark.parametrize(
    ("language", "text"), [("ko", "15% 할인 첫 주문에 쓰세요 쿠폰 받기"), ("en", "15% off On your first order Get it")]
)
def test_a_text_and_a_button(language: Any, text: str) -> None:
    shown = render(RichPopup(), PARAMS, language=language)
    assert shown is not None
    assert shown.text == text
    assert shown.html.count("<a ") == 1
    assert "<button" not in shown.html


def test_line_breaks_of_the_text_reach_the_page() -> None:
    shown = render(RichPopup(), PARAMS)
    assert shown is not None
    assert '<p class="body">On your\nfirst order</p>' in shown.html


def test_a_second_button_without_a_link_closes() -> None:
    shown = render(RichPopup(), {**PARAMS, "second_button": {"ko": "괜찮아요", "en": "No, thanks"}}, language="ko")
    assert shown is not None
    assert '<button class="dg-button dg-quiet" type="button" data-dg="close">괜찮아요</button>' in shown.html


def test_a_second_button_with_a_link_is_a_click() -> None:
    shown = render(RichPopup(), {**PARAMS, "second_button": "More", "second_link": "/more"})
    assert shown is not None
    assert '<a class="dg-button dg-quiet" href="/more" data-dg="click">More</a>' in shown.html


@pytest.mark.parametrize("layout", ["top", "side"])
def test_the_picture_is_above_or_beside(layout: str) -> None:
    shown = render(RichPopup(), {**PARAMS, "layout": layout, "image": "/a.jpg"})
    assert shown is not None
    assert f'class="popup {layout} pictured"' in shown.html
    assert '<img class="picture" src="/a.jpg" alt="">' in shown.html


@pytest.mark.parametrize("wrong", [{"link": "javascript:x"}, {"second_link": "\\\\evil"}, {"layout": "bottom"}])
def test_wrong_parameters_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match=f"params.{next(iter(wrong))}"):
        render(RichPopup(), {**PARAMS, **wrong})
