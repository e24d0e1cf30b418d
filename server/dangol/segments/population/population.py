"""All profiles of one site, or of one partition of it: what is kept of each, and where."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dangol.plugin import Profile
from dangol.segments.population.columns import Rows
from dangol.segments.population.directory import NOWHERE, Directory, Words, words
from dangol.segments.population.schema import Facts, Schema
from dangol.segments.population.table import Table

PLAIN, RICH = 0, 1


class Known(NamedTuple):
    """A profile as the store has it; `until` is the unix second from which it is no more."""

    profile: Profile
    until: float


class Population:
    """Profiles of which only few facts are known, as of most visitors, stand in a table of their own with few columns:
    that is half of the memory. An alias is nobody by itself."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.tables = (Table(schema.plain), Table([*schema.plain, *schema.rich]))
        self._directory = Directory()

    def __len__(self) -> int:
        return sum(map(len, self.tables))

    def put(self, batch: Mapping[str, Known | None]) -> None:
        """Take over profiles as they are now, by id; None for one that is no more."""
        kept = {name: each for name, each in batch.items() if each is not None and not each.profile.alias}
        self._drop([name for name in batch if name not in kept])
        if not kept:
            return
        facts = self.schema.read([each.profile for each in kept.values()])
        places = self._places(list(kept), facts)
        self._write(list(kept.values()), places, facts)

    def _drop(self, names: Sequence[str]) -> None:
        if names:
            places = self._find(words(names))
            self._give_back(places[places != NOWHERE])

    def _give_back(self, places: Rows) -> None:
        plain, rich = self.tables
        self._directory.remove(plain.ids, rich.ids, places)
        for side, table in enumerate(self.tables):
            rows = places[places & 1 == side] >> 1
            if len(rows):
                table.give_back(rows)

    def _find(self, ids: Words) -> Rows:
        return self._directory.find(self.tables[PLAIN].ids, self.tables[RICH].ids, ids)

    def _places(self, names: Sequence[str], facts: Facts) -> Rows:
        """Where each profile is from now on."""
        ids = words(names)
        places, sides = self._find(ids), facts.rich.astype(np.int64)
        moving = (places != NOWHERE) & (places & 1 != sides)
        self._give_back(places[moving])
        new = (places == NOWHERE) | moving
        for side, table in enumerate(self.tables):
            those = np.flatnonzero(new & (sides == side))
            if len(those):
                places[those] = table.take(ids[those]) * 2 + side
        plain, rich = self.tables
        self._directory.add(plain.ids, rich.ids, places[new])
        return places

    def _write(self, known: Sequence[Known], places: Rows, facts: Facts) -> None:
        seen = np.array([each.profile.last_seen for each in known], np.float64)
        until = np.array([each.until for each in known], np.float64)
        member = np.array([each.profile.member is not None for each in known], np.float64)
        for side, table in enumerate(self.tables):
            picked = np.flatnonzero(places & 1 == side)
            if len(picked):
                rows = places[picked] >> 1
                table.seen.write(rows, seen[picked])
                table.until.write(rows, until[picked])
                table.member.write(rows, member[picked])
                table.write(rows, picked, facts)

    def lapse(self, now: float) -> int:
        """Let go of the rows of profiles that are no more; returns how many."""
        gone = 0
        for side, table in enumerate(self.tables):
            until = table.until.array[: table.size]
            rows = np.flatnonzero((until > 0) & (until <= now))
            self._give_back(rows * 2 + side)
            gone += len(rows)
        return gone

    @property
    def bytes(self) -> int:
        """The memory of it, without the texts that the schema knows."""
        return self._directory.slots.nbytes + sum(table.bytes for table in self.tables)


def sweep(schema: Schema, populations: Sequence[Population]) -> None:
    """Forget the texts that no profile has any more. `populations` are all of the schema."""
    for holder, lexicon in schema.lexicons.items():
        used = np.zeros(len(lexicon.texts), np.bool_)
        for table in (table for population in populations for table in population.tables):
            if holder in table.columns:
                used[table.columns[holder].array[: table.size].astype(np.int64)] = True
            elif holder in table.bags:
                used[table.bags[holder].live().astype(np.int64)] = True
        lexicon.release(used)
