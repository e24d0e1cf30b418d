"""Recommenders that learn and sinks that drain, behind the guard."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from dangol.errors import PluginFailure
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Count, Counts, Entry, Event, Product, Query, Recommender, Scored, Sink, Total
from dangol.recommend.counted import Counted
from dangol.recommend.shelves import Shelves
from dangol.store import catalogue
from dangol.store.link import Link
from dangol.worker.follow import Logged
from dangol.worker.learners import MOST_COUNTS, Drain, Learner

pytestmark = pytest.mark.anyio

Order = Callable[..., Entry]


class Tally(Recommender):
    name = "tally"
    api = 1
    counts: Callable[[Entry], Iterable[Count]]

    def learn(self, entry: Entry) -> Iterable[Count]:
        return type(self).counts(entry)

    async def recommend(self, query: Query, counts: Counts) -> Sequence[Scored]:
        return []


def tally(counts: Callable[[Entry], Any]) -> Tally:
    return type("Made", (Tally,), {"counts": staticmethod(counts)})()  # type: ignore[no-any-return]


def sold(entry: Entry) -> Iterable[Count]:
    """Every item in the row of its category."""
    for event in entry.events:
        for item in event.items:
            yield Count(f"sold:{item.category}", [item.id, *event.before], 1.0, entry.at / 1000)


async def tell(link: Link, *products: Product) -> None:
    await catalogue.put(link, "shop", products)


async def row(link: Link, shelves: Shelves, plugin: Recommender, key: str) -> dict[str, float]:
    await shelves.caught_up("shop")
    shelf = shelves.of("shop")
    found = await Counted(link, shelves, "shop", Registry.of([plugin])).counts_of("tally").rows([key])
    return {shelf.ids[place]: float(by) for place, by in zip(found.places, found.sums, strict=True)}


async def test_a_repeated_batch_is_learnt_once(link: Link, order: Order) -> None:
    await tell(link, Product("mug", "Mug", 100), *(Product(f"p{number}", "", 100) for number in range(1, 4)))
    shelves, plugin = Shelves(link), tally(sold)
    learner = Learner(link, Guard(), plugin, shelves)
    batch = [Logged(f"{number}-0", order(number, "mug", f"p{number}")) for number in range(1, 4)]
    for _ in range(2):
        await learner(0, batch)
    assert await row(link, shelves, plugin, "sold:") == {"mug": 3.0, "p1": 1.0, "p2": 1.0, "p3": 1.0}


async def test_a_recommender_sees_products_of_the_catalogue_alone_and_as_it_files_them(
    link: Link, order: Order
) -> None:
    await tell(link, Product("mug", "Mug", 100, category="Cups"), Product("tea", "Tea", 100))
    shelves, seen = Shelves(link), list[Entry]()

    def look(entry: Entry) -> Iterable[Count]:
        seen.append(entry)
        return []

    learner = Learner(link, Guard(), tally(look), shelves)
    entry = order(1, "mug", "forged", "tea")
    entry = replace(entry, events=[replace(entry.events[0], before=("tea", "forged")), Event("e", "search", 0)])
    await learner(0, [Logged("1-0", entry)])
    [[bought, search]] = [each.events for each in seen]
    assert [(item.id, item.category) for item in bought.items] == [("mug", "Cups"), ("tea", "")]
    assert bought.before == ("tea",)
    assert search.name == "search"


async def test_a_product_that_was_told_a_moment_ago_is_learnt(link: Link, order: Order) -> None:
    await tell(link, Product("mug", "Mug", 100))
    shelves, plugin = Shelves(link), tally(sold)
    learner = Learner(link, Guard(), plugin, shelves)
    await learner(0, [Logged("1-0", order(1, "mug"))])
    await tell(link, Product("new", "New", 100))
    await learner(0, [Logged("2-0", order(2, "new"))])
    assert await row(link, shelves, plugin, "sold:") == {"mug": 1.0, "new": 1.0}


async def test_unknown_products_are_never_counted(link: Link, order: Order) -> None:
    shelves, plugin = Shelves(link), tally(sold)
    await Learner(link, Guard(), plugin, shelves)(0, [Logged("1-0", order(1, "forged"))])
    await tell(link, Product("forged", "Not then", 100))
    assert await row(link, shelves, plugin, "sold:") == {}


def _raises(entry: Entry) -> Iterable[Count]:
    yield Count("sold", ["mug"], 1.0, 1.0)
    raise ValueError("half way")


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (_raises, "half way"),
        (lambda entry: None, "not iterable"),
        (lambda entry: ["mug"], "a Count, or a Total"),
        (lambda entry: [Count("sold", ["mug"], float("nan"), 1.0)], "`by`"),
        (lambda entry: [Count("sold", ["mug"], 1.0, entry.at / 1000 + 3600)], "`at`"),
        (lambda entry: [Total("sold", ["mug"], 1.0, 1.0)], "in `totals`"),
        (lambda entry: (Count("sold", [str(number)], 1.0, 1.0) for number in range(MOST_COUNTS + 1)), "at most"),
        (lambda entry: [Count("sold", ["mug"] * (MOST_COUNTS + 1), 1.0, 1.0)], "at most"),
    ],
)
async def test_a_recommender_that_breaks_its_contract_counts_nothing(
    link: Link, order: Order, counts: Callable[[Entry], Iterable[Count]], told: str
) -> None:
    with pytest.raises(PluginFailure, match=told):
        await Learner(link, Guard(), tally(counts), Shelves(link))(0, [Logged("1-0", order(1))])
    assert await link.call("DBSIZE") == 0


class Keep(Sink):
    name = "keep"
    api = 1

    def __init__(self) -> None:
        self.got: list[str] = []

    async def consume(self, entries: Sequence[Entry]) -> None:
        if not entries:
            raise ValueError("nothing to consume")
        self.got.extend(entry.profile for entry in entries)


async def test_a_sink_gets_the_entries_in_order(order: Order) -> None:
    sink = Keep()
    await Drain(Guard(), sink)(0, [Logged(f"{number}-0", order(number)) for number in range(5)])
    assert sink.got == [f"v{number}" for number in range(5)]


async def test_a_sink_that_fails_is_told(order: Order) -> None:
    with pytest.raises(PluginFailure, match="nothing to consume"):
        await Drain(Guard(), Keep())(0, [])
