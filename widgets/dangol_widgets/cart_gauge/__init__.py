"""Cart gauge: how far the cart is from a goal such as free delivery, in a slim bar or in the page."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from msgspec import Struct, field

from dangol.plugin import Money, Text, View, Widget
from dangol_widgets.parameters import Link, about


def _below() -> Text:
    return {"ko": "{cart_gap} 더 담으면 무료배송이에요", "en": "Add {cart_gap} more for free delivery"}


def _reached() -> Text:
    return {"ko": "무료배송으로 보내드릴게요!", "en": "Your delivery is free!"}


class Stage(Struct, frozen=True, forbid_unknown_fields=True):
    """Another text on the way to the goal."""

    percent: Annotated[
        int,
        about(
            "퍼센트", "Percent", "목표의 몇 퍼센트부터인지 적습니다.", "From this share of the goal on.", ge=1, le=99
        ),
    ]
    text: Annotated[Text, about("문구", "Text", "이 단계의 문구입니다.", "What this stage says.")]


class CartGauge(Widget):
    """One text for each stage: an empty cart, below the goal, further on, goal reached. A stage without text shows
    nothing."""

    name = "cart_gauge"
    api = 1
    version = "2"
    title: ClassVar[Text] = {"ko": "장바구니 게이지", "en": "Cart gauge"}
    slot = "bar"
    anchored = True
    variables: ClassVar[Mapping[str, str]] = {"cart_gap": "money", "goal": "money"}

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What the marketer says. Texts may use {cart_gap}, what is missing, and {goal}."""

        goal: Annotated[
            int,
            about(
                "목표 금액",
                "Goal",
                "가장 작은 화폐 단위로 적습니다. 30000은 30,000원입니다.",
                "In minor units: 30000 is 30,000원 or £300.00.",
                ge=1,
                le=10**12,
            ),
        ]
        below: Annotated[
            Text,
            about("목표 전", "Below the goal", "{cart_gap}은 모자란 금액입니다.", "{cart_gap} is what is missing."),
        ] = field(default_factory=_below)
        reached: Annotated[
            Text, about("목표 달성", "Goal reached", "목표를 채웠을 때의 문구입니다.", "The good news.")
        ] = field(default_factory=_reached)
        empty: Annotated[
            Text,
            about(
                "빈 장바구니",
                "Empty cart",
                "비우면 빈 장바구니에는 보이지 않습니다.",
                "Without it an empty cart shows no gauge.",
            ),
        ] = ""
        link: Link = None
        stages: Annotated[
            list[Stage],
            about(
                "중간 단계",
                "Stages",
                "목표에 가까워지면 바뀌는 문구들입니다.",
                "Other texts than the one below the goal, from a share of the goal on.",
                max_length=4,
            ),
        ] = field(default_factory=list)

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """The stage and its text, which is the label too; None where the stage has no text."""
        total = view.profile.cart_total
        stage, text = _stage(params, total, empty=not view.profile.cart)
        gap = max(params.goal - total, 0)
        said = view.text(text, cart_gap=Money(gap), goal=Money(params.goal))
        if not said:
            return None
        return {"label": said, "stage": stage, "total": total, "filled": min(total, params.goal)}


def _stage(params: CartGauge.Params, total: int, *, empty: bool) -> tuple[str, Text]:
    if empty:
        return "empty", params.empty
    if total >= params.goal:
        return "reached", params.reached
    come_to = [stage for stage in params.stages if total * 100 >= stage.percent * params.goal]
    return "below", max(come_to, key=lambda stage: stage.percent).text if come_to else params.below
