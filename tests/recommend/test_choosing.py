"""What may be offered: the kernel over columns against a slow and obvious twin over products."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dangol.plugin import Filters, Product
from dangol.profile.model import Profile, Seen
from dangol.recommend.choosing import Sieve, fits
from dangol.recommend.shelf import Shelf
from dangol.recommend.wish import Wish

DAY = 86_400
NOW = 1_000 * DAY
IDS = "abcdefghijkl"
few = st.lists(st.sampled_from(IDS), max_size=2)
names = st.sampled_from(["", "x", "y", "z"])

products = st.builds(
    Product,
    st.sampled_from(IDS),
    st.just("name"),
    st.integers(0, 9),
    category=names,
    categories=st.lists(names, max_size=2).map(tuple),
    brand=names,
    stock=st.sampled_from([None, None, None, 0, 3]),
    sale_price=st.sampled_from([None, 0, 2, 8]),
    sale_from=st.sampled_from([0, NOW - 1, NOW + 1]),
    sale_until=st.sampled_from([0, NOW, NOW + 1]),
    group=st.sampled_from(["", "", "r", "s"]),
    hidden=st.sampled_from([False, False, False, True]),
    cost=st.sampled_from([None, 0, 1, 3]),
    repurchase_days=st.sampled_from([None, 0, 2]),
)
catalogues = st.lists(products, max_size=12, unique_by=lambda each: each.id)
filters = st.builds(
    Filters,
    st.integers(0, 3),
    st.none() | st.integers(2, 9),
    st.lists(names.filter(bool) | st.just("none such"), max_size=2).map(tuple),
    st.lists(names.filter(bool), max_size=2).map(tuple),
    st.sampled_from([0.0, 0.0, 50.0, 70.0]),
    few.map(tuple),
)
bought = st.lists(st.builds(Seen, st.sampled_from(IDS), st.integers(NOW - 4 * DAY, NOW)), max_size=3)
wishes = st.builds(
    Wish,
    recommenders=st.just(["any"]),
    count=st.just(1),
    now=st.just(float(NOW)),
    products=few,
    cart=few,
    profile=st.none() | bought.map(lambda ring: Profile(bought=ring)),
    filters=filters,
)
scores = st.one_of(st.integers(0, 3).map(float), st.just(float("nan")))
answers = st.lists(st.tuples(st.sampled_from(IDS + "?"), scores), max_size=30)


def twin(catalogue: list[Product], wish: Wish, days: int, answer: list[tuple[str, float]], most: int) -> str:
    """The ids that the sieve should give, one product after the other."""
    known = {each.id: each for each in catalogue}
    held = {*wish.products, *wish.cart}
    groups = {known[id].group for id in held if id in known}
    bought = wish.profile.bought if wish.profile else []
    given = ""
    for id, _ in sorted((pair for pair in answer if pair[1] == pair[1]), key=lambda pair: -pair[1]):
        product = known.get(id)
        if product is None or not fits(product, wish.filters, wish.now) or id in held or id in given:
            continue
        if product.group and product.group in groups | {known[each].group for each in given}:
            continue
        least = days if product.repurchase_days is None else product.repurchase_days
        if any(seen.id == id and seen.at > NOW - least * DAY for seen in bought):
            continue
        given += id
    return given[:most]


@settings(max_examples=300)
@given(catalogues, wishes, answers, st.integers(1, 5), st.sampled_from([0, 3]))
def test_the_kernel_gives_what_the_twin_gives(
    catalogue: list[Product], wish: Wish, answer: list[tuple[str, float]], most: int, days: int
) -> None:
    shelf = Shelf.of(catalogue, NOW)
    places = shelf.places([id for id, _ in answer])
    found = Sieve(shelf, wish, days).best(places, np.array([score for _, score in answer], np.float32), most)
    assert "".join(shelf.ids[place] for place in places[found]) == twin(catalogue, wish, days, answer, most)


@given(catalogues, wishes, answers, few, few)
def test_nothing_taken_nor_its_variants_and_nothing_refused_comes_again(
    catalogue: list[Product], wish: Wish, answer: list[tuple[str, float]], taken: list[str], refused: list[str]
) -> None:
    shelf = Shelf.of(catalogue, NOW)
    places = shelf.places([id for id, _ in answer])
    scores = np.array([score for _, score in answer], np.float32)
    found = Sieve(shelf, wish, 0).best(places, scores, 9, shelf.places(taken), shelf.places(refused))
    again = {shelf.ids[place] for place in places[found]}
    groups = {each.id: each.group for each in catalogue}
    assert not again & {*taken, *refused}
    assert not {groups[id] for id in again} & {groups.get(id) for id in taken} - {""}


def product(**facts: Any) -> Product:
    return Product("a", "A", **{"price": 1000, **facts})


@pytest.mark.parametrize(
    ("facts", "asked", "may"),
    [
        ({}, {}, True),
        ({"hidden": True}, {}, False),
        ({"stock": 0}, {}, False),
        ({"price": 0}, {}, False),
        ({"sale_price": 800}, {"price_to": 900}, True),
        ({"sale_price": 800, "sale_until": NOW}, {"price_to": 900}, False),
        ({"sale_price": 800, "sale_from": NOW + 1}, {"price_to": 900}, False),
        ({"sale_price": 0}, {}, False),
        ({}, {"price_from": 1001}, False),
        ({"category": "x", "categories": ("y",)}, {"categories": ("y", "z")}, True),
        ({"category": "x"}, {"categories": ("y",)}, False),
        ({}, {"brands": ("b",)}, False),
        ({"cost": 700}, {"margin": 30.0}, True),
        ({"cost": 701}, {"margin": 30.0}, False),
        ({}, {"margin": 0.1}, False),
        ({"cost": 700, "sale_price": 900}, {"margin": 30.0}, False),
        ({}, {"exclude": ("a",)}, False),
    ],
)
def test_a_product_fits_by_what_the_catalogue_says_now(facts: Any, asked: Any, may: bool) -> None:
    assert fits(product(**facts), Filters(**asked), NOW) is may


@pytest.mark.parametrize("place", [-1, 1, 1 << 30, -(1 << 31)])
def test_places_that_no_shelf_has_are_passed_over(place: int) -> None:
    places, scores = np.array([place, 0], np.int32), np.array([9, 1], np.float32)
    wish = Wish(recommenders=[], count=1, now=NOW)
    assert Sieve(Shelf.of([product()], NOW), wish, 0).best(places, scores, 5).tolist() == [1]
