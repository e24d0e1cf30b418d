"""People: who did what lately."""

import pytest
from msgspec.structs import replace

from dangol.errors import PluginFailure
from dangol.plugin import Entry, Event, Item, Mark, Marks, Tally, TallyQuery
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
    ("action", "product", "minutes", "people"),
    [
        ("viewed", "tea", 1440, 1),
        ("viewed", "", 1440, 2),
        ("bought", "tea", 1, 1),
        ("bought", "", 60, 1),
        ("carted", "tea", 1, 1),
        ("carted", "cup", 60, 0),
        ("sold", "tea", 1440, 0),
    ],
)
def test_each_person_counts_once(action: str, product: str, minutes: int, people: int) -> None:
    assert tally(People(), ENTRIES, action, product=product, minutes=minutes) == people


def test_a_category_is_counted_by_what_its_products_say_of_themselves() -> None:
    lines = [Item("tea", category="drinks"), Item("cup", category="tables"), Item("pot", category="drinks")]
    bought = [
        Entry("shop", who, "", int(NOW * 1000), [Event("1", "purchase", int(NOW * 1000), items=lines)]) for who in "ab"
    ]
    assert [tally(People(), bought, "bought", category=each) for each in ("drinks", "tables", "toys")] == [2, 2, 0]
    assert tally(People(), bought, "bought", product="drinks") == 0


def cancelled(product: str) -> list[Entry]:
    """An order, and its cancellation, which knows when it was placed to the second."""
    placed = {"placed": (NOW - 300) * 1000}
    return [
        entry(event("purchase", product, at=NOW - 299.211), profile="v1"),
        entry(event("refund", product, at=NOW - 60, props=placed), profile="v1"),
    ]


def test_who_cancels_has_bought_nothing(store: EmbeddedStore) -> None:
    assert tally(People(), cancelled("jug"), "bought", product="jug") == 0
    assert tally(People(), cancelled("jug")[1:], "bought", product="jug") == 0
    assert tally(People(), cancelled("jug"), "bought", product="jug", store=store) == 0


def test_who_buys_again_after_cancelling_has_bought() -> None:
    bought, back = cancelled("tea")
    again = entry(event("purchase", "tea", at=NOW - 10), profile="v1")
    assert tally(People(), [bought, again, back], "bought", product="tea") == 1


def test_a_guest_who_turns_out_to_be_a_member_is_one_person(store: EmbeddedStore) -> None:
    guest = entry(event("view_item", "pan", at=NOW - 300), profile="v1")
    member = replace(entry(event("view_item", "pan", at=NOW - 60), profile="m1"), formerly=("v1",))
    assert tally(People(), [guest, member], "viewed", product="pan") == 1
    assert tally(People(), [guest, member], "viewed", product="pan", store=store) == 1


def test_it_counts_the_same_in_a_real_store(store: EmbeddedStore) -> None:
    assert tally(People(), ENTRIES, "carted", store=store) == 1


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
