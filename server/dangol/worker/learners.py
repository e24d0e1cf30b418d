"""What follows the log on behalf of plugins: recommenders and tallies that learn, and sinks."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice

from dangol.host.guard import Guard
from dangol.plugin import Entry, Mark, Recommender, Sink, Tally
from dangol.recommend.learning import MOST, categorized, filed, learned, of_catalogue, products, uncategorized
from dangol.recommend.shelves import Shelves
from dangol.store import tallies
from dangol.store.counters import Counters, Learned
from dangol.store.link import Link
from dangol.store.tallies import Marked
from dangol.worker.follow import Logged

MOST_COUNTS = MOST
"""Members of counts, or marks, that one entry may give."""

LEARN_BUDGET = 1.0
SINK_BUDGET = 30.0


class Learner:
    """The handler of one recommender's job."""

    def __init__(self, link: Link, guard: Guard, plugin: Recommender, shelves: Shelves) -> None:
        self.guard = guard
        self.plugin = plugin
        self.shelves = shelves
        self.counters = Counters(link, plugin)

    async def __call__(self, number: int, batch: Sequence[Logged]) -> None:
        """Count what the recommender makes of each entry, exactly once however often the batch comes. It sees products
        of the catalogue alone."""
        named: dict[str, list[str]] = {}
        for logged in batch:
            named.setdefault(logged.entry.site, []).extend(products(logged.entry))
        known = {site: await _known(self.shelves, site, ids) for site, ids in named.items()}
        await self.counters.add(number, [self._learned(id, entry, known[entry.site]) for id, entry in batch])

    def _learned(self, id: str, entry: Entry, known: Mapping[str, str]) -> Learned:
        learn = partial(learned, self.plugin, of_catalogue(entry, known))
        counts = self.guard.run(self.plugin, "learn", learn, expect=list, budget=LEARN_BUDGET)
        return Learned(id, entry.site, counts)


async def _known(shelves: Shelves, site: str, ids: Sequence[str]) -> dict[str, str]:
    """What the catalogue has of the products. One that it does not have may have been told just now."""
    known = filed(shelves.of(site), ids)
    if len(known) < len(set(ids)):
        await shelves.caught_up(site)
        known = filed(shelves.of(site), ids)
    return known


class Teller:
    """The handler of one tally's job."""

    def __init__(self, link: Link, guard: Guard, plugin: Tally, shelves: Shelves) -> None:
        self.link = link
        self.guard = guard
        self.plugin = plugin
        self.shelves = shelves

    async def __call__(self, number: int, batch: Sequence[Logged]) -> None:
        """Leave the marks that the tally makes of each entry; the same however often the batch comes."""
        named: dict[str, list[str]] = {}
        for logged in batch:
            named.setdefault(logged.entry.site, []).extend(uncategorized(logged.entry))
        known = {site: await _known(self.shelves, site, ids) for site, ids in named.items()}
        marked = [Marked(entry.site, self._marks(categorized(entry, known[entry.site]))) for _, entry in batch]
        await tallies.apply(self.link, self.plugin.name, marked)

    def _marks(self, entry: Entry) -> list[Mark]:
        def learn() -> list[Mark]:
            marks = list(islice(self.plugin.learn(entry), MOST_COUNTS + 1))
            if len(marks) > MOST_COUNTS:
                raise ValueError(f"one entry gave more than {MOST_COUNTS} marks")
            tallies.check(marks, entry.at / 1000)
            return marks

        return self.guard.run(self.plugin, "learn", learn, expect=list, budget=LEARN_BUDGET)


class Drain:
    """The handler of one sink's job."""

    def __init__(self, guard: Guard, plugin: Sink) -> None:
        self.guard = guard
        self.plugin = plugin

    async def __call__(self, number: int, batch: Sequence[Logged]) -> None:
        """Hand the batch over; at least once."""
        entries = [logged.entry for logged in batch]
        await self.guard.call(
            self.plugin, "consume", lambda: self.plugin.consume(entries), budget=SINK_BUDGET, expect=type(None)
        )
