"""Who an order was counted for: one order number counts once, whoever reports it and however often.

An order is claimed, then counted in its owner's profile, then settled. Who dies between finds the claim open and does
the rest again; the profile knows its latest orders, so it does not count one twice. A settled order is never counted
again, however long ago it was.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from dangol.protocol.event import Entry
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.profiles import encode
from dangol.store.script import Script
from dangol.store.wire import Argument

GUEST = "guest"
SECONDS = 180 * 86_400
SETTLED = "+"
AT_ONCE = 500

# The value is the owner, a blank, and then the former owner whose count is to be taken back, or SETTLED, or nothing; of
# a guest's order when it was placed ("@" and unix milliseconds), and SETTLED once it is cancelled.
# KEYS: order, log. ARGV: owner, seconds to live, "1" to take it from another owner, log entry for a first claim or "",
# and what stands behind the owner of a first claim.
# Answers with what stands now, and 1 for a first claim.
CLAIM = Script("""
local now = redis.call('GET', KEYS[1])
local owner = now and string.match(now, '^[^ ]*')
if owner and (owner == ARGV[1] or ARGV[3] ~= '1') then return {now, 0} end
local claimed = ARGV[1] .. ' ' .. (owner or ARGV[5])
redis.call('SET', KEYS[1], claimed, 'EX', ARGV[2])
if ARGV[4] ~= '' and not owner then redis.call('XADD', KEYS[2], '*', 'e', ARGV[4]) end
return {claimed, owner and 0 or 1}
""")

# KEYS: order, log. ARGV: what stands, what is to stand, seconds to live, log entry.
CANCEL = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('XADD', KEYS[2], '*', 'e', ARGV[4])
return 1
""")

# KEYS: order. ARGV: the owner that it was claimed for, the one that it was counted for, seconds to live.
SETTLE = Script("""
local now = redis.call('GET', KEYS[1])
if not now or string.match(now, '^[^ ]*') ~= ARGV[1] then return end
redis.call('SET', KEYS[1], ARGV[2] .. ' +', 'EX', ARGV[3])
""")


@dataclass(frozen=True, slots=True)
class Claim:
    """How an order stands: its owner, whose it was before where that is still to be put right, whether all is done,
    and whether nobody had claimed it before. Of a guest's `placed` is when that was, unix milliseconds."""

    owner: str
    former: str = ""
    settled: bool = False
    first: bool = False
    placed: int = 0


async def claim(
    link: Link,
    site: str,
    number: str,
    owner: str,
    *,
    take_over: bool = False,
    entry: Entry | None = None,
    placed: int = 0,
) -> Claim:
    """Claim order `number` for a profile, or for `GUEST` with when it was `placed`. `take_over` makes it the owner's in
    any case; `entry` is logged with a first claim."""
    stands, first = await CLAIM(
        link,
        [keys.order(site, number), keys.log(keys.partition(number))],
        [owner, SECONDS, int(take_over), encode(entry) if entry else b"", f"@{placed}" if placed else ""],
    )
    owner, _, rest = stands.decode().partition(" ")
    settled, is_time = rest == SETTLED, rest.startswith("@")
    former, placed = "" if settled or is_time else rest, int(rest[1:]) if is_time else 0
    return Claim(owner, former, settled, bool(first), placed)


async def cancel(link: Link, site: str, number: str, one: Claim, entry: Entry) -> bool:
    """Log that a guest's order, which stands as `one` says, was cancelled; False where that was done before."""
    stands = f"{GUEST} @{one.placed}" if one.placed else f"{GUEST} "
    args: list[Argument] = [stands, f"{GUEST} {SETTLED}", SECONDS, encode(entry)]
    return bool(await CANCEL(link, [keys.order(site, number), keys.log(keys.partition(number))], args))


async def owner(link: Link, site: str, number: str) -> str:
    """Whose an order is; empty where nobody has reported it, or long ago."""
    stands: bytes | None = await link.call("GET", keys.order(site, number))
    return stands.decode().partition(" ")[0] if stands else ""


async def claimed(link: Link, site: str, numbers: Sequence[str]) -> set[str]:
    """Those of the orders that somebody has reported."""
    by_partition: dict[int, list[str]] = {}
    for number in numbers:
        by_partition.setdefault(keys.partition(number), []).append(number)
    batches = [each[at : at + AT_ONCE] for each in by_partition.values() for at in range(0, len(each), AT_ONCE)]
    found = await asyncio.gather(
        *(link.call("MGET", *(keys.order(site, number) for number in batch)) for batch in batches)
    )
    return {
        number
        for batch, stands in zip(batches, found, strict=True)
        for number, each in zip(batch, stands, strict=True)
        if each is not None
    }


async def settle(link: Link, site: str, number: str, owner: str, counted_for: str) -> None:
    """Close the claim of `owner`: the order is in the profile `counted_for`, and in no other."""
    await SETTLE(link, [keys.order(site, number)], [owner, counted_for, SECONDS])
