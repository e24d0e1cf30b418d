"""A worker process for the tests that kill it: ``python victim.py <store> <receiver>``."""

import asyncio
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from dangol.definitions.model import Campaign, MessageUse
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Count, Counts, Entry, PushRequest, Query, Receipt, Recommender, Scored
from dangol.profile.model import Member, Profile
from dangol.store.link import Link
from dangol.worker.dispatch import Policy
from dangol.worker.loop import Timing, Worker
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

    def learn(self, entry: Entry) -> Iterable[Count]:
        """One for each."""
        return [Count(item.id, "times") for event in entry.events for item in event.items]

    async def recommend(self, query: Query, counts: Counts) -> Sequence[Scored]:
        """Not asked here."""
        return []


async def main(url: str, receiver: str) -> None:
    """Work until killed."""

    async def profiles(site: str, profile_id: str) -> Profile:
        return Profile(member=Member(profile_id))

    def campaigns(site: str, campaign: str) -> Campaign:
        params = {"url": receiver, "secret": "WEBHOOK_SECRET"}
        return Campaign(campaign, message=MessageUse(campaign, params))

    policy = Policy(budget=0.5, margin=0.5, tries=40, first=0.02, longest=0.1, concurrency=8)
    timing = Timing(lease=0.4, beat=0.1)
    registry = Registry.of([Webhook(), Raw(), Tally()])
    worker = Worker(Link(url), registry, Guard(), campaigns, profiles, timing=timing, policy=policy)
    print("ready", flush=True)
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
