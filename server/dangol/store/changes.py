"""Which profiles of a partition changed, in order: those with an entry in the log, and those written without one."""

from collections.abc import Sequence
from typing import NamedTuple

from dangol.store import keys, log
from dangol.store.link import Link
from dangol.store.profiles import Stored
from dangol.store.script import Script

# KEYS: streams. Answers for each with its last id and how many entries it ever had.
_MARK = Script("""
local answer = {}
for i, key in ipairs(KEYS) do
  answer[i] = {'0-0', 0}
  if redis.call('EXISTS', key) == 1 then
    local about = redis.call('XINFO', 'STREAM', key)
    for j = 1, #about, 2 do
      if about[j] == 'last-generated-id' then answer[i][1] = about[j + 1] end
      if about[j] == 'entries-added' then answer[i][2] = about[j + 1] end
    end
  end
end
return answer
""")

# KEYS: streams. ARGV: most entries of each, then the id after which to read each. Answers for each with how many
# entries it ever had, how many of those it still has, and the entries.
_AFTER = Script("""
local answer = {}
for i, key in ipairs(KEYS) do
  local added = 0
  if redis.call('EXISTS', key) == 1 then
    local about = redis.call('XINFO', 'STREAM', key)
    for j = 1, #about, 2 do
      if about[j] == 'entries-added' then added = about[j + 1] end
    end
  end
  local found = redis.call('XRANGE', key, '(' .. ARGV[i + 1], '+', 'COUNT', ARGV[1])
  answer[i] = {added, redis.call('XLEN', key), found}
end
return answer
""")

# KEYS: profiles. Answers for each with its document and the unix second at which it expires.
_READ = Script("""
local answer = {}
for i, key in ipairs(KEYS) do
  answer[2 * i - 1] = redis.call('GET', key) or ''
  answer[2 * i] = redis.call('EXPIRETIME', key)
end
return answer
""")


class Place(NamedTuple):
    """How far a stream was read: the last id, and how many entries there had been by then."""

    id: str
    entries: int


class Position(NamedTuple):
    """How far the changes of a partition were read."""

    log: Place
    touched: Place

    def reaches(self, other: "Position") -> bool:
        """Whether this is not before `other`."""
        return self.log.entries >= other.log.entries and self.touched.entries >= other.touched.entries


class Changes(NamedTuple):
    """The next profiles that changed, as site and id, and the position behind them. `lost`: entries in between are
    gone, so that all profiles must be read anew."""

    profiles: set[tuple[str, str]]
    position: Position
    lost: bool


def _streams(number: int) -> list[str]:
    return [keys.log(number), keys.touched(number)]


async def mark(link: Link, number: int) -> Position:
    """Where a partition's changes end now."""
    found = await _MARK(link, _streams(number), [])
    return Position(*(Place(last.decode(), added) for last, added in found))


async def after(link: Link, number: int, position: Position, limit: int) -> Changes:
    """What changed after a position, at most `limit` entries of each stream."""
    found = await _AFTER(link, _streams(number), [limit, *(place.id for place in position)])
    profiles: set[tuple[str, str]] = set()
    places, lost = [], False
    for place, (added, left, entries) in zip(position, found, strict=True):
        lost |= added - left > place.entries or added < place.entries
        profiles |= {_read(fields) for _, fields in entries}
        last = entries[-1][0].decode() if entries else place.id
        places.append(Place(last, place.entries + len(entries)))
    return Changes({each for each in profiles if each[1]}, Position(*places), lost)


def _read(fields: Sequence[bytes]) -> tuple[str, str]:
    name, value = fields
    if name == b"p":
        site, _, profile_id = value.decode().partition(":")
        return site, profile_id
    head = log.head(value)
    return (head.site, head.profile) if head else ("", "")


async def read(link: Link, names: Sequence[str]) -> list[tuple[Stored, int]]:
    """Profiles of one partition by their keys, each with the unix second from which it is no more."""
    flat = await _READ(link, names, []) if names else []
    return [(Stored.parse(raw), until) for raw, until in zip(flat[::2], flat[1::2], strict=True)]
