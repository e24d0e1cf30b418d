"""What all built-in recommenders have in common."""

from math import isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plugins.answers import answers

from dangol.host.registry import Registry
from dangol.plugin import Filters, Product, Recommender
from dangol.render.text import choose, fill
from dangol.testing import NOW, entry, event, profile

ALL = [each for each in Registry.load().recommenders() if type(each).__module__.startswith("dangol_plugins.")]
BUILT_IN = pytest.mark.parametrize("plugin", ALL, ids=[each.name for each in ALL])
KNOWN = st.sampled_from("abcdef")
IDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f", "gone", ""]), max_size=8)
RING = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f", "gone"]), unique=True)
HAPPENED = st.lists(
    st.tuples(st.sampled_from(["view_item", "add_to_cart", "purchase", "refund"]), st.sets(KNOWN)), max_size=5
)
CATALOGUE = [
    Product(id, id, price, category=category, brand="Ongi", stock=stock, added=NOW - price)
    for id, price, category, stock in zip(
        "abcdef", (0, 1, 900, 1_000, 1_100, 10**12), "xxyyy-", (None, 0, 5, 5, 5, 5), strict=True
    )
]


def test_there_are_seven() -> None:
    names = "bought_together new_arrivals personal popular recently_viewed similar viewed_together"
    assert sorted(each.name for each in ALL) == names.split()


@BUILT_IN
@settings(max_examples=12)
@given(st.data())
def test_answers_are_finite_and_name_each_product_once(plugin: Recommender, data: st.DataObject) -> None:
    entries = [entry(event(name, *products)) for name, products in data.draw(HAPPENED)]
    shopper = profile(viewed=data.draw(RING), bought=data.draw(RING), cart=dict.fromkeys(data.draw(RING), 1_000))
    filters = Filters(categories=tuple(data.draw(st.sets(st.sampled_from("xyz")))))
    others = [each for each in ALL if each is not plugin]
    seeds, cart = data.draw(IDS), data.draw(IDS)
    found = answers(
        plugin, entries, seeds, products=CATALOGUE, others=others, profile=shopper, cart=cart, filters=filters
    )
    assert all(isfinite(each.score) and each.score >= 0 for each in found)
    assert len({each.product for each in found}) == len(found)


@BUILT_IN
def test_an_empty_shop_has_nothing(plugin: Recommender) -> None:
    others = [each for each in ALL if each is not plugin]
    shopper = profile(viewed=["a"], cart={"b": 1}, bought=["c"])
    assert answers(plugin, seeds=["a", "b"], products=[], others=others, profile=shopper, cart=["b"]) == []
    assert answers(plugin, products=[], others=others) == []


@BUILT_IN
@pytest.mark.parametrize("language", ["ko", "en"])
def test_titles_and_reasons_are_in_both_languages(plugin: Recommender, language: str) -> None:
    for text in (plugin.title, plugin.reason):
        assert isinstance(text, dict)
        assert "{" not in choose(text, language, "")
        assert len({choose(text, each, "") for each in ("ko", "en")}) == 2
    because = choose(plugin.reason_because, language, "")
    assert not because or "찻잔" in fill(because, {"product": "찻잔"}.get)


def test_particles_follow_the_products_name() -> None:
    [bought] = [each for each in ALL if each.name == "bought_together"]
    because = choose(bought.reason_because, "ko", "")
    assert fill(because, {"product": "찻잔"}.get).startswith("찻잔과 함께")
    assert fill(because, {"product": "머그"}.get).startswith("머그와 함께")
