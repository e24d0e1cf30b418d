"""Recommendation strip: products that go with the page and the cart, in the page itself or in a dialog."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from msgspec import Struct, field

from dangol.plugin import Filters as Asked
from dangol.plugin import Money, Product, Recommendation, RecommenderName, Text, View, Widget
from dangol_widgets.parameters import about

TITLE: Text = {"ko": "함께 보면 좋은 상품", "en": "You may also like"}
GAP_TITLE: Text = {"ko": "{cart_gap}만 더 담으면 무료배송이에요", "en": "Add {cart_gap} more for free delivery"}
ROOM = 28_000
"""Characters of HTML that the products may take: a shop's addresses may be long, and half a strip is no strip."""


class Filters(Struct, frozen=True, forbid_unknown_fields=True):
    """Which products may be shown at all. Nothing is shown where none fits."""

    price_from: Annotated[
        int,
        about(
            "최저 가격",
            "Lowest price",
            "가장 작은 화폐 단위로, 지금 파는 가격입니다.",
            "In minor units, as it is sold now.",
            ge=0,
            le=10**12,
        ),
    ] = 0
    price_to: Annotated[
        Annotated[int, about("금액", "Amount", "금액입니다.", "An amount.", ge=0, le=10**12)] | None,
        about("최고 가격", "Highest price", "비우면 제한이 없습니다.", "Without it there is no limit."),
    ] = None
    categories: Annotated[
        list[Annotated[str, about("카테고리", "Category", "카테고리 이름입니다.", "A name.", max_length=100)]],
        about("카테고리", "Categories", "이 가운데 하나에 든 상품만 보입니다.", "One of these.", max_length=20),
    ] = field(default_factory=list)
    brands: Annotated[
        list[Annotated[str, about("브랜드", "Brand", "브랜드 이름입니다.", "A name.", max_length=100)]],
        about("브랜드", "Brands", "이 가운데 하나인 상품만 보입니다.", "One of these.", max_length=20),
    ] = field(default_factory=list)
    margin: Annotated[
        float,
        about(
            "최소 마진",
            "Margin",
            "판매가에서 남아야 하는 몫(%)입니다. 원가를 모르는 상품은 빠집니다.",
            "The least percentage of the price that the shop keeps; without a known cost there is none.",
            ge=0,
            le=100,
        ),
    ] = 0.0
    exclude: Annotated[
        list[Annotated[str, about("상품 번호", "Product", "상품의 번호입니다.", "A product's id.", max_length=100)]],
        about("제외할 상품", "Excluded", "보이지 않을 번호들입니다.", "Ids left out.", max_length=100),
    ] = field(default_factory=list)

    def asked(self) -> Asked:
        """The same as it is asked of the catalogue."""
        names = tuple(self.categories), tuple(self.brands)
        return Asked(self.price_from, self.price_to, *names, self.margin, tuple(self.exclude))


class Card(NamedTuple):
    """One product as it is shown: `former` is the price struck through, `off` the percentage saved, `told` what a click
    tells."""

    product: Product
    reason: str
    price: int
    former: int | None
    off: int
    told: str


class RecommendationStrip(Widget):
    """A title and a row of products. With `fill_gap_goal` first those that just lift the cart over the goal. In the
    page where the campaign says `at`, else in a dialog."""

    name = "recommendation_strip"
    api = 1
    version = "3"
    title: ClassVar[Text] = {"ko": "추천 상품", "en": "Recommended products"}
    slot = "dialog"
    anchored = True
    variables: ClassVar[Mapping[str, str]] = {"cart_gap": "money"}

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What the marketer says. The title may use {cart_gap}, what the cart is short of `fill_gap_goal`."""

        title: Annotated[
            Text,
            about(
                "제목",
                "Title",
                "상품들의 공통점을 적습니다. 비우면 알맞은 제목이 붙습니다.",
                "What the products have in common; without it a fitting one.",
            ),
        ] = ""
        recommenders: Annotated[
            list[
                Annotated[
                    RecommenderName,
                    about("추천 방식", "Recommender", "추천 플러그인의 이름입니다.", "A recommender plugin's name."),
                ]
            ],
            about(
                "추천 방식",
                "Recommenders",
                "추천 플러그인들의 이름입니다. 모자라면 다음 것이 채우고, 마지막에는 인기 상품이 채웁니다.",
                "Names of plugins, asked in turn; popular products fill up.",
                min_length=1,
                max_length=5,
            ),
        ] = field(default_factory=lambda: ["bought_together"])
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
        filters: Annotated[
            Filters,
            about("상품 조건", "Filters", "이 조건에 맞는 상품만 보입니다.", "Only products that fit are shown."),
        ] = field(default_factory=Filters)
        reasons: Annotated[
            bool,
            about(
                "추천 이유",
                "Reasons",
                "각 상품을 추천하는 이유를 보여 줍니다.",
                "Says of each product why it is recommended.",
            ),
        ] = True
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
        gap = None
        if params.fill_gap_goal is not None:
            gap = params.fill_gap_goal - view.profile.cart_total
            if gap <= 0 or not view.profile.cart:
                return None
        found = await view.recommend(params.recommenders, count=params.count, filters=params.filters.asked(), gap=gap)
        cards = list(_cards(found, params.reasons, view.request.now))
        if not cards:
            return None
        title = view.text(params.title or (GAP_TITLE if gap else TITLE), cart_gap=Money(gap or 0))
        return {"cards": cards, "label": title or view.text(TITLE)}


def _cards(found: Sequence[Recommendation], reasons: bool, now: float) -> Iterator[Card]:
    """Those that lead somewhere, as many as there is room for."""
    room = ROOM
    for each in found:
        product, price = each.product, each.product.price_at(now)
        room -= 6 * (len(product.name) + len(each.reason)) + len(product.url) + len(product.image) + 800
        if product.url and room > 0:
            former = product.price if price < product.price else None
            off = 100 * (product.price - price) // product.price if former else 0
            told = f"{each.recommender}:{product.id}"
            yield Card(product, each.reason if reasons else "", price, former, off, told)
