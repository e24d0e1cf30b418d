"""Providers' hooks: what became of messages, and who refuses advertisements.

Anybody may post here, so the plugin checks first that it is the provider who speaks. Only rows that went through the
hook's own sender can be touched. What is not known is counted and answered as all else, or providers would tell it
again for ever.
"""

import asyncio
from collections.abc import Sequence
from math import inf
from typing import Any, NamedTuple

from prometheus_client import Counter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from dangol import consents
from dangol.errors import Invalid, PluginFailure, Unavailable
from dangol.host.params import check_params
from dangol.house import House
from dangol.messages.policy import CHANNELS
from dangol.plugin import Channel, Hook, Receipt, Untrusted
from dangol.plugin import Told as Said
from dangol.receipts import Receipts, Told
from dangol.runtime import SiteRuntime
from dangol.store import outbox, recipients
from dangol.web.body import json, read_body, refusal
from dangol.web.limits import RateLimit
from dangol.worker.asking import checked
from dangol.worker.outcomes import Policy

LONGEST_BODY = 1 << 20
AT_ONCE = 500
"""Things told by one hook that are taken together."""
BUDGET = 0.5
"""Seconds that a plugin may take to check and read a hook."""
RATE = 200.0
"""Hooks a second that one address may post: providers have few addresses and many messages."""

HOOKS = Counter("dangol_hooks", "Providers' hooks by what became of them.", ["channel", "outcome"])
TOLD = Counter("dangol_hook_told", "What hooks told of messages, by what became of it.", ["channel", "outcome"])


class Taken(NamedTuple):
    """What was made of a hook: requests that came further, those that stand as they are, those that are not this
    sender's, and consents that were withdrawn."""

    changed: int
    known: int
    unknown: int
    refused: int


class Desk(NamedTuple):
    """Who is spoken to."""

    runtime: SiteRuntime
    sender: str
    channel: Channel
    params: Any


def routes(house: House) -> list[Route]:
    """The route for providers."""
    return [Route("/v1/hooks/{site}/{sender}", Hooks(house).take, methods=["POST"])]


