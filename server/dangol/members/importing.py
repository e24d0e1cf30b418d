"""The import of a member file: read it once for its encoding, once to check it all, and once to write. What is written
is what was checked, and an import that was cut off may be repeated, since a row says what a member is like, not what
to add. Rows of one member are taken in the order of the file."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from dangol.definitions.model import Site
from dangol.members.columns import Columns, Refusal
from dangol.members.row import MemberRow, changes, consents
from dangol.members.table import BLOCK, Blocks, Encodings, headed
from dangol.protocol import tokens
from dangol.protocol.tokens import Keys

if TYPE_CHECKING:
    from dangol.engine import Engine

SLICE = 0.0005
"""Seconds of work before others of the same event loop get their turn."""

AT_ONCE = 32
"""Rows that are written side by side: more are no faster, and a page view that comes after them waits for them all."""

Progress = Callable[[int], None]
"""Told how many bytes of the file a reading has got to."""


class Checked(Struct, frozen=True):
    """What a file holds: its `encoding`, its number of `rows` and of those `refused`, the `digests` of its blocks."""

    encoding: str
    digests: Sequence[bytes]
    rows: int = 0
    refused: int = 0


class Turns:
    """Lets others have their turn after every slice of work, and `pause` seconds. A request takes several turns of the
    loop: without a pause it would wait for a slice in each."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._until = time.monotonic() + SLICE

    async def give(self) -> bool:
        """True when it was time."""
        if time.monotonic() < self._until:
            return False
        await asyncio.sleep(self._pause)
        self._until = time.monotonic() + SLICE
        return True


class Rows:
    """The rows of a file: each as it tells of a member, or all that is wrong with it. `position` is how many bytes were
    read. Raises `Invalid` for a wrong header, and where the file is not the `known` one."""

    def __init__(self, file: BinaryIO, site: Site, known: Checked) -> None:
        self._blocks = from_start(file, known.digests)
        header, self._records = headed(self._blocks, known.encoding)
        self._columns = Columns(header, site)

    @property
    def position(self) -> int:
        return self._blocks.position

    def __iter__(self) -> Iterator[MemberRow | list[Refusal]]:
        for line, cells, expected in self._records:
            yield [Refusal(line, "", "", expected)] if expected else self._columns.row(line, cells)


async def check(
    file: BinaryIO, site: Site, refuse: Callable[[Refusal], None], progress: Progress, pause: float = 0
) -> Checked:
    """Check a whole file and change nothing; each thing that is wrong with a row goes to `refuse`. Raises `Invalid` for
    a file that can't be read to its end or whose header is wrong."""
    looked = await look(file, Turns(pause))
    turns, all_rows, count, refused = Turns(pause), Rows(file, site, looked), 0, 0
    for row in all_rows:
        count += 1
        if isinstance(row, list):
            refused += 1
            for refusal in row:
                refuse(refusal)
        if await turns.give():
            progress(all_rows.position)
    return Checked(looked.encoding, looked.digests, count, refused)


async def write(
    file: BinaryIO, site: Site, checked: Checked, keys: Keys, engine: "Engine", progress: Progress, pause: float = 0
) -> int:
    """Tell the engine the rows that are not refused, and return how many. Raises `Invalid` where the file has changed
    since it was `checked`, `Unavailable` where the store fails: rows up to some place are written then."""
    turns, all_rows, written, flushed = Turns(pause), Rows(file, site, checked), 0, 0
    waiting: list[MemberRow] = []
    for row in all_rows:
        if isinstance(row, MemberRow):
            waiting.append(row)
        if len(waiting) >= AT_ONCE or all_rows.position > flushed + BLOCK:
            await _tell(waiting, site, keys, engine)
            written, flushed = written + len(waiting), all_rows.position
            waiting.clear()
            progress(flushed)
        await turns.give()
    await _tell(waiting, site, keys, engine)
    return written + len(waiting)


async def _tell(rows: Sequence[MemberRow], site: Site, keys: Keys, engine: "Engine") -> None:
    by_member: dict[str, list[MemberRow]] = defaultdict(list)
    for row in rows:
        by_member[row.id].append(row)
    tellings = (
        engine.tell(site.id, tokens.member_profile(keys, id), changes(theirs), id, consents(theirs))
        for id, theirs in by_member.items()
    )
    await asyncio.gather(*tellings)


async def look(file: BinaryIO, turns: Turns) -> Checked:
    """The encoding of the file, and its digests."""
    encodings, blocks = Encodings(), from_start(file)
    while block := blocks.read(BLOCK):
        encodings.take(block)
        await turns.give()
    encodings.take(b"", final=True)
    return Checked(encodings.found(), blocks.digests)


def from_start(file: BinaryIO, known: Sequence[bytes] | None = None) -> Blocks:
    """The blocks of the file from its beginning, `known` or not."""
    file.seek(0)
    return Blocks(file, known)
