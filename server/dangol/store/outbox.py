"""The push outbox: one row per cause and recipient, the order in which waiting rows are due, and the counts of states.

A row goes queued or held → claimed → sending → accepted, delivered, failed or unknown; refused and parked are ends too,
and a retry takes it back to queued. Claiming moves a due row a lease ahead and writes the claimer's token into it, so
that a dead dispatcher's rows come up again. A row's key names its partition: the key alone finds it. A row that is done
is kept for a while; as long as it is there, its cause can't make another. Everything works on many rows at once, in one
script for each partition.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import repeat
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from dangol.messages.push import Push
from dangol.store import keys, recipients, transitions
from dangol.store.link import Link
from dangol.store.rows import (
    BEHIND,
    BULK,
    new_row,
    pack,
    row_of,
)
from dangol.store.rows import (
    Enqueued as Enqueued,
)
from dangol.store.rows import (
    Outcome as Outcome,
)
from dangol.store.rows import (
    Row as Row,
)
from dangol.store.rows import (
    counted_as as counted_as,
)
from dangol.store.rows import (
    key_of as key_of,
)
from dangol.store.rows import (
    partition as partition,
)
from dangol.store.rows import (
    recipient_of as recipient_of,
)
from dangol.store.rows import (
    short as short,
)
from dangol.store.script import Script
from dangol.store.wire import Argument

DAY = 86_400
KEEP = 90.0 * DAY
"""Seconds for which a row that is done can be looked up, and a recipient's history."""

COUNTS_KEEP = 400 * DAY * 1000
"""Milliseconds for which counts are kept."""

AT_ONCE = 500
"""Rows of one call of a script: more would keep page views waiting."""

Each = TypeVar("Each")
Got = TypeVar("Got")


def day_of(now: float, zone: str) -> str:
    """The shop's calendar day, as 2026-11-22."""
    return datetime.fromtimestamp(now, _zone(zone)).date().isoformat()


async def enqueue(
    link: Link,
    pushes: Sequence[Push],
    due: float | Sequence[float],
    now: float,
    *,
    zone: str,
    state: Literal["queued", "held"] = "queued",
    keep: float = KEEP,
) -> list[Enqueued]:
    """Make the rows of these requests, of which there are none yet; each waits until it is `due`. `zone` is the shop's
    time zone, `keep` for how many seconds the recipients' histories are kept."""
    day = day_of(now, zone)
    dues = repeat(due, len(pushes)) if isinstance(due, (int, float)) else due

    def args(each: tuple[Push, float]) -> list[Argument]:
        push, at = each
        field = f"|{state}"
        counts = keys.counts(_number(push.key), push.site, counted_as(push), day)
        place = at + BEHIND if push.origin in BULK else at
        return [push.key, place, pack(new_row(push, state, day, at, now)), counts, field, _history(push)]

    head = [int(keep * 1000), COUNTS_KEEP]
    pairs = list(zip(pushes, dues, strict=True))
    states = await _each(link, transitions.ENQUEUE, head, pairs, lambda each: each[0].key, args)
    return [Enqueued(push.key, there.decode() or state, not there) for push, there in zip(pushes, states, strict=True)]


async def claim(
    link: Link, number: int, now: float, lease: float, token: str, limit: int, bulk: int | None = None
) -> list[Row]:
    """Take at most `limit` due rows of a partition over for `lease` seconds, longest due first. At most `bulk` of them
    are of what is sent to many; that comes behind all else, but always gets an eighth."""
    args: list[Argument] = [now, now + lease, token, limit, limit if bulk is None else min(bulk, limit), COUNTS_KEEP]
    return [row_of(row) for row in await transitions.CLAIM(link, [keys.due(number)], args)]


