"""Cart gauge: its stages, in both languages."""

from typing import Any

import pytest

from dangol.errors import Invalid
from dangol.testing import profile, render
from dangol_widgets.cart_gauge import CartGauge


@pytest.mark.parametrize(
    ("language", "price", "stage", "text"),
    [
        ("ko", 18_000, "below", "12,000원 더 담으면 무료배송이에요"),
        ("en", 29_999, "below", "Add ₩1 more for free delivery"),
        ("ko", 30_000, "reached", "무료배송으로 보내드릴게요!"),
        ("en", 45_000, "reached", "Your delivery is free!"),
    ],
)
def test_each_stage_has_its_text(language: Any, price: int, stage: str, text: str) -> None:
    shown = render(CartGauge(), {"goal": 30_000}, profile=profile(cart={"a": price}), language=language)
    assert shown is not None
    assert shown.label == text
    assert f'<section class="gauge {stage}">' in shown.html
    assert f'role="status">{text}</p>' in shown.html


@pytest.mark.parametrize(("price", "filled"), [(1, 1), (299, 299), (300, 300), (900, 300)])
def test_the_bar_is_never_overfull(price: int, filled: int) -> None:
    shown = render(CartGauge(), {"goal": 300}, profile=profile(cart={"a": price}))
    assert shown is not None
    assert f'<progress class="progress" value="{filled}" max="300" aria-labelledby="gauge-text">' in shown.html


def test_sums_are_written_in_the_shops_currency() -> None:
    shown = render(CartGauge(), {"goal": 3000}, profile=profile(cart={"a": (250, 3)}), currency="GBP")
    assert shown is not None
    assert shown.text == "Add £22.50 more for free delivery £7.50 / £30.00"


def test_an_empty_cart_shows_nothing_unless_there_is_a_text_for_it() -> None:
    assert render(CartGauge(), {"goal": 30_000}) is None
    shown = render(CartGauge(), {"goal": 30_000, "empty": "{goal} 이상 무료배송"}, language="ko")
    assert shown is not None
    assert shown.label == "30,000원 이상 무료배송"
    assert 'value="0"' in shown.html


def test_a_stage_without_a_text_shows_nothing() -> None:
    assert render(CartGauge(), {"goal": 10, "reached": ""}, profile=profile(cart={"a": 10})) is None


def test_the_text_may_be_a_link() -> None:
    shown = render(CartGauge(), {"goal": 30, "link": "/cart", "below": "{cart_gap}"}, profile=profile(cart={"a": 10}))
    assert shown is not None
    assert '<a class="link" href="/cart" data-dg="click">₩20</a>' in shown.html


@pytest.mark.parametrize("goal", [0, -1, "much", 1.5, None, 10**13])
def test_a_goal_is_a_positive_amount(goal: Any) -> None:
    with pytest.raises(Invalid, match=r"params\.goal"):
        render(CartGauge(), {"goal": goal})
