"""Memory of the store per profile after replaying the sample's shoppers, and the log's bytes per event.

The sample's members come with all of their orders through the shop's API, then as many new visitors walk through the
shop as on the real day that the load test follows. `MEMORY USAGE` counts a key with all that belongs to it; beside it
stands what the store gave back when all profiles were deleted, which counts the tables of keys too.
"""

import asyncio
import random
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx

from dangol.definitions import document
from dangol.demo.history import sample
from dangol.demo.replay import replay
from dangol.house import House
from dangol.protocol.tokens import Keys
from dangol.settings import Settings
from dangol.store import keys
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.web.app import create
from loadtests import day
from loadtests.browser import ORIGIN, Browser, Events, read
from loadtests.stand import SECRET, SHOP, SITE, SITE_ID, events_in_log

BASE = "http://dangol.test"
BAR, AIM = 2048, 1024


class Weight(NamedTuple):
    """Bytes of the profiles, of the log and of all the store holds, and the numbers of profiles and events."""

    profiles: int
    log: int
    used: int
    number: int
    events: int


async def used(link: Link) -> int:
    """The store's own count of its memory."""
    lines = (await link.call("INFO", "memory")).split(b"\r\n")
    return int(next(line for line in lines if line.startswith(b"used_memory:")).partition(b":")[2])


async def profile_keys(link: Link) -> list[bytes]:
    """The keys of all profiles."""
    found: list[bytes] = []
    cursor = b"0"
    while True:
        cursor, names = await link.call("SCAN", cursor, "MATCH", f"*p:{SITE_ID}:*", "COUNT", 1000)
        found += names
        if cursor == b"0":
            return found


async def weight(link: Link) -> Weight:
    """Weigh the store as it is."""
    names = await profile_keys(link)
    profiles = await asyncio.gather(*(link.call("MEMORY", "USAGE", name) for name in names))
    logs = await asyncio.gather(
        *(link.call("MEMORY", "USAGE", keys.log(number), "SAMPLES", 0) for number in range(keys.PARTITIONS))
    )
    return Weight(
        sum(profiles), sum(each or 0 for each in logs), await used(link), len(names), len(await events_in_log(link))
    )


async def freed(link: Link) -> int:
    """Bytes that the store gives back when all profiles go."""
    before = await used(link)
    for name in await profile_keys(link):
        await link.call("DEL", name)
    return before - await used(link)


async def walk(api: httpx.AsyncClient, visitors: int) -> None:
    """Let new visitors through the shop, each for one visit of the real day."""
    today, products, chance = day.load(), list(sample().products.values()), random.Random(7)

    async def send(browser: Browser, told: Events) -> Events:
        body, _ = browser.envelope("pk_load_test_shop", told, time.time_ns() // 1_000_000)
        answer = await api.post("/v1/events", content=body, headers={"Origin": ORIGIN, "User-Agent": browser.agent})
        return browser.see(read(answer.status_code, answer.content))

    for _ in range(visitors):
        browser = Browser(today, products, chance)
        browser.enter(returning=False)
        api.cookies.clear()
        step = today.after("enter", chance)
        while step != "leave":
            step, told = browser.step(step)
            while told:
                told = await send(browser, told)
            step = today.after(step, chance)


def told(name: str, weight: Weight) -> None:
    """Print one line."""
    print(f"{name:28} {weight.number:5} profiles, {weight.profiles / weight.number:6.0f} bytes each; ", end="")
    print(f"log {weight.log / weight.events:4.0f} bytes an event ({weight.events} events)")


async def measure(url: str, folder: str) -> None:
    """Replay, walk and weigh."""
    house = House(Settings(secret=SECRET, rate_limit=1e9, data_dir=folder), url)
    await house.adopt({SITE_ID: (1, document.load_yaml(SITE.read_text(), SITE.name, house.registry))})
    headers = {"Authorization": f"Bearer {Keys.derive(SECRET.encode(), SITE_ID).server}"}
    empty = await used(house.link)
    transport = httpx.ASGITransport(app=create(house))
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers, timeout=60) as api:
        await replay(api, SHOP, lambda rows: None, datetime.now(UTC))
        await house.shelves.caught_up(SITE_ID)
        members = await weight(house.link)
        told("members with their orders", members)
        await walk(api, members.number)
        everyone = await weight(house.link)
    visitors = Weight(*(after - before for after, before in zip(everyone, members, strict=True)))
    told("visitors of one visit", visitors)
    gone = await freed(house.link)
    print(f"together: {everyone.profiles / everyone.number:.0f} bytes a profile by MEMORY USAGE, ", end="")
    print(f"{gone / everyone.number:.0f} given back when deleted (bar {BAR}, aim {AIM}); ", end="")
    print(f"{(everyone.used - empty) / everyone.number:.0f} with log, catalogue and all")
    await house.close()


def main() -> None:
    """Print bytes per profile and per event."""
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.start()
        try:
            asyncio.run(measure(store.url, folder))
        finally:
            store.stop()


if __name__ == "__main__":
    main()