async def mark_sending(
    link: Link, sending: Sequence[tuple[str, str]], channel: str, sender: str, now: float, lease: float, token: str
) -> list[bool]:
    """Write down that the provider is asked now: (key, address) of each row. False where `token` holds it no longer:
    then it must not be sent."""
    head: list[Argument] = [now, now + lease, token, COUNTS_KEEP]
    held = await _each(
        link, transitions.SEND, head, sending, lambda each: each[0], lambda each: [each[0], channel, sender, each[1]]
    )
    return [bool(each) for each in held]


async def settle(link: Link, token: str, outcomes: Sequence[Outcome], now: float, *, keep: float = KEEP) -> list[bool]:
    """Write down what became of rows that `token` holds; False where it holds one no longer. `keep` is for how many
    seconds a row that is done can be looked up. Where a hook was quicker, what it told stays."""
    return await _move(link, token, outcomes, now, keep)


async def tell(link: Link, outcomes: Sequence[Outcome], now: float, *, keep: float = KEEP) -> list[bool]:
    """What a provider says later, by hook or when asked: accepted, delivered or failed. A row only moves forward:
    whether it did is the answer, and only then was the fallback added. Rows that no provider was ever asked about stay
    as they are, and keys that can't be are passed over; a price or id that becomes known is added."""
    known = [outcome for outcome in outcomes if partition(outcome.key) is not None]
    moved = iter(await _move(link, "", known, now, keep))
    return [partition(outcome.key) is not None and next(moved) for outcome in outcomes]


async def read(link: Link, key: str) -> Row | None:
    """The row as it stands; None where there is none, also for a key that can't be."""
    [row] = await read_many(link, [key])
    return row


async def read_many(link: Link, wanted: Sequence[str]) -> list[Row | None]:
    """The same for many, in their order."""
    places = [(at, number, key) for at, key in enumerate(wanted) if (number := partition(key)) is not None]
    found = await asyncio.gather(*(link.call("GET", keys.push(number, key)) for _, number, key in places))
    rows: list[Row | None] = [None] * len(wanted)
    for (at, _, _), value in zip(places, found, strict=True):
        rows[at] = row_of(value) if value else None
    return rows


async def history(link: Link, site: str, recipient: str, limit: int = transitions.HISTORY) -> list[Row]:
    """A recipient's latest requests, the newest first; `recipient` as `recipient_of` tells it."""
    wanted = await recipients.keys_of(link, site, recipient)
    return [row for row in await read_many(link, wanted[:limit]) if row]


async def parked(link: Link, number: int, limit: int = 100) -> list[Row]:
    """Rows of a partition that could not be handled, the oldest first. Those that have expired are let go of."""
    return await _indexed(link, keys.stuck(number), "+inf", limit)


async def to_look_up(link: Link, number: int, now: float, limit: int) -> list[Row]:
    """Accepted rows of a partition whose provider shall be asked about them now. `look_again` or `tell` afterwards."""
    return await _indexed(link, keys.looks(number), now, limit)


async def look_again(link: Link, number: int, wanted: Iterable[tuple[str, float]]) -> None:
    """Ask about these keys of a partition again at that time; 0: never."""
    name = keys.looks(number)
    for key, at in wanted:
        await (link.call("ZADD", name, "XX", at, key) if at else link.call("ZREM", name, key))


async def release(link: Link, wanted: Sequence[str], now: float) -> int:
    """Begin parked rows anew; how many there were."""
    return await _sum(link, transitions.RELEASE, [now, COUNTS_KEEP], wanted)


async def cancel(link: Link, wanted: Sequence[str], now: float, *, keep: float = KEEP) -> int:
    """Refuse rows that wait and that no worker has in hand; how many there were."""
    return await _sum(link, transitions.CANCEL, [now, COUNTS_KEEP, int(keep * 1000), "cancelled"], wanted)


async def click(link: Link, key: str, now: float) -> bool:
    """Note a click on a link of this request; True for the first one."""
    number = partition(key)
    return number is not None and bool(await transitions.CLICK(link, [keys.due(number)], [key, now, COUNTS_KEEP]))


async def forget(link: Link, wanted: Sequence[str]) -> None:
    """Delete rows, whatever their state. A message that is being sent just now still goes."""
    await _sum(link, transitions.FORGET, [COUNTS_KEEP], wanted)


