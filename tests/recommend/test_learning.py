"""What an entry teaches is checked whole, and tells of products of the catalogue alone."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from dangol.errors import Invalid
from dangol.plugin import Count, Counts, Entry, Product, Query, Recommender, Scored, Total
from dangol.recommend.learning import AHEAD, LARGEST, MOST, checked, filed, learned, of_catalogue
from dangol.testing import NOW, entry, event, item, shelf


class Demo(Recommender):
    name = "demo"
    api = 1
    totals = {"sold": 0.0}  # noqa: RUF012

    def learn(self, entry: Entry) -> Iterable[Count | Total]:
        yield Count("k", ["tea"], 1.0, entry.at / 1000)
        yield Total("sold", ("tea", "찻잔"), -0.5, entry.at // 1000)

    async def recommend(self, query: Query, counts: Counts) -> Sequence[Scored]:
        return []


def test_sound_counts_come_through_as_they_are() -> None:
    assert learned(Demo(), entry()) == [Count("k", ["tea"], 1.0, NOW), Total("sold", ("tea", "찻잔"), -0.5, NOW)]


def count(**changed: Any) -> Count:
    return Count(**{"key": "k", "members": ["tea"], "by": 1.0, "at": NOW, **changed})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (count(key=""), "`key`"),
        (count(key="x" * 201), "`key`"),
        (count(key=7), "`key`"),
        (count(key="\ud800"), "`key`"),
        (count(members="tea"), "`members`"),
        (count(members=[""]), "`members`"),
        (count(members=["tea", None]), "`members`"),
        (count(members={"tea"}), "`members`"),
        (count(by=0), "`by`"),
        (count(by=float("inf")), "`by`"),
        (count(by=float("nan")), "`by`"),
        (count(by=2 * LARGEST), "`by`"),
        (count(by="1"), "`by`"),
        (count(at=-1), "`at`"),
        (count(at=NOW + AHEAD + 1), "`at`"),
        (count(at=float("nan")), "`at`"),
        (Total("unnamed", ["tea"], 1.0, NOW), "in `totals`"),
        (("k", "tea"), "a Count"),
    ],
)
def test_what_could_not_be_added_is_told_with_its_place(given: Any, told: str) -> None:
    with pytest.raises(Invalid, match=told) as raised:
        checked(Demo(), [count(), given], NOW)
    assert [each.where for each in raised.value.problems] == ["counts[1]"]


@pytest.mark.parametrize("counts", [[count()] * (MOST + 1), [count(members=["tea"] * MOST), count()]])
def test_an_entry_may_teach_so_much_and_no_more(counts: list[Count]) -> None:
    assert checked(Demo(), counts[:MOST][:1], NOW)
    with pytest.raises(Invalid, match="at most"):
        checked(Demo(), counts, NOW)


def test_only_products_of_the_catalogue_are_left_in_its_categories() -> None:
    on = shelf([Product("tea", "Tea", 100, category="Drinks"), Product("cup", "Cup", 100)])
    viewed = event("view_item", item("tea", category="<forged>"), "forged", before=("cup", "forged"))
    known = filed(on, ["tea", "forged", "cup", "tea"])
    assert known == {"tea": "Drinks", "cup": ""}
    [left] = of_catalogue(entry(viewed), known).events
    assert [(each.id, each.category, each.price) for each in left.items] == [("tea", "Drinks", 10_000)]
    assert left.before == ("cup",)


def test_nothing_is_known_of_an_empty_catalogue() -> None:
    assert filed(shelf([]), ["tea"]) == {}
