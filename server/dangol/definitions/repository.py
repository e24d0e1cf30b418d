"""The stored definitions: the current document of each site, its earlier ones, and following both live."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence

import msgspec
from msgspec import Struct
from redis.exceptions import ResponseError

from dangol.definitions import drafting, reading
from dangol.definitions.drafts import Drafts
from dangol.definitions.model import Definitions
from dangol.errors import Invalid, Problem, Unavailable
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.script import Script

log = logging.getLogger(__name__)

HISTORY = 100
"""Earlier documents that are kept for each site."""

LONGEST_PAUSE = 5.0

Versions = Mapping[str, tuple[int, Definitions]]
"""By site: its version and its definitions."""

OnChange = Callable[[Versions, Mapping[str, Drafts], Collection[str]], Awaitable[None]]


class Stored(Struct, frozen=True):
    """A site's document as it is kept; `saved_at` in unix seconds. Versions only rise, over all sites."""

    version: int
    saved_at: int
    definitions: Definitions


_decoder = msgspec.json.Decoder(Stored)

# KEYS: version counter, documents, history. ARGV: site, the version expected or nothing, saved at, definitions, size of
# the history. Answers with the version found before, and the new one or nothing where another was expected.
_SAVE = Script("""
local former = redis.call('HGET', KEYS[2], ARGV[1])
local found = former and tonumber(string.match(former, '^{"version":(%d+)')) or 0
if ARGV[2] ~= '' and tonumber(ARGV[2]) ~= found then return {found} end
local version = redis.call('INCR', KEYS[1])
if former then
  redis.call('LPUSH', KEYS[3], former)
  redis.call('LTRIM', KEYS[3], 0, ARGV[5] - 1)
end
local document = '{"version":' .. version .. ',"saved_at":' .. ARGV[3] .. ',"definitions":' .. ARGV[4] .. '}'
redis.call('HSET', KEYS[2], ARGV[1], document)
return {found, version}
""")

# KEYS: version counter, documents, drafts. Answers with all of them as they are at one moment.
_READ = Script("""
return {redis.call('GET', KEYS[1]), redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3])}
""")


async def save(link: Link, definitions: Definitions, expected_version: int | None = None) -> int:
    """Put checked definitions in force and return their version. Raises `Invalid`, and changes nothing, when another
    version than `expected_version` is in force (0: none yet) or another site has the same key."""
    site = definitions.site.id
    problems = key_problems({**await read_all(link), site: (0, definitions)})
    if problems:
        raise Invalid(problems)
    expected = "" if expected_version is None else str(expected_version)
    found, *saved = await _SAVE(
        link,
        [keys.DEFINITIONS_VERSION, keys.DEFINITIONS, keys.definitions_history(site)],
        [site, expected, int(time.time()), msgspec.json.encode(definitions), HISTORY],
    )
    if not saved:
        raise Invalid([Problem("version", expected_version, f"the version of {site} in force, which is {found}")])
    return int(saved[0])


def key_problems(versions: Versions) -> list[Problem]:
    """A public key names one site."""
    owners: dict[str, str] = {}
    problems = []
    for site, (_, definitions) in versions.items():
        owner = owners.setdefault(definitions.site.key, site)
        if owner != site:
            problems.append(Problem("site.key", definitions.site.key, f"a key of {site} alone; {owner} has it too"))
    return problems


async def read(link: Link, site: str) -> tuple[int, Definitions] | None:
    """The version and definitions in force, or None for a site that has none. Raises `Invalid` for a document that
    this dangol can't read."""
    raw = await link.call("HGET", keys.DEFINITIONS, site)
    return None if raw is None else _told(reading.read(site, raw))


