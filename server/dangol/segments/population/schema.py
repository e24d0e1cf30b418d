"""What a site's populations keep: the holders of all its conditions, their texts, and which profiles are plain."""

from collections.abc import Iterable, Sequence
from math import isnan
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangol.plugin import Profile
from dangol.segments.calendar import Clock, calendar
from dangol.segments.conditions.row import Row
from dangol.segments.population.columns import Floats
from dangol.segments.population.holders import Bag, Holder, read_bags
from dangol.segments.population.lexicon import Lexicon
from dangol.segments.population.views import STREAMS, VISIT, holders

EVERYONES = frozenset({"visit", "source", "content", "product", "environment", "reaction"})
"""Groups of conditions on which most visitors have facts. On the others most have none, and keep none."""


class Facts(NamedTuple):
    """What is kept of several profiles: numbers and bags by holder, and which profiles have facts that most lack."""

    numbers: dict[Holder, Floats]
    bags: dict[Holder, Bag]
    rich: npt.NDArray[np.bool_]


class Schema:
    """Made for the conditions of one site, and shared by its populations, so that each text is known once."""

    def __init__(self, rows: Iterable[Row], zone: str) -> None:
        self.calendar = calendar(zone)
        self._clock = Clock(0, self.calendar)
        found = {holder: holder for holder in (STREAMS, VISIT)}
        plain = set(found)
        for row in rows:
            for holder in holders(row):
                if holder.counted or holder not in found:
                    found[holder] = holder
                if row.group in EVERYONES:
                    plain.add(holder)
        self.lexicons = {holder: Lexicon() for holder in found if holder.kind != "number"}
        self._holders = frozenset(found.values())
        self.nobody = self._read([Profile()])
        # A bag that even nobody has something in is everyone's.
        plain |= {holder for holder, bag in self.nobody.bags.items() if len(bag.codes)}
        self.plain = [holder for holder in self._holders if holder in plain]
        self.rich = [holder for holder in self._holders if holder not in plain]

    def lexicon(self, holder: Holder) -> Lexicon:
        """The texts of a holder; none where it is not kept."""
        return self.lexicons.get(holder) or Lexicon()

    def holds(self, asked: Iterable[Holder]) -> bool:
        """Whether all that is asked is kept."""
        return all(holder in self._holders for holder in asked)

    def default(self, holder: Holder) -> float:
        """The number of a shopper of whom nothing is known."""
        return float(self.nobody.numbers[holder][0])

    def read(self, profiles: Sequence[Profile]) -> Facts:
        """What is kept of some profiles."""
        facts = self._read(profiles)
        rich = facts.rich
        for holder in self.rich:
            if holder.kind == "bag":
                rich |= facts.bags[holder].lengths > 0
            else:
                default, found = self.default(holder), facts.numbers[holder]
                rich |= found == found if isnan(default) else found != default
        return facts

    def _read(self, profiles: Sequence[Profile]) -> Facts:
        facts = Facts({}, {}, np.zeros(len(profiles), np.bool_))
        for holder in self._holders:
            found = holder.read_all(profiles, self._clock)
            if holder.kind == "number":
                facts.numbers[holder] = np.array(found, np.float64)
            elif holder.kind == "text":
                lexicon = self.lexicons[holder]
                facts.numbers[holder] = np.array([lexicon[text] for text in found], np.float64)
            else:
                facts.bags[holder] = read_bags(found, self.lexicons[holder], holder.counted)
        return facts
