"""Tallies behind the guard, and the way from the log to what a widget may say."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from dangol.errors import PluginFailure
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Entry, Item, Mark, Marks, Product, Tally, TallyQuery
from dangol.recommend.shelves import Shelves
from dangol.store import catalogue
from dangol.store.link import Link
from dangol.store.tallies import Tallied
from dangol.tallying import tally
from dangol.testing import NOW, entry, event
from dangol.worker.follow import Logged
from dangol.worker.learners import MOST_COUNTS, Teller
from dangol_plugins.people import People

pytestmark = pytest.mark.anyio
Order = Callable[..., Entry]


async def asked(link: Link, plugin: Tally, action: str, product: str, now: float) -> int:
    return await tally(link, Registry.of([plugin]), Guard(), "shop", plugin.name, action, product, "", 1440, now)


async def test_what_the_log_tells_is_counted_once_however_often_it_comes(link: Link, order: Order) -> None:
    entries = [order(1, "mug"), order(2, "mug"), order(3, "cup")]
    batch = [Logged(f"{number}-0", entry) for number, entry in enumerate(entries, start=1)]
    for _ in range(2):
        await Teller(link, Guard(), People(), Shelves(link))(0, batch)
    now = max(event.at for entry in entries for event in entry.events) / 1000
    people = len(
        {entry.profile for entry in entries if any(item.id == "mug" for e in entry.events for item in e.items)}
    )
    assert await asked(link, People(), "bought", "mug", now) == people
    assert await asked(link, People(), "bought", "pot", now) == 0
    assert await asked(link, People(), "bought", "mug", now + 2 * 86_400) == 0


async def test_a_category_that_nobody_tells_is_the_catalogues(link: Link) -> None:
    await catalogue.put(link, "shop", [Product("mug", "Mug", 100, category="kitchen")])
    shelves, sold = Shelves(link), event("purchase", "mug")
    back = event("refund", "mug", at=NOW + 60, props={"placed": sold.at})
    told = replace(sold, items=[Item("mug", category="kitchen"), Item("cup", category="gifts")])
    people = Tallied(link, "shop", "people").people
    for given, found in (([sold], 1), ([back], 0), ([told], 1), ([back], 0)):
        await Teller(link, Guard(), People(), shelves)(0, [Logged("1-0", entry(*given, profile="p"))])
        assert await people("bought@kitchen", 0) == found
    assert await people("bought@gifts", 0) == 1


async def test_nobody_tells_more_than_an_entry_may_mark(link: Link) -> None:
    products = [Product(str(number), "", 100, category=f"c{number % 50}") for number in range(1, 101)]
    await catalogue.put(link, "shop", products)
    views = [event("view_item", *(each.id for each in products), at=NOW + number) for number in range(40)]
    await Teller(link, Guard(), People(), Shelves(link))(0, [Logged("1-0", entry(*views, profile="p"))])
    assert await Tallied(link, "shop", "people").people("viewed@c7", 0) == 1


class Made(Tally):
    name = "made"
    api = 1
    marks: Callable[[Entry], Iterable[Mark]]
    counted: Any = 3

    def learn(self, entry: Entry) -> Iterable[Mark]:
        return type(self).marks(entry)

    async def count(self, query: TallyQuery, marks: Marks) -> int:
        if self.counted is None:
            raise ValueError("no idea")
        return self.counted  # type: ignore[no-any-return]


def made(marks: Callable[[Entry], Iterable[Mark]]) -> Made:
    return type("Broken", (Made,), {"marks": staticmethod(marks)})()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "marks",
    [
        lambda entry: None,
        lambda entry: ["mug"],
        lambda entry: [Mark("k", "w", float("inf"))],
        lambda entry: [Mark("k", "w", entry.at / 1000 + 60)],
        lambda entry: (Mark("k", str(number), 1) for number in range(MOST_COUNTS + 1)),
    ],
)
async def test_a_tally_that_breaks_its_contract_leaves_no_mark(link: Link, order: Order, marks: Any) -> None:
    with pytest.raises(PluginFailure):
        await Teller(link, Guard(), made(marks), Shelves(link))(0, [Logged("1-0", order(1, "mug"))])
    assert await link.call("DBSIZE") == 0


@pytest.mark.parametrize(("counted", "told"), [(3, 3), (-1, 0), (None, 0), ("many", 0), (2.5, 0)])
async def test_a_count_that_is_none_is_zero(link: Link, counted: Any, told: int) -> None:
    plugin = made(lambda entry: [])
    type(plugin).counted = counted
    assert await asked(link, plugin, "bought", "mug", 1.0) == told


async def test_a_tally_that_is_not_installed_counts_nobody(link: Link) -> None:
    assert await tally(link, Registry.of([People()]), Guard(), "shop", "others", "bought", "", "", 1440, 1.0) == 0
