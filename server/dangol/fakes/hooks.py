"""Telling the sender what became of messages, as each provider signs and repeats it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import httpx

from dangol.fakes.arrival import Arrival
from dangol.fakes.faults import Provider
from dangol.fakes.world import World

log = logging.getLogger(__name__)

TRIES = 5
"""How often SOLAPI calls until it is answered with 200 (its example of a receiver); the others do it alike."""
LATE = 5.0
"""Seconds that a late hook comes after its time, where the fault says nothing else."""

TOGETHER = 100
"""Results in one hook."""

Written = tuple[dict[str, str], bytes]
Write = Callable[[Sequence[Arrival], int], Written]
"""Headers and body that tell of the arrivals; the number counts tries, from 0."""


class Hooks:
    """One for all providers. `pause` is the seconds before the second try; each next one takes twice as long."""

    def __init__(self, world: World, pause: float = 1.0) -> None:
        self.world = world
        self.pause = pause
        self._running: set[asyncio.Task[object]] = set()
        self._http: httpx.AsyncClient | None = None

    def report(self, provider: Provider, arrivals: Sequence[Arrival], write: Write) -> None:
        """Tell the results of messages that have just arrived, once they are known."""
        known = [arrival for arrival in arrivals if arrival.due is not None]
        if not known or provider not in self.world.hooks:
            return
        waits = sorted(((self._wait(provider), arrival) for arrival in known), key=lambda pair: pair[0])
        for wait, together in groupby(waits, key=lambda pair: pair[0]):
            if wait >= 0:
                self._start(self._report(provider, [arrival for _, arrival in together], write, wait))

    async def close(self) -> None:
        """Leave off."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._http is not None:
            await self._http.aclose()

    def _wait(self, provider: Provider) -> float:
        """How many seconds a result takes to be told; below 0: for ever."""
        if self.world.faults.strikes(provider, "lost_hook"):
            return -1.0
        late = self.world.faults.strikes(provider, "late_hook")
        return self.world.delay + (0.0 if late is None else LATE if late.seconds is None else late.seconds)

    def _start(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _report(self, provider: Provider, arrivals: Sequence[Arrival], write: Write, wait: float) -> None:
        await asyncio.sleep(wait)
        for start in range(0, len(arrivals), TOGETHER):
            self._start(self._tell(provider, arrivals[start : start + TOGETHER], write))

    async def _tell(self, provider: Provider, arrivals: Sequence[Arrival], write: Write) -> None:
        again = [arrival for arrival in arrivals if self.world.faults.strikes(provider, "double_hook")]
        for each in filter(None, (arrivals, again)):
            if await self._post(provider, partial(write, each)):
                for arrival in each:
                    arrival.told += 1

    def post(self, provider: Provider, write: Callable[[int], Written]) -> None:
        """Tell something else, at once."""
        if provider in self.world.hooks:
            self._start(self._post(provider, write))

    async def _post(self, provider: Provider, write: Callable[[int], Written]) -> bool:
        """Until it is answered with 200, or as often as the provider tries; then False."""
        self._http = self._http or httpx.AsyncClient(timeout=10, trust_env=False)
        for count in range(TRIES):
            if count:
                await asyncio.sleep(self.pause * 2 ** (count - 1))
            headers, body = write(count)
            try:
                response = await self._http.post(self.world.hooks[provider], headers=headers, content=body)
            except httpx.HTTPError as error:
                log.info("%s: no answer to a hook: %s", provider, type(error).__name__)
                continue
            if response.status_code == 200:
                return True
        log.warning("%s: nobody took a hook", provider)
        return False
