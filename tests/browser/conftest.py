"""A real Chromium, a shop's page, and a collector that records what it is sent and answers as it is told."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner
from loadtests.browser import DESKTOP
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from dangol.cli import main
from dangol.protocol.envelope import read
from dangol.store.embedded import EmbeddedStore

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--user-agent={DESKTOP}",  # a headless browser's own is a robot's
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

META = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
MAIN = "<main><h1>Shop</h1></main>"
STUB = f"<script>{(files('dangol') / 'static' / 'stub.js').read_text('utf-8')}</script>"

Reply = tuple[int, dict[str, str], Any]


def find_chromium() -> str:
    """The browser to drive: $DANGOL_CHROMIUM, else the first on the PATH. Fails with one line when there is none."""
    named = os.environ.get("DANGOL_CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        where = f"$DANGOL_CHROMIUM={named} is no program" if named else f"none of {', '.join(NAMES)} is on the PATH"
        pytest.exit(f"browser tests need Chromium: {where}; install it or set DANGOL_CHROMIUM", returncode=4)
    return found


@dataclass
class Server:
    """HTTP on a free port: `routes` by path for GET; POSTs are recorded in `bodies` and answered by `reply`."""

    routes: dict[str, tuple[str, str | bytes, dict[str, str]]] = field(default_factory=dict)
    reply: Callable[[dict[str, Any]], Reply | None] = lambda body: (200, {}, {})
    bodies: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """All events received, in order of arrival; of one name if given."""
        return [event for body in self.bodies for event in body["events"] if name in (None, event["name"])]

    def wait(self, met: Callable[[], Any], seconds: float = 10) -> None:
        """Until `met`; fails with what has arrived."""
        end = time.monotonic() + seconds
        while not met():
            assert time.monotonic() < end, f"in {seconds} s only: {json.dumps(self.bodies, indent=1)}"
            time.sleep(0.02)


@dataclass
class Shop(Server):
    """Pages with the script line."""

    script: str = ""

    def put(
        self,
        path: str,
        *,
        head: str = "",
        body: str = MAIN,
        headers: dict[str, str] | None = None,
        attributes: str = "",
    ) -> None:
        """A page at `path`; `head` comes before the script line, `attributes` are that line's."""
        line = f'<script async src="{self.script}" data-site="pk_testing" {attributes}></script>'
        html = f'<html lang="ko"><head>{META}<title>Shop</title>{head}{line}</head><body>{body}</body></html>'
        self.routes[path] = ("text/html", "<!doctype html>" + html, headers or {})


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.requests.append(("GET", self.path, dict(self.headers)))
            kind, content, extra = server.routes.get(self.path.split("?")[0], ("text/plain", b"", {"Status": "404"}))
            self._send(int(extra.get("Status", 200)), {"Content-Type": kind, **extra}, content)

        def do_OPTIONS(self) -> None:
            server.requests.append(("OPTIONS", self.path, dict(self.headers)))
            self._send(400, {}, b"no preflight is expected")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.requests.append(("POST", self.path, dict(self.headers)))
            answer = server.reply(body)
            if answer is None:  # the network breaks
                self.close_connection = True
                return
            server.bodies.append(body)
            status, headers, content = answer
            self._send(status, {"Content-Type": "application/json", **headers}, json.dumps(content).encode())

        def _send(self, status: int, headers: dict[str, str], content: str | bytes) -> None:
            data = content.encode() if isinstance(content, str) else content
            self.send_response(status)
            origin = self.headers.get("Origin", "*")
            shared = {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "Retry-After"}
            if origin != "*":
                shared["Access-Control-Allow-Credentials"] = "true"
            for name, value in {**shared, **headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """The tests say what they need to."""

    return Handler


S = TypeVar("S", bound=Server)


def _serve(server: S) -> Iterator[S]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    server.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def collector() -> Iterator[Server]:
    """Serves the built scripts and records events, which in the end must all pass the server's own strict reading."""
    static = files("dangol") / "static"
    routes: dict[str, tuple[str, str | bytes, dict[str, str]]] = {
        f"/v1/{path.name}": ("text/javascript", path.read_bytes(), {})
        for path in static.iterdir()
        if path.name.endswith(".js")
    }
    server = Server(routes)
    yield from _serve(server)
    for body in server.bodies:
        read(json.dumps(body, ensure_ascii=False).encode())


@pytest.fixture
def shop(collector: Server) -> Iterator[Shop]:
    """A shop on another origin than the collector, with an all but empty page at / and the same at /other."""
    shop = Shop(script=f"{collector.url}/v1/dangol.js")
    shop.put("/")
    shop.put("/other")
    yield from _serve(shop)


# One module at a time: while Playwright runs, no other event loop may run in this thread, and other tests need theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 800})
    # How often something of ours surfaced in the page.
    made.add_init_script(
        "window.surfaced = []; addEventListener('error', (e) => surfaced.push(e.message));"
        "addEventListener('unhandledrejection', (e) => surfaced.push(String(e.reason)))"
    )
    made.set_default_timeout(8_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@dataclass
class Dangol:
    """The real server as a process of its own, on a store that a test may stop."""

    url: str
    store: EmbeddedStore
    environment: dict[str, str]
    folder: Path

    def run(self, *command: str) -> str:
        """What `dangol COMMAND` prints; fails with its errors. Its event loop needs a thread without Playwright's."""
        runner = CliRunner(env=self.environment)
        with ThreadPoolExecutor(1) as beside:
            done = beside.submit(runner.invoke, main, command).result(60)
        assert done.exit_code == 0, done.output
        return done.stdout

    def apply(self, definitions: dict[str, Any]) -> None:
        """Put definitions in force, and wait until the running server follows."""
        site = definitions["site"]["id"]
        key = next(word for word in self.run("keys", site).split() if word.startswith("ak_"))
        before = self._version(key)
        file = self.folder / "site.yaml"
        file.write_text(json.dumps(definitions, ensure_ascii=False))  # JSON is YAML
        self.run("apply", str(file))
        end = time.monotonic() + 30
        while self._version(key) == before:
            assert time.monotonic() < end, "the server does not follow its definitions"
            time.sleep(0.05)

    def _version(self, key: str) -> int:
        status, told = self.get("/v1/admin/definitions", {"Authorization": f"Bearer {key}"})
        return int(json.loads(told)["version"]) if status == 200 else 0

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and text of a GET."""
        try:
            with urlopen(Request(self.url + path, headers=headers or {}), timeout=5) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def wait(self, ready: bool = True) -> None:
        """Until /readyz says so."""
        end = time.monotonic() + 60
        while True:
            try:
                status, said = self.get("/readyz")
            except URLError as error:
                status, said = 0, str(error)
            if (status == 200) is ready:
                return
            assert time.monotonic() < end, said
            time.sleep(0.1)


@pytest.fixture(scope="module")
def dangol(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dangol]:
    """A server without definitions; `Dangol.apply` gives it some."""
    folder = tmp_path_factory.mktemp("dangol")
    store = EmbeddedStore(folder / "store")
    store.start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {
        "DANGOL_REDIS_URL": store.url,
        "DANGOL_PORT": str(port),
        "DANGOL_DATA_DIR": str(folder),
        "DANGOL_SECRET": "a secret of the tests, long enough",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DANGOL_")} | given
    process = subprocess.Popen([sys.executable, "-m", "dangol", "serve"], env=environment)
    running = Dangol(f"http://127.0.0.1:{port}", store, environment, folder)
    try:
        running.wait()
        yield running
    finally:
        process.terminate()
        process.wait(20)
        store.stop()


@pytest.fixture
def front(dangol: Dangol) -> Iterator[Shop]:
    """A shop whose pages load the snippet from the real server."""
    shop = Shop(script=f"{dangol.url}/v1/dangol.js")
    for path in ("/", "/other", "/product/1"):
        shop.put(path)
    yield from _serve(shop)


@dataclass
class Demo:
    """`dangol demo` in a folder of its own: the process, what it printed so far, and where dangol, the shop and the
    phone are."""

    process: subprocess.Popen[bytes]
    output: Path
    dangol: str
    shop: str
    phone: str

    @property
    def admin(self) -> str:
        """The admin key."""
        found = re.search(r"ak_[\w-]+", self.output.read_text())
        assert found
        return found[0]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Started in an empty folder, ready when it tells what to try."""
    folder = tmp_path_factory.mktemp("demo")
    port = _three_free_ports()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DANGOL_")}
    output = folder / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "dangol", "demo", "--port", str(port)],
            cwd=folder,
            env=environment | {"LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + 120
        while "Ctrl-C" not in output.read_text():
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < end, output.read_text()
            time.sleep(0.1)
        yield Demo(process, output, *(f"http://localhost:{port + place}" for place in range(3)))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _three_free_ports() -> int:
    while True:
        with socket.socket() as first, socket.socket() as second, socket.socket() as third:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
                third.bind(("127.0.0.1", port + 2))
            except OSError:
                continue
            return port
