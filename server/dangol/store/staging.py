"""A whole feed on its way into the catalogue: made ready beside it, put in its place in one step, or not at all."""

import secrets
import time
from collections.abc import Sequence
from typing import Final, NamedTuple, Self

from msgspec.structs import replace

from dangol.errors import Unavailable
from dangol.plugin import Product
from dangol.store import catalogue, keys
from dangol.store.link import Link
from dangol.store.script import Script

KEPT: Final = 3600
"""Seconds after which a feed that nobody goes on with is gone."""

MOST_TOLD: Final = 2_000
"""Changed products that are named to those who follow the catalogue; above that they read all of it."""

# In one step: whoever is killed between two would leave behind what never goes. ARGV: seconds, then ids and documents.
_STAGE = Script("""
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('EXPIRE', KEYS[1], ARGV[1])
""")

_SWAP = Script(
    catalogue.NOTE
    + """
local version = redis.call('HGET', KEYS[2], 'v') or '0'
if version ~= ARGV[1] then return version end
if redis.call('HLEN', KEYS[4]) ~= tonumber(ARGV[2]) then return false end
redis.call('UNLINK', KEYS[1])
if redis.call('PERSIST', KEYS[4]) == 1 then redis.call('RENAME', KEYS[4], KEYS[1]) end
note(ARGV[3])
return version
"""
)


class Swapped(NamedTuple):
    """How many products were told for the first time, are others than before, and are on show no more."""

    added: int
    changed: int
    hidden: int


class Staging:
    """Products of one feed, added in any number of steps; a context that leaves nothing behind.

    What somebody else changes between `start` and `swap` stays as they made it: it is the newer.
    """

    def __init__(self, link: Link, site: str, now: float | None = None) -> None:
        self._link, self._site = link, site
        self._now = time.time() if now is None else now
        self._key = keys.catalogue_staged(site, secrets.token_hex(8))
        self._version = 0
        self._named = set[str]()
        self._staged = set[str]()
        self._added = set[str]()
        self._changed = set[str]()

    async def __aenter__(self) -> Self:
        self._version = (await catalogue.state(self._link, self._site)).version
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._link.call("UNLINK", self._key)

    async def add(self, products: Sequence[Product]) -> None:
        """Make products ready; of those with the same id the last one counts."""
        told = {each.id: each for each in products}
        before = await catalogue.get(self._link, self._site, list(told))
        after = {id: catalogue.merged(before.get(id), each, "shop", self._now) for id, each in told.items()}
        await self._write(list(after.values()))
        for id, each in after.items():
            changed = self._added if id not in before else self._changed
            if each != before.get(id):
                changed.add(id)
            else:
                changed.discard(id)
        self._named.update(told)

    async def swap(self, *, hide_others: bool) -> Swapped:
        """Put the feed in force. What it does not name stays as it is or, with `hide_others`, stays hidden: orders and
        strips know it. Raises `Unavailable`, with nothing changed, where it took too long."""
        hidden = await self._take_others(hide_others)
        changed = [*self._added, *self._changed, *hidden]
        told = catalogue.pack(changed) if len(changed) <= MOST_TOLD else b""
        names = [keys.catalogue(self._site), keys.catalogue_state(self._site), keys.catalogue_changes(self._site)]
        while changed:
            # All must still be there: what nobody went on with for too long begins anew.
            version = await _SWAP(self._link, [*names, self._key], [str(self._version), str(len(self._staged)), told])
            if version is None:
                raise Unavailable(f"the feed of {self._site} was given up after {KEPT} s; nothing was changed")
            if int(version) == self._version:
                break
            await self._take_changes()
        return Swapped(len(self._added), len(self._changed), len(hidden))

    async def _take_others(self, hide: bool) -> set[str]:
        """Take over what the catalogue has besides; the ids of what is hidden by that."""
        hidden = set[str]()
        async for products in catalogue.scan(self._link, self._site):
            others = [each for each in products if each.id not in self._named]
            if hide:
                hidden.update(each.id for each in others if not each.hidden)
                # No page of the shop brings it back, only the shop itself.
                others = [replace(each, hidden=True, source="shop") for each in others]
            await self._write(others)
        return hidden

    async def _take_changes(self) -> None:
        """Take over what others have changed in the meantime."""
        changes = await catalogue.changes(self._link, self._site, self._version)
        if changes is None:
            raise Unavailable(f"the catalogue of {self._site} was exchanged by somebody else; nothing was changed")
        found = await catalogue.get(self._link, self._site, changes.ids)
        await self._write(list(found.values()))
        if gone := [id for id in changes.ids if id not in found]:
            await self._link.call("HDEL", self._key, *gone)
            self._staged.difference_update(gone)
        self._version = changes.version

    async def _write(self, products: Sequence[Product]) -> None:
        for start in range(0, len(products), catalogue.BATCH):
            batch = products[start : start + catalogue.BATCH]
            pairs = [part for each in batch for part in (each.id, catalogue.pack(each))]
            await _STAGE(self._link, [self._key], [KEPT, *pairs])
        self._staged.update(each.id for each in products)
