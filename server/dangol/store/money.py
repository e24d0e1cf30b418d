"""Budgets in money, and how fast senders may send: reserved before anything leaves, settled with the real price.

Amounts are whole thousandths of the site's currency unit. A day is the shop's calendar day. Every change happens in
one script, so what is spent and reserved stays within the limits whichever workers ask at the same time; only a
provider that charges more than was reserved, or a worker that settles after its reservation has lapsed, can bring what
was really spent above them, and then nothing more is let out. All keys of a site share one tag.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from dangol.definitions.model import Budget
from dangol.messages.kinds import THOUSANDTHS as THOUSANDTHS
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.script import Script
from dangol.store.wire import Argument

Scope = Literal["site_day", "site_total", "campaign_day", "campaign_total", "rate"]
KEPT: Final = 86_400
"""Seconds for which a token is known after it was settled or has lapsed: so long it can't be settled twice."""
DAYS_KEPT: Final = 7 * 86_400
BURST: Final = 0.2
"""Seconds' worth of messages that a sender may hand over at once after a pause."""
MOST_TURNS: Final = 3600
"""Seconds for which a sender's turns are given out in advance."""

# What the scripts share. KEYS[1] is the live tokens by the time at which they lapse; its name begins those of the
# others. A token's record has no expiry as long as it is live, so that what it holds can always be given back.
_SHARED = """
local function sums(day) return KEYS[1] .. ':sums:' .. day end
local function record(token) return KEYS[1] .. ':token:' .. token end
local function add(day, kind, amounts, sign)
  for name, amount in pairs(amounts) do
    redis.call('HINCRBY', sums(day), kind .. name, sign * amount)
    redis.call('HINCRBY', sums('ever'), kind .. name, sign * amount)
  end
  redis.call('EXPIRE', sums(day), DAYS_KEPT)
end
local function release(token, state)
  local known = redis.call('HMGET', record(token), 'state', 'day', 'held')
  redis.call('ZREM', KEYS[1], token)
  if known[1] == 'live' then add(known[2], 'h', cmsgpack.unpack(known[3]), -1) end
  redis.call('HSET', record(token), 'state', state)
  redis.call('EXPIRE', record(token), KEPT)
end
""".replace("DAYS_KEPT", str(DAYS_KEPT)).replace("KEPT", str(KEPT))

# KEYS: live tokens, theoretical arrival time of the sender's next message. ARGV: token, day, now, end of the day, end
# of the lease, seconds between two messages (0: any), their burst, MessagePack of [[name, price, whether it is sent to
# many], ...] and of {name: [the day's limit, the total one]} with -1 for none. Answers with 0 for what is admitted,
# else [scope, until]. The rate is the generic cell rate algorithm (ITU-T I.371, annex A). What is sent to many gets
# turns, twice as many as there can be messages, so that no turn that somebody misses leaves the sender idle.
_ADMIT = Script(
    _SHARED
    + """
local token, day, now, midnight, lapse = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local apart, burst = tonumber(ARGV[6]), tonumber(ARGV[7])
local dead = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1000)
for _, each in ipairs(dead) do release(each, 'lapsed') end
local known = redis.call('HMGET', record(token), 'state', 'answer')
if known[2] and known[1] ~= 'lapsed' then return known[2] end

local limits, stands = cmsgpack.unpack(ARGV[9]), {}
local function stand(name, day)
  local both = redis.call('HMGET', sums(day), 's' .. name, 'h' .. name)
  return {spent = tonumber(both[1] or 0), held = tonumber(both[2] or 0)}
end
for name, limit in pairs(limits) do
  stands[name] = {{limit[1], stand(name, day), '_day', midnight}, {limit[2], stand(name, 'ever'), '_total', 0}}
end
local function over(name, price)
  for _, each in ipairs(stands[name] or {}) do
    local limit, sum = each[1], each[2]
    if limit >= 0 and sum.spent + sum.held + price > limit then
      local scope = (name == '*' and 'site' or 'campaign') .. each[3]
      return {scope, sum.spent + price > limit and each[4] or lapse}
    end
  end
end
local tat = math.max(tonumber(redis.call('GET', KEYS[2]) or 0), now)
local wished, held, answer, turns, turn = tat, {}, {}, KEYS[2] .. ':turns', nil
for place, want in ipairs(cmsgpack.unpack(ARGV[8])) do
  local name, price = want[1], want[2]
  local out = price > 0 and (over('*', price) or over(name, price))
  if not out then
    wished = wished + apart
    if wished - now > burst + 1e-6 then out = {'rate', wished - burst} end
    if out and want[3] then
      turn = math.min(math.max(turn or tonumber(redis.call('GET', turns) or 0), tat) + apart / 2, now + MOST_TURNS)
      out[2] = turn
    end
  end
  answer[place] = out or 0
  if not out then
    tat = wished
    for _, each in ipairs(name == '*' and {'*'} or {'*', name}) do
      held[each] = (held[each] or 0) + price
      for _, limit in ipairs(stands[each] or {}) do limit[2].held = limit[2].held + price end
    end
  end
end
if apart > 0 and tat > now then redis.call('SET', KEYS[2], string.format('%.6f', tat), 'EX', math.ceil(tat - now)) end
if turn then redis.call('SET', turns, string.format('%.6f', turn), 'EX', math.ceil(turn - now)) end
local packed = cmsgpack.pack(answer)
add(day, 'h', held, 1)
redis.call('HSET', record(token), 'state', 'live', 'day', day, 'held', cmsgpack.pack(held), 'answer', packed)
redis.call('PERSIST', record(token))
redis.call('ZADD', KEYS[1], lapse, token)
return packed
""".replace("MOST_TURNS", str(MOST_TURNS))
)

