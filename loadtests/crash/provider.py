"""A provider that is slow, refuses, and breaks off before or after it has taken what it was given."""

import asyncio
import random
from collections import Counter

import msgspec
from msgspec import Struct, field

REFUSED, UNANSWERED = 0.1, 0.1
"""Shares of calls that are surely not taken, and whose answer gets lost after all was taken."""
SLOWEST = 0.03
"""Seconds that taking a call in lasts, and so does answering it."""


class Call(Struct):
    """What a worker asks: to send these requests by a channel, or what is known of them."""

    what: str
    channel: str
    keys: list[str] = field(default_factory=list)


class Provider:
    """Remembers how often each request arrived; of the channel that drops repetitions those are counted apart."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.arrived: dict[str, Counter[str]] = {}

    def times(self, channel: str) -> Counter[str]:
        """How often each key arrived by a channel."""
        return self.arrived.setdefault(channel, Counter())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One call a connection."""
        try:
            call = msgspec.json.decode(await reader.readline(), type=Call)
            answer = await self._answer(call)
            if answer is not None:
                writer.write(msgspec.json.encode(answer) + b"\n")
                await writer.drain()
        except (msgspec.DecodeError, ConnectionError, asyncio.CancelledError):
            return  # the worker was killed while it spoke
        finally:
            writer.close()

    async def _answer(self, call: Call) -> list[str] | None:
        await asyncio.sleep(self.chance.uniform(0, SLOWEST))
        arrived = self.times(call.channel)
        if call.what == "look":
            return ["accepted" if arrived[key] else "retry" for key in call.keys]
        if self.chance.random() < REFUSED:
            return ["retry" for _ in call.keys]
        arrived.update(call.keys)
        await asyncio.sleep(self.chance.uniform(0, SLOWEST))
        return None if self.chance.random() < UNANSWERED else ["accepted" for _ in call.keys]
