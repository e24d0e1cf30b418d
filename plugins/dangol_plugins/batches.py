"""Handing a batch over: in as few calls as the provider's form allows, and none of it twice.

A call that is refused as a whole is divided, since one message that the provider can't read must not keep back all
others. What is not known of a call stays open for its messages only.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from dangol.plugin import Failure, PushRequest, Receipt
from dangol_plugins.accounts import Unset
from dangol_plugins.http import Lost, Unreached

AT_ONCE = 16
"""Calls under way."""

LATEST = 6.0
"""Seconds after which no call is begun."""

WHOLE = 9.0
"""Seconds after which those under way are given up; sending has a budget of ten."""

MOST_CALLS = 24
"""How many calls a group is divided into: enough to find one bad message among a thousand."""


class Unfit(Exception):
    """The provider can't be given this message, or not now (`again`). Says why, and nothing that the message says."""

    def __init__(self, reason: str, failure: Failure = "content", *, again: bool = False) -> None:
        super().__init__(reason)
        self.failure: Failure = failure
        self.again = again


class Part(NamedTuple):
    """A message in the provider's form: what it has in `shared` with all others of its call, and its `own`."""

    shared: Hashable
    own: Mapping[str, Any]


class Entry(NamedTuple):
    """A request and its message."""

    request: PushRequest
    part: Part


Send = Callable[[Sequence[Entry]], Awaitable[Sequence[Receipt] | Receipt]]
"""One call. Gives a receipt for each entry, or one for all that were refused together."""


async def hand_over(
    requests: Sequence[PushRequest], part: Callable[[PushRequest], Part], send: Send, begun: float | None = None
) -> Sequence[Receipt]:
    """One receipt for each request. `begun` is the event loop's time since which the budget counts (None: now). Raises
    `Lost` where nothing is known of any."""
    receipts: dict[int, Receipt] = {}
    groups: defaultdict[Hashable, list[int]] = defaultdict(list)
    entries: dict[int, Entry] = {}
    for place, request in enumerate(requests):
        try:
            entries[place] = Entry(request, part(request))
            groups[entries[place].part.shared].append(place)
        except Unfit as unfit:
            receipts[place] = Receipt("retry" if unfit.again else "failed", str(unfit), failure=unfit.failure)
    calls = _Calls(send, asyncio.get_running_loop().time() if begun is None else begun)
    told = await asyncio.gather(*(calls.group([entries[each] for each in places]) for places in groups.values()))
    for places, group in zip(groups.values(), told, strict=True):
        receipts.update(zip(places, group, strict=True))
    if receipts and all(receipt.state == "unknown" for receipt in receipts.values()):
        raise Lost(receipts[0].reason)
    return [receipts[place] for place in range(len(requests))]


class _Calls:
    """The calls of one batch."""

    def __init__(self, send: Send, begun: float) -> None:
        self.send = send
        self.begun = begun
        self.gate = asyncio.Semaphore(AT_ONCE)

    async def group(self, entries: Sequence[Entry]) -> list[Receipt]:
        waiting, receipts, calls = [entries], list[Receipt](), 0
        while waiting:
            now, calls = waiting.pop(), calls + 1
            answer = await self._once(now)
            if not isinstance(answer, Receipt):
                receipts += answer
            elif answer.state != "failed" or len(now) == 1:
                receipts += [answer] * len(now)
            elif calls >= MOST_CALLS:
                receipts += [replace(answer, state="retry")] * len(now)
            else:
                middle = len(now) // 2
                waiting += [now[middle:], now[:middle]]
        return receipts

    async def _once(self, entries: Sequence[Entry]) -> Sequence[Receipt] | Receipt:
        async with self.gate:
            if asyncio.get_running_loop().time() > self.begun + LATEST:
                return Receipt("retry", "the calls before it took all the time", failure="too_fast")
            try:
                async with asyncio.timeout_at(self.begun + WHOLE):
                    return await self.send(entries)
            except Unset as unset:
                return Receipt("retry", str(unset), failure="account")
            except Unreached as error:
                return Receipt("retry", str(error), failure="provider")
            except (Lost, TimeoutError) as error:
                return Receipt("unknown", str(error) or "no answer in time", failure="provider")
