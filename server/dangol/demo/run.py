"""`dangol demo`: store, server, worker, sample shop and fake providers in one process."""

import asyncio
import logging
import os
import shutil
import signal
import socket
from contextlib import AbstractContextManager, nullcontext
from importlib.resources import files
from pathlib import Path

import click
import uvicorn
from starlette.types import ASGIApp

from dangol.definitions import document, repository
from dangol.definitions.model import Definitions
from dangol.demo import guide, phone, replay, shop
from dangol.demo.settings import ShopSettings
from dangol.errors import DangolError
from dangol.fakes import app as fakes
from dangol.fakes.environment import environment
from dangol.fakes.serve import LOOPBACK, running
from dangol.fakes.world import World
from dangol.host.registry import Registry
from dangol.house import House
from dangol.protocol.tokens import Keys
from dangol.settings import Settings
from dangol.store.embedded import store_at
from dangol.web.app import create
from dangol.worker.process import worker_for

SITE = "demo"
SENDER = "kakao"
REPLAYED = "{defs}demo-replayed"
LOOK = 0.02
PORTS = 3
"""The server's, the shop's and the fake providers', one after the other."""


def run(port: int, fresh: bool) -> None:
    """Serve dangol on `port`, the shop on the next one and the fake providers on the one after that, until Ctrl-C.
    Raises click.ClickException when it can't."""
    logging.basicConfig(level="WARNING", format="%(levelname)s %(name)s: %(message)s")
    folder = Path(os.environ.get("DANGOL_DATA_DIR", ".dangol/demo"))
    base, shop_url = f"http://localhost:{port}", f"http://localhost:{port + 1}"
    settings = Settings(data_dir=str(folder), port=port, rate_limit=1000, public_url=base)
    ports = range(port, port + PORTS)
    if problem := next(filter(None, map(_problem_with, ports)), ""):
        others = "`dangol demo --port N` or `make demo PORT=N` takes N and the next two"
        raise click.ClickException(f"{problem}; the demo needs {ports[0]} to {ports[-1]}, and {others}")
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    world = World(delay=2.0, hooks={"solapi": f"http://{LOOPBACK}:{port}/v1/hooks/{SITE}/{SENDER}"})
    try:
        wanted = _wanted(shop_url)
        phone.register(world, wanted)
        with store_at("", folder) as url, running(fakes.create(world), port + 2) as fake:
            os.environ.update(environment(world.accounts, fake))
            asyncio.run(_serve(settings, url, wanted, base, shop_url, fake))
    except DangolError as error:
        raise click.ClickException(str(error)) from error


def _problem_with(port: int) -> str:
    """Why the port can't be taken; empty where it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("localhost", port))
        except OSError as error:
            return f"port {port}: {error.strerror}"
    return ""


async def _serve(settings: Settings, url: str, wanted: Definitions, base: str, shop_url: str, fake: str) -> None:
    house = House(settings, url)
    keys = Keys.derive(house.master, SITE)
    await _define(house, wanted)
    front = ShopSettings(base, "pk_demo_shop", keys.identity, keys.server, shop_url, keys.admin, fake)
    server, shop_server = _server(create(house), settings.port), _server(shop.create(front), settings.port + 1)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())
        await house.loaded.wait()
        await _started(server)
        worker = worker_for(house)
        working = group.create_task(worker.run())
        await replay.run(base, keys.server, shop_url, already=bool(await house.link.call("GET", REPLAYED)))
        await house.link.call("SET", REPLAYED, "1")
        # Who came before would wait for thousands of orders, and find strips without what is learned from them.
        group.create_task(shop_server.serve())
        await _started(shop_server)
        click.echo(guide.text(front))
        await stopping.wait()
        await worker.stop()
        await working
        server.should_exit = shop_server.should_exit = True


class _Quiet(uvicorn.Server):
    """A server that leaves the signals to the process that runs several of them."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


async def _started(server: uvicorn.Server) -> None:
    while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
        await asyncio.sleep(LOOK)


def _server(app: ASGIApp, port: int) -> uvicorn.Server:
    return _Quiet(uvicorn.Config(app, host="localhost", port=port, log_level="warning", access_log=False))


def _wanted(shop_url: str) -> Definitions:
    """The demo's definitions, for the ports that the shop and the fake providers have."""
    port = int(shop_url.rpartition(":")[2])
    text = files("dangol.demo").joinpath("site.yaml").read_text()
    text = text.replace("localhost:8001", f"localhost:{port}").replace("localhost:8002", f"localhost:{port + 1}")
    return document.load_yaml(text, "site.yaml", Registry.load())


async def _define(house: House, wanted: Definitions) -> None:
    """What was changed by `dangol apply` stays."""
    stored = await repository.read(house.link, SITE)
    if stored is None or stored[1].site.origins != wanted.site.origins:
        await repository.save(house.link, wanted)
