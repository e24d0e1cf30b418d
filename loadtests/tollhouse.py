"""A shop and a collector on two origins that count what a tracker sends."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

CARDS = 120
SETTINGS = {"integrations": {"Segment.io": {"apiKey": "benchmark"}}, "plan": {}, "config": {}, "featureFlags": {}}


@dataclass
class Traffic:
    """What has reached the collector: `sent` are the bodies' sizes in bytes; files are no traffic."""

    sent: list[int] = field(default_factory=list)
    preflights: int = 0
    fetched: list[str] = field(default_factory=list)


@dataclass
class Tollhouse:
    """Both servers are one: `port` at localhost is the shop, at 127.0.0.1 the collector."""

    port: int
    scripts: dict[str, bytes]
    traffic: Traffic = field(default_factory=Traffic)

    def page(self, tracker: str) -> bytes:
        """A list of products with a picture above them, and the tracker's script line."""
        line = (
            f'<script async src="http://127.0.0.1:{self.port}/v1/{tracker}.js" data-site="pk_benchmark_shop"></script>'
        )
        picture = (
            "<svg xmlns='http://www.w3.org/2000/svg' width='600' height='300'><rect width='600' height='300'/></svg>"
        )
        cards = "".join(f"<li><h2>Tea {n}</h2><p>Leaves of {n} gardens, {n} pounds</p></li>" for n in range(CARDS))
        head = f'<meta charset="utf-8"><title>Teas</title><link rel="icon" href="data:,">{line if tracker else ""}'
        body = f'<img width="600" height="300" src="data:image/svg+xml,{picture}"><ul>{cards}</ul>'
        return f"<!doctype html><html lang=en><head>{head}</head><body>{body}</body></html>".encode()


@contextmanager
def tollhouse(scripts: dict[str, bytes], port: int) -> Iterator[Tollhouse]:
    """Serve until the end of the block; scripts lie at /v1/<tracker>.js, pages at /<tracker>."""
    house = Tollhouse(port, scripts)
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(house))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield house
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(house: Tollhouse) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.partition("?")[0]
            if name.startswith("/v1/") and name.endswith(".js") and name[4:-3] in house.scripts:
                self._answer(house.scripts[name[4:-3]], "text/javascript")
            elif name.startswith("/page/"):
                self._answer(house.page(name[6:]), "text/html; charset=utf-8")
            else:
                house.traffic.fetched.append(name)
                self._answer(json.dumps(SETTINGS if "settings" in name else {}).encode(), "application/json")

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            self.rfile.read(length)
            house.traffic.sent.append(length)
            self._answer(b"{}", "application/json")

        def do_OPTIONS(self) -> None:
            house.traffic.preflights += 1
            self._answer(b"", "text/plain")

        def _answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            given = {
                "Content-Type": kind,
                "Content-Length": str(len(body)),
                "Access-Control-Allow-Origin": self.headers.get("Origin", "*"),
                "Access-Control-Allow-Credentials": "true",
                "Access-Control-Allow-Headers": self.headers.get("Access-Control-Request-Headers", "content-type"),
                "Access-Control-Allow-Methods": "GET, POST",
            }
            for name, value in given.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """The table says what there is to say."""

    return Handler
