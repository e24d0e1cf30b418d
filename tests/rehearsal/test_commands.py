import asyncio
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from dangol.cli import main
from dangol.definitions.document import dump_yaml
from dangol.definitions.model import Definitions
from dangol.engine import Context, Outcome
from dangol.house import House
from dangol.protocol import tokens
from dangol.protocol.event import Event
from dangol.rehearsal.commands import begun
from dangol.store.embedded import EmbeddedStore

pytestmark = pytest.mark.anyio

SECRET = "s" * 32
POPCORN: dict[str, Any] = {"id": "hello", "widget": {"use": "popcorn", "params": {"title": "Hello"}}, "holdout": 0}
ONCE = {**POPCORN, "caps": [{"times": 1, "per": "lifetime"}]}
OFTEN = {"id": "often", "include": {"page_views": {"gte": 3}}}


async def run(store: EmbeddedStore, *arguments: str, text: str = "") -> Result:
    """The command, which has an event loop of its own."""
    runner = CliRunner(env={"DANGOL_REDIS_URL": store.url, "DANGOL_SECRET": SECRET})
    return await asyncio.to_thread(runner.invoke, main, ["rehearse", *arguments], input=text)


async def views(house: House, visitor: str, *ages: float) -> None:
    """Page views, so many seconds ago, on which all that was shown was seen."""
    for age in ages:
        at = time.time() - age
        outcome = await take(house, visitor, "page_view", at)
        for each in outcome.shown:
            props = {"campaign": each.decision.campaign.id}
            await take(house, visitor, "widget_view", at + 1, key=each.decision.key, props=props)


async def take(house: House, visitor: str, name: str, at: float, **fields: Any) -> Outcome:
    event = Event(f"{name}-{visitor}-{at}", name, int(at * 1000), "/", **fields)
    return await house.engine.take(house.by_id["shop"], visitor, [event], Context(now=at, page="/", language="en"))


@pytest.fixture
async def busy(new_house: Callable[..., House], opened: Any, define: Callable[..., Definitions]) -> House:
    """A shop where one visitor came four times and another once, and a popcorn was shown each time."""
    house: House = await opened(new_house(define(campaigns=[POPCORN])))
    await views(house, "v000000000000001", 7200, 7100, 7000, 60)
    await views(house, "v000000000000002", 50)
    return house


@pytest.fixture
def candidate(define: Callable[..., Definitions]) -> str:
    """Another document for that shop: the popcorn once ever, and a segment."""
    return dump_yaml(define(segments=[OFTEN], campaigns=[ONCE]))


async def test_the_answer_tells_who_would_have_come_in_and_what_would_have_been_shown(
    busy: House, candidate: str, store: EmbeddedStore
) -> None:
    result = await run(store, "-", "--days", "1", "--json", "--compare", text=candidate)
    assert result.exit_code == 0, result.output
    answer = msgspec.json.decode(result.stdout)
    [segment], [campaign] = answer["candidate"]["segments"], answer["candidate"]["campaigns"]
    assert (segment["entered"]["visitors"], segment["at_end"]["visitors"], segment["times"]) == (1, 1, 1)
    assert (campaign["shown"], campaign["logged"], campaign["shoppers"]["visitors"]) == (2, 5, 2)
    assert (campaign["seen"], campaign["refused"]) == (2, {"cap_lifetime": 3})
    assert answer["in_force"]["campaigns"][0]["shown"] == 5
    assert (answer["entries"], answer["shoppers"]["visitors"], answer["step"]) == (10, 2, "hour")


async def test_the_same_question_gets_the_same_bytes(busy: House, candidate: str, store: EmbeddedStore) -> None:
    until = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    first, second = [await run(store, "-", "--until", until, "--json", text=candidate) for _ in range(2)]
    assert first.stdout == second.stdout
    assert msgspec.json.decode(first.stdout)["entries"] == 10


