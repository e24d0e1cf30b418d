"""What is looked out for because somebody asks for it: twice before it is, and no longer than an hour."""

import asyncio
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions import drafting, repository
from dangol.definitions.drafts import HEARD, LASTING, LONGEST, MOST, MOST_HEARD, NONE, Drafts, asked
from dangol.errors import Unavailable
from dangol.store import keys
from dangol.store.link import Link

WRITTEN = {"did": {"event": "search", "within": "7d"}}


def wanted(*streams: str) -> dict[str, Any]:
    return dict.fromkeys(streams, WRITTEN)


def kept(drafts: Drafts) -> dict[str, int]:
    return {each.key: each.since for each in drafts.kept}


def full(now: float) -> Drafts:
    names = wanted(*(f"s{number}" for number in range(MOST)))
    return asked(asked(NONE, names, now - 1, 1), names, now, 1)


def test_who_asks_once_is_heard_and_who_still_asks_is_served() -> None:
    once = asked(NONE, wanted("a"), 100.0, 7)
    assert (once.version, kept(once), once.heard) == (0, {}, {"a": 100.0})
    assert asked(once, wanted("a"), 100.9, 8) == once
    twice = asked(once, wanted("a"), 101.0, 9)
    assert (twice.version, kept(twice), twice.heard) == (9, {"a": 9}, {})


def test_a_draft_lasts_from_when_it_was_asked_for_last() -> None:
    drafts = asked(asked(NONE, wanted("a", "b"), 0, 1), wanted("a", "b"), 1, 1)
    later = asked(drafts, wanted("a"), LASTING, 2)
    assert (later.version, kept(later)) == (1, {"a": 1, "b": 1})
    over = asked(later, {}, LASTING + 1, 3)
    assert (over.version, kept(over)) == (3, {"a": 1})
    assert kept(asked(over, {}, 2 * LASTING, 4)) == {}


def test_what_comes_back_begins_anew() -> None:
    drafts = asked(full(0), wanted("s0"), LASTING, 5)
    again = asked(drafts, wanted("s0"), LASTING + 1, 6)
    assert kept(again) == {"s0": 6}


def test_what_was_heard_is_forgotten() -> None:
    heard = asked(NONE, wanted("a"), 0, 1)
    assert asked(heard, wanted("a"), HEARD, 2).heard == {"a": HEARD}


def test_letters_that_are_typed_take_no_place() -> None:
    drafts = NONE
    for number in range(200):
        drafts = asked(drafts, wanted(f"letter-{number}"), number * 0.1, number)
    assert (drafts.version, kept(drafts)) == (0, {})
    assert list(drafts.heard)[-1] == "letter-199"
    assert len(drafts.heard) == MOST_HEARD


def test_the_one_not_asked_for_for_longest_makes_room() -> None:
    drafts = asked(full(0), wanted(*(f"s{number}" for number in range(1, MOST))), 10, 2)
    drafts = asked(asked(drafts, wanted("new"), HEARD, 3), wanted("new"), HEARD + 1, 4)
    assert kept(drafts).keys() == {"new", *(f"s{number}" for number in range(1, MOST))}


def test_those_who_still_ask_are_not_driven_out() -> None:
    drafts = full(0)
    for now in range(1, HEARD, 2):
        drafts = asked(drafts, wanted("new"), now, 2)
        assert (kept(drafts), drafts.heard) == (kept(full(0)), {})


def test_what_is_too_long_is_not_kept() -> None:
    long = {"a": {"did": {"event": "search", "within": "7d", "where": {"key": {"is": "x" * LONGEST}}}}}
    assert asked(asked(NONE, long, 0, 1), long, 5, 2) == NONE


Asking = st.tuples(st.floats(0, 40), st.frozensets(st.sampled_from([f"s{number}" for number in range(20)])))


@given(st.lists(Asking, max_size=60))
def test_the_version_rises_with_the_streams_and_nothing_seems_older_than_it_is(asking: list[tuple[float, Any]]) -> None:
    drafts, now = NONE, 0.0
    for version, (pause, names) in enumerate(asking, 1):
        former, now = drafts, now + pause * pause
        drafts = asked(former, wanted(*names), now, version)
        assert drafts.version == (version if kept(drafts).keys() != kept(former).keys() else former.version)
        assert all(since == kept(former).get(key, version) for key, since in kept(drafts).items())
        assert len(drafts.kept) <= MOST
        assert not kept(drafts).keys() & drafts.heard.keys()


@pytest.mark.anyio
async def test_other_streams_raise_the_counter_and_nothing_else_does(link: Link) -> None:
    counters = []
    for now in (0, 2, 4):
        await drafting.ask(link, "shop", wanted("a"), now)
        counters.append(await repository.version(link))
    await drafting.lapse(link, 4)
    assert [*counters, await repository.version(link)] == [0, 1, 1, 1]
    await drafting.lapse(link, 4 + LASTING)
    assert await repository.version(link) == 2


@pytest.mark.anyio
async def test_of_many_who_ask_at_once_none_is_lost(link: Link) -> None:
    names = [f"s{number}" for number in range(8)]
    await drafting.ask(link, "shop", wanted(*names), 0)
    found = await asyncio.gather(*(drafting.ask(link, "shop", wanted(name), 5) for name in names))
    last = max(found, key=lambda drafts: drafts.version)
    assert sorted(kept(last).values()) == list(range(1, 9))
    assert await repository.version(link) == last.version == 8


@pytest.mark.anyio
async def test_who_is_always_overtaken_is_told(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "TRIES", 1)
    await drafting.ask(link, "shop", wanted("a", "b"), 0)
    found = await asyncio.gather(
        *(drafting.ask(link, "shop", wanted(name), 5) for name in "ab"), return_exceptions=True
    )
    assert [type(each) for each in found] == [Drafts, Unavailable]


@pytest.mark.anyio
async def test_what_can_not_be_read_is_logged_and_begun_anew(link: Link, caplog: pytest.LogCaptureFixture) -> None:
    await link.call("HSET", keys.DRAFTS, "shop", b"{")
    with caplog.at_level(logging.ERROR):
        assert (await drafting.ask(link, "shop", wanted("a"), 3)).heard == {"a": 3}
    assert "the drafts of shop" in caplog.text
