"""Asking about many things that lie in several partitions: one call for each of those, all at once."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

Each = TypeVar("Each")
Answer = TypeVar("Answer")


async def spread(
    wanted: Iterable[Each], number: Callable[[Each], int], ask: Callable[[list[Each]], Awaitable[Sequence[Answer]]]
) -> list[Answer]:
    """What `ask` answers for each, in their order; it is asked about those of one partition at a time, and has one
    answer for each of them. `number` tells the partition."""
    parts: dict[int, list[tuple[int, Each]]] = defaultdict(list)
    for place, each in enumerate(wanted):
        parts[number(each)].append((place, each))
    answers = await asyncio.gather(*(ask([each for _, each in part]) for part in parts.values()))
    found = {
        place: answer
        for part, given in zip(parts.values(), answers, strict=True)
        for (place, _), answer in zip(part, given, strict=True)
    }
    return [found[place] for place in range(len(found))]
