"""Asking channels: many requests at once, guarded, in ever smaller parts where one of them takes the others along."""

import asyncio
from collections.abc import Sequence
from dataclasses import fields

import msgspec

from dangol.errors import PluginFailure
from dangol.host.guard import Guard
from dangol.plugin import PushRequest, Receipt, Sent
from dangol.store.outbox import Row
from dangol.worker.ways import Way

Answer = Receipt | PluginFailure
LISTS = (list, tuple)
AT_FAULT = ("raised", "result")
"""Kinds of PluginFailure that one request of several may be the cause of."""

FIELDS = tuple(field.name for field in fields(Receipt))


class Asking:
    """Calls channels within a time `budget`, seconds."""

    def __init__(self, guard: Guard, budget: float) -> None:
        self.guard = guard
        self.budget = budget

    async def send(self, way: Way, requests: Sequence[PushRequest]) -> list[Answer]:
        """One answer for each. Where the call for several fails and the far side drops what comes twice, each half is
        asked again: so only a request that is at fault itself ends without a receipt."""
        answers: dict[str, Answer] = {}
        parts = [requests]
        while parts:
            # Side by side, so that what the good half achieves keeps the plugin from being switched off.
            found = await asyncio.gather(*(self._send(way, part) for part in parts))
            pairs, parts = list(zip(parts, found, strict=True)), []
            for part, got in pairs:
                if isinstance(got, PluginFailure) and len(part) > 1 and way.channel.idempotent and got.kind in AT_FAULT:
                    parts += [part[: len(part) // 2], part[len(part) // 2 :]]
                else:
                    given = [got] * len(part) if isinstance(got, PluginFailure) else got
                    answers |= {request.key: answer for request, answer in zip(part, given, strict=True)}
        return [answers[request.key] for request in requests]

    async def _send(self, way: Way, requests: Sequence[PushRequest]) -> Sequence[Answer] | PluginFailure:
        channel, name = way.channel, way.route.channel
        try:
            found = await self.guard.call(
                channel, "send", lambda: channel.send_many(way.params, requests), budget=self.budget, expect=LISTS
            )
        except PluginFailure as failure:
            return failure
        if len(found) != len(requests):
            return PluginFailure(name, "result", f"send: {len(found)} receipts for {len(requests)} requests")
        return [_answer(each, name) for each in found]

    async def look_up(self, way: Way, rows: Sequence[Row]) -> list[Receipt | None]:
        """What the provider knows of requests that it was given, or may have been given. Raises PluginFailure."""
        channel, name, sent = way.channel, way.route.channel, [_sent(row) for row in rows]
        found = await self.guard.call(
            channel, "look_up", lambda: channel.look_up(way.params, sent), budget=self.budget, expect=LISTS
        )
        if len(found) != len(sent):
            raise PluginFailure(name, "result", f"look_up: {len(found)} answers for {len(sent)} requests")
        return [None if each is None else checked(each, name) for each in found]


def _sent(row: Row) -> Sent:
    push = row.push
    request = PushRequest(push.key, push.site, push.cause, push.member, {}, push.variables, row.attempts, row.to)
    return Sent(request, row.provider_id, row.sent)


def checked(receipt: object, channel: str) -> Receipt:
    """The receipt, once its fields are of their types; raises PluginFailure (result)."""
    if not isinstance(receipt, Receipt):
        raise PluginFailure(channel, "result", f"send: {type(receipt).__name__}, expected Receipt")
    try:
        return msgspec.convert({name: getattr(receipt, name) for name in FIELDS}, Receipt)
    except msgspec.ValidationError as error:
        raise PluginFailure(channel, "result", f"send: {error}") from error


def _answer(receipt: object, channel: str) -> Answer:
    try:
        return checked(receipt, channel)
    except PluginFailure as failure:
        return failure
