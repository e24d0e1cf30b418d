"""What anonymous shoppers' pseudonyms are made with: a secret of each site and day, gone for good when that is over."""

import os

from dangol.store import keys
from dangol.store.link import Link

SECONDS = 26 * 3600
"""A day has at most 25 hours, and servers' clocks differ."""

BYTES = 32


class Salts:
    """Those of a store, drawn by whoever is first and the same for all servers."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._latest: dict[str, tuple[int, bytes]] = {}

    async def of(self, site: str, day: int) -> bytes:
        """The secret of a day, by the number that the shop's calendar gives it."""
        known, salt = self._latest.get(site, (-1, b""))
        if known != day:
            drawn = os.urandom(BYTES)
            name = keys.salt(site, day)
            salt = await self._link.call("SET", name, drawn, "NX", "GET", "EX", SECONDS) or drawn
            self._latest[site] = day, salt
        return salt