# KEYS: live tokens. ARGV: token, day where the token is not known, MessagePack of {name: price}. Answers whether it
# was settled now.
_SETTLE = Script(
    _SHARED
    + """
local known = redis.call('HMGET', record(ARGV[1]), 'state', 'day')
if known[1] == 'settled' then return 0 end
release(ARGV[1], 'settled')
add(known[2] or ARGV[2], 's', cmsgpack.unpack(ARGV[3]), 1)
redis.call('HDEL', record(ARGV[1]), 'held')
return 1
"""
)

SITE = "*"
_pack = msgspec.msgpack.Encoder().encode
_answers = msgspec.msgpack.Decoder(list[int | tuple[Scope, float]]).decode


class Want(NamedTuple):
    """A message that is to go: its campaign (empty where it has none), what it will cost at most, and whether it is one
    of many that can wait for their turn."""

    campaign: str
    price: int
    is_one_of_many: bool = False


class Admitted(NamedTuple):
    """It may go, and its price is reserved until the token is settled or the lease ends."""


class Out(NamedTuple):
    """It may not go now. It may be asked for again at `until`, unix seconds; None: never, the total is spent."""

    scope: Scope
    until: float | None


class Most(NamedTuple):
    """The most that may be spent within a day and in all; None is no limit."""

    day: int | None = None
    total: int | None = None


NO_LIMIT: Final = Most()


@dataclass(frozen=True, slots=True)
class Limits:
    """A site's budgets and those of campaigns by their ids; `timezone` is the site's, whose days count."""

    timezone: str
    site: Most = NO_LIMIT
    campaigns: Mapping[str, Most] = field(default_factory=dict)

    @property
    def is_set(self) -> bool:
        """Whether there is any limit."""
        return any(each != NO_LIMIT for each in (self.site, *self.campaigns.values()))


class Stand(NamedTuple):
    """What is spent, and reserved by those who are sending, within the day and in all."""

    day: int
    day_held: int
    total: int
    total_held: int


def thousandths(amount: float) -> int:
    """An amount of money as it is counted."""
    return round(amount * THOUSANDTHS)


def most(budget: Budget) -> Most:
    """The limits of a budget as it is defined."""
    day, total = budget.day, budget.total
    return Most(None if day is None else thousandths(day), None if total is None else thousandths(total))


async def admit(
    link: Link,
    site: str,
    token: str,
    wants: Sequence[Want],
    limits: Limits,
    now: float,
    *,
    lease: float,
    sender: str = "",
    rate: float | None = None,
) -> list[Admitted | Out]:
    """Reserve the prices of a batch, in its order, for `lease` seconds; one answer for each. `rate` is the most that
    `sender` may hand over a second, over all workers.

    The same `token` gives the same answer again, unless it has lapsed meanwhile. Where only what others have reserved
    stands in the way, `Out.until` is when that will be settled or have lapsed. Workers' clocks may differ by less than
    the lease. Raises ValueError for a negative price."""
    if negative := [want for want in wants if want.price < 0]:
        raise ValueError(f"price: {negative[0].price} is not an amount of 0 or more")
    if not wants:
        return []
    today, midnight = _day(now, limits.timezone)
    apart = 1 / rate if rate else 0.0
    reply = await _ADMIT(
        link,
        [keys.money(site), keys.sender_rate(site, sender)],
        [
            token,
            today,
            now,
            midnight,
            now + lease,
            apart,
            max(BURST, apart) if rate else 1.0,
            _pack([(want.campaign or SITE, want.price, want.is_one_of_many) for want in wants]),
            _pack(_asked(limits, {want.campaign for want in wants})),
        ],
    )
    return [Admitted() if answer == 0 else _out(answer) for answer in _answers(reply)]


async def settle(
    link: Link, site: str, token: str, spent: Iterable[tuple[str, int]], now: float, *, timezone: str
) -> bool:
    """Write down what the batch of `token` has really cost, as (campaign, price), and give the rest back. It counts for
    the day on which it was admitted; of a token that was never admitted, such as that of a price told later (then the
    difference, which may be negative), for the day of `now`. False where the token was settled before, within a day:
    nothing changes then."""
    sums: Counter[str] = Counter()
    for campaign, price in spent:
        sums[SITE] += price
        if campaign:
            sums[campaign] += price
    args: list[Argument] = [token, _day(now, timezone)[0], _pack(dict(sums))]
    return bool(await _SETTLE(link, [keys.money(site)], args))


async def stand(link: Link, site: str, timezone: str, now: float, campaign: str = "") -> Stand:
    """How much of the site's, or of a campaign's, money is spent and reserved."""
    name = campaign or SITE
    today, _ = _day(now, timezone)
    sums = [await link.call("HMGET", keys.money_sums(site, day), f"s{name}", f"h{name}") for day in (today, "ever")]
    return Stand(*(int(each or 0) for pair in sums for each in pair))


def _asked(limits: Limits, campaigns: Iterable[str]) -> dict[str, tuple[int, int]]:
    asked = {SITE: limits.site} | {name: limits.campaigns[name] for name in campaigns if name in limits.campaigns}
    return {
        name: (-1 if each.day is None else each.day, -1 if each.total is None else each.total)
        for name, each in asked.items()
        if each != NO_LIMIT
    }


def _out(answer: int | tuple[Scope, float]) -> Out:
    assert not isinstance(answer, int)
    scope, until = answer
    return Out(scope, until or None)


def _day(now: float, timezone: str) -> tuple[str, float]:
    """The shop's day, and when it ends."""
    zone = ZoneInfo(timezone)
    today: date = datetime.fromtimestamp(now, zone).date()
    return today.isoformat(), datetime.combine(today + timedelta(days=1), datetime.min.time(), zone).timestamp()