async def existing(link: Link, site: str) -> tuple[int, Definitions]:
    """The same of the site that somebody names at the command line. Raises `Invalid` where there is none, with those
    that there are: it may be another store that was meant."""
    if (found := await read(link, site)) is not None:
        return found
    known = ", ".join(await read_all(link))
    others = f"there are: {known}" if known else "this store has none (see DANGOL_REDIS_URL and DANGOL_DATA_DIR)"
    raise Invalid([Problem("SITE", site, f"a site with definitions; {others}")])


async def read_all(link: Link) -> dict[str, tuple[int, Definitions]]:
    """Every site's. A document that this dangol can't read is logged and left out."""
    found = await asyncio.to_thread(reading.read_all, await _raws(link), {})
    return {site: _told(each) for site, each in found.items()}


async def history(link: Link, site: str) -> list[Stored]:
    """The earlier documents of a site, the newest first."""
    raws = await link.call("LRANGE", keys.definitions_history(site), 0, -1)
    return [_decoder.decode(raw) for raw in raws]


async def saved(link: Link, site: str) -> AsyncIterator[Stored]:
    """The document in force and its predecessors, the newest first, as far as they can be read."""
    try:
        if raw := await link.call("HGET", keys.DEFINITIONS, site):
            yield _decoder.decode(raw)
        for place in range(HISTORY):
            if raw := await link.call("LINDEX", keys.definitions_history(site), place):
                yield _decoder.decode(raw)
    except msgspec.DecodeError as error:
        log.info("site %s: an earlier document can't be read any more: %s", site, error)


async def in_force_since(link: Link, site: str, version: int) -> list[Stored] | None:
    """The earlier documents of a site from that on which was in force at `version`, the newest first; None where they
    are not all kept, or can't be read any more."""
    found: list[Stored] = []
    for place in range(HISTORY):
        raw = await link.call("LINDEX", keys.definitions_history(site), place)
        try:
            found.append(_decoder.decode(raw or b""))
        except msgspec.DecodeError:
            return None
        if found[-1].version <= version:
            return found
    return None


async def version(link: Link) -> int:
    """Rises with every change of any site, of its drafts as well; 0 before the first."""
    return int(await link.call("GET", keys.DEFINITIONS_VERSION) or 0)


async def follow(link: Link, on_change: OnChange, every: float = 0.3) -> None:
    """Call with all definitions and drafts, and the sites whose definitions can't be read, at once and after every
    change, which is looked for each `every` seconds, until cancelled. While the store is away the definitions last read
    stay in force."""
    seen, failures = -1, 0
    known: dict[str, reading.Read] = {}
    while True:
        try:
            if await version(link) != seen:
                current, documents, drafts = await _READ(
                    link, [keys.DEFINITIONS_VERSION, keys.DEFINITIONS, keys.DRAFTS], []
                )
                raws = _by_site(documents)
                known = await asyncio.to_thread(reading.read_all, raws, known)
                told = {site: _told(each) for site, each in known.items()}
                await on_change(told, drafting.read(_by_site(drafts)), raws.keys() - told.keys())
                seen = int(current or 0)
            if failures:
                log.info("following the definitions again")
            failures = 0
        except (Unavailable, ResponseError) as error:
            failures += 1
            if failures == 1:
                log.warning("can't follow the definitions, will try again: %s", error)
        except Exception:
            failures += 1
            log.exception("the definitions were not taken over, will try again")
        await asyncio.sleep(_pause(every, failures))


def _pause(every: float, failures: int) -> float:
    """Seconds; after failures longer each time, and not the same for every server."""
    if not failures:
        return every
    return min(LONGEST_PAUSE, every * (1 << min(failures, 10))) * random.uniform(0.5, 1)  # noqa: S311


async def _raws(link: Link) -> dict[str, bytes]:
    return _by_site(await link.call("HGETALL", keys.DEFINITIONS))


def _by_site(flat: Sequence[bytes]) -> dict[str, bytes]:
    return {site.decode(): raw for site, raw in zip(flat[::2], flat[1::2], strict=True)}


def _told(found: reading.Read) -> tuple[int, Definitions]:
    return found.version, found.definitions
