"""How far a campaign's slots are settled: each is run once, by opening its draw, or recorded as missed.

One script settles a slot and opens its draw, if nobody else was quicker. So a slot is settled once, whoever settles it,
and a draw that was opened is drawn.
"""

from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from dangol.store import draws, keys
from dangol.store.draws import Draw
from dangol.store.link import Link
from dangol.store.script import Script
from dangol.store.wire import Argument

TOLD = 100
"""Settled slots of a campaign that are remembered."""


class Record(NamedTuple):
    """`rule` names the schedule in force; its slots up to the unix second `since` are settled, `ran` is the last one
    that was run, 0 where there is none."""

    rule: str = ""
    since: int = 0
    ran: int = 0


class Settled(Struct, array_like=True, frozen=True):
    """A slot that was run, or missed since no worker was there in time; `at` is when it was settled."""

    slot: int
    state: Literal["run", "missed"]
    at: float


# KEYS: slots. ARGV: the rule found before and the second up to which slots were settled, the new rule, since. What
# somebody else has written meanwhile stands.
_ADOPT = Script("""
local found = redis.call('HMGET', KEYS[1], 'rule', 'since')
if (found[1] or '') == ARGV[1] and tonumber(found[2] or 0) == tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], 'rule', ARGV[3], 'since', ARGV[4])
end
""")

# KEYS: slots, log, draws. ARGV: rule, the second up to which slots were settled, the slot, what the log takes, its
# length; of a slot that is run the draw's id and the draw. Answers whether this call settled the slot.
_SETTLE = Script("""
local found = redis.call('HMGET', KEYS[1], 'rule', 'since')
if found[1] ~= ARGV[1] or found[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'since', ARGV[3])
redis.call('LPUSH', KEYS[2], ARGV[4])
redis.call('LTRIM', KEYS[2], 0, ARGV[5] - 1)
if ARGV[6] then
  redis.call('HSET', KEYS[1], 'ran', ARGV[3])
  redis.call('HSET', KEYS[3], ARGV[6], ARGV[7])
end
return 1
""")

_settled = msgspec.msgpack.Decoder(Settled).decode


async def read(link: Link, site: str, campaign: str) -> Record:
    """How far a campaign's slots are settled."""
    rule, since, ran = await link.call("HMGET", keys.slots(site, campaign), "rule", "since", "ran")
    return Record(rule.decode() if rule else "", int(since or 0), int(ran or 0))


async def adopt(link: Link, site: str, campaign: str, before: Record, rule: str, since: int) -> Record:
    """Go by another rule, or by the same one anew, whose slots up to `since` are nobody's. Answers with what stands
    then."""
    await _ADOPT(link, [keys.slots(site, campaign)], [before.rule, before.since, rule, since])
    return await read(link, site, campaign)


async def settle(link: Link, site: str, campaign: str, record: Record, settled: Settled, draw: Draw | None) -> bool:
    """Settle the slot that comes after those that are settled in `record`, with its `draw` where it is run. False where
    somebody else has done so."""
    names = [keys.slots(site, campaign), keys.slot_log(site, campaign), keys.DRAWS]
    opened: list[Argument] = [draw.id, draws.encode(draw)] if draw else []
    args: list[Argument] = [record.rule, record.since, settled.slot, draws.encode(settled), TOLD, *opened]
    return bool(await _SETTLE(link, names, args))


async def latest(link: Link, site: str, campaign: str, count: int) -> list[Settled]:
    """The slots that were settled last, the newest first."""
    return [_settled(raw) for raw in await link.call("LRANGE", keys.slot_log(site, campaign), 0, count - 1)]