async def forget_history(link: Link, site: str, recipient: str) -> None:
    """Delete the list of a recipient's requests."""
    await link.call("DEL", recipients.history_name(site, recipient))


async def every(link: Link) -> AsyncIterator[str]:
    """The keys of all rows that stand there throughout; one may come twice."""
    cursor = b"0"
    while True:
        cursor, found = await link.call("SCAN", cursor, "MATCH", keys.PUSHES, "COUNT", 1000)
        for name in found:
            yield name.decode().rpartition(":")[2]
        if cursor == b"0":
            return


async def due(link: Link, number: int, until: float) -> int:
    """How many rows of a partition are due by then, or somebody's until then."""
    name = keys.due(number)
    return int(await link.call("ZCOUNT", name, "-inf", until)) + int(
        await link.call("ZCOUNT", name, BEHIND, BEHIND + until)
    )


async def waiting(link: Link, number: int) -> int:
    """How many rows of a partition are not finished."""
    return int(await link.call("ZCARD", keys.due(number)))


async def stuck(link: Link, number: int) -> int:
    """How many rows of a partition are parked."""
    return int(await link.call("ZCARD", keys.stuck(number)))


async def _move(link: Link, token: str, outcomes: Sequence[Outcome], now: float, keep: float) -> list[bool]:
    def args(outcome: Outcome) -> list[Argument]:
        other = outcome.fallback
        if other is None:
            return [pack(outcome), "", ""]
        return [pack(outcome), pack(new_row(other, "queued", "", now, now)), _history(other)]

    head: list[Argument] = [token, now, int(keep * 1000), COUNTS_KEEP]
    return [bool(each) for each in await _each(link, transitions.SETTLE, head, outcomes, lambda each: each.key, args)]


async def _each(
    link: Link,
    script: Script,
    head: Sequence[Argument],
    wanted: Sequence[Each],
    key: Callable[[Each], str],
    args: Callable[[Each], list[Argument]],
) -> list[Any]:
    """One reply of the script for each, in their order."""
    parts: dict[int, list[int]] = defaultdict(list)
    for place, each in enumerate(wanted):
        parts[_number(key(each))].append(place)
    calls = [
        (number, places[at : at + AT_ONCE]) for number, places in parts.items() for at in range(0, len(places), AT_ONCE)
    ]
    replies = await asyncio.gather(
        *(
            script(link, [keys.due(number)], [*head, *(arg for place in places for arg in args(wanted[place]))])
            for number, places in calls
        )
    )
    answers: list[Any] = [None] * len(wanted)
    for (_, places), reply in zip(calls, replies, strict=True):
        for place, answer in zip(places, reply, strict=True):
            answers[place] = answer
    return answers


async def _sum(link: Link, script: Script, head: Sequence[Argument], wanted: Sequence[str]) -> int:
    parts: dict[int, list[str]] = defaultdict(list)
    for key in wanted:
        if (number := partition(key)) is not None:
            parts[number].append(key)
    calls = (script(link, [keys.due(number)], [*head, *part]) for number, part in parts.items())
    return sum(int(each or 0) for each in await asyncio.gather(*calls))


async def _indexed(link: Link, name: str, until: Argument, limit: int) -> list[Row]:
    found = [key.decode() for key in await link.call("ZRANGEBYSCORE", name, "-inf", until, "LIMIT", 0, limit)]
    rows = await read_many(link, found)
    if gone := [key for key, row in zip(found, rows, strict=True) if row is None]:
        await link.call("ZREM", name, *gone)
    return [row for row in rows if row]


def _number(key: str) -> int:
    number = partition(key)
    if number is None:
        raise ValueError(f"{key!r} is not the key of a push request; make one with `key_of`")
    return number


def _history(push: Push) -> str:
    return recipients.history_name(push.site, recipient_of(push.profile, push.member, push.to))


@lru_cache(256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
