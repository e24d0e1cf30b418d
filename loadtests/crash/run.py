"""One run: requests go out while workers and the store are killed; then what became of each is held against what the
provider saw."""

import asyncio
import random
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path

from msgspec import Struct

from dangol.definitions.model import MessageUse
from dangol.errors import Unavailable
from dangol.messages.push import WAITING, Push
from dangol.profile.model import Member, Profile
from dangol.store import keys, outbox
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.store.outbox import Row
from dangol.store.profiles import Profiles
from loadtests.crash import victim
from loadtests.crash.provider import Provider
from loadtests.forks import forked, killed

CHANNELS = ("steady", "knowing", "blind")
WORKERS = 2
CHUNK = 500
LONGEST = 300.0
"""Seconds after which a run is stuck."""


class Told(Struct, frozen=True):
    """What a run has shown. `lost` are requests that are neither sent nor marked, `wrong` those marked otherwise than
    the provider saw, `twice` those that a channel without idempotency sent twice, `miscounted` members whose limits
    counted another number of messages than one; `unknown` by channel, as they must be where nobody can tell. `repeated`
    came twice where repetitions are dropped: how often there was need for that."""

    seconds: float
    worker_kills: int
    store_kills: int
    lost: int
    wrong: int
    twice: int
    miscounted: int
    repeated: int
    unknown: dict[str, int]
    states: dict[str, int]

    @property
    def sound(self) -> bool:
        """Whether all is as it must be."""
        return not (self.lost or self.wrong or self.twice or self.miscounted or self.unknown.get("steady"))


def push(number: int) -> Push:
    """The channels take turns; every sixth request is to a member, whose limits count it."""
    profile = f"m{number:015}" if number % 6 == 0 else ""
    to = "" if profile else f"0101{number:07}"
    recipient = outbox.recipient_of(profile, "", to)
    use = MessageUse(CHANNELS[number % 3 if profile == "" else number // 6 % 3])
    return Push(outbox.key_of("shop", "crash", recipient), "shop", "crash", "api", "", profile, "", to, use=use)


class Run:
    """`kills` of workers and of the store among `requests`, as `seed` has it."""

    def __init__(self, folder: Path, seed: int, requests: int, kills: int) -> None:
        self.store = EmbeddedStore(folder)
        self.chance = random.Random(seed)
        self.provider = Provider(random.Random(seed + 1))
        self.pushes = [push(number) for number in range(requests)]
        self.kills = ["store" if self.chance.random() < 0.3 else "worker" for _ in range(kills)]
        self.killed = Counter[str]()
        self.workers: list[BaseProcess] = []

    async def run(self) -> Told:
        """Raises TimeoutError where it does not come to an end."""
        began = time.monotonic()
        self.store.start()
        server = await asyncio.start_server(self.provider.serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        link = Link(self.store.url)
        try:
            async with asyncio.timeout(LONGEST):
                await self._fill(link)
                self.workers = [await self._worker() for _ in range(WORKERS)]
                await self._trouble(link)
                while await self._left(link):  # noqa: ASYNC110  # what happens is in another process
                    await asyncio.sleep(0.1)
            return await self._told(link, time.monotonic() - began)
        finally:
            for worker in self.workers:
                await killed(worker)
            server.close()
            link.close()
            self.store.stop()

    async def _fill(self, link: Link) -> None:
        profiles = Profiles(link, 3600)
        for start in range(0, len(self.pushes), CHUNK):
            part = self.pushes[start : start + CHUNK]
            await asyncio.gather(*(self._meet(profiles, each.profile) for each in part if each.profile))
            await outbox.enqueue(link, part, 0.0, time.time(), zone="Asia/Seoul")

    async def _meet(self, profiles: Profiles, name: str) -> None:
        profile = Profile(seed=1, first_seen=1, member=Member(name))
        await profiles.write("shop", name, await profiles.read("shop", name), profile)

    async def _worker(self) -> BaseProcess:
        return await forked(victim.main, self.store.url, self.port)

    async def _trouble(self, link: Link) -> None:
        """The kills lie anywhere in the work: each after a random share of what is left to do."""
        for what in self.kills:
            left = await self._left(link)
            aim = left * self.chance.uniform(0.6, 1.0)
            until = time.monotonic() + self.chance.uniform(0.0, 3.0)
            while left and left > aim and time.monotonic() < until:
                await asyncio.sleep(self.chance.uniform(0.0, 0.02))
                left = await self._left(link)
            self.killed[what] += 1
            if what == "store":
                self.store.kill()
                await asyncio.to_thread(self.store.start)
            else:
                at = self.chance.randrange(WORKERS)
                await killed(self.workers[at])
                self.workers[at] = await self._worker()

    @staticmethod
    async def _left(link: Link) -> int:
        while True:
            try:
                return sum([await outbox.waiting(link, number) for number in range(keys.PARTITIONS)])
            except Unavailable:
                await asyncio.sleep(0.05)

    async def _told(self, link: Link, seconds: float) -> Told:
        rows = await outbox.read_many(link, [each.key for each in self.pushes])
        found = [row for row in rows if row]
        assert await self._counted(link) == len(self.pushes), "the counts of states are not those of the rows"
        return Told(
            seconds,
            self.killed["worker"],
            self.killed["store"],
            lost=sum(row is None or row.state in WAITING for row in rows),
            wrong=sum(not self._is_true(row) for row in found),
            twice=sum(self._times(row) > 1 for row in found if row.channel != "steady"),
            miscounted=sum([await self._miscounted(link, row) for row in found if row.push.profile]),
            repeated=sum(self._times(row) > 1 for row in found if row.channel == "steady"),
            unknown=dict(Counter(row.channel for row in found if row.state == "unknown")),
            states=dict(Counter(row.state for row in found)),
        )

    def _times(self, row: Row) -> int:
        return self.provider.times(row.channel)[row.key]

    def _is_true(self, row: Row) -> bool:
        """Accepted is what arrived; unknown may have. There is no other end here."""
        return row.state == "unknown" or (row.state == "accepted" and self._times(row) > 0)

    async def _miscounted(self, link: Link, row: Row) -> bool:
        profile = (await Profiles(link, 60).read_now("shop", row.push.profile)).profile()
        return sum(contact.messages for contact in profile.contacts.values()) != 1

    async def _counted(self, link: Link) -> int:
        total = 0
        for number in range(keys.PARTITIONS):
            name = keys.counts(number, "shop", "api", outbox.day_of(time.time(), "Asia/Seoul"))
            flat = await link.call("HGETALL", name)
            fields = dict(zip(flat[::2], flat[1::2], strict=True))
            total += sum(int(by) for field, by in fields.items() if field.count(b"|") == 1 and b"price" not in field)
        return total
