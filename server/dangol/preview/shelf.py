"""Previews in the store: kept until their time, so many of a site at once, and taken away on request."""

import msgspec

from dangol.errors import Invalid, Problem
from dangol.preview.trial import HOURS, Trial
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.script import Script

MOST = 50
"""Previews of a site; one more takes the place of the one that would end first."""

_decode = msgspec.json.Decoder(Trial).decode
_encode = msgspec.json.Encoder().encode

# KEYS: the site's previews. ARGV: id, document, the time in the ids' form, how many there may be, seconds until all are
# over. Ids begin with the time of their end, eight digits.
_PUT = Script("""
local kept = {}
for _, id in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(id, 1, 8) < ARGV[3] then redis.call('HDEL', KEYS[1], id) else kept[#kept + 1] = id end
end
table.sort(kept)
for place = 1, #kept + 1 - ARGV[4] do redis.call('HDEL', KEYS[1], kept[place]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
""")


async def put(link: Link, site: str, id: str, trial: Trial, now: float) -> None:
    """Keep a preview. Raises `Unavailable`."""
    seconds = HOURS * 3600
    await _PUT(link, [keys.previews(site)], [id, _encode(trial), f"{int(now):08x}", MOST, seconds])


async def get(link: Link, site: str, id: str) -> Trial | None:
    """A preview; None where it was taken away, or written by a dangol that knew more. Raises `Unavailable`."""
    raw = await link.call("HGET", keys.previews(site), id)
    try:
        return None if raw is None else _decode(raw)
    except msgspec.DecodeError:
        return None


async def drop(link: Link, site: str, id: str) -> None:
    """Take a preview away. Raises `Invalid` where there is none, and `Unavailable`."""
    if not await link.call("HDEL", keys.previews(site), id):
        raise Invalid([Problem("preview", id, f"a preview of {site} that is not over")])
