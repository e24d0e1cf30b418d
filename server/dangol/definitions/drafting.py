"""Drafts in the store: asked for, kept while they are, and let go of."""

import logging
from collections.abc import Mapping

import msgspec

from dangol.definitions import drafts
from dangol.definitions.drafts import NONE, Drafts, Written
from dangol.errors import Unavailable
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.script import Script

TRIES = 10

log = logging.getLogger(__name__)
_decode = msgspec.json.Decoder(Drafts).decode
_encode = msgspec.json.Encoder().encode

# KEYS: version counter, drafts. ARGV: the counter that is expected, the one from now on, site, drafts. Answers 1 where
# that was written, 0 where the counter was another.
_WRITE = Script("""
if tonumber(redis.call('GET', KEYS[1]) or 0) ~= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
return 1
""")


async def ask(link: Link, site: str, wanted: Mapping[str, Written], now: float) -> Drafts:
    """A site's drafts, after conditions were asked for at unix time `now`, by their streams. Raises `Unavailable`.

    Whoever changes the streams that are looked out for meanwhile makes it begin again. Of two who renew drafts at once
    the second wins: what is lost is asked for again.
    """
    for _ in range(TRIES):
        counter = int(await link.call("GET", keys.DEFINITIONS_VERSION) or 0)
        raw = await link.call("HGET", keys.DRAFTS, site)
        found = read({site: raw} if raw else {}).get(site, NONE)
        changed = drafts.asked(found, wanted, now, counter + 1)
        if changed == found:
            return found
        raised = counter + (changed.version != found.version)
        if await _WRITE(link, [keys.DEFINITIONS_VERSION, keys.DRAFTS], [counter, raised, site, _encode(changed)]):
            return changed
    raise Unavailable(f"{TRIES} others in a row were quicker to change definitions")


async def lapse(link: Link, now: float) -> None:
    """Let go of all sites' drafts that nobody asked for of late. Raises `Unavailable`."""
    for site in await link.call("HKEYS", keys.DRAFTS):
        await ask(link, site.decode(), {}, now)


def read(raws: Mapping[str, bytes]) -> dict[str, Drafts]:
    """Each site's. Those that can't be read are logged, and not looked out for."""
    found = {}
    for site, raw in raws.items():
        try:
            found[site] = _decode(raw)
        except msgspec.DecodeError as error:
            log.error("the drafts of %s can't be read: %s", site, error)
    return found
