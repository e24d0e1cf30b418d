"""Fixtures for all tests: a real embedded store, emptied for each test, and a whole house over it."""

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, Literal, TypeVar

import hypothesis
import msgspec
import pytest
import uvicorn
from redis import Redis

from dangol.definitions import document, repository
from dangol.definitions.model import Definitions
from dangol.fakes.accounts import Accounts
from dangol.fakes.app import create as fake_providers
from dangol.fakes.arrival import Arrival
from dangol.fakes.environment import environment
from dangol.fakes.faults import Fault, Name, Provider
from dangol.fakes.serve import running
from dangol.fakes.templates import Registered
from dangol.fakes.world import World
from dangol.host.registry import Registry
from dangol.house import House
from dangol.recommend.warming import warm
from dangol.settings import Settings
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.web.app import create, options

T = TypeVar("T")

# How long an example takes says more about what else the machine does.
hypothesis.settings.register_profile("dangol", deadline=None)
hypothesis.settings.load_profile("dangol")

SITE: dict[str, Any] = {
    "id": "shop",
    "key": "public-key",
    "name": {"ko": "가게", "en": "Shop"},
    "origins": ["https://shop.example"],
    "language": "en",
}


@pytest.fixture
def anyio_backend() -> str:
    """asyncio is what dangol runs on."""
    return "asyncio"


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """A running Valkey, shared by the session."""
    store = EmbeddedStore(tmp_path_factory.mktemp("store"))
    store.start()
    yield store
    store.stop()


@pytest.fixture
async def link(store: EmbeddedStore, anyio_backend: str) -> AsyncIterator[Link]:
    """A link to an empty store."""
    link = Link(store.url)
    await link.call("FLUSHALL")
    yield link
    link.close()


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[EmbeddedStore]:
    """A store of the test's own, which it may kill and start again."""
    store = EmbeddedStore(tmp_path / "mortal")
    store.start()
    yield store
    store.stop()


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The plugins that are installed, which are at least the built-in ones."""
    return Registry.load()


Define = Callable[..., Definitions]


@pytest.fixture
def define(registry: Registry) -> Define:
    """Makes checked definitions of a shop: `define(segments=[...], campaigns=[...], origins=[...])`. What is no part of
    a document is a field of the site."""
    names = {field.name for field in msgspec.structs.fields(Definitions)} - {"site"}

    def make(segments: Any = (), campaigns: Any = (), **given: Any) -> Definitions:
        given |= {"segments": list(segments), "campaigns": list(campaigns)}
        parts = {name: given[name] for name in names & given.keys() if given[name]}
        site = {name: value for name, value in given.items() if name not in names}
        return document.check({"site": {**SITE, **site}, **parts}, "test", registry)

    return make


NewHouse = Callable[..., House]


@pytest.fixture
def new_house(store: EmbeddedStore, registry: Registry, define: Define) -> NewHouse:
    """Saves definitions in the emptied store and makes a house that has not read them yet:
    `new_house(define(...), rate_limit=5)`. What follows the definitions are settings. `url` is another store's."""
    with Redis.from_url(store.url) as client:
        client.flushall()

    def make(definitions: Definitions | None = None, url: str = store.url, **settings: Any) -> House:
        wanted = definitions or define()

        async def save() -> None:
            link = Link(url)
            await repository.save(link, wanted)
            link.close()

        _beside(save)
        return House(Settings(**{"secret": "s" * 32, "rate_limit": 1e6, **settings}), url, registry)

    return make


def _beside(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run in a loop and thread of its own, since the test may have a running loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(main())).result()


Open = Callable[[House], Coroutine[Any, Any, House]]


@pytest.fixture
async def opened(anyio_backend: str) -> AsyncIterator[Open]:
    """Opens houses for use in the test's own loop, and closes them after it: `house = await opened(new_house())`."""
    houses: list[House] = []

    async def take(house: House) -> House:
        houses.append(house)
        # As `House.open` does: a widget has a budget, and loading compiled kernels may take longer.
        warm(house.registry, house.guard)
        await house.adopt(await repository.read_all(house.link))
        return house

    yield take
    for house in houses:
        await house.close()


