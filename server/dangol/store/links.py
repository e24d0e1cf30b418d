"""Where short links lead: one string for each target, shared by all messages that lead there."""

import asyncio
import math
from collections.abc import Mapping

import msgspec

from dangol.messages.links import Target
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.script import Script

DAY = 86_400
LIFE = 180 * DAY
"""Seconds for which a link leads somewhere after the last message with it."""

TOLD = 180 * DAY
"""Seconds for which a link that leads nowhere any more is known to have led somewhere."""

FRESH = 7 * DAY
"""Seconds after which a target that is used again is written anew."""

# KEYS: link. ARGV: target, milliseconds to keep it. Answers 0 where another target has the id: then nothing changes.
_KEEP = Script("""
local there = redis.call('GET', KEYS[1])
if there then
  local known, wanted = cmsgpack.unpack(there), cmsgpack.unpack(ARGV[1])
  for place = 1, 3 do
    if known[place] ~= wanted[place] then return 0 end
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
""")

MOST = 200_000
"""Ids that a process remembers."""

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Target).decode


class Taken(Exception):
    """Two targets would have the same id, which 60 bits make next to impossible."""


class Targets:
    """Writes targets for one process, and remembers which ones it has written lately."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._written: dict[str, float] = {}

    async def keep(self, targets: Mapping[str, Target], now: float) -> None:
        """Let links, by their ids, lead somewhere for half a year from now on; may be repeated. Raises `Taken`."""
        new = {name: target for name, target in targets.items() if now - self._written.get(name, -math.inf) > FRESH}
        if not new:
            return
        await asyncio.gather(*(self._keep(name, target, now) for name, target in new.items()))
        if len(self._written) > MOST:
            self._written.clear()
        self._written.update(dict.fromkeys(new, now))

    async def _keep(self, name: str, target: Target, now: float) -> None:
        value = _pack(msgspec.structs.replace(target, until=now + LIFE))
        if not await _KEEP(self.link, [keys.short_link(name)], [value, (LIFE + TOLD) * 1000]):
            raise Taken(f"link {name}: another target has this id")


async def read(link: Link, name: str) -> Target | None:
    """Where a link leads or led; None for one that nobody knows."""
    value = await link.call("GET", keys.short_link(name))
    return _unpack(value) if value else None
