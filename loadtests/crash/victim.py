"""A worker as a process that is killed."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import msgspec

from dangol.definitions.model import Definitions, Site
from dangol.engine import Engine
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Channel, PushRequest, Receipt, Sent
from dangol.recommend.shelves import Shelves
from dangol.runtime import SiteRuntime
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.stage import Stage
from dangol.store.link import Link
from dangol.store.profiles import Profiles
from dangol.worker.loop import Timing, Worker
from dangol.worker.outcomes import Policy
from loadtests.crash.provider import Call

POLICY = Policy(budget=0.5, margin=0.7, tries=200, poison=500, first=0.02, longest=0.1, patience=0.5)
TIMING = Timing(lease=0.6, beat=0.15)


class Blind(Channel):
    """A provider without idempotency keys, of which nobody can find out what it has taken."""

    name = "blind"
    api = 1
    most: ClassVar[int] = 50
    port: ClassVar[int]

    async def send_many(self, params: Any, requests: Sequence[PushRequest]) -> Sequence[Receipt]:
        """An answer that does not come is an exception: dangol's to judge."""
        return await self._asked("send", [each.key for each in requests])

    async def _asked(self, what: str, keys: list[str]) -> list[Receipt]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(msgspec.json.encode(Call(what, self.name, keys)) + b"\n")
            answer = await reader.readline()
        finally:
            writer.close()
        if not answer:
            raise ConnectionError("no answer")
        return [Receipt(state) for state in msgspec.json.decode(answer)]


class Knowing(Blind):
    """One that tells what it has taken."""

    name = "knowing"
    api = 1

    async def look_up(self, params: Any, sent: Sequence[Sent]) -> Sequence[Receipt | None]:
        """By our key."""
        return await self._asked("look", [each.request.key for each in sent])


class Steady(Blind):
    """One that drops what comes twice."""

    name = "steady"
    api = 1
    idempotent = True


async def main(url: str, port: int, ready: Callable[[], None]) -> None:
    """Work on a store, with the provider at a port, until killed."""
    Blind.port = port
    registry, guard, link = Registry.of([Blind(), Knowing(), Steady()]), Guard(), Link(url)
    definitions = Definitions(Site("shop", "public-key", "Shop", ["https://shop.example"]))
    sites = {"shop": SiteRuntime.build(definitions, 1, b"s" * 32, registry, CATALOGUE)}
    engine = Engine(Profiles(link, 3600), Stage(link, registry, guard, Shelves(link)))
    ready()
    await Worker(link, registry, guard, sites.get, engine, timing=TIMING, policy=POLICY).run()
