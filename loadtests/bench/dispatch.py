"""Push requests from their cause to the provider: one worker on one core, a fake SOLAPI on the other.

Every request is an advertisement to a member who has agreed: filled with the member's name, labelled, judged by the
contact policy, counted in the member's limits and paid from a budget. Bar: 2,000 a second, aim 5,000.
"""

import asyncio
import gc
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psutil

from dangol.definitions.model import Budget, Campaign, ContactPolicy, Definitions, MessageUse, Sender, Site
from dangol.definitions.templates import TextTemplate
from dangol.engine import Engine
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.messages.push import Push
from dangol.profile.model import Member, Profile, Subscription
from dangol.recommend.shelves import Shelves
from dangol.runtime import SiteRuntime
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.stage import Stage
from dangol.store import keys, outbox
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.store.profiles import Profiles
from dangol.worker.dispatch import Dispatch
from dangol.worker.leases import Place
from dangol.worker.outcomes import Policy
from loadtests.bench.process import cpu, pin

REQUESTS = 20_000
CHUNK = 500
LONGEST = 120.0
"""Seconds after which something is wrong."""

WORKER, OTHERS = 0, 1
"""The cores."""

TEXT = "{name|고객}님, 장바구니에 담아 두신 찻잔이 오늘까지 10% 할인입니다. https://shop.example/cart"


def definitions() -> Definitions:
    """A shop with one campaign, a sender and budgets."""
    return Definitions(
        Site("shop", "public-key", "가게", ["https://shop.example"]),
        campaigns=[Campaign("cart", message=MessageUse("text", template="cart", budget=Budget(total=1e8)))],
        senders=[Sender("text", "solapi", {"number": "0212345678"}, {"sms": 13, "lms": 39})],
        templates=[TextTemplate("cart", TEXT)],
        contact=ContactPolicy(company="가게", contact="02-1234-5678", opt_out="080-123-4567", budget=Budget(day=1e8)),
    )


def member(number: int) -> Profile:
    """Who has agreed to texts, at night too: the benchmark runs at any time."""
    phone = f"010{number:08}"
    agreed = Subscription(phone, int(time.time()) - 86_400, wording="받을게요", night=True)
    return Profile(seed=number + 1, first_seen=1, member=Member(f"m{number}", name="김단골", phone=phone),
                   subscriptions={"sms": agreed})  # fmt: skip


def push(number: int) -> Push:
    """The request of one member's decision."""
    profile = f"m{number:015}"
    key = outbox.key_of("shop", "cart:bench", profile)
    return Push(key, "shop", "cart:bench", "trigger", "cart", profile, f"m{number}")


@contextmanager
def provider() -> Iterator[psutil.Process]:
    """The fake providers in a process of their own; this one's environment leads to them."""
    start = "from dangol.fakes.commands import fake_providers; fake_providers()"
    command = [sys.executable, "-c", start, "--port", "0", "--delay", "3600"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        while "SOLAPI_HOOK_SECRET" not in os.environ:  # the last of those that are needed here
            name, _, value = process.stdout.readline().removeprefix("export ").partition("=")
            [os.environ[name]] = shlex.split(value)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.communicate()


class Desk:
    """A worker's dispatcher, alone in its process."""

    def __init__(self, link: Link) -> None:
        self.link = link
        registry, guard = Registry.load(), Guard()
        runtime = SiteRuntime.build(definitions(), 1, b"s" * 32, registry, CATALOGUE)
        self.profiles = Profiles(link, 86_400)
        engine = Engine(self.profiles, Stage(link, registry, guard, Shelves(link)))
        self.job = Dispatch(link, registry, guard, {"shop": runtime}.get, engine, Policy())

    async def meet(self, number: int) -> None:
        """Write a member's profile, as a page view long ago did."""
        name = f"m{number:015}"
        await self.profiles.write("shop", name, await self.profiles.read("shop", name), member(number))

    async def work(self) -> None:
        """All partitions side by side, until nothing waits any more."""
        async with asyncio.timeout(LONGEST):
            await asyncio.gather(*(self._lane(number) for number in range(keys.PARTITIONS)))
            await self.job.close()

    async def _lane(self, number: int) -> None:
        lane = self.job.lane(Place("dispatch", number), "bench")
        while await outbox.waiting(self.link, number):
            wanted = await lane.step()
            await asyncio.sleep(0.005 if wanted is None else wanted)


def tidy() -> None:
    """As `House.adopt` does in a worker."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 100)


async def measure(url: str, requests: int) -> dict[str, tuple[float, float]]:
    """Wall and CPU seconds of each half."""
    link = Link(url, timeout=30)
    desk = Desk(link)
    for start in range(0, requests, CHUNK):
        await asyncio.gather(*(desk.meet(number) for number in range(start, min(start + CHUNK, requests))))
    tidy()
    figures: dict[str, tuple[float, float]] = {}
    began, used, now = time.perf_counter(), time.process_time(), time.time()
    for start in range(0, requests, CHUNK):
        pushes = [push(number) for number in range(start, min(start + CHUNK, requests))]
        await outbox.enqueue(link, pushes, now, now, zone="Asia/Seoul")
    figures["from the cause to the outbox"] = time.perf_counter() - began, time.process_time() - used
    began, used = time.perf_counter(), time.process_time()
    await desk.work()
    figures["from the outbox to the provider"] = time.perf_counter() - began, time.process_time() - used
    found = await outbox.read_many(link, [push(number).key for number in range(requests)])
    states = Counter((row.state, row.reason) if row else ("lost", "") for row in found)
    assert states == {("accepted", ""): requests}, f"what became of them: {dict(states)}"
    link.close()
    return figures


def report(figures: dict[str, tuple[float, float]], requests: int, others: dict[str, float]) -> None:
    """Print requests a second and microseconds each."""
    figures["in all"] = tuple(map(sum, zip(*figures.values(), strict=True)))  # type: ignore[assignment]
    for name, (wall, used) in figures.items():
        click.echo(
            f"{name:34} {requests / wall:7,.0f} a second, worker {used / requests * 1e6:5.0f} µs of CPU each"
            f" ({requests / used:,.0f} a second of it)"
        )
    for name, used in others.items():
        click.echo(f"{name:34} {used / requests * 1e6:5.0f} µs of CPU each")


def main(requests: int = REQUESTS) -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as folder, provider() as fakes:
        store = EmbeddedStore(Path(folder))
        store.start()
        try:
            assert store._process is not None
            valkey = psutil.Process(store._process.pid)
            pin(OTHERS, valkey, fakes)
            pin(WORKER, psutil.Process())
            before = {"the store": cpu(valkey), "the provider": cpu(fakes)}
            figures = asyncio.run(measure(store.url, requests))
            used = {"the store": cpu(valkey), "the provider": cpu(fakes)}
            report(figures, requests, {name: used[name] - before[name] for name in used})
        finally:
            store.stop()


if __name__ == "__main__":
    main()
