"""How many events are lost or counted twice when pages, networks, browsers and collectors go wrong.

python -m loadtests.loss --tries 200 [--only crash] [--side-by-side 6]
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.resources import files

import click
from playwright.async_api import Browser, Error, TimeoutError, async_playwright
from tests.browser.conftest import FLAGS, find_chromium

from dangol.protocol.event import Event
from loadtests.relay import Road, relay
from loadtests.situations import SHOP, SITUATIONS, Try
from loadtests.stand import Stand, logged_events, running

SITE_KEY = "pk_load_test_shop"
ARRIVING = 8.0
PATIENCE = 20_000  # ms for one step in the browser
AWAY = (
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n"
    f"Access-Control-Allow-Origin: {SHOP}\r\nAccess-Control-Allow-Credentials: true\r\n\r\n"
).encode()


def page(collector: str) -> bytes:
    """A page of the shop, with the stub and the script line of the collector at `collector`; or an empty one."""
    stub = files("dangol").joinpath("static", "stub.js").read_text("utf-8")
    script = f'<script async src="http://{collector}/v1/dangol.js" data-site="{SITE_KEY}"></script>'
    lines = f"<script>{stub}</script>{script}" if collector else ""
    body = f'<!doctype html><meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,">{lines}'.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


@asynccontextmanager
async def shop() -> AsyncIterator[int]:
    """The port of a server whose pages at /<situation>/<number> use the collector <situation>-<number>.test."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):  # a browser opens connections that it never uses
            path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
            _, situation, *number = path.split("/")
            writer.write(page(f"{situation}-{number[0]}.test" if number else ""))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def make(one: Try, situation: str, gate: asyncio.Semaphore) -> str:
    """One try; why it could not be made, if so. What is on its way may arrive while others are made."""
    one.context.set_default_timeout(PATIENCE)
    try:
        async with gate:
            await SITUATIONS[situation](one)
    except (Error, TimeoutError) as error:
        return f"{one.path}: {str(error).splitlines()[0]}"
    await asyncio.sleep(ARRIVING)
    return ""


async def rounds(stand: Stand, names: list[str], tries: int, side_by_side: int) -> list[str]:
    """Make all tries, a number of them at a time; why some could not be made."""
    roads: dict[str, Road] = {}
    collector = int(stand.base.rpartition(":")[2])
    gate = asyncio.Semaphore(side_by_side)
    room = asyncio.Semaphore(4 * side_by_side)

    async def one(browser: Browser, situation: str, number: int) -> str:
        road = roads[f"{situation}-{number}.test"] = Road(collector, away=AWAY)
        async with room, await browser.new_context() as context:
            return await make(Try(context, road, f"/{situation}/{number}"), situation, gate)

    async with shop() as front, relay(roads.get) as proxy, async_playwright() as playwright:
        roads.update({host: Road(front) for host in ("shop.test", "elsewhere.test")})
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=FLAGS, proxy={"server": f"socks5://127.0.0.1:{proxy}"}
        )
        todo = [one(browser, name, number) for number in range(tries) for name in names]
        failed = await asyncio.gather(*todo)
        await browser.close()
    return [reason for reason in failed if reason]


def count(events: list[Event], names: list[str], tries: int) -> dict[str, Counter[int]]:
    """By situation: how many tries have arrived how many times. A bounce has its page view to tell, too."""
    probes = Counter(str(event.props.get("try")) for event in events if event.name == "probe")
    views = Counter(event.page for event in events if event.name == "page_view")
    found = {name: Counter(probes[f"/{name}/{number}"] for number in range(tries)) for name in names}
    if "bounce" in names:
        found["bounce, page view"] = Counter(views[f"/bounce/{number}"] for number in range(tries))
    return found


@click.command()
@click.option("--tries", default=200, show_default=True, help="How many of each situation.")
@click.option("--only", multiple=True, type=click.Choice(list(SITUATIONS)), help="Only this situation.")
@click.option("--side-by-side", default=8, show_default=True, help="How many tries at a time.")
def main(tries: int, only: tuple[str, ...], side_by_side: int) -> None:
    """Lose events, or don't. Ends with code 1 when one was lost or counted twice, or a try could not be made."""
    names = list(only) or list(SITUATIONS)
    began = time.monotonic()
    with running() as stand:
        failed = asyncio.run(rounds(stand, names, tries, side_by_side))
        found = count(asyncio.run(logged_events(stand.store_url)), names, tries)
        errors = stand.errors()
    click.echo(f"{tries} tries each in {time.monotonic() - began:.0f} s\n{'situation':20}  once  lost  twice or more")
    for name, times in found.items():
        click.echo(f"{name:20} {times[1]:5} {times[0]:5} {sum(times.values()) - times[0] - times[1]:5}")
    for told in (*failed, *errors):
        click.echo(told, err=True)
    sys.exit(bool(failed or errors or any(set(times) - {1} for times in found.values())))


if __name__ == "__main__":
    main()
