"""What the store has of each profile: its document and its entries of the log.

A partition is read in parts, each with the entries of some of its profiles, so that what is in memory at one time is
bounded whatever the log holds.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from dangol.profile.model import Profile
from dangol.protocol.event import Entry
from dangol.store import history, log
from dangol.store.keys import PARTITIONS
from dangol.store.link import Link
from dangol.store.profiles import Stored

PART = 100_000
"""Entries, about, that are in memory at one time; a few hundred bytes each."""

BATCH = 500


@dataclass(slots=True)
class History:
    """A profile as it is stored, empty where it is not any more, and its entries in order: those that are `counted` in
    it, and those that were logged `later`."""

    stored: Profile
    counted: list[Entry]
    later: list[Entry]


@dataclass(slots=True)
class _Found:
    """As it was read: `last` is the id of the last entry that is counted in the document."""

    document: Stored
    last: str
    entries: list[tuple[str, bytes]] = field(default_factory=list)

    def history(self) -> History:
        last, parted = log.sortable(self.last), History(self.document.profile(), [], [])
        for id, payload in self.entries:
            if entry := log.entry(payload):
                (parted.counted if log.sortable(id) <= last else parted.later).append(entry)
        return parted


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what one site's profiles did after the id `first`. All methods raise `Unavailable`."""

    link: Link
    site: str
    first: str

    async def histories(self, number: int, size: int) -> AsyncIterator[tuple[str, History]]:
        """The profiles of a partition, whose log has `size` entries, that have entries."""
        parts = -(-size // PART)
        for part in range(parts):
            for profile, found in (await self._read(number, part, parts)).items():
                yield profile, found.history()

    async def _read(self, number: int, part: int, parts: int) -> dict[str, _Found]:
        found: dict[str, _Found] = {}
        after = self.first
        while batch := await log.between(self.link, number, after, "+", BATCH):
            after = batch[-1][0]
            ours = [(self._whose(payload, part, parts), id, payload) for id, payload in batch]
            new = list(dict.fromkeys(profile for profile, _, _ in ours if profile and profile not in found))
            if new:
                last, documents = await history.snapshot(self.link, self.site, number, new)
                found |= {profile: _Found(each, last) for profile, each in zip(new, documents, strict=True)}
            for profile, id, payload in ours:
                if profile:
                    found[profile].entries.append((id, payload))
        return found

    def _whose(self, payload: bytes, part: int, parts: int) -> str:
        """The profile that an entry is about; empty for a guest's and where it is no business of this part."""
        head = log.head(payload)
        if head is None or head.site != self.site or crc32(head.profile.encode()) // PARTITIONS % parts != part:
            return ""
        return head.profile


async def sizes(link: Link) -> Sequence[int]:
    """How many entries each partition's log has."""
    return [await log.length(link, number) for number in range(PARTITIONS)]


async def oldest(link: Link) -> float | None:
    """When the oldest entry of the log was made, in unix seconds; None where there is none."""
    firsts = [await log.between(link, number, log.FIRST, "+", 1) for number in range(PARTITIONS)]
    heads = [log.head(payload) for found in firsts for _, payload in found]
    return min((head.at / 1000 for head in heads if head), default=None)
