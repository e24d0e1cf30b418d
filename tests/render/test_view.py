"""What a widget sees of a shopper."""

from collections.abc import Sequence
from typing import Any

import pytest

from dangol.definitions.model import Site, Trait
from dangol.plugin import Money, Product, Request
from dangol.profile.model import Coupon, Line, Member, Profile, Seen
from dangol.render.view import SEEDS, PageView

SITE = Site("shop", "abcdefgh", "Shop", ["https://shop.example"], traits=[Trait("size", "", "text", public=True)])
DAY = 86_400


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
    view = seen_by(Profile(), Request(0))
    assert view.text("{cart_gap} {cart_total}", cart_gap="300원") == "300원 0원"
    assert view.text("{cart_gap < 500 ? {cart_gap:number}}", cart_gap=Money(300)) == "300"


def test_the_coupon_that_ends_first_is_told_of() -> None:
    coupons = [
        Coupon("A", "ever"),
        Coupon("B", "later", DAY * 9),
        Coupon("C", "soon", DAY * 3),
        Coupon("D", "gone", DAY),
    ]
    member = Profile(member=Member("m1", coupons=coupons))
    view = seen_by(member, Request(DAY * 2, verified=True), "en")
    text = "{coupons}: {coupon} ({coupon_code}), {coupon_expires:days} days, until {coupon_expires}"
    assert view.text(text) == "3: soon (C), 1 days, until 4 January"
    assert seen_by(member, Request(DAY * 2), "en").text("{coupon|none} {coupons}") == "none 0"


@pytest.mark.parametrize(
    ("profile", "verified", "expected"),
    [
        (Profile(orders=2, last_order_at=DAY, traits={"size": "M"}), False, "2, 1, M"),
        (Profile(orders=2, last_order_at=DAY, traits={"size": "M"}, anonymous=True), False, "-, -, -"),
        (Profile(orders=2, last_order_at=DAY, member=Member("m", traits={"size": "L"})), False, "-, -, -"),
        (Profile(orders=2, last_order_at=DAY, member=Member("m", traits={"size": "L"})), True, "2, 1, L"),
        (Profile(), False, "0, -, -"),
    ],
)
def test_what_a_member_did_is_told_only_to_who_has_logged_in(profile: Profile, verified: bool, expected: str) -> None:
    view = seen_by(profile, Request(DAY * 2, verified=verified))
    assert view.text("{orders|-}, {last_order:days|-}, {trait.size|-}") == expected


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
