"""What the built-in plugins are tested with."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import pytest

from dangol.plugin import Count, Entry, Event, Item, Recommender


class Tally:
    """`Counts` in memory: what a recommender's counts add up to."""

    def __init__(self, plugin: Recommender, entries: Sequence[Entry]) -> None:
        self.sums: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.learned: list[Count] = [count for entry in entries for count in plugin.learn(entry)]
        for count in self.learned:
            self.sums[count.key][count.member] += count.by

    async def top(self, keys: Sequence[str], count: int) -> Sequence[Sequence[tuple[str, float]]]:
        """As the store answers: highest first, equal ones by name downwards."""
        return [sorted(self.sums[key].items(), key=lambda pair: pair[::-1], reverse=True)[:count] for key in keys]


@pytest.fixture
def tally() -> type[Tally]:
    """Counts what a recommender learns."""
    return Tally


@pytest.fixture
def happened() -> Callable[..., Entry]:
    """Makes an entry of one event with products."""

    def make(name: str, *products: str, at: float = 1_763_778_000.0) -> Entry:
        event = Event("e", name, int(at * 1000), items=[Item(product) for product in products])
        return Entry("shop", "v1", "", int(at * 1000), [event])

    return make
