"""What is said of a product that is offered."""

from typing import ClassVar

import pytest

from dangol.plugin import Counts, Product, Query, Ranked, Recommender, Text
from dangol.recommend.reasons import reason_of, said
from dangol.recommend.wish import Offered

VASE = Product("vase", "Vase", 100)


class Plain(Recommender):
    """Says only what goes with a product."""

    reason_because: ClassVar[Text] = {"ko": "{product}{과/와} 함께", "en": "With {product}"}

    async def recommend(self, query: Query, counts: Counts) -> Ranked:
        raise NotImplementedError


class Both(Plain):
    reason: ClassVar[Text] = "Together"


@pytest.mark.parametrize(
    ("recommender", "because", "products", "reason"),
    [
        (Both, VASE, [], Both.reason_because),
        (Both, VASE, ["vase", "tea"], Both.reason_because),
        (Both, VASE, ["vase"], "Together"),  # on its own page its name says nothing
        (Plain, VASE, ["vase"], Plain.reason_because),
        (Both, None, [], "Together"),
    ],
)
def test_a_product_is_named_but_on_its_own_page(
    recommender: type[Recommender], because: Product | None, products: list[str], reason: Text
) -> None:
    assert reason_of(recommender(), because, products) == reason


@pytest.mark.parametrize(
    ("name", "korean"),
    [
        ("Heart of Wicker Small", "Heart of Wicker Small과 함께"),
        ("White Hanging Heart T-Light Holder", "White Hanging Heart…와 함께"),
        ("핸드메이드 원목 벽걸이 선반 세트", "핸드메이드 원목 벽걸이…와 함께"),
        ("몸" * 30, "몸" * 12 + "…과 함께"),
    ],
)
def test_a_long_name_leaves_room_for_the_reason(name: str, korean: str) -> None:
    offered = Offered(VASE, 100, "plain", Product("long", name, 1), Plain.reason_because)
    assert said(offered, "ko", "en") == korean
