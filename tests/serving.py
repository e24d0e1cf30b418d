"""A shop's own web server, for tests of what is fetched from it."""

import gzip
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import MappingProxyType
from typing import NamedTuple


class Asked(NamedTuple):
    """A request: its path with the query, and its headers by their names in small letters."""

    path: str
    headers: Mapping[str, str]


class Answer(NamedTuple):
    """What is answered; with `short` the connection is closed so many bytes before the body's end."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})
    short: int = 0


def packed(body: bytes) -> bytes:
    """The same by gzip, the same each time."""
    return gzip.compress(body, mtime=0)


@contextmanager
def serving(answer: Callable[[Asked], Answer]) -> Iterator[str]:
    """The address of a server that answers so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given = answer(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(given.status)
            for name, value in {"Content-Length": str(len(given.body)), **given.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(given.body[: len(given.body) - given.short])
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """The tests say what they need to."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}"
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