class Hooks:
    """The handler."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._limit = RateLimit(RATE)
        policy = Policy(keep=house.settings.push_days * 86_400)
        self._receipts = Receipts(house.link, house.registry, house.engine, policy)

    async def take(self, request: Request) -> Response:
        """One hook. 403 tells nothing: neither that a site or sender does not exist, nor what is wrong with a
        signature."""
        address = request.client.host if request.client else ""
        if wait := self._limit.wait(address, self._house.now()):
            return json({"error": "too many requests from this address"}, 429, {"Retry-After": f"{int(wait) + 1}"})
        try:
            return await self._answer(request)
        except Invalid as error:
            return refusal(error)
        except (Unavailable, PluginFailure):  # a plugin's failure was logged where it happened
            return json({"error": "it can't be taken now; tell it again"}, 503, {"Retry-After": "5"})
        except ClientDisconnect:
            return json({"error": "body: expected all of it"}, 400)  # nobody reads it

    async def _answer(self, request: Request) -> Response:
        if not self._house.loaded.is_set():
            raise Unavailable("the definitions are not loaded yet")
        body = await read_body(request.scope, request.receive, LONGEST_BODY)
        desk = self._desk(request.path_params["site"], request.path_params["sender"])
        said = self._said(desk, Hook(dict(request.headers), body)) if desk else Untrusted()
        name = desk.channel.name if desk else ""
        if isinstance(said, Untrusted):
            HOOKS.labels(name, "untrusted").inc()
            return json({"error": "not taken"}, 403)
        if isinstance(said, ValueError) or desk is None:
            HOOKS.labels(name, "unreadable").inc()
            return json({"error": "body: expected what this provider's hooks look like"}, 400)
        parts = [await self._apply(desk, said[at : at + AT_ONCE]) for at in range(0, len(said), AT_ONCE)]
        taken = Taken(*map(sum, zip(*parts, strict=True))) if parts else Taken(0, 0, 0, 0)
        HOOKS.labels(name, "taken").inc()
        for outcome, count in taken._asdict().items():
            TOLD.labels(name, outcome).inc(count)
        return json(taken._asdict())

    def _desk(self, site: str, id: str) -> Desk | None:
        """None where nobody is there. Raises PluginFailure where the sender can't be used."""
        runtime = self._house.by_id.get(site)
        sender = next((each for each in runtime.definitions.senders if each.id == id), None) if runtime else None
        if runtime is None or sender is None:
            return None
        channel = self._house.registry.channel(sender.use)
        try:
            return Desk(runtime, sender.id, channel, check_params(channel, sender.params, f"senders.{id}.params"))
        except Invalid as error:
            raise PluginFailure(channel.name, "params", str(error)) from None

    def _said(self, desk: Desk, hook: Hook) -> Sequence[Said] | Untrusted | ValueError:
        """What the hook tells. That it is forged or can't be read is no fault of the plugin's: or else who posts
        rubbish could have the channel switched off."""

        def ask() -> Sequence[Said] | Untrusted | ValueError:
            try:
                return [_sound(each, desk.channel.name) for each in desk.channel.told(desk.params, hook)]
            except (Untrusted, ValueError) as error:
                return error
            except RecursionError:
                return ValueError("nested too deep")

        expect = (list, Untrusted, ValueError)
        return self._house.guard.run(desk.channel, "told", ask, expect=expect, budget=BUDGET)

    async def _apply(self, desk: Desk, said: Sequence[Said]) -> Taken:
        now, site = self._house.now(), desk.runtime.site.id
        spoken = [(each, each.receipt) for each in said if each.receipt is not None]
        keys = await asyncio.gather(*(self._key(desk, each) for each, _ in spoken))
        rows = await outbox.read_many(self._house.link, keys)
        known = [
            (each, Told(row, receipt))
            for (each, receipt), row in zip(spoken, rows, strict=True)
            if row and (row.push.site, row.sender) == (site, desk.sender)
        ]
        told = [one for _, one in known]
        changed = await self._receipts.take(desk.runtime, told, now)
        sent = {id(each): one.row.sent for each, one in known}
        refused = [(each.refused, each.refused_at or sent.get(id(each), now)) for each in said if each.refused]
        withdrawn = await asyncio.gather(*(self._withdraw(desk, address, min(at, now)) for address, at in refused))
        return Taken(changed, len(told) - changed, len(spoken) - len(told), sum(withdrawn))

    async def _key(self, desk: Desk, said: Said) -> str:
        if said.key or not said.provider_id:
            return said.key
        site = desk.runtime.site.id
        return await recipients.by_provider(self._house.link, site, desk.sender, said.provider_id) or ""

    async def _withdraw(self, desk: Desk, address: str, at: float) -> int:
        """From every consent that the channel could use, and that was there then."""
        told = 0
        for channel in sorted({CHANNELS[kind] for kind in desk.channel.kinds if kind in CHANNELS}):
            told += await consents.withdraw_by_address(
                self._house.link, self._house.engine, desk.runtime, channel, address, at, f"hook:{desk.sender}"
            )
        return told


def _sound(said: object, channel: str) -> Said:
    """What the plugin says, once it is of its type; raises PluginFailure (result)."""
    if not isinstance(said, Said) or not all(
        isinstance(each, str) for each in (said.key, said.provider_id, said.refused)
    ):
        raise PluginFailure(channel, "result", f"told: {type(said).__name__}, expected Told with texts")
    if not isinstance(said.refused_at, (int, float)) or not 0 <= said.refused_at < inf:
        raise PluginFailure(channel, "result", "told: expected refused_at as a unix time")
    receipt: Receipt | None = None if said.receipt is None else checked(said.receipt, channel)
    return Said(receipt, said.key, said.provider_id, said.refused, said.refused_at)
