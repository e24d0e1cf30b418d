import pytest
from free_shipping_note import FreeShippingNote

from dangol.testing import Invalid, profile, render

GOAL = {"goal": 50_000}


def test_it_tells_what_is_missing() -> None:
    shown = render(FreeShippingNote(), GOAL, profile=profile(cart={"tea": (14_000, 2)}), language="ko")
    assert shown is not None
    assert "Only 22,000원 to free shipping" in shown.text
    assert 'data-for="7d"' in shown.html


@pytest.mark.parametrize("cart", [{}, {"pot": 50_000}])
def test_it_is_silent_without_a_cart_and_at_the_goal(cart: dict[str, int]) -> None:
    assert render(FreeShippingNote(), GOAL, profile=profile(cart=cart)) is None


def test_a_goal_must_be_positive() -> None:
    with pytest.raises(Invalid, match=r"params\.goal: 0 is not int >= 1"):
        render(FreeShippingNote(), {"goal": 0})
