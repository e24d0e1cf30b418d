"""Images that a marketer names by their address and a provider wants to keep itself."""

import asyncio

import httpcore
import httpx

from dangol_plugins.batches import Unfit
from dangol_plugins.http import Unreached, tls
from dangol_plugins.outside import NotPublic, PublicOnly

WHOLE = 4.0
TIMEOUT = {"connect": 2.0, "read": 3.0, "write": 3.0, "pool": 1.0}


async def fetched(address: str, longest: int) -> bytes:
    """The image. Only what is public on the internet is asked, and what redirects is not followed. Raises `Unfit` for
    what will never do, `Unreached` where it may be there later."""
    try:
        if (url := httpx.URL(address)).scheme != "https" or not url.host:
            raise Unfit("an image must be at an https address, or the id under which the provider keeps it")
        plain = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        async with asyncio.timeout(WHOLE), httpcore.AsyncConnectionPool(tls(), network_backend=PublicOnly()) as pool:
            return await _read(pool, plain, longest)
    except NotPublic:
        raise Unfit("the address of an image leads to a host that is not public") from None
    except (httpcore.UnsupportedProtocol, httpcore.LocalProtocolError, httpx.InvalidURL, ValueError):
        raise Unfit("the address of an image is none") from None
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, TimeoutError) as error:
        raise Unreached(f"an image could not be fetched ({type(error).__name__})") from None


async def _read(pool: httpcore.AsyncConnectionPool, address: httpcore.URL | str, longest: int) -> bytes:
    async with pool.stream("GET", address, extensions={"timeout": TIMEOUT}) as response:
        if response.status != 200:
            raise Unreached(f"an image could not be fetched (status {response.status})")
        body = bytearray()
        async for chunk in response.aiter_stream():
            body += chunk
            if len(body) > longest:
                raise Unfit(f"an image is larger than {longest} bytes")
        return bytes(body)
