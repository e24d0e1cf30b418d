"""The guarded way to addresses that others have named: to public addresses alone, with few redirects.

Each hop's name is resolved once, all its addresses must be public, and the connection goes to one of those. How long a
fetch may take and how much of the answer is read is the caller's to bound.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from urllib.parse import urljoin

import httpx

from dangol.addresses import is_public
from dangol.protocol.text import clean
from dangol.settings import Settings

CONNECT = 3.0
HOPS = 5
MOST_ADDRESSES = 3
PACKED = ("", "identity", "gzip")
"""How a body may be packed. What is packed twice, or by Brotli, may hold gigabytes in what is unpacked at once."""

WEB = re.compile(r"https?://[^\s\\/@?#]+([/?#][^\s\\]*)?")


class Refused(Exception):
    """A fetch that must not be made, or came to no end."""


FAILURES = (TimeoutError, Refused, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError)
"""What a fetch fails with; `why` says it in words."""

Permit = Callable[[str], bool]
"""Whether an IP address may be reached."""

Visit = Callable[[str], None]
"""Told each address before it is asked; may raise `Refused`."""


def permit(settings: Settings) -> Permit:
    """What an operator lets links and webhooks reach."""
    return (lambda address: True) if settings.allow_private_webhooks else is_public


def why(error: Exception, seconds: float) -> str:
    """The reason of a failure, where a fetch may take so long."""
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return f"no whole answer within {seconds:g} seconds"
    if isinstance(error, socket.gaierror):
        return "there is no such host"
    return str(error) or type(error).__name__


@asynccontextmanager
async def fetched(
    address: str, permit: Permit, headers: Mapping[str, str], visit: Visit, seconds: float
) -> AsyncIterator[httpx.Response]:
    """The answer that the redirects from `address` end at, its body not read yet. `seconds` are those that the next
    bytes may take. Raises `FAILURES`."""
    for _ in range(HOPS + 1):
        if not WEB.fullmatch(address):
            raise Refused(f"{address[:200]} is no http(s) address")
        visit(address)
        async with _answer(httpx.URL(address), permit, headers, seconds) as response:
            if not response.has_redirect_location:
                if (packed := response.headers.get("content-encoding", "").strip().lower()) not in PACKED:
                    host = httpx.URL(address).host
                    raise Refused(f"{host} packs its pages as {clean(packed, 40)}, which was not asked for")
                yield response
                return
            address = urljoin(address, response.headers["location"])
    raise Refused(f"more than {HOPS} redirects")


async def beginning(response: httpx.Response, longest: int) -> bytes:
    """So many bytes of the body at most, unpacked."""
    body = bytearray()
    async for part in response.aiter_bytes(65_536):
        body += part
        if len(body) >= longest:
            break
    return bytes(body[:longest])


@asynccontextmanager
async def _answer(
    url: httpx.URL, permit: Permit, headers: Mapping[str, str], seconds: float
) -> AsyncIterator[httpx.Response]:
    """The answer of the first of the host's addresses that can be connected to."""
    *others, last = await _resolve(url, permit)
    timeout = httpx.Timeout(seconds, connect=CONNECT)
    headers = {**headers, "accept-encoding": "gzip", "host": url.netloc.decode("ascii")}
    extensions = {"sni_hostname": url.raw_host.decode("ascii")}
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(verify=_tls(), trust_env=False, timeout=timeout))

        async def ask(ip: str) -> httpx.Response:
            answer = client.stream("GET", url.copy_with(host=ip), headers=headers, extensions=extensions)
            return await stack.enter_async_context(answer)

        for ip in others:
            try:
                response = await ask(ip)
                break
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        else:
            response = await ask(last)
        yield response


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


async def _resolve(url: httpx.URL, permit: Permit) -> list[str]:
    port = url.port or (443 if url.scheme == "https" else 80)
    host = url.raw_host.decode("ascii")
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))[:MOST_ADDRESSES]
    if not all(permit(address) for address in addresses):
        raise Refused(f"{host} is not reached over the internet")
    return addresses
