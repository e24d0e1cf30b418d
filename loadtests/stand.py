"""The system under test: store, `dangol serve` and `dangol worker`, each a process, in a folder of their own."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from dangol.demo.history import sample
from dangol.demo.replay import product_row
from dangol.protocol.event import Entry, Event
from dangol.protocol.tokens import Keys
from dangol.store import keys
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link

ROOT = Path(__file__).parent.parent
SITE = Path(__file__).with_name("site.yaml")
SITE_ID = "load"
SECRET = "a secret of the load test, long enough"
SHOP = "http://shop.test"
STARTING = 60.0
CATCHING_UP = 15.0
TAIL = 600

_decode = msgspec.msgpack.Decoder(Entry).decode


class Broken(Exception):
    """What was to be tested did not start, or came to an end."""


@dataclass(frozen=True)
class Stand:
    """A running dangol: its address, its store's, and the log files of its processes."""

    base: str
    store_url: str
    logs: dict[str, Path]

    def errors(self) -> list[str]:
        """What the processes logged as an error."""
        return [
            f"{name}: {line}"
            for name, path in self.logs.items()
            for line in path.read_text().splitlines()
            if " ERROR " in line or line.startswith("Traceback")
        ]


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running() -> Iterator[Stand]:
    """All of it, with the load test's definitions in force and the sample's products known. Raises `Broken`."""
    with tempfile.TemporaryDirectory(prefix="dangol-load-") as name:
        folder, port = Path(name), free_port()
        store = EmbeddedStore(folder / "store")
        store.start()
        environment = os.environ | {
            "DANGOL_REDIS_URL": store.url,
            "DANGOL_DATA_DIR": str(folder),
            "DANGOL_PORT": str(port),
            "DANGOL_SECRET": SECRET,
            "DANGOL_RATE_LIMIT": "1000000",  # all shoppers come from one address
            "DANGOL_LOG_LEVEL": "warning",
        }
        processes: list[subprocess.Popen[bytes]] = []
        try:
            subprocess.run(_command("apply", str(SITE)), env=environment, check=True, capture_output=True)
            stand = Stand(f"http://127.0.0.1:{port}", store.url, {})
            for command in ("serve", "worker"):
                stand.logs[command] = folder / f"{command}.log"
                with stand.logs[command].open("wb") as log:
                    processes.append(subprocess.Popen(_command(command), env=environment, stdout=log, stderr=log))
            _wait_until_ready(stand, processes)
            _teach_products(stand)
            yield stand
            _check_alive(stand, processes)
        except subprocess.CalledProcessError as error:
            raise Broken(f"dangol apply: {error.stderr.decode()[-TAIL:]}") from error
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()
            store.stop()


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dangol", *arguments]


def _check_alive(stand: Stand, processes: list[subprocess.Popen[bytes]]) -> None:
    for (name, path), process in zip(stand.logs.items(), processes, strict=True):
        if process.poll() is not None:
            raise Broken(f"dangol {name} ended with code {process.returncode}: {path.read_text()[-TAIL:]}")


def _wait_until_ready(stand: Stand, processes: list[subprocess.Popen[bytes]]) -> None:
    answer = "no answer"
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline:
        _check_alive(stand, processes)
        try:
            response = httpx.get(f"{stand.base}/readyz")
        except httpx.TransportError:  # it does not listen yet
            time.sleep(0.05)
            continue
        if response.status_code == 200:
            return
        answer = response.text
        time.sleep(0.05)
    raise Broken(f"dangol is not ready after {STARTING:.0f} s: {answer}")


def _teach_products(stand: Stand) -> None:
    key = Keys.derive(SECRET.encode(), SITE_ID).server
    rows = [product_row(product, SHOP) for product in sample().products.values()]
    headers = {"Authorization": f"Bearer {key}"}
    response = httpx.post(
        f"{stand.base}/v1/products", content=msgspec.json.encode({"products": rows}), headers=headers, timeout=30
    )
    if response.is_error:
        raise Broken(f"POST /v1/products: {response.status_code} {response.text[:TAIL]}")


async def events_in_log(link: Link) -> list[Event]:
    """All events in the log."""
    found = []
    for number in range(keys.PARTITIONS):
        for _, fields in await link.call("XRANGE", keys.log(number), "-", "+"):
            found += _decode(fields[1]).events
    return found


async def logged_events(url: str) -> list[Event]:
    """All events in the log of the store at `url`."""
    link = Link(url, timeout=30)
    try:
        return await events_in_log(link)
    finally:
        link.close()


async def logged(url: str) -> list[str]:
    """The ids of all events in the log of the store at `url`."""
    return [event.id for event in await logged_events(url)]


async def backlog(url: str) -> int:
    """How many entries wait for the job that is furthest behind, over all partitions."""
    link = Link(url)
    try:
        worst = 0
        for number in range(keys.PARTITIONS):
            if not await link.call("EXISTS", keys.log(number)):
                continue
            for flat in await link.call("XINFO", "GROUPS", keys.log(number)):
                group = dict(zip(flat[::2], flat[1::2], strict=True))
                worst = max(worst, (group[b"lag"] or 0) + group[b"pending"])
        return worst
    finally:
        link.close()
