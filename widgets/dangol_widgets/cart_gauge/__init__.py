"""Cart gauge: how far the cart is from a goal such as free delivery, in a slim bar at the foot of the page."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct, field

from dangol.plugin import Text, Url, View, Widget


def _below() -> Text:
    return {"ko": "{cart_gap} 더 담으면 무료배송이에요", "en": "Add {cart_gap} more for free delivery"}


def _reached() -> Text:
    return {"ko": "무료배송으로 보내드릴게요!", "en": "Your delivery is free!"}


class CartGauge(Widget):
    """One text for each stage: an empty cart, below the goal, goal reached. A stage without text shows nothing."""

    name = "cart_gauge"
    api = 1
    version = "1"
    title: ClassVar[Text] = {"ko": "장바구니 게이지", "en": "Cart gauge"}
    slot = "bar"
    variables = ("cart_gap", "goal")

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What the marketer says. Texts may use {cart_gap}, what is missing, and {goal}."""

        goal: Annotated[
            int,
            Meta(
                ge=1, le=10**12, title="목표 금액 / Goal", description="In minor units: 30000 is 30,000원 or £300.00."
            ),
        ]
        below: Annotated[Text, Meta(title="목표 전 / Below the goal", description="{cart_gap} is what is missing.")] = (
            field(default_factory=_below)
        )
        reached: Annotated[Text, Meta(title="목표 달성 / Goal reached", description="The good news.")] = field(
            default_factory=_reached
        )
        empty: Annotated[
            Text, Meta(title="빈 장바구니 / Empty cart", description="Without it an empty cart shows no gauge.")
        ] = ""
        link: Annotated[
            Url | None, Meta(title="링크 / Link", description="Where a click on the text leads, such as the cart.")
        ] = None

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """The stage and its text, which is the label too; None where the stage has no text."""
        total = view.profile.cart_total
        stage, text = _stage(params, total, empty=not view.profile.cart)
        gap = max(params.goal - total, 0)
        said = view.text(text, cart_gap=view.money(gap), goal=view.money(params.goal))
        if not said:
            return None
        return {"label": said, "stage": stage, "total": total, "filled": min(total, params.goal)}


def _stage(params: CartGauge.Params, total: int, *, empty: bool) -> tuple[str, Text]:
    if empty:
        return "empty", params.empty
    return ("reached", params.reached) if total >= params.goal else ("below", params.below)
