"""Recommendation strip: products that go with the page and the cart, in the page itself."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct, field

from dangol.plugin import Product, Text, View, Widget


def _title() -> Text:
    return {"ko": "함께 보면 좋은 상품", "en": "You may also like"}


CONSIDERED = 60
"""Products among which those are looked for that close a gap."""


class RecommendationStrip(Widget):
    """A title and a row of products. With `fill_gap_goal` first those that just lift the cart over the goal."""

    name = "recommendation_strip"
    api = 1
    version = "1"
    title: ClassVar[Text] = {"ko": "추천 상품", "en": "Recommended products"}
    slot = "inline"
    variables = ("cart_gap",)

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What the marketer says. The title may use {cart_gap}, what the cart is short of `fill_gap_goal`."""

        title: Annotated[Text, Meta(title="제목 / Title", description="What the products have in common.")] = field(
            default_factory=_title
        )
        recommender: Annotated[
            str, Meta(title="추천 방식 / Recommender", description="The name of a recommender plugin.", max_length=40)
        ] = "bought_together"
        count: Annotated[int, Meta(ge=1, le=12, title="개수 / Count", description="At most so many products.")] = 4
        fill_gap_goal: Annotated[
            Annotated[int, Meta(ge=1, le=10**12)] | None,
            Meta(
                title="채울 목표 금액 / Goal to fill",
                description="In minor units: offers what closes the gap; shows nothing once it is closed.",
            ),
        ] = None
        layout: Annotated[
            Literal["row", "grid"],
            Meta(title="배치 / Layout", description="On a phone: a row to swipe through, or two columns."),
        ] = "row"

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """The products and the title; None where there is nothing to offer or no gap to fill."""
        if params.fill_gap_goal is None:
            products = await view.recommend(params.recommender, count=params.count)
            return _shown(products, view.text(params.title))
        gap = params.fill_gap_goal - view.profile.cart_total
        if gap <= 0 or not view.profile.cart:
            return None
        products = await _closing(gap, params, view)
        return _shown(products, view.text(params.title, cart_gap=view.money(gap)))


def _shown(products: Sequence[Product], title: str) -> Mapping[str, Any] | None:
    linked = [product for product in products if product.url]
    return {"products": linked, "label": title} if linked else None


async def _closing(gap: int, params: RecommendationStrip.Params, view: View) -> Sequence[Product]:
    """Products for a gap, best first: those that overshoot it by half at most, then dearer ones, then any."""

    def distance(product: Product) -> int:
        return 2 if product.price < gap else int(product.price > gap + gap // 2)

    offered = await view.recommend(params.recommender, count=CONSIDERED)
    return sorted(offered, key=distance)[: params.count]
