"""Recommendation strip: products that go with the page and the cart, in the page itself or in a dialog."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Struct, field

from dangol.plugin import Money, Recommendation, Text, View, Widget
from dangol_widgets.parameters import about


def _title() -> Text:
    return {"ko": "함께 보면 좋은 상품", "en": "You may also like"}


class RecommendationStrip(Widget):
    """A title and a row of products. With `fill_gap_goal` first those that just lift the cart over the goal. In the
    page where the campaign says `at`, else in a dialog."""

    name = "recommendation_strip"
    api = 1
    version = "2"
    title: ClassVar[Text] = {"ko": "추천 상품", "en": "Recommended products"}
    slot = "dialog"
    anchored = True
    variables: ClassVar[Mapping[str, str]] = {"cart_gap": "money"}

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What the marketer says. The title may use {cart_gap}, what the cart is short of `fill_gap_goal`."""

        title: Annotated[
            Text, about("제목", "Title", "상품들의 공통점을 적습니다.", "What the products have in common.")
        ] = field(default_factory=_title)
        recommender: Annotated[
            str,
            about(
                "추천 방식",
                "Recommender",
                "추천 플러그인의 이름입니다.",
                "The name of a recommender plugin.",
                max_length=40,
            ),
        ] = "bought_together"
        count: Annotated[
            int, about("개수", "Count", "보여 줄 상품의 최대 개수입니다.", "At most so many products.", ge=1, le=12)
        ] = 4
        fill_gap_goal: Annotated[
            Annotated[int, about("금액", "Amount", "금액입니다.", "An amount.", ge=1, le=10**12)] | None,
            about(
                "채울 목표 금액",
                "Goal to fill",
                "모자란 금액을 채울 상품을 추천하고, 채우면 보이지 않습니다. 가장 작은 화폐 단위로 적습니다.",
                "In minor units: offers what closes the gap; shows nothing once it is closed.",
            ),
        ] = None
        layout: Annotated[
            Literal["row", "grid"],
            about(
                "모바일 배치",
                "Layout on phones",
                "row는 옆으로 넘기는 한 줄, grid는 두 칸씩입니다.",
                "A row to swipe through, or a grid of two columns.",
            ),
        ] = "row"
        columns: Annotated[
            int,
            about(
                "PC 칸 수",
                "Columns on desks",
                "넓은 화면에서 한 줄의 개수입니다.",
                "In a row where there is room.",
                ge=2,
                le=6,
            ),
        ] = 4

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """The products and the title; None where there is nothing to offer or no gap to fill."""
        if params.fill_gap_goal is None:
            found = await view.recommend(params.recommender, count=params.count)
            return _shown(found, view.text(params.title))
        gap = params.fill_gap_goal - view.profile.cart_total
        if gap <= 0 or not view.profile.cart:
            return None
        found = await view.recommend(params.recommender, count=params.count, gap=gap)
        return _shown(found, view.text(params.title, cart_gap=Money(gap)))


def _shown(found: Sequence[Recommendation], title: str) -> Mapping[str, Any] | None:
    linked = [each.product for each in found if each.product.url]
    return {"products": linked, "label": title} if linked else None
