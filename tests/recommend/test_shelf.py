"""What is asked of a shelf, and what its columns become as products come, change and go."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dangol.plugin import Product
from dangol.recommend.columns import Columns
from dangol.recommend.marks import mark, mark_of, numbers
from dangol.recommend.places import place_of
from dangol.recommend.shelf import Shelf
from dangol.testing import NOW, shelf

MUG = Product("mug", "Mug", 9_000, category="kitchen", brand="Dangol", group="mugs", cost=4_000, repurchase_days=7)


def test_a_shelf_has_a_row_for_each_product() -> None:
    found = shelf([MUG, replace(MUG, id="cup", categories=("kitchen", "gifts")), "pen"])
    assert found.size == 3
    assert list(found.ids) == ["mug", "cup", "pen"]
    assert found.prices.tolist() == [9_000, 9_000, 10_000]
    assert found.categories.tolist() == [[0, -1, -1, -1], [0, 1, -1, -1], [-1] * 4]
    assert found.brands.tolist() == [0, 0, -1]
    assert found.groups.tolist() == [0, 0, -1]
    assert found.costs.tolist() == [4_000, 4_000, -1]
    assert found.repurchase.tolist() == [7, 7, -1]
    assert found.offerable.all()


def test_products_are_found_by_their_ids_and_names_by_their_codes() -> None:
    found = shelf([MUG, "pen"])
    assert found.places(["pen", "nothing", "mug"]).tolist() == [1, -1, 0]
    assert found.places([]).tolist() == []
    assert (found.category("kitchen"), found.category("garden"), found.category("")) == (0, -1, -1)
    assert (found.brand("Dangol"), found.group("mugs"), found.group("no")) == (0, 0, -1)
    assert found.category_names[0] == "kitchen"
    assert found.in_category(0).tolist() == [0]
    assert found.in_category(found.category("garden")).tolist() == []
    assert found.in_category(5).tolist() == []


def test_an_empty_shelf_answers_too() -> None:
    found = shelf([])
    assert found.size == 0
    assert found.places(["mug"]).tolist() == [-1]
    assert found.in_category(0).tolist() == []


def test_nobody_writes_to_a_shelf() -> None:
    with pytest.raises(ValueError, match="read-only"):
        shelf([MUG]).prices[0] = 1


@pytest.mark.parametrize("gone", [{"hidden": True}, {"stock": 0}, {"stock": -2}, {"price": 0}, {"sale_price": 0}])
def test_what_is_hidden_or_sold_out_or_has_no_price_is_not_offered(gone: dict[str, Any]) -> None:
    assert shelf([MUG, replace(MUG, **gone)]).offerable.tolist() == [False]
    assert shelf([replace(MUG, **gone), MUG]).offerable.tolist() == [True]


def test_at_most_four_categories_count_the_main_one_first() -> None:
    found = shelf([Product("a", "", 1, category="z", categories=("y", "", "z", "x", "w", "v"))])
    assert [found.category_names[code] for code in found.categories[0]] == ["z", "y", "x", "w"]


def test_a_product_keeps_its_place_when_it_goes_and_comes_back() -> None:
    columns = Columns()
    columns.put([MUG, replace(MUG, id="cup")], NOW)
    columns.remove(["mug", "nothing"])
    gone = Shelf(columns)
    assert gone.places(["mug", "cup"]).tolist() == [-1, 1]
    assert gone.offerable.tolist() == [False, True]
    columns.put([replace(MUG, id="new"), MUG], NOW)
    assert Shelf(columns).places(["mug", "cup", "new"]).tolist() == [0, 1, 2]
    assert Shelf(columns).offerable.all()


def test_a_shelf_that_is_in_use_does_not_grow() -> None:
    columns = Columns()
    columns.put([MUG], NOW)
    before = Shelf(columns)
    columns.put([replace(MUG, id=f"cup-{number}") for number in range(200)], NOW)
    assert (before.size, len(before.prices), before.places(["cup-3"]).tolist()) == (1, 1, [-1])
    after = Shelf(columns)
    assert (after.size, after.places(["mug", "cup-3", "cup-199"]).tolist()) == (201, [0, 4, 200])


def test_prices_follow_the_clock() -> None:
    columns = Columns()
    timed = replace(MUG, sale_price=5_000, sale_from=NOW + 10, sale_until=NOW + 20)
    columns.put([timed, replace(MUG, id="cup", sale_price=0, sale_from=NOW + 15)], NOW)
    found = Shelf(columns)
    for later, prices, offered in (
        (5, [9_000, 9_000], 2),
        (10, [5_000, 9_000], 2),
        (15, [5_000, 0], 1),
        (20, [9_000, 0], 1),
    ):
        columns.follow_clock(NOW + later)
        assert (found.prices.tolist(), int(found.offerable.sum())) == (prices, offered)


def test_marks_are_8_bytes_and_kernels_find_them() -> None:
    found = shelf(["a", "b", "한글", "\ud800"])
    assert mark_of("한글") == mark("한글")
    assert [len(mark(each)) for each in found.ids] == [8] * 4
    [wanted] = numbers(mark("한글"))
    assert place_of(found.marks, found.slots, wanted) == 2
    assert place_of(found.marks, found.slots, np.uint64(0)) == -1


ids = st.sampled_from([f"p{number}" for number in range(40)])
steps = st.lists(st.tuples(st.booleans(), st.lists(ids, max_size=30)), max_size=20)


@settings(max_examples=50)
@given(steps)
def test_columns_hold_what_a_dictionary_holds(steps: list[tuple[bool, list[str]]]) -> None:
    columns, twin = Columns(), dict[str, int]()
    for number, (comes, names) in enumerate(steps):
        if comes:
            columns.put([Product(name, "", number + 1) for name in names], NOW)
            twin.update(dict.fromkeys(names, number + 1))
        else:
            columns.remove(names)
            twin = {name: price for name, price in twin.items() if name not in names}
    found = Shelf(columns)
    places = dict(zip(twin, found.places(list(twin)).tolist(), strict=True))
    assert {name: found.prices[place] for name, place in places.items()} == twin
    assert [found.ids[place] for place in places.values()] == list(twin)
    assert found.offerable.sum() == len(twin)


moments = st.integers(0, 12)
told = st.builds(
    Product, id=ids, name=st.just(""), price=st.integers(0, 3), hidden=st.booleans(),
    stock=st.sampled_from([None, 0, 1]),
    sale_price=st.none() | st.integers(0, 3), sale_from=moments, sale_until=moments,
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(st.tuples(st.lists(told, max_size=8), moments), max_size=6))
def test_prices_are_at_all_times_what_products_say(steps: list[tuple[list[Product], int]]) -> None:
    columns, twin, now = Columns(), dict[str, Product](), 0
    for products, later in steps:
        columns.put(products, now)
        twin.update((each.id, each) for each in products)
        now += later
        columns.follow_clock(now)
        found = Shelf(columns)
        places = found.places(list(twin))
        assert found.prices[places].tolist() == [each.price_at(now) for each in twin.values()]
        assert found.offerable[places].tolist() == [each.is_offerable_at(now) for each in twin.values()]
