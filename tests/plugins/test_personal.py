"""What goes with what the shopper has shown interest in."""

from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.answers import answers, order

from dangol.plugin import Product, Profile, Scored
from dangol.profile.model import Seen
from dangol.testing import NOW, entry, event, profile
from dangol_plugins.bought_together import BoughtTogether
from dangol_plugins.personal import AGAIN_FADES, BOUGHT, BOUGHT_FADES, CARTED, VIEWED, WISHED, Personal, interests
from dangol_plugins.popular import Popular
from dangol_plugins.viewed_together import ViewedTogether

ENTRIES = [
    *(entry(event("purchase", *products)) for products in ("ab", "cd")),
    entry(event("view_item", "e", before=("f",))),
]
KINDS = {"a": "mugs", "b": "mugs", "g": "mugs", "h": "pots"}
PRODUCTS = [Product(id, id, 1_000, category=KINDS.get(id, "")) for id in "abcdefgh"]


def picked(shopper: Profile | None, now: float = NOW) -> list[Scored]:
    others = (BoughtTogether(), ViewedTogether(), Popular())
    return answers(Personal(), ENTRIES, products=PRODUCTS, others=others, profile=shopper, now=now)


def test_orders_and_views_of_others_tell_what_goes_with_the_shoppers_own() -> None:
    found = {each.product: each.because for each in picked(profile(cart={"a": 1_000}, viewed=["f"], bought=["c"]))}
    assert found == {"b": "a", "d": "c", "e": "f", "c": "", "g": ""}


def test_what_was_bought_more_often_and_lately_comes_again_first() -> None:
    shopper = profile(bought=["h", "b", "g"])
    shopper.bought[1].times = 3
    shopper.bought[2].at -= int(AGAIN_FADES)
    found = [each for each in picked(shopper) if each.product in "hbg"]
    assert order(found) == "bhg"
    assert [each.because for each in found] == ["", "", ""]


def test_what_was_done_and_how_lately_decides_how_much_a_product_tells() -> None:
    shopper = profile(cart={"a": 1_000}, viewed=["a", "b"], wishlist=["c"])
    shopper.bought = [Seen("d", int(NOW - BOUGHT_FADES))]
    assert interests(shopper, NOW) == {"a": CARTED + VIEWED, "b": VIEWED, "c": WISHED, "d": BOUGHT / 2}


def test_where_little_is_known_favourite_categories_follow_behind_it() -> None:
    found = picked(profile(viewed=["a"]))
    assert [(each.product, each.because) for each in found] == [("b", "a"), ("g", "")]
    assert order(picked(profile(viewed=["g"]))) == "ab"
    assert order(picked(profile(viewed=["h"]))) == ""


def test_of_a_stranger_nothing_is_known() -> None:
    assert picked(None) == []
    assert picked(profile()) == []
    assert picked(profile(viewed=["gone"])) == []


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 2**40)), max_size=20))
def test_scores_are_finite_and_above_zero_whenever_things_happened(viewed: list[tuple[str, int]]) -> None:
    shopper = profile()
    shopper.viewed = [Seen(id, at) for id, at in viewed]
    assert all(0 < each.score < 10 for each in picked(shopper))
