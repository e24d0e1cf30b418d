"""The products of a site, as its shop, its feed and its pages told them.

`{cat:<site>}` is a hash of MessagePack documents by product id. `...state` has the version in field ``v``, which every
change raises, and in ``orders`` the generation of past orders that is in force. The stream `...changes` tells for the
latest versions, which are its entries' ids, the version before (``p``) and the products that changed (``i``, a packed
list; empty: any). A version is a time in milliseconds, so a store that was emptied and filled again has others.
"""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from dangol.plugin import Product
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.script import Script

BATCH = 500
CACHED = 2048
"""Documents whose products are remembered: those that strips show again and again."""

Source = Literal["shop", "page"]
Decide = Callable[[str, Product | None], Product | None]
"""What becomes of a product, by its id and what the catalogue has of it; None: there is none."""

pack = msgspec.msgpack.Encoder().encode
unpack = msgspec.msgpack.Decoder(Product).decode
_unpack_cached = lru_cache(CACHED)(unpack)
_unpack_ids = msgspec.msgpack.Decoder(list[str]).decode

NOTE = """
local function note(changed)
  local before, now = redis.call('HGET', KEYS[2], 'v') or '0', redis.call('TIME')
  local version = math.max(tonumber(before) + 1, now[1] * 1000 + math.floor(now[2] / 1000))
  version = string.format('%.0f', version)
  redis.call('HSET', KEYS[2], 'v', version)
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', 256, version .. '-0', 'p', before, 'i', changed)
end
"""

_WRITE = Script(
    NOTE
    + """
local changed, stale = {}, {}
for at = 1, #ARGV, 3 do
  local id, before, after = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if (redis.call('HGET', KEYS[1], id) or '') ~= before then
    stale[#stale + 1] = id
  else
    if after == '' then redis.call('HDEL', KEYS[1], id) else redis.call('HSET', KEYS[1], id, after) end
    changed[#changed + 1] = id
  end
end
if #changed > 0 then note(cmsgpack.pack(changed)) end
return stale
"""
)


class State(NamedTuple):
    """The version of a catalogue, 0 where there is none yet, and the generation of its past orders."""

    version: int
    orders: str


class Changes(NamedTuple):
    """The products that changed until a version."""

    version: int
    ids: Sequence[str]


async def put(
    link: Link, site: str, products: Sequence[Product], *, source: Source = "shop", now: float | None = None
) -> int:
    """Add products, or replace those of the same id; how many changed. `now` is unix seconds.

    What only a page tells never replaces what the shop told.
    """
    told = {each.id: each for each in products}
    at = time.time() if now is None else now
    return await change(link, site, list(told), lambda id, before: merged(before, told[id], source, at))


async def remove(link: Link, site: str, ids: Sequence[str]) -> int:
    """Forget products; how many there were."""
    return await change(link, site, ids, lambda id, before: None)


async def hold(link: Link, site: str, ids: Sequence[str], held: bool) -> int:
    """Hide products by hand, whatever the shop tells of them, or let them be seen again; how many changed."""

    def decide(id: str, before: Product | None) -> Product | None:
        return before and replace(before, held=held, hidden=held)

    return await change(link, site, ids, decide)


def merged(before: Product | None, told: Product, source: Source, now: float) -> Product:
    """What the catalogue has once `told` is in it."""
    if before is None:
        return replace(told, added=told.added or int(now), source=source)
    if source == "page" and before.source == "shop":
        return before
    return replace(told, added=before.added, source=source, held=before.held, hidden=told.hidden or before.held)


async def change(link: Link, site: str, ids: Sequence[str], decide: Decide) -> int:
    """Let each of the products become what `decide`, which is pure, makes of it; how many changed.

    `decide` is asked again where somebody else has changed the product in between.
    """
    changed = 0
    names = [keys.catalogue(site), keys.catalogue_state(site), keys.catalogue_changes(site)]
    waiting = list(dict.fromkeys(ids))
    while waiting:
        batch, waiting = waiting[:BATCH], waiting[BATCH:]
        args: list[str | bytes] = []
        for id, before in zip(batch, await link.call("HMGET", names[0], *batch), strict=True):
            after = decide(id, None if before is None else unpack(before))
            packed = b"" if after is None else pack(after)
            if packed != (before or b""):
                args += id, before or b"", packed
        if args:
            stale = [name.decode() for name in await _WRITE(link, names, args)]
            changed += len(args) // 3 - len(stale)
            waiting += stale
    return changed


async def get(link: Link, site: str, ids: Sequence[str]) -> Mapping[str, Product]:
    """Those of the products that the catalogue has, by id, in the order of `ids`."""
    wanted = list(dict.fromkeys(ids))
    documents: list[bytes | None] = []
    for start in range(0, len(wanted), BATCH):
        documents += await link.call("HMGET", keys.catalogue(site), *wanted[start : start + BATCH])
    return {id: _unpack_cached(each) for id, each in zip(wanted, documents, strict=True) if each is not None}


async def found(link: Link, site: str, ids: Sequence[str]) -> list[Product]:
    """The same as a list."""
    return list((await get(link, site, ids)).values())


async def size(link: Link, site: str) -> int:
    """How many products there are."""
    return int(await link.call("HLEN", keys.catalogue(site)))


async def scan(link: Link, site: str, at_once: int = BATCH) -> AsyncIterator[list[Product]]:
    """All products, about so many at a time, in no order. One that changes meanwhile may come as it was or as it is,
    and any may come twice."""
    cursor: str | bytes = "0"
    while True:
        cursor, pairs = await link.call("HSCAN", keys.catalogue(site), cursor, "COUNT", at_once)
        yield [unpack(document) for document in pairs[1::2]]
        if cursor == b"0":
            return


async def state(link: Link, site: str) -> State:
    """The catalogue's state."""
    version, orders = await link.call("HMGET", keys.catalogue_state(site), "v", "orders")
    return State(int(version or 0), (orders or b"").decode())


async def changes(link: Link, site: str, version: int) -> Changes | None:
    """What has changed since a version; None where that is known no more, so that all must be read."""
    entries = await link.call("XRANGE", keys.catalogue_changes(site), f"({version}-0", "+")
    ids: dict[str, None] = {}
    for at, (_, fields) in enumerate(entries):
        changed = fields[3]
        if (at == 0 and int(fields[1]) != version) or not changed:
            return None
        ids.update(dict.fromkeys(_unpack_ids(changed)))
    return Changes(int(entries[-1][0].split(b"-")[0]), list(ids)) if entries else None
