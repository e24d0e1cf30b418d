"""Serving the fake providers, HTTP/1.1 and HTTP/2 on one port."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from threading import Thread

from hypercorn.asyncio import serve
from hypercorn.config import Config
from starlette.applications import Starlette

LOOPBACK = "127.0.0.1"


def bound(port: int) -> socket.socket:
    """A socket that listens on this machine only; port 0 is any free one. Raises OSError where the port is taken."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
        listening.listen(1024)
    except OSError:
        listening.close()
        raise
    return listening


async def run(app: Starlette, listening: socket.socket, until: Callable[[], Awaitable[object]] | None = None) -> None:
    """Serve until `until` returns, without it until a signal. APNs' clients speak HTTP/2 without TLS here, with prior
    knowledge (RFC 9113, 3.3)."""
    config = Config()
    config.bind = [f"fd://{listening.detach()}"]
    config.graceful_timeout = 0.1
    config.keep_alive_timeout = 60
    config.h2_max_concurrent_streams = 1000
    config.accesslog = None
    config.loglevel = "WARNING"
    await serve(app, config, shutdown_trigger=until)  # type: ignore[arg-type]


@contextmanager
def running(app: Starlette, port: int = 0) -> Iterator[str]:
    """Serve beside what else this process does, in a thread; gives the address. It listens at once: who is quicker than
    the server waits."""
    listening = bound(port)
    address = f"http://{LOOPBACK}:{listening.getsockname()[1]}"
    loop, over = asyncio.new_event_loop(), asyncio.Event()
    thread = Thread(target=loop.run_until_complete, args=(run(app, listening, over.wait),), daemon=True)
    thread.start()
    try:
        yield address
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()


def serve_forever(app: Starlette, listening: socket.socket) -> None:
    """Until Ctrl-C."""
    asyncio.run(run(app, listening))
