"""What is known of phone numbers and e-mail addresses without knowing them: each goes by its keyed hash.

The hash of an address has, each by a field: ``p:<profile id>``, a profile with a consent for it (its value is the unix
time of that); ``r:<channel>``, when it refused the channel's advertisements; ``c:<channel>``, the consent of a guest,
whom no profile knows. It never expires: a refusal holds until somebody agrees anew.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from dangol.errors import Unavailable
from dangol.profile.model import Subscription
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.script import Script
from dangol.store.spread import spread

TRIES = 20
HOLDERS = 50
"""Profiles that one address leads to; forms may be filled with anybody's number."""

# KEYS: address. ARGV: field, unix time. Keeps the later one.
_LATER = Script("""
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and tonumber(known) >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
""")

# KEYS: addresses. ARGV: the field of each. Answers with what stands there.
_REFUSED = Script("""
local answer = {}
for i, name in ipairs(KEYS) do answer[i] = redis.call('HGET', name, ARGV[i]) end
return answer
""")

# KEYS: address. ARGV: field, unix time, the most fields of its kind. Of too many the oldest goes.
_HOLD = Script("""
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
local all, oldest, least, count = redis.call('HGETALL', KEYS[1]), nil, nil, 0
for at = 1, #all, 2 do
  if string.sub(all[at], 1, 2) == 'p:' then
    count = count + 1
    local since = tonumber(all[at + 1])
    if all[at] ~= ARGV[1] and (not least or since < least) then oldest, least = all[at], since end
  end
end
if count > tonumber(ARGV[3]) then redis.call('HDEL', KEYS[1], oldest) end
""")

# KEYS: address. ARGV: field, the value that was read ("" for none), the new one. Answers with nothing, or what stands.
_REPLACE = Script("""
local now = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if now ~= ARGV[2] then return now end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return false
""")

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Subscription).decode


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an address: who has a consent for it, when it refused, by channel, and a guest's consents."""

    profiles: tuple[str, ...] = ()
    refused: dict[str, int] = field(default_factory=dict)
    consents: dict[str, Subscription] = field(default_factory=dict)


async def read(link: Link, site: str, mark: str) -> Known:
    """What is known of the address that `mark` stands for."""
    flat = await link.call("HGETALL", keys.standing(site, mark))
    found = {name.decode(): value for name, value in zip(flat[::2], flat[1::2], strict=True)}
    return Known(
        tuple(name[2:] for name in found if name.startswith("p:")),
        {name[2:]: int(at) for name, at in found.items() if name.startswith("r:")},
        {name[2:]: _decode(packed) for name, packed in found.items() if name.startswith("c:")},
    )


async def refused_at(link: Link, site: str, mark: str, channel: str) -> int:
    """When the address refused the channel's advertisements; 0 for never."""
    return int(await link.call("HGET", keys.standing(site, mark), f"r:{channel}") or 0)


async def refused_at_many(link: Link, site: str, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The same for many, as (mark, channel), in one call for each partition; those that have refused alone."""

    def ask(part: list[tuple[str, str]]) -> Awaitable[list[bytes | None]]:
        names = [keys.standing(site, mark) for mark, _ in part]
        return _REFUSED(link, names, [f"r:{channel}" for _, channel in part])

    found = await spread(wanted, lambda each: keys.partition(each[0]), ask)
    return {each: int(at) for each, at in zip(wanted, found, strict=True) if at}


async def hold(link: Link, site: str, mark: str, profile_id: str, at: int) -> None:
    """The profile has a consent for the address since then."""
    await _HOLD(link, [keys.standing(site, mark)], [f"p:{profile_id}", at, HOLDERS])


async def refuse(link: Link, site: str, mark: str, channel: str, at: int) -> bool:
    """The address refuses the channel's advertisements since then; False where that is known."""
    return bool(await _LATER(link, [keys.standing(site, mark)], [f"r:{channel}", at]))


async def change(
    link: Link, site: str, mark: str, channel: str, make: Callable[[Subscription | None], Subscription | None]
) -> bool:
    """Change a guest's consent by a pure function, which returns None where nothing changes. Raises `Unavailable`."""
    name, kept = keys.standing(site, mark), f"c:{channel}"
    stands: bytes | None = await link.call("HGET", name, kept) or b""
    for _ in range(TRIES):
        after = make(_decode(stands) if stands else None)
        if after is None:
            return False
        stands = await _REPLACE(link, [name], [kept, stands or b"", _encode(after)])
        if stands is None:
            return True
    raise Unavailable("the consent changes too fast; try again")


async def drop(link: Link, site: str, mark: str, profile_id: str) -> None:
    """The profile has no consent for the address any more."""
    await link.call("HDEL", keys.standing(site, mark), f"p:{profile_id}")
