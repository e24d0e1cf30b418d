"""Whether a link leads somewhere: the page is fetched as a shopper's browser would, and what it is told.

The address is anybody's, so the fetch is bounded in time and bytes, and reaches public addresses alone: each hop's name
is resolved once, all its addresses must be public, and the connection goes to one of those.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Callable
from functools import cache
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx
from msgspec import Struct

from dangol.addresses import is_public
from dangol.protocol.text import clean
from dangol.settings import Settings

SECONDS = 10.0
CONNECT = 3.0
HOPS = 5
LARGEST = 1 << 20
"""Bytes of a page that are looked at, unpacked."""

LONGEST_TITLE = 200
LONGEST_URL = 2000
MOST_ADDRESSES = 3
PACKED = ("", "identity", "gzip")
"""How a body may be packed. What is packed twice, or by Brotli, may hold gigabytes in what is unpacked at once."""

WEB = re.compile(r"https?://[^\s\\/@?#]+([/?#][^\s\\]*)?")
AGENT = "Mozilla/5.0 (compatible; dangol link check)"
HEADERS = {"user-agent": AGENT, "accept": "text/html", "accept-encoding": "gzip"}
CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([a-zA-Z0-9_-]{1,40})", re.IGNORECASE)


class Refused(Exception):
    """A fetch that must not be made, or came to no end."""


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


Permit = Callable[[str], bool]
"""Whether an IP address may be reached."""


def permit(settings: Settings) -> Permit:
    """What an operator lets links and webhooks reach."""
    return (lambda address: True) if settings.allow_private_webhooks else is_public


async def look(url: str, base: str, key: str, permit: Permit) -> Landing:
    """Follow a link. `base` is the shop's address, which a path is taken on; `key` the site's public key. What goes
    wrong is told, never raised."""
    landing = Landing(url)
    try:
        async with asyncio.timeout(SECONDS):
            await _follow(landing, urljoin(base, url), key, permit)
    except (TimeoutError, httpx.TimeoutException):
        landing.problem = f"no whole answer within {SECONDS:g} seconds"
    except socket.gaierror:
        landing.problem = "there is no such host"
    except (Refused, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        landing.problem = str(error) or type(error).__name__
    if landing.problem:
        landing.status = 0
    return landing


async def _follow(landing: Landing, address: str, key: str, permit: Permit) -> None:
    for _ in range(HOPS + 1):
        if not WEB.fullmatch(address):
            raise Refused(f"{address[:200]} is no http(s) address")
        landing.address = address
        landing.status, led, body, charset = await _fetch(address, permit)
        if not led:
            _read(landing, body, charset, key)
            return
        address = urljoin(address, led)
    raise Refused(f"more than {HOPS} redirects")


async def _fetch(address: str, permit: Permit) -> tuple[int, str, bytes, str]:
    """Status, where it redirects to, as much of the body as is looked at, and the charset that the answer names. The
    first of the host's addresses that can be connected to is asked."""
    url = httpx.URL(address)
    *others, last = await _resolve(url, permit)
    for ip in others:
        try:
            return await _get(url, ip)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            continue
    return await _get(url, last)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


async def _get(url: httpx.URL, ip: str) -> tuple[int, str, bytes, str]:
    headers = {**HEADERS, "host": url.netloc.decode("ascii")}
    extensions = {"sni_hostname": url.raw_host.decode("ascii")}
    async with (
        httpx.AsyncClient(verify=_tls(), trust_env=False, timeout=httpx.Timeout(SECONDS, connect=CONNECT)) as client,
        client.stream("GET", url.copy_with(host=ip), headers=headers, extensions=extensions) as response,
    ):
        if response.has_redirect_location:
            return response.status_code, response.headers["location"], b"", ""
        if (packed := response.headers.get("content-encoding", "").strip().lower()) not in PACKED:
            raise Refused(f"{url.host} packs its pages as {clean(packed, 40)}, which was not asked for")
        body = bytearray()
        async for part in response.aiter_bytes(65_536):
            body += part
            if len(body) >= LARGEST:
                break
        return response.status_code, "", bytes(body[:LARGEST]), response.charset_encoding or ""


async def _resolve(url: httpx.URL, permit: Permit) -> list[str]:
    port = url.port or (443 if url.scheme == "https" else 80)
    host = url.raw_host.decode("ascii")
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))[:MOST_ADDRESSES]
    if not all(permit(address) for address in addresses):
        raise Refused(f"{host} is not reached over the internet")
    return addresses


def _read(landing: Landing, body: bytes, charset: str, key: str) -> None:
    page = _Page(key)
    page.feed(_text(body, charset))
    title = " ".join(unescape(page.title).split())
    landing.title = " ".join(clean(title, len(title)).split())[:LONGEST_TITLE]
    landing.script = page.has_script


def _text(body: bytes, charset: str) -> str:
    """Korean malls still write EUC-KR; browsers take it as CP949."""
    if not charset and (named := CHARSET.search(body[:1024])):
        charset = named[1].decode("ascii")
    charset = "cp949" if charset.lower() in ("euc-kr", "ks_c_5601-1987") else charset or "utf-8"
    try:
        return body.decode(charset, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


class _Page(HTMLParser):
    """Looks for the title and the script line."""

    def __init__(self, key: str) -> None:
        super().__init__(convert_charrefs=False)
        self._key = key
        self._in_title = False
        self.title = ""
        self.has_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title" and not self.title
        given = dict(attrs)
        if tag == "script" and given.get("data-site") == self._key:
            self.has_script = self.has_script or "/dangol.js" in (given.get("src") or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title and len(self.title) < 10 * LONGEST_TITLE:
            self.title += data

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")
