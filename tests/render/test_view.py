"""What a widget sees of a shopper."""

from collections.abc import Sequence
from typing import Any

import pytest

from dangol.definitions.model import Site
from dangol.plugin import Product, Request
from dangol.profile.model import Line, Member, Profile, Seen
from dangol.render.view import SEEDS, PageView

SITE = Site("shop", "abcdefgh", "Shop", ["https://shop.example"])


async def nothing(*_: Any) -> Sequence[Product]:
    return []


def seen_by(profile: Profile, request: Request, language: str = "ko", product: Product | None = None) -> PageView:
    return PageView(SITE, profile, request, language, nothing, product)


def test_personal_values_need_a_verified_member() -> None:
    member = Profile(member=Member("m1", name="김단골", grade="VIP"))
    assert seen_by(member, Request(0, verified=True)).text("{name|손님}님 {grade}") == "김단골님 VIP"
    assert seen_by(member, Request(0)).text("{name|손님}님 {grade}") == "손님님 "
    assert seen_by(Profile(), Request(0, verified=True)).text("{name|손님}님") == "손님님"


def test_the_cart_and_the_product_on_screen_are_known_to_all_texts() -> None:
    profile = Profile(cart=[Line("1", 5000, 2, 0), Line("2", 2000, 1, 0)])
    view = seen_by(profile, Request(0), product=Product("9", "머그컵", 9000))
    assert view.text("{cart_total}, {cart_count}개, {product}") == "12,000원, 3개, 머그컵"
    assert seen_by(profile, Request(0), "en").text({"en": "{cart_total}"}) == "₩12,000"


def test_a_widgets_own_variables_are_filled_in() -> None:
    assert seen_by(Profile(), Request(0)).text("{cart_gap} {cart_total}", cart_gap="300원") == "300원 0원"


@pytest.mark.anyio
@pytest.mark.parametrize(("product", "first", "count"), [("1", ["1"], 1), ("", ["2", "3", "1", "v0"], SEEDS)])
async def test_a_recommender_is_asked_about_the_product_on_screen_else_about_cart_and_views(
    product: str, first: list[str], count: int
) -> None:
    asked: list[tuple[Any, ...]] = []

    async def offer(*args: Any) -> Sequence[Product]:
        asked.append(args)
        return [Product("7", "Seven", 700)]

    profile = Profile(
        cart=[Line("2", 1, 1, 0), Line("3", 1, 1, 0)],
        viewed=[Seen("1", 0), Seen("3", 0), *(Seen(f"v{n}", 0) for n in range(20))],
    )
    view = PageView(SITE, profile, Request(0, product=product), "ko", offer)
    assert [each.id for each in await view.recommend("popular", count=2, price_from=5, price_to=9)] == ["7"]
    recommender, seeds, *rest = asked[0]
    assert (recommender, seeds[:4], len(seeds), rest) == ("popular", first, count, [2, 5, 9])
