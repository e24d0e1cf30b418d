"""Asking about many things that lie in several partitions."""

import anyio
from hypothesis import given
from hypothesis import strategies as st

from dangol.store.spread import spread


@given(st.lists(st.integers(0, 99)))
def test_each_partition_is_asked_once_and_answers_come_in_their_order(wanted: list[int]) -> None:
    asked: list[list[int]] = []

    async def ask(part: list[int]) -> list[str]:
        asked.append(part)
        return [str(each) for each in part]

    async def work() -> list[str]:
        return await spread(wanted, lambda each: each % 4, ask)

    assert anyio.run(work) == [str(each) for each in wanted]
    assert sorted(asked) == sorted([part for number in range(4) if (part := [n for n in wanted if n % 4 == number])])
