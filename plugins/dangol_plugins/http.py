"""HTTP to providers: bounded in time and size, without redirects, cookies or proxies from the environment.

It stands below httpx's client on purpose, since that logs the addresses that it calls, and providers want app keys and
phone numbers in theirs.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from ssl import SSLContext
from typing import TypeVar

import httpx
import msgspec

WHOLE = 8.0
"""Seconds that a call may take from its first to its last byte; sending has a budget of ten."""

TIMEOUTS = httpx.Timeout(6.0, connect=3.0, pool=3.0).as_dict()
LIMITS = httpx.Limits(max_connections=32, max_keepalive_connections=8, keepalive_expiry=5.0)
LASTING = httpx.Limits(max_connections=32, max_keepalive_connections=8, keepalive_expiry=300.0)
"""Apple takes who connects again and again for an attacker."""
LONGEST = 1_048_576
"""Bytes of an answer that are read; a longer one counts as unreadable."""

LONGEST_WAIT = 86_400.0
SETTLED = WHOLE + 1.0
"""Seconds after the beginning of a call after which a provider lists all that it took of it."""

AROUND, UNCERTAIN = 60.0, 900.0
"""Seconds by which a provider's own times may differ from its clock, and from ours where that is not known."""

PATIENCE = 4.5
"""Seconds that a look-up waits for that, so that there is time left for asking."""

T = TypeVar("T")


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

    def read(self, shape: type[T]) -> T:
        """The JSON body. Raises `Lost` where it is something else: then a gateway in between has answered."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Lost(f"the answer with status {self.status} can't be read") from None

    def span(self, times: Collection[float], around: float = AROUND) -> tuple[float, float]:
        """What our unix times are, from the first to the last, by the clock of the other side, and some time around."""
        try:
            ahead = parsedate_to_datetime(self.headers["date"]).timestamp() - time.time()
        except (KeyError, ValueError, OverflowError):
            ahead, around = 0.0, UNCERTAIN
        return min(times) + ahead - around, max(times) + ahead + around

    @property
    def retry_after(self) -> float:
        """Seconds; 0 where the header is absent or says nothing."""
        return seconds(self.headers.get("retry-after", ""), time.time())


async def settled(begun: float) -> bool:
    """Wait until what was handed over at the unix time `begun` is taken or not; False where that takes too long."""
    left = begun + SETTLED - time.time()
    await asyncio.sleep(min(max(left, 0.0), PATIENCE))
    return left <= PATIENCE


@cache
def tls() -> SSLContext:
    """Made once, since it reads all certificates."""
    return httpx.create_ssl_context(trust_env=False)


def ordinary() -> httpx.AsyncHTTPTransport:
    """HTTP/1.1."""
    return httpx.AsyncHTTPTransport(verify=tls(), trust_env=False, limits=LIMITS)


def http2() -> httpx.AsyncHTTPTransport:
    """HTTP/2 and nothing else, many requests on a connection; where there is no TLS without asking (RFC 9113 §3.3)."""
    return httpx.AsyncHTTPTransport(verify=tls(), trust_env=False, limits=LASTING, http1=False, http2=True)


Way = Callable[[], httpx.AsyncHTTPTransport]


async def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes = b"",
    longest: int = LONGEST,
    way: Way = ordinary,
) -> Answer:
    """Raises `Unreached` and `Lost`, neither of which tells the address or anything of the request."""
    own = {"accept-encoding": "identity", "user-agent": "dangol", **headers}
    try:
        async with asyncio.timeout(WHOLE):
            try:
                return await _once(method, url, own, content, longest, way)
            except _Stale:  # the other side has closed a connection that was there before; a fresh one may stand
                return await _once(method, url, own, content, longest, way)
    except (_Stale, httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Unreached(f"no connection ({type(error).__name__.strip('_')})") from None
    except (httpx.TransportError, TimeoutError) as error:
        raise Lost(f"no answer ({type(error).__name__})") from None


class _Stale(Exception):
    """A connection ended before all of the request was out on it, so the request was surely not taken."""


class _Body(httpx.AsyncByteStream):
    """A request's body, which knows whether all of it was written: its reader comes back for more only then."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.is_out = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.is_out = False
        yield self.content
        self.is_out = True


async def _once(method: str, url: str, headers: Mapping[str, str], content: bytes, longest: int, way: Way) -> Answer:
    body = _Body(content)
    request = httpx.Request(method, url, headers=headers, content=content, extensions={"timeout": TIMEOUTS})
    request.stream = body  # the headers are made of the content
    try:
        return await _answer(await _transport(way), request, longest)
    except (httpx.WriteError, httpx.ReadError, httpx.ProtocolError):
        if body.is_out or not content:
            raise
        raise _Stale from None


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


_open: dict[tuple[asyncio.AbstractEventLoop, Way], tuple[httpx.AsyncHTTPTransport, AsyncGenerator[None]]] = {}


async def _transport(way: Way) -> httpx.AsyncHTTPTransport:
    place = asyncio.get_running_loop(), way
    if place not in _open:
        transport = way()
        closer = _closer(place, transport)
        _open[place] = transport, closer
        await anext(closer)
    return _open[place][0]


async def _closer(
    place: tuple[asyncio.AbstractEventLoop, Way], transport: httpx.AsyncHTTPTransport
) -> AsyncGenerator[None]:
    """A generator, since an event loop closes those when it ends: nobody else tells a plugin that it does."""
    try:
        yield
    finally:
        del _open[place]
        await transport.aclose()


def seconds(retry_after: str, now: float) -> float:
    """A Retry-After header, a number or a date, in seconds from the unix time; 0 where it says nothing, a day at
    most."""
    if retry_after.isascii() and retry_after.isdigit():
        return min(float(retry_after[:9]), LONGEST_WAIT)
    try:
        when: float = parsedate_to_datetime(retry_after).timestamp()
    except (ValueError, OverflowError):
        return 0.0
    return min(max(when - now, 0.0), LONGEST_WAIT)
