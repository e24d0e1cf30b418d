"""HTTP to providers: bounded in time and size, without redirects, cookies or proxies from the environment.

It stands below httpx's client on purpose, since that logs the addresses that it calls, and providers want app keys and
phone numbers in theirs.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from ssl import SSLContext
from typing import Any

import httpx
import msgspec

WHOLE = 8.0
"""Seconds that a call may take from its first to its last byte; sending has a budget of ten."""

TIMEOUTS = httpx.Timeout(6.0, connect=3.0, pool=3.0).as_dict()
LIMITS = httpx.Limits(max_connections=32, max_keepalive_connections=8, keepalive_expiry=5.0)
LONGEST = 1_048_576
"""Bytes of an answer that are read; a longer one counts as unreadable."""

LONGEST_WAIT = 86_400.0


class Unreached(Exception):
    """Nobody could be connected to, so the request was surely not taken."""


class Lost(Exception):
    """No readable answer came, so nobody knows whether the request was taken."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body. Raises `Lost` where it is no JSON: a gateway in between has answered, and not the provider."""
        try:
            return msgspec.json.decode(self.body)
        except msgspec.DecodeError:
            raise Lost(f"the answer with status {self.status} is not JSON") from None

    @property
    def retry_after(self) -> float:
        """Seconds; 0 where the header is absent or says nothing."""
        return seconds(self.headers.get("retry-after", ""), datetime.now().timestamp())


async def call(
    method: str, url: str, *, headers: Mapping[str, str], content: bytes = b"", longest: int = LONGEST
) -> Answer:
    """Raises `Unreached` and `Lost`, neither of which tells the address or anything of the request."""
    own = {"accept-encoding": "identity", "user-agent": "dangol", **headers}
    request = httpx.Request(method, url, headers=own, content=content, extensions={"timeout": TIMEOUTS})
    try:
        async with asyncio.timeout(WHOLE):
            return await _answer(await _transport(), request, longest)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Unreached(f"no connection ({type(error).__name__})") from None
    except (httpx.TransportError, TimeoutError) as error:
        raise Lost(f"no answer ({type(error).__name__})") from None


async def _answer(transport: httpx.AsyncHTTPTransport, request: httpx.Request, longest: int) -> Answer:
    response = await transport.handle_async_request(request)
    try:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > longest:
                raise Lost(f"an answer of more than {longest} bytes")
        return Answer(response.status_code, dict(response.headers), bytes(body))
    finally:
        await response.aclose()


@cache
def tls() -> SSLContext:
    """Made once, since it reads all certificates."""
    return httpx.create_ssl_context(trust_env=False)


_open: dict[asyncio.AbstractEventLoop, tuple[httpx.AsyncHTTPTransport, AsyncGenerator[None]]] = {}


async def _transport() -> httpx.AsyncHTTPTransport:
    loop = asyncio.get_running_loop()
    if loop not in _open:
        transport = httpx.AsyncHTTPTransport(verify=tls(), trust_env=False, limits=LIMITS)
        closer = _closer(loop, transport)
        _open[loop] = transport, closer
        await anext(closer)
    return _open[loop][0]


async def _closer(loop: asyncio.AbstractEventLoop, transport: httpx.AsyncHTTPTransport) -> AsyncGenerator[None]:
    """A generator, since an event loop closes those when it ends: nobody else tells a plugin that it does."""
    try:
        yield
    finally:
        del _open[loop]
        await transport.aclose()


def seconds(retry_after: str, now: float) -> float:
    """A Retry-After header, a number or a date, in seconds from the unix time; 0 where it says nothing, a day at
    most."""
    if retry_after.isascii() and retry_after.isdigit():
        return min(float(retry_after[:9]), LONGEST_WAIT)
    try:
        when: datetime = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    return min(max(when.timestamp() - now, 0.0), LONGEST_WAIT)
