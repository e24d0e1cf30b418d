"""People: who did what lately."""

import pytest

from dangol.errors import PluginFailure
from dangol.plugin import Entry, Mark, Marks, Tally, TallyQuery
from dangol.store.embedded import EmbeddedStore
from dangol.testing import NOW, entry, event, tally
from dangol_plugins.people import People

HOUR = 3600
ENTRIES = [
    entry(event("view_item", "tea", at=NOW - 5 * HOUR), profile="v1"),
    entry(event("view_item", "tea", at=NOW - HOUR), event("view_item", "tea", at=NOW - 60), profile="v1"),
    entry(event("view_item", "cup", at=NOW - 60), profile="v2"),
    entry(event("purchase", "tea", "cup", at=NOW - 30), profile="v2"),
    entry(event("add_to_cart", "tea", at=NOW - 10), event("page_view", at=NOW), profile="v3"),
]


@pytest.mark.parametrize(
    ("action", "product", "hours", "people"),
    [
        ("viewed", "tea", 24, 1),
        ("viewed", "", 24, 2),
        ("bought", "tea", 1, 1),
        ("bought", "", 1, 1),
        ("carted", "tea", 1, 1),
        ("carted", "cup", 1, 0),
        ("sold", "tea", 24, 0),
    ],
)
def test_each_person_counts_once(action: str, product: str, hours: int, people: int) -> None:
    assert tally(People(), ENTRIES, action, product=product, hours=hours) == people


def test_it_counts_the_same_in_a_real_store(store: EmbeddedStore) -> None:
    assert tally(People(), ENTRIES, "viewed", store=store) == 2


class Prophet(Tally):
    name = "prophet"
    api = 1

    def learn(self, entry: Entry) -> list[Mark]:
        return [Mark("k", "somebody", entry.at / 1000 + 3600)]

    async def count(self, query: TallyQuery, marks: Marks) -> int:
        return 1_000_000


def test_nobody_is_counted_ahead_of_time() -> None:
    with pytest.raises(PluginFailure, match="no later than the entry's"):
        tally(Prophet(), ENTRIES, "viewed")
