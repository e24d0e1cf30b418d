"""What the channels of notifications share: a request goes to all devices of the member, and one receipt comes back."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from hashlib import sha256

from dangol.plugin import Device, PushRequest, Receipt, templates
from dangol_plugins.http import Lost, Unreached

AT_ONCE = 50
"""Requests under way at one provider and account; HTTP/2 takes about a hundred on one connection."""

LONGEST = 6.0
"""Seconds for a whole batch, less than dangol waits for a channel: who is cut off can't say what was not sent. That
leaves time for a new access token before."""

TELLING = ("accepted", "unknown", "retry", "failed")
"""What counts for the request where its devices differ. One that has it is enough; and to try again where nobody knows
would notify twice."""

PLAIN = re.compile(r"[A-Za-z0-9_-]{1,32}")
One = Callable[[PushRequest, templates.PushTemplate, Device], Awaitable[Receipt]]


async def notify(requests: Sequence[PushRequest], kind: str, one: One) -> list[Receipt]:
    """Hand each request to `one` for each of its devices of this kind; `one` may raise `Unreached` and `Lost`."""
    gate, end = asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop().time() + LONGEST

    async def in_time(request: PushRequest, content: templates.PushTemplate, device: Device) -> Receipt:
        async with gate:
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                return Receipt("retry", "the requests before it took all the time", failure="too_fast")
            try:
                async with asyncio.timeout(left):
                    return await one(request, content, device)
            except TimeoutError:
                return Receipt("unknown", f"no answer within {LONGEST:g} seconds", failure="provider")
            except Unreached as error:
                return Receipt("retry", str(error), failure="provider")
            except Lost as error:
                return Receipt("unknown", str(error), failure="provider")

    async def to_all(request: PushRequest) -> Receipt:
        if not isinstance(request.content, templates.PushTemplate):
            return Receipt("failed", "expected the template of a notification", failure="content")
        devices = [device for device in request.devices if device.kind == kind]
        if not devices:
            return Receipt("failed", f"the member has no device of the kind {kind}", failure="bad_address")
        return combined(await asyncio.gather(*(in_time(request, request.content, device) for device in devices)))

    return await asyncio.gather(*map(to_all, requests))


def place_of(key: str, content: templates.PushTemplate) -> str:
    """What a notification is the newest of on a device, in the characters that all take (RFC 8030 §5.4): one that is
    sent twice takes its own place."""
    if not content.collapse or PLAIN.fullmatch(content.collapse):
        return content.collapse or key
    return sha256(content.collapse.encode()).hexdigest()[:32]


def combined(receipts: Sequence[Receipt]) -> Receipt:
    """One receipt of those of a request's devices, at least one."""
    told = min(receipts, key=lambda each: TELLING.index(each.state))
    dead = tuple(token for each in receipts for token in each.dead)
    pause = max(each.retry_after for each in receipts) if told.state == "retry" else 0.0
    return replace(told, dead=dead, retry_after=pause)


def dead(device: Device, reason: str, code: str = "") -> Receipt:
    """The device will never work again."""
    return Receipt("failed", reason, failure="bad_address", code=code, dead=(device.token,))
