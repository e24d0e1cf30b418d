"""Tallies' marks: each person counts once, however often marked and however often the batch comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.errors import Invalid
from dangol.plugin import Mark
from dangol.store import tallies
from dangol.store.keys import tally
from dangol.store.link import Link
from dangol.store.tallies import MINUTES, MOST, Marked, Tallied, apply, check

NOW = 1_782_874_800.0
pytestmark = pytest.mark.anyio


def marks(key: str, *people: str, at: float = NOW) -> Marked:
    return Marked("shop", [Mark(key, each, at) for each in people])


async def test_a_person_counts_once_and_a_repeated_batch_changes_nothing(link: Link) -> None:
    batch = [marks("bought:tea", "a", "b", at=NOW - 7200), marks("bought:tea", "a"), marks("bought:cup", "a")]
    for _ in range(3):
        await apply(link, "people", batch)
    counted = Tallied(link, "shop", "people")
    assert await counted.people("bought:tea", NOW - 86_400) == 2
    assert await counted.people("bought:tea", NOW - 3600) == 1
    assert await counted.people("bought:cup", NOW - 3600) == 1
    assert await counted.people("bought:pot", 0) == 0


async def test_a_late_mark_takes_nobody_back(link: Link) -> None:
    await apply(link, "people", [marks("k", "a"), marks("k", "a", at=NOW - 50_000)])
    assert await Tallied(link, "shop", "people").people("k", NOW - 1) == 1


async def test_sites_and_plugins_count_apart(link: Link) -> None:
    await apply(link, "people", [marks("k", "a")])
    assert await Tallied(link, "other", "people").people("k", 0) == 0
    assert await Tallied(link, "shop", "others").people("k", 0) == 0


async def test_no_more_is_kept_than_is_said_and_it_goes_by_itself(link: Link) -> None:
    crowd = [Mark("k", f"p{number}", NOW + number / 1000) for number in range(MOST + 50)]
    await apply(link, "people", [marks("k", "early", at=NOW - MINUTES * 60 - 1), Marked("shop", crowd)])
    name = tally("shop", "people", "k")
    assert await Tallied(link, "shop", "people").people("k", 0) == MOST
    assert await Tallied(link, "shop", "people").people("k", NOW + 0.0495) == MOST
    assert 0 < int(await link.call("TTL", name)) <= MINUTES * 60


async def test_who_was_there_before_the_kept_week_is_let_go(link: Link) -> None:
    await apply(link, "people", [marks("k", "old", at=NOW - MINUTES * 60 - 1), marks("k", "new")])
    assert await link.call("ZCARD", tally("shop", "people", "k")) == 1


async def test_nothing_that_tells_who_somebody_is_is_kept(link: Link) -> None:
    await apply(link, "people", [marks("k", "v0123456789abcde")])
    [kept] = await link.call("ZRANGE", tally("shop", "people", "k"), 0, -1)
    assert len(kept) == 2 * tallies.DIGEST
    assert b"v0123" not in kept


async def test_marks_that_can_not_be_kept_are_named() -> None:
    wrong = [Mark("", "a", 1), Mark("k", "w" * 201, 1), Mark("k", "a", NOW + 60), Mark("k", "a", float("nan"))]
    with pytest.raises(Invalid) as refused:
        check([Mark("k", "a", NOW), *wrong, "no mark"], NOW)  # type: ignore[list-item]
    assert [problem.where for problem in refused.value.problems] == [f"marks[{number}]" for number in range(1, 6)]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 100)), max_size=40), st.integers(0, 101))
def test_the_count_is_that_of_a_plain_set(done: list[tuple[str, int]], since: int) -> None:
    """What ZADD GT keeps, the latest time of each, is enough to count people since any moment."""
    latest = {who: max(at for each, at in done if each == who) for who, _ in done}
    assert sum(at >= since for at in latest.values()) == len({who for who, at in done if at >= since})
