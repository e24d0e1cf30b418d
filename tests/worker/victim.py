"""A worker process for the tests that kill it."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from dangol.definitions.model import Campaign, Definitions, MessageUse, Site
from dangol.engine import Engine
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Count, Counts, Entry, PushRequest, Query, Ranked, Receipt, Recommender, Scored, Total
from dangol.recommend.shelves import Shelves
from dangol.runtime import SiteRuntime
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.stage import Stage
from dangol.store.link import Link
from dangol.store.profiles import Profiles
from dangol.worker.loop import Timing, Worker
from dangol.worker.outcomes import Policy
from dangol_plugins.webhook import Webhook


class Raw(Webhook):
    """As if the receiver did not know idempotency keys."""

    name = "raw"
    api = 1
    idempotent = False

    async def send(self, params: Any, request: PushRequest) -> Receipt:
        """Where no answer came, the request may have been taken: that is for dangol to judge."""
        receipt = await super().send(params, request)
        if receipt.state == "retry" and "answered" not in receipt.reason:
            raise ConnectionError(receipt.reason)
        return receipt


class Tally(Recommender):
    """Counts every item of every order."""

    name = "tally"
    api = 1
    keep = 1  # so that rows are merged all the time
    totals: ClassVar[Mapping[str, float]] = {"sold": 0.0}

    def learn(self, entry: Entry) -> Iterable[Count | Total]:
        """One for each, in its own row and in the total."""
        for event in entry.events:
            sold = [item.id for item in event.items]
            yield from (Count(id, [id], 1.0, entry.at / 1000) for id in sold)
            yield Total("sold", sold, 1.0, entry.at / 1000)

    async def recommend(self, query: Query, counts: Counts) -> Ranked | Sequence[Scored]:
        """Not asked here."""
        return []


async def main(url: str, receiver: str, ready: Callable[[], None]) -> None:
    """Work on a store, with a receiver of webhooks, until killed."""
    os.environ |= {"DANGOL_ALLOW_PRIVATE_WEBHOOKS": "1", "WEBHOOK_SECRET": "a secret for tests"}
    params = {"url": receiver, "secret": "WEBHOOK_SECRET"}
    campaigns = [Campaign(name, message=MessageUse(name, params)) for name in ("webhook", "raw")]
    shop = Definitions(Site("shop", "public-key", "Shop", ["https://shop.example"]), campaigns=campaigns)
    registry, guard, link = Registry.of([Webhook(), Raw(), Tally()]), Guard(), Link(url)
    sites = {"shop": SiteRuntime.build(shop, 1, b"s" * 32, registry, CATALOGUE)}
    engine = Engine(Profiles(link, 3600), Stage(link, registry, guard, Shelves(link)))
    policy = Policy(budget=0.5, margin=0.5, tries=40, poison=100, first=0.02, longest=0.1, concurrency=8)
    worker = Worker(link, registry, guard, sites.get, engine, timing=Timing(lease=0.4, beat=0.1), policy=policy)
    ready()
    await worker.run()
