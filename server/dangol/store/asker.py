"""Asking the workers, and adding up what they answer."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from dangol.errors import DangolError, Unavailable
from dangol.store import asking, keys
from dangol.store.asking import Answer, Asked, Part, Question
from dangol.store.link import Link

AGAIN = 1.0
"""Seconds after which partitions that did not answer are asked again: perhaps another worker has them now."""

SILENT = 5_000
"""Milliseconds after which a worker that was not heard of counts as gone, as in `dangol.worker.loop.Timing`."""


class Superseded(DangolError):
    """The same asker has asked something else since."""


@dataclass(eq=False)
class _Waiting:
    """A question that is asked, and what was answered so far, by partition."""

    version: int
    asker: str
    parts: dict[int, Part] = field(default_factory=dict)
    problem: str = ""
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def take(self, answer: Answer) -> None:
        """Each partition counts once, and only with the definitions that were asked for."""
        if answer.version != self.version:
            self.problem = "the definitions have just changed; ask again"
        else:
            self.problem = answer.problem
            self.parts |= {part.partition: part for part in answer.parts if part.partition in self.missing()}
        if not self.done.done() and (self.problem or len(self.parts) == keys.PARTITIONS):
            self.done.set_result(None)

    def missing(self) -> list[int]:
        """The partitions that were not counted."""
        return [number for number in range(keys.PARTITIONS) if number not in self.parts or self.parts[number].share < 1]


class Asker:
    """One server's. `link` is its shared one; answers come over a connection of their own."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._ears: Link | None = None
        self._name = secrets.token_hex(8)
        self._waiting: dict[str, _Waiting] = {}
        self._listening: asyncio.Task[None] | None = None

    async def ask(
        self, site: str, version: int, now: float, asked: Sequence[Asked] = (), asker: str = "", *, seconds: float
    ) -> list[Part]:
        """The parts of all partitions, for definitions or where there are none for the site's segments.

        Raises `Unavailable` where not all partitions answer within `seconds`, saying why; `Superseded` for a question
        after which the same `asker` asked another.
        """
        self._listen()
        for other in self._waiting.values():
            if asker and other.asker == asker and not other.done.done():
                other.done.set_exception(Superseded("a later question of the same asker took this one's place"))
        name, waiting = secrets.token_hex(8), _Waiting(version, asker)
        self._waiting[name] = waiting
        question = Question(name, self._name, site, version, now, [], list(asked), asker)
        try:
            async with asyncio.timeout(seconds):
                while not waiting.done.done():
                    await asking.put(self._link, replace(question, partitions=waiting.missing()))
                    await asyncio.wait([waiting.done], timeout=AGAIN)
        except TimeoutError:
            pass  # what is there tells what is missing
        finally:
            del self._waiting[name]
        if waiting.done.done():
            waiting.done.result()
        return await self._all(waiting)

    def _listen(self) -> None:
        if self._listening is None or self._listening.done():
            self._ears = self._ears or Link(self._link.url)
            self._listening = asyncio.create_task(self._hear(self._ears))

    async def _hear(self, ears: Link) -> None:
        async for answers in asking.answers(ears, self._name):
            for answer in answers:
                if waiting := self._waiting.get(answer.question):
                    waiting.take(answer)

    async def _all(self, waiting: _Waiting) -> list[Part]:
        if waiting.problem:
            raise Unavailable(waiting.problem)
        missing = waiting.missing()
        if not missing:
            return list(waiting.parts.values())
        if waiting.parts.keys() & missing:
            share = min(part.share for part in waiting.parts.values())
            raise Unavailable(f"the workers still read the profiles ({share:.0%}); try again")
        if not await self._workers():
            raise Unavailable("no worker runs, and it is workers who count; start `dangol worker`")
        raise Unavailable(f"no worker answered for the partitions {missing}; perhaps they change hands; try again")

    async def _workers(self) -> int:
        seconds, micros = await self._link.call("TIME")
        since = int(seconds) * 1000 + int(micros) // 1000 - SILENT
        return int(await self._link.call("ZCOUNT", keys.WORKERS, since, "+inf"))

    async def close(self) -> None:
        """Ask no more."""
        if self._listening is not None and self._ears is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
            self._ears.close()