async def test_a_terminal_gets_a_table(busy: House, candidate: str, store: EmbeddedStore, tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(candidate)
    result = await run(store, str(file), "--compare")
    assert "10 entries of 2 shoppers (2 visitors, 0 who joined, 0 members)" in result.stdout
    rows = {line.split()[0]: line.split() for line in result.stdout.splitlines() if line}
    assert rows["often"][:5] == ["often", "0", "1", "-", "1"]
    assert rows["hello"][:3] == ["hello", "2", "5"]
    assert rows["hello"][-2:] == ["cap_lifetime", "3"]
    assert "a second" in result.stderr


async def test_nothing_is_changed(busy: House, candidate: str, store: EmbeddedStore) -> None:
    before = await dump(busy)
    assert (await run(store, "-", text=candidate)).exit_code == 0
    assert await dump(busy) == before


async def dump(house: House) -> dict[bytes, bytes]:
    """All that the store holds, but the time that is left to it."""
    names = await house.link.call("KEYS", "*")
    return {name: await house.link.call("DUMP", name) for name in names}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--days", "0"], "0.0 is not"),
        (["--days", "nan"], "nan is not"),
        (["--until", "tomorrow"], "'tomorrow' is not a time"),
    ],
)
async def test_a_span_that_is_none_is_refused(
    store: EmbeddedStore, define: Callable[..., Definitions], arguments: list[str], told: str
) -> None:
    refused = await run(store, "-", *arguments, text=dump_yaml(define()))
    assert refused.exit_code != 0
    assert told in refused.output


async def test_bad_definitions_are_refused_with_their_place(house: House, store: EmbeddedStore, candidate: str) -> None:
    refused = await run(store, "-", text=candidate.replace("page_views", "page_wievs"))
    assert refused.exit_code == 1
    assert "segments[0].include" in refused.output


async def test_there_must_be_something_to_compare_with(link: Any, candidate: str, store: EmbeddedStore) -> None:
    assert (await run(store, "-", text=candidate)).exit_code == 0
    refused = await run(store, "-", "--compare", text=candidate)
    assert refused.exit_code == 1
    assert "a site with definitions in force" in refused.output


async def test_who_logs_in_is_told_as_a_visitor_until_then_and_as_a_member_after(
    busy: House, define: Callable[..., Definitions], store: EmbeddedStore
) -> None:
    runtime, visitor = busy.by_id["shop"], "v000000000000001"
    member = tokens.member_profile(runtime.keys, "kim")
    await busy.engine.join(runtime, visitor, member)
    event = Event("bought", "purchase", int(time.time() * 1000), value=100, key="1")
    await busy.engine.take(runtime, member, [event], Context(now=time.time(), member="kim", widgets=False))
    segments = [OFTEN, {"id": "member", "include": {"logged_in": True}}]
    result = await run(store, "-", "--json", text=dump_yaml(define(segments=segments)))
    answer = msgspec.json.decode(result.stdout)
    assert answer["shoppers"] == {"visitors": 1, "joined": 1, "members": 1}
    often, logged_in = answer["candidate"]["segments"]
    assert (often["entered"]["joined"], often["at_end"]["joined"], often["at_end"]["members"]) == (1, 0, 1)
    assert logged_in["entered"] == {"visitors": 0, "joined": 0, "members": 1}


async def test_a_terminal_sees_how_far_it_is(busy: House, candidate: str, store: EmbeddedStore) -> None:
    ours, theirs = os.openpty()
    environment = {**os.environ, "DANGOL_REDIS_URL": store.url, "DANGOL_SECRET": SECRET}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dangol", "rehearse", "-", stdin=PIPE, stdout=DEVNULL, stderr=theirs, env=environment
    )
    await process.communicate(candidate.encode())
    os.close(theirs)
    seen = os.read(ours, 100_000).decode()
    os.close(ours)
    assert process.returncode == 0, seen
    assert "Rehearsing" in seen
    assert "100%" in seen


def test_a_campaign_that_has_not_begun_is_taken_as_if_it_had(define: Callable[..., Definitions]) -> None:
    dates = [{}, {"starts": "2026-11-01", "ends": "2026-11-30"}, {"starts": "2026-12-01", "ends": "2026-12-24"}]
    campaigns = [{**POPCORN, "id": f"c{number}", **each} for number, each in enumerate(dates)]
    given = define(campaigns=campaigns)
    always, running, coming = begun(given, datetime(2026, 11, 22, tzinfo=UTC).timestamp()).campaigns
    assert [always, running] == given.campaigns[:2]
    assert (coming.starts, coming.ends) == (None, None)
