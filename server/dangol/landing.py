"""Whether a link leads somewhere: the page is fetched as a shopper's browser would, and what it is told.

The address is anybody's, so the fetch is bounded in time and bytes, and reaches public addresses alone.
"""

import asyncio
from html import unescape
from urllib.parse import urljoin

from msgspec import Struct

from dangol.markup import elements, text_of
from dangol.outside import FAILURES, Permit, beginning, fetched, why
from dangol.protocol.text import clean

SECONDS = 10.0
LARGEST = 1 << 20
"""Bytes of a page that are looked at, unpacked."""

LONGEST_TITLE = 200
LONGEST_URL = 2000
HEADERS = {"user-agent": "Mozilla/5.0 (compatible; dangol link check)", "accept": "text/html"}


class Landing(Struct, omit_defaults=True):
    """What a link leads to: `status` of the page at `address`, where all redirects have ended, its title, and whether
    the script line of the site stands on it. `problem` tells why there is no status."""

    url: str
    status: int = 0
    address: str = ""
    title: str = ""
    script: bool = False
    problem: str = ""

    @property
    def leads(self) -> bool:
        """Whether a shopper gets to a page."""
        return 200 <= self.status < 300


async def look(url: str, base: str, key: str, permit: Permit) -> Landing:
    """Follow a link. `base` is the shop's address, which a path is taken on; `key` the site's public key. What goes
    wrong is told, never raised."""
    landing = Landing(url)
    try:
        async with asyncio.timeout(SECONDS):
            await _follow(landing, urljoin(base, url), key, permit)
    except FAILURES as error:
        landing.status, landing.problem = 0, why(error, SECONDS)
    return landing


async def _follow(landing: Landing, address: str, key: str, permit: Permit) -> None:
    def visit(hop: str) -> None:
        landing.address = hop

    async with fetched(address, permit, HEADERS, visit, SECONDS) as response:
        landing.status = response.status_code
        _read(landing, text_of(await beginning(response, LARGEST), response.charset_encoding or ""), key)


def _read(landing: Landing, page: str, key: str) -> None:
    for each in elements(page):
        if each.tag == "title" and not landing.title:
            title = " ".join(unescape(each.text[: 10 * LONGEST_TITLE]).split())
            landing.title = " ".join(clean(title, len(title)).split())[:LONGEST_TITLE]
        elif each.tag == "script" and each.attributes.get("data-site") == key:
            landing.script |= "/dangol.js" in each.attributes.get("src", "")
