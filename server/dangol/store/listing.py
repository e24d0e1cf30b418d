"""Looking through the outbox, a bounded piece at a time: what waits or is parked by its index, the rest by a scan.

Rows that move meanwhile may be met twice or missed; all that stand still are met.
"""

import re
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from dangol.messages.push import WAITING
from dangol.store import keys, outbox
from dangol.store.link import Link
from dangol.store.outbox import Row

BATCH = 200
LOOKED = 4_000
"""Rows that one page looks at."""
SCANS = 50
"""Steps of a scan that one page makes, of at most `STEP` names each."""
STEP = 1_000

RANKED = re.compile(r"([0-9]{1,2})\.([0-9]{1,9})")
SCANNED = re.compile(r"[0-9]{1,20}")
Wanted = Callable[[Row], bool]


class Page(NamedTuple):
    """Some rows, perhaps none, and where to go on; an empty `cursor` is the end."""

    rows: list[Row]
    cursor: str


def of(site: str, campaign: str = "") -> Wanted:
    """Those of a site, and of one campaign or manual send where that is named."""
    return lambda row: row.push.site == site and campaign in ("", row.push.campaign, outbox.counted_as(row.push))


def is_cursor(state: str, cursor: str) -> bool:
    """Whether a page can begin there; an empty one is the beginning."""
    shape = RANKED if state in WAITING or state == "parked" else SCANNED
    return not cursor or bool(shape.fullmatch(cursor))


async def page(link: Link, state: str, wanted: Wanted, cursor: str, limit: int) -> Page:
    """Rows of the state (empty: any) that are `wanted`, about `limit` of them. `cursor` is one for which `is_cursor`
    holds."""

    def is_one(row: Row) -> bool:
        return (not state or row.state == state) and wanted(row)

    if state in WAITING:
        return await _ranked(link, keys.due, is_one, cursor, limit)
    if state == "parked":
        return await _ranked(link, keys.stuck, is_one, cursor, limit)
    return await _scanned(link, is_one, cursor, limit)


async def every(link: Link, wanted: Wanted) -> AsyncIterator[Row]:
    """All rows that are wanted, in no order; one may come twice where rows come and go."""
    batch: list[str] = []
    async for key in outbox.every(link):
        batch.append(key)
        if len(batch) == BATCH:
            for row in await outbox.read_many(link, batch):
                if row and wanted(row):
                    yield row
            batch = []
    for row in await outbox.read_many(link, batch):
        if row and wanted(row):
            yield row


async def _ranked(link: Link, index: Callable[[int], str], wanted: Wanted, cursor: str, limit: int) -> Page:
    match = RANKED.fullmatch(cursor)
    number, rank = (int(match[1]), int(match[2])) if match else (0, 0)
    rows: list[Row] = []
    looked = 0
    while number < keys.PARTITIONS and looked < LOOKED:
        found = await link.call("ZRANGE", index(number), rank, rank + BATCH - 1)
        for row in await outbox.read_many(link, [key.decode() for key in found]):
            rank += 1
            if row and wanted(row):
                rows.append(row)
            if len(rows) == limit:
                return Page(rows, f"{number}.{rank}")
        looked += len(found)
        if len(found) < BATCH:
            number, rank = number + 1, 0
    return Page(rows, f"{number}.{rank}" if number < keys.PARTITIONS else "")


async def _scanned(link: Link, wanted: Wanted, cursor: str, limit: int) -> Page:
    """A step of the scan is taken whole, so the page may be longer."""
    rows: list[Row] = []
    at = cursor or "0"
    for _ in range(SCANS):
        told, names = await link.call("SCAN", at, "MATCH", keys.PUSHES, "COUNT", STEP)
        at = told.decode()
        found = await outbox.read_many(link, [name.decode().rpartition(":")[2] for name in names])
        rows += [row for row in found if row and wanted(row)]
        if at == "0":
            return Page(rows, "")
        if len(rows) >= limit:
            break
    return Page(rows, at)
