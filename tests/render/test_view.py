"""What a widget sees of a shopper."""

from collections.abc import Sequence

import pytest

from dangol.definitions.model import Site, Trait
from dangol.plugin import Filters, Money, Product, Request, Text
from dangol.profile.model import Coupon, Line, Member, Profile, Seen
from dangol.recommend.wish import SEEDS, Offered, Wish
from dangol.render.view import PageView
from dangol.testing import profile

SITE = Site("shop", "abcdefgh", "Shop", ["https://shop.example"], traits=[Trait("size", "", "text", public=True)])
DAY = 86_400


async def nothing(wish: Wish) -> Sequence[Offered]:
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


class Offer:
    """Remembers what is wished for, and offers one product."""

    def __init__(self, because: Product | None = None) -> None:
        self.wish = Wish(recommenders=[], count=0, now=0)
        self.offered = Offered(Product("7", "Seven", 700), 700, "popular", because, REASON if because else "")

    async def __call__(self, wish: Wish) -> Sequence[Offered]:
        self.wish = wish
        return [self.offered]


REASON: Text = {"ko": "{product}{과/와} 함께", "en": "With {product}"}
PROFILE = Profile(cart=[Line("2", 1, 1, 0), Line("3", 1, 1, 0)], viewed=[Seen("1", 0), Seen("3", 0)])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("request_", "seeds"),
    [
        (Request(0, product="1", ordered=frozenset("9")), ["1"]),
        (Request(0, ordered=frozenset("98")), ["8", "9"]),
        (Request(0), ["2", "3", "1"]),
    ],
)
async def test_a_recommender_is_asked_about_the_page_else_about_cart_and_views(
    request_: Request, seeds: list[str]
) -> None:
    offer = Offer()
    view = PageView(SITE, PROFILE, request_, "ko", offer)
    found = await view.recommend("popular", count=2, filters=Filters(5, 9), gap=3)
    assert [(each.product.id, each.recommender, each.reason, each.because) for each in found] == [
        ("7", "popular", "", "")
    ]
    wish = offer.wish
    assert (wish.recommenders, wish.count, wish.filters, wish.gap) == (("popular",), 2, Filters(5, 9), 3)
    assert (wish.seeds(), wish.cart, wish.profile) == (seeds, ["2", "3"], PROFILE)


def test_the_whole_cart_is_asked_about_and_views_up_to_ten() -> None:
    many = [str(number) for number in range(2 * SEEDS)]
    shopper = profile(viewed=many)
    assert Wish(recommenders=[], count=1, now=0, cart=many, profile=shopper).seeds() == many[:SEEDS]
    assert Wish(recommenders=[], count=1, now=0, products=many).seeds() == many[:SEEDS]
    few = Wish(recommenders=[], count=1, now=0, cart=["5", "tea"], profile=shopper)
    assert few.seeds() == ["5", "tea", *"01234678"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("language", "name", "reason"),
    [
        ("ko", "머그컵", "머그컵과 함께"),
        ("ko", "찻주전자", "찻주전자와 함께"),
        ("en", "{name} <b>{product}\u202e", "With {name} <b>{product}"),
    ],
)
async def test_a_reason_names_the_product_that_it_speaks_of(language: str, name: str, reason: str) -> None:
    view = PageView(SITE, PROFILE, Request(0), language, Offer(Product("2", name, 1)))
    [found] = await view.recommend(["a", "b"], count=1)
    assert (found.reason, found.because) == (reason, "2")
