"""A file of recipients: read it once for its encoding, once to check it all, and once to keep it. What is kept is what
was checked; nothing of it is queued before the send is started."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from dangol.errors import Invalid, Problem
from dangol.members.columns import Refusal
from dangol.members.importing import Checked, Turns, from_start, look
from dangol.members.table import headed
from dangol.messages.recipients import MOST, Addressed, Columns, Once
from dangol.protocol import tokens
from dangol.protocol.tokens import Keys
from dangol.store import keys, outbox, sends
from dangol.store.link import Link
from dangol.store.sends import Recipient

CHUNK = 500
KEPT = 7 * 86_400
"""Seconds for which a file waits for its send to be started."""

Reader = Callable[[Sequence[str]], Columns]
"""The cells of a header to what they mean. Raises `Invalid`."""


class Upload(NamedTuple):
    """What a file holds: how it was `checked`, and the variables that its rows have values of."""

    checked: Checked
    columns: list[str]


class _Rows:
    """The rows of a file in order, a recipient that comes twice refused."""

    def __init__(self, file: BinaryIO, reader: Reader, known: Checked) -> None:
        header, self._records = headed(from_start(file, known.digests), known.encoding)
        self.columns = reader(header)

    def __iter__(self) -> Iterator[Addressed | list[Refusal]]:
        once = Once()
        for place, (line, cells, expected) in enumerate(self._records):
            if place >= MOST:
                raise Invalid([Problem(f"line {line}", ..., f"a file of at most {MOST:,} rows")])
            row = [Refusal(line, "", "", expected)] if expected else self.columns.row(line, cells)
            if isinstance(row, Addressed) and not once.is_new(row):
                row = [Refusal(line, "", row.member or row.to, "a recipient that no earlier row has")]
            yield row


async def check(file: BinaryIO, reader: Reader, refuse: Callable[[Refusal], None], pause: float = 0) -> Upload:
    """Check a whole file; each thing that is wrong with a row goes to `refuse`. Raises `Invalid` for a file that can't
    be read to its end, has a wrong header or too many rows, or none."""
    looked = await look(file, Turns(pause))
    turns, rows, count, refused = Turns(pause), _Rows(file, reader, looked), 0, 0
    for row in rows:
        count += 1
        if isinstance(row, list):
            refused += 1
            for refusal in row:
                refuse(refusal)
        await turns.give()
    if not count:
        raise Invalid([Problem("line 2", ..., "at least one row under the header")])
    return Upload(Checked(looked.encoding, looked.digests, count, refused), rows.columns.variables)


async def keep(
    link: Link, file: BinaryIO, reader: Reader, upload: Upload, name: str, site_keys: Keys, pause: float = 0
) -> int:
    """Keep the rows that are not refused in the store under `name`, each in its recipient's partition, and return how
    many. Raises `Invalid` where the file has changed since it was checked."""
    turns, kept = Turns(pause), 0
    waiting: dict[int, list[Recipient]] = defaultdict(list)
    for row in _Rows(file, reader, upload.checked):
        if isinstance(row, Addressed):
            profile = tokens.member_profile(site_keys, row.member) if row.member else ""
            number = keys.partition(outbox.recipient_of(profile, row.member, row.to))
            waiting[number].append(Recipient(*row))
            kept += 1
            if len(waiting[number]) == CHUNK:
                await sends.put_rows(link, number, name, waiting.pop(number), KEPT)
        await turns.give()
    for number, rest in waiting.items():
        await sends.put_rows(link, number, name, rest, KEPT)
    return kept
