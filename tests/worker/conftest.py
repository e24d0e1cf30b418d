"""What the worker's tests share: entries for the log, and plugins that do as they are told."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
import pytest

from dangol.definitions.model import Definitions, MessageUse, Site
from dangol.engine import Engine
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.messages.push import Push
from dangol.plugin import Channel, PushRequest, Receipt, Sent
from dangol.profile.model import Profile
from dangol.protocol.event import Entry, Event, Item
from dangol.recommend.shelves import Shelves
from dangol.runtime import SiteRuntime
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.stage import Stage
from dangol.store import keys, outbox
from dangol.store.link import Link
from dangol.store.outbox import Row
from dangol.store.profiles import Profiles
from dangol.worker.dispatch import Dispatch
from dangol.worker.leases import Place
from dangol.worker.outcomes import Policy

Append = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def append(link: Link) -> Append:
    """Writes entries to the log of the partition `number`, as profiles do."""

    async def write(*entries: Entry | bytes, number: int = 0) -> list[str]:
        payloads = [each if isinstance(each, bytes) else msgspec.msgpack.encode(each) for each in entries]
        ids = await asyncio.gather(*(link.call("XADD", keys.log(number), "*", "e", each) for each in payloads))
        return [each.decode() for each in ids]

    return write


@pytest.fixture
def order() -> Callable[..., Entry]:
    """Makes the entry of an order."""

    def make(number: int, *products: str) -> Entry:
        at, items = 1_763_778_000_000 + number, [Item(product) for product in products]
        return Entry("shop", f"v{number}", "", at, [Event(f"e{number}", "purchase", at, items=items, key=f"o{number}")])

    return make


@pytest.fixture
def compiled(registry: Registry) -> Callable[[Definitions], SiteRuntime]:
    """Compiles definitions."""
    return lambda definitions: SiteRuntime.build(definitions, 1, b"s" * 32, registry, CATALOGUE)


class Scripted(Channel):
    """Answers with `answers` in turn, the last one again and again; an exception is raised."""

    name = "scripted"
    api = 1

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers) or [Receipt("accepted")]
        self.got: list[PushRequest] = []

    async def send(self, params: Any, request: PushRequest) -> Receipt:
        self.got.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        found: Receipt = await answer() if callable(answer) else answer
        return found


class Repeatable(Scripted):
    """The same for a provider that drops repetitions."""

    name = "repeatable"
    api = 1
    idempotent = True


@pytest.fixture
def scripted() -> type[Scripted]:
    """A channel that isn't idempotent."""
    return Scripted


@pytest.fixture
def repeatable() -> type[Repeatable]:
    """A channel that is."""
    return Repeatable


class Batched(Repeatable):
    """The same for one that takes many at once; `answers` may be functions of the requests."""

    name = "batched"
    api = 1
    most = 100

    def __init__(self, *answers: Any) -> None:
        super().__init__(*answers)
        self.batches: list[int] = []

    async def send_many(self, params: Any, requests: Sequence[PushRequest]) -> Sequence[Receipt]:
        self.batches.append(len(requests))
        self.got += requests
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        found: Sequence[Receipt] = await answer(requests) if callable(answer) else [answer for _ in requests]
        return found


class Knowing(Batched):
    """One that isn't idempotent, whose provider tells what it knows by the request's key."""

    name = "knowing"
    api = 1
    idempotent = False

    def __init__(self, *answers: Any) -> None:
        super().__init__(*answers)
        self.known: dict[str, Any] = {}
        self.asked: list[Sent] = []

    async def look_up(self, params: Any, sent: Sequence[Sent]) -> Sequence[Receipt | None]:
        self.asked += sent
        return [self.known.get(each.request.key) for each in sent]


@pytest.fixture
def batched() -> type[Batched]:
    """An idempotent channel that takes a hundred requests at once."""
    return Batched


@pytest.fixture
def knowing() -> type[Knowing]:
    """A channel that can be asked what became of requests, and isn't idempotent."""
    return Knowing


SHOP = Site("shop", "public-key", "Shop", ["https://shop.example"], language="en")
QUICK = Policy(budget=0.2, tries=3, first=0.01, longest=0.02, patience=0.5)


class Office:
    """A dispatcher of one shop, in the test's own loop."""

    def __init__(self, link: Link, channels: Sequence[Channel], policy: Policy, definitions: Definitions) -> None:
        self.link = link
        self.registry = Registry.of(channels)
        self.guard = Guard()
        self.runtime = SiteRuntime.build(definitions, 1, b"s" * 32, self.registry, CATALOGUE)
        self.profiles = Profiles(link, 86_400)
        self.engine = Engine(self.profiles, Stage(link, self.registry, self.guard, Shelves(link)))
        self.policy = policy
        self.job = Dispatch(link, self.registry, self.guard, self.site, self.engine, policy)

    def site(self, name: str) -> SiteRuntime | None:
        return self.runtime if name == "shop" else None

    async def enqueue(self, *pushes: Push, due: float = 0.0) -> list[str]:
        made = await outbox.enqueue(self.link, pushes, due, time.time(), zone="Asia/Seoul")
        return [each.key for each in made]

    async def meet(self, profile_id: str, profile: Profile) -> None:
        """Write a profile."""
        profile.first_seen = profile.first_seen or 1
        stored = await self.profiles.read(("shop"), profile_id)
        await self.profiles.write("shop", profile_id, stored, profile)

    async def run(self, until: float = 5.0) -> None:
        """Work until nothing is due within two seconds any more."""
        lanes = [self.job.lane(Place("dispatch", number), "token") for number in range(keys.PARTITIONS)]
        async with asyncio.timeout(until):
            while await self._pending():
                await asyncio.gather(*(lane.step() for lane in lanes))
                await asyncio.sleep(0.002)
        await self.job.close()

    async def _pending(self) -> int:
        soon, working = time.time() + 2, len(self.job.working)  # counted first: a batch ends by making rows due again
        found = [await outbox.due(self.link, number, soon) for number in range(keys.PARTITIONS)]
        return int(sum(found)) + working

    async def row(self, key: str) -> Row:
        found = await outbox.read(self.link, key)
        assert found is not None
        return found

    async def states(self, made: Sequence[str]) -> list[str]:
        return [(await self.row(key)).state for key in made]


NewOffice = Callable[..., Office]


@pytest.fixture
def office(link: Link) -> NewOffice:
    """Makes dispatchers: `office(channel, policy=Policy(...), campaigns=[...])`."""

    def make(*channels: Channel, policy: Policy = QUICK, site: Site = SHOP, **parts: Any) -> Office:
        return Office(link, channels, policy, Definitions(site, **parts))

    return make


def push(cause: str = "hello", channel: str = "scripted", **more: Any) -> Push:
    """A request of the API, with its own message."""
    made = {"origin": "api", "member": "kim", "use": MessageUse(channel), **more}
    recipient = outbox.recipient_of(made.get("profile", ""), made["member"], made.get("to", ""))
    return Push(outbox.key_of("shop", cause, recipient), "shop", cause, **made)


@pytest.fixture
def pushed() -> Callable[..., Push]:
    """Makes requests: `pushed("cause", "channel", campaign=...)`."""
    return push
