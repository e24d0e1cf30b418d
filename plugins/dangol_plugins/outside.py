"""Connections to addresses that strangers have given: to what is public on the internet, and to nothing else."""

import asyncio
import socket
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from dangol.plugin import is_public
from dangol_plugins.http import tls

MOST_ADDRESSES = 3
MOST = 32
"""Connections at once."""


class NotPublic(Exception):
    """The name leads to an address that is not on the internet."""


def public() -> httpx.AsyncHTTPTransport:
    """HTTP/2 where it is spoken, to public addresses alone; the names keep their own connections and certificates."""
    transport = httpx.AsyncHTTPTransport()
    transport._pool = httpcore.AsyncConnectionPool(  # httpx has no argument for who connects
        ssl_context=tls(), max_connections=MOST, keepalive_expiry=60.0, http2=True, network_backend=PublicOnly()
    )
    return transport


class PublicOnly(httpcore.AsyncNetworkBackend):
    """What is checked is what is connected to, whatever the name leads to a moment later."""

    def __init__(self) -> None:
        self._any = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (httpcore's own)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises `NotPublic`, httpcore.ConnectError and httpcore.ConnectTimeout."""
        addresses = await _resolved(host, port, timeout)
        for address in addresses[:-1]:
            try:
                return await self._any.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._any.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)


async def _resolved(host: str, port: int, seconds: float | None) -> list[str]:
    """The name's addresses, each of them public."""
    try:
        async with asyncio.timeout(seconds):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError:
        raise httpcore.ConnectTimeout("the name was not found in time") from None
    except (OSError, UnicodeError):
        raise httpcore.ConnectError("the name was not found") from None
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))[:MOST_ADDRESSES]
    if not all(map(is_public, addresses)):
        raise NotPublic
    return addresses