@pytest.fixture
async def house(new_house: NewHouse, opened: Open) -> House:
    """An open house with a shop that has no campaigns."""
    return await opened(new_house())


Served = Callable[[House], str]


@pytest.fixture
def served() -> Iterator[Served]:
    """Serves houses over real sockets until the test ends: `url = served(new_house())`. A house that is served lives
    in the server's thread; a test must not call it."""
    running: list[tuple[uvicorn.Server, Thread]] = []

    def serve(house: House) -> str:
        config = uvicorn.Config(create(house), **options(house.settings) | {"port": 0, "log_level": "warning"})
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        running.append((server, thread))
        _await(lambda: server.started and house.loaded.is_set(), thread)
        return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"

    yield serve
    for server, thread in running:
        server.should_exit = True
        thread.join(10)


def _await(ready: Callable[[], bool], thread: Thread) -> None:
    deadline = time.monotonic() + 30
    while not ready():
        assert thread.is_alive(), "the server ended while it started"
        assert time.monotonic() < deadline, "the server did not get ready"
        time.sleep(0.01)


DOCUMENTED = Path(__file__).parents[1] / "docs/examples/nginx.conf"
AROUND = """
daemon off;
pid pid;
error_log error.log warn;
events { worker_connections 64; }
http {
    access_log access.log;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    gzip on; gzip_types *; gzip_proxied any;
    server {
        listen 127.0.0.1:PORT;
        include dangol.conf;
        REST
    }
}
"""


@dataclass
class Nginx:
    """A shop's own web server: its address, and the folder with its logs."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def serve(self, dangol: str, rest: str) -> None:
        """Start with the documented configuration, dangol at that address, and the `rest` of the shop."""
        found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        if not found:
            pytest.exit("these tests need nginx: scripts/nginx installs Debian's", returncode=4)
        port = self.url.rpartition(":")[2]
        (self.folder / "dangol.conf").write_text(DOCUMENTED.read_text().replace("http://127.0.0.1:8000", dangol))
        (self.folder / "nginx.conf").write_text(AROUND.replace("PORT", port).replace("REST", rest))
        config = self.folder / "nginx.conf"
        self.process = subprocess.Popen([found, "-p", self.folder, "-c", config, "-e", "stderr"])
        end = time.monotonic() + 10
        while not _is_open(int(port)):
            assert self.process.poll() is None, "nginx ended while it started"
            assert time.monotonic() < end, "nginx did not get ready"
            time.sleep(0.02)


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    """A real nginx on a free port, as the user who runs the tests; it has to be told what to serve."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Nginx(f"http://127.0.0.1:{port}", tmp_path)
    yield server
    if server.process:
        server.process.terminate()
        server.process.wait(10)


@dataclass
class Fakes:
    """The fake providers, their address and all that they remember. `environment` is what makes the channels use them:
    `monkeypatch.setenv(name, value)` for each."""

    url: str
    world: World

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.world.accounts, self.url)

    def arrived(self, provider: Provider | None = None) -> list[Arrival]:
        """What has arrived, the oldest first."""
        return self.world.of(provider)

    def fault(self, fault: Name, provider: Provider | Literal[""] = "", **how: Any) -> None:
        """Let something go wrong: `fakes.fault("429", "solapi", times=2)`; see `dangol.fakes.faults.Fault`."""
        self.world.faults.add(Fault(fault, provider, **how))

    def hook(self, provider: Provider, url: str) -> None:
        """Tell the results of a provider there."""
        self.world.hooks[provider] = url

    def template(self, provider: Provider, code: str, text: str, **more: Any) -> None:
        """Let a provider know a template, its variables written `#{name}`."""
        self.world.templates[provider].register(Registered(code, text, **more))


@pytest.fixture(scope="session")
def accounts() -> Accounts:
    """The accounts of the fake providers: making their keys takes a while."""
    return Accounts()


@pytest.fixture
def fakes(accounts: Accounts) -> Iterator[Fakes]:
    """The fake providers on a real socket, with nothing arrived and nothing going wrong. Results are known after 50
    milliseconds."""
    world = World(accounts, delay=0.05)
    with running(fake_providers(world, pause=0.05)) as url:
        yield Fakes(url, world)
