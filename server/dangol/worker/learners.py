"""What follows the log on behalf of plugins: recommenders and tallies that learn, and sinks."""

from collections.abc import Sequence
from itertools import islice

from dangol.host.guard import Guard
from dangol.plugin import Count, Entry, Mark, Recommender, Sink, Tally
from dangol.store import counters, tallies
from dangol.store.counters import Learned
from dangol.store.link import Link
from dangol.store.tallies import Marked
from dangol.worker.follow import Logged

MOST_COUNTS = 5_000
"""Counts, or marks, that one entry may give."""

LEARN_BUDGET = 1.0
SINK_BUDGET = 30.0


class Learner:
    """The handler of one recommender's job."""

    def __init__(self, link: Link, guard: Guard, plugin: Recommender) -> None:
        self.link = link
        self.guard = guard
        self.plugin = plugin

    async def __call__(self, number: int, batch: Sequence[Logged]) -> None:
        """Count what the recommender makes of each entry, exactly once however often the batch comes."""
        learned = [Learned(logged.id, logged.entry.site, self._counts(logged.entry)) for logged in batch]
        await counters.apply(self.link, self.plugin.name, number, learned)

    def _counts(self, entry: Entry) -> list[Count]:
        def learn() -> list[Count]:
            counts = list(islice(self.plugin.learn(entry), MOST_COUNTS + 1))
            if len(counts) > MOST_COUNTS:
                raise ValueError(f"one entry gave more than {MOST_COUNTS} counts")
            counters.check(counts)
            return counts

        return self.guard.run(self.plugin, "learn", learn, expect=list, budget=LEARN_BUDGET)


class Teller:
    """The handler of one tally's job."""

    def __init__(self, link: Link, guard: Guard, plugin: Tally) -> None:
        self.link = link
        self.guard = guard
        self.plugin = plugin

    async def __call__(self, number: int, batch: Sequence[Logged]) -> None:
        """Leave the marks that the tally makes of each entry; the same however often the batch comes."""
        marked = [Marked(logged.entry.site, self._marks(logged.entry)) for logged in batch]
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
