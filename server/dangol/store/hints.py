"""Where the shop's pages might tell of products: hints from browsers, a bounded heap of them a site, and the memory of
which were followed lately.

Which hint is followed next is drawn, so nobody who leaves many keeps those of others waiting.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

from dangol.store import keys
from dangol.store.link import Link
from dangol.store.script import Script

MOST: Final = 1000
"""Hints of a site that wait; what comes above that is dropped, and comes again with the next view."""

# KEYS: hints. ARGV: most, then a product and a page, again and again.
_LEAVE = Script("""
for at = 2, #ARGV, 2 do
  if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[1]) then return end
  redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
end
""")

# KEYS: hints.
_TAKE = Script("""
local drawn = redis.call('HRANDFIELD', KEYS[1], 1, 'WITHVALUES')
if #drawn > 0 then redis.call('HDEL', KEYS[1], drawn[1]) end
return drawn
""")


class Hint(NamedTuple):
    """A product, and the page (path and query) on which somebody is said to have looked at it."""

    product: str
    page: str


async def leave(link: Link, site: str, hints: Sequence[Hint]) -> None:
    """Let pages be looked at; the latest page of each product counts."""
    await _LEAVE(link, [keys.hints(site)], [str(MOST), *(part for hint in hints for part in hint)])


async def take(link: Link, site: str) -> Hint | None:
    """Take one out; None where there is none."""
    drawn = await _TAKE(link, [keys.hints(site)], [])
    return Hint(*(each.decode() for each in drawn)) if drawn else None


async def tried(link: Link, site: str, hint: Hint, now: float, seconds: int) -> None:
    """Remember for so long that a page is looked at for a product."""
    await link.call("SET", _key(site, hint), str(int(now)), "EX", str(seconds))


async def found(link: Link, site: str, hint: Hint, now: float, seconds: int) -> None:
    """Remember for so long that the product was found, and not any more that its page was looked at."""
    await link.call("SET", _key(site, Hint(hint.product, "")), str(int(now)), "EX", str(seconds))
    await link.call("UNLINK", _key(site, hint))


async def marked(link: Link, site: str, hints: Sequence[Hint]) -> list[int | None]:
    """The unix seconds at which pages were looked at in vain, or with an empty page at which products were found; None
    where that was never or is forgotten."""
    found = await link.call("MGET", *(_key(site, hint) for hint in hints)) if hints else []
    return [None if at is None else int(at) for at in found]


def _key(site: str, hint: Hint) -> str:
    return keys.looked(site, blake2b("\0".join(hint).encode(), digest_size=8).hexdigest())
