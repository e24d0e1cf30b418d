"""Draws: exactly the members that match are queued, once, in whatever state a worker ends; the others are left out."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from dangol.definitions.model import MessageUse
from dangol.errors import Unavailable
from dangol.house import House
from dangol.messages.push import Push
from dangol.plugin import Profile, Request
from dangol.profile.model import Contact, Member
from dangol.protocol import tokens
from dangol.segments.twin import holds
from dangol.store import draws, keys, outbox, sends
from dangol.store.draws import Draw
from dangol.store.sends import Recipient, Send
from dangol.worker import drawn
from dangol.worker import draws as drawing
from dangol.worker.census import Census
from dangol.worker.leases import Place

pytestmark = pytest.mark.anyio

SEGMENTS: list[dict[str, Any]] = [
    {"id": "gold", "include": {"grade": {"is": "gold"}}},
    {"id": "often", "include": {"visits": {"gte": 3}}},
]
NOW = 1_790_000_000


def campaign(id: str, once: str = "event", **fields: Any) -> dict[str, Any]:
    message = {"use": "log", "once": once}
    return {"id": id, "message": message, "schedule": {"every": "day", "at": "10:30"}, "holdout": 0, **fields}


@pytest.fixture
async def house(new_house: Any, opened: Any, define: Any) -> House:
    campaigns = [
        campaign("gold", audience=["gold", "often"]),
        campaign("all"),
        campaign("once", "ever"),
        campaign("held", holdout=50, variants=[{"id": "a"}, {"id": "b"}]),
        campaign("off", active=False),
    ]
    house: House = await opened(new_house(define(segments=SEGMENTS, campaigns=campaigns)))
    return house


async def put(house: House, number: int, profile: Profile) -> str:
    runtime = house.by_id["shop"]
    id = tokens.member_profile(runtime.keys, f"m{number}") if profile.member else f"v{number:015}"
    await house.profiles.write("shop", id, await house.profiles.read_now("shop", id), profile)
    return id


async def crowd(house: House, size: int) -> dict[str, Profile]:
    chance, found = random.Random(3), {}
    for number in range(size):
        member = Member(f"m{number}", grade=chance.choice(["gold", "silver"])) if chance.random() < 0.8 else None
        seen = int(house.now()) - chance.randrange(20) * 86_400
        profile = Profile(seed=number + 1, first_seen=1, last_seen=seen, visits=chance.randrange(6), member=member)
        found[await put(house, number, profile)] = profile
    return found


@asynccontextmanager
async def lanes(house: House) -> AsyncIterator[list[Any]]:
    """All partitions of the census, once they are filled."""
    job = Census(house.link, lambda: house.by_id)
    found: list[Any] = [job.lane(Place(job.name, number), "") for number in range(keys.PARTITIONS)]
    for lane in found:
        await lane.open()
    try:
        async with asyncio.timeout(60):
            while any(lane.roll is None for lane in found):
                await asyncio.sleep(0.02)
        yield found
    finally:
        await job.close()


async def draw(house: House, name: str, **fields: Any) -> Draw:
    """One that is drawn to its end."""
    wanted = Draw(f"shop:{name}:{NOW}", "shop", name, "columns", 0.0, **{"slot": NOW, **fields})
    await draws.begin(house.link, wanted)
    async with lanes(house) as found:
        await to_the_end(house, found)
    return wanted


async def to_the_end(house: House, found: list[Any]) -> None:
    async with asyncio.timeout(60):
        while await draws.under_way(house.link):
            await asyncio.gather(*(lane.step() for lane in found))


async def queued(house: House) -> dict[str, Push]:
    found = await outbox.read_many(house.link, [key async for key in outbox.every(house.link)])
    rows = [row for row in found if row]
    assert len({row.key for row in rows}) == len(rows)
    return {row.push.profile or row.push.to: row.push for row in rows}


async def test_exactly_the_members_who_match_are_queued(house: House) -> None:
    profiles = await crowd(house, 300)
    since = house.now() - 9.5 * 86_400
    wanted = await draw(house, "gold", since=since)
    scope = house.by_id["shop"].scope
    segments = [scope.by_id[name] for name in ("gold", "often")]
    expected = {
        id
        for id, profile in profiles.items()
        if profile.member and profile.last_seen >= since
        and all(holds(each, profile, Request(now=house.now()), scope) for each in segments)
    }  # fmt: skip
    pushes = await queued(house)
    assert pushes.keys() == expected
    assert 10 < len(expected) < 150
    assert {push.cause for push in pushes.values()} == {f"gold:{NOW}"}
    assert all(push.member == profiles[id].member.id for id, push in pushes.items())  # type: ignore[union-attr]
    found = draws.total(await draws.found(house.link, wanted.id))
    assert found == draws.Drawn(len(expected), 0)


async def test_who_has_got_it_is_left_out_where_it_is_sent_once(house: House) -> None:
    one, other = (Profile(1, 1, int(house.now()), member=Member(f"m{number}")) for number in (1, 2))
    one.contacts["once"] = Contact(messages=1)
    await put(house, 1, one)
    id = await put(house, 2, other)
    wanted = await draw(house, "once")
    pushes = await queued(house)
    assert list(pushes) == [id]
    assert pushes[id].cause == "once:ever"
    assert draws.total(await draws.found(house.link, wanted.id)) == draws.Drawn(2, 1)


async def test_arms_are_drawn_and_who_has_entered_keeps_the_arm(house: House) -> None:
    profiles = await crowd(house, 120)
    entered, profile = next((id, each) for id, each in profiles.items() if each.member)
    profile.contacts["held"] = Contact(arm="b")
    await put(house, int(profile.member.id[1:]), profile)  # type: ignore[union-attr]
    await draw(house, "held")
    arms = [push.arm for push in (await queued(house)).values()]
    assert {"holdout", "a", "b"} == set(arms)
    assert 0.3 < arms.count("holdout") / len(arms) < 0.7
    assert (await queued(house))[entered].arm == "b"


async def test_a_campaign_that_is_switched_off_or_gone_draws_nobody(house: House) -> None:
    await crowd(house, 10)
    for name in ("off", "gone"):
        wanted = await draw(house, name)
        assert draws.total(await draws.found(house.link, wanted.id)) == draws.Drawn()
    assert await queued(house) == {}


async def test_a_draw_that_the_store_interrupts_goes_on_and_queues_nobody_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles = await crowd(house, 80)
    monkeypatch.setattr(drawing, "CHUNK", 2)
    enqueue, calls = outbox.enqueue, 0

    async def failing(*args: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        made = await enqueue(*args, **named)
        if calls % 3 == 0 and calls < 30:
            raise Unavailable("the answer was lost")
        return made

    monkeypatch.setattr(outbox, "enqueue", failing)
    await draws.begin(house.link, Draw("d", "shop", "all", "columns", 0.0, NOW))
    async with lanes(house) as found, asyncio.timeout(60):
        while await draws.under_way(house.link):
            await asyncio.gather(*(lane.step() for lane in found), return_exceptions=True)
    members = {id for id, profile in profiles.items() if profile.member}
    assert (await queued(house)).keys() == members
    assert draws.total(await draws.found(house.link, "d")) == draws.Drawn(len(members), 0)
    assert 30 < calls < len(members)  # each goes on where it was


async def test_a_draw_that_fails_again_and_again_is_given_up_and_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles = await crowd(house, 40)
    poisoned = next(id for id, profile in profiles.items() if profile.member)
    made = drawn.of_member

    def broken(id: str, *others: Any) -> Push:
        if id == poisoned:
            raise RuntimeError("poison")
        return made(id, *others)

    monkeypatch.setattr(drawing, "of_member", broken)
    wanted = await draw(house, "all")
    found = await draws.found(house.link, wanted.id)
    assert [number for number, part in found.items() if part.failed] == [keys.partition(poisoned)]
    others = {id for id, each in profiles.items() if each.member and keys.partition(id) != keys.partition(poisoned)}
    assert (await queued(house)).keys() == others


async def test_rows_of_a_file_are_queued_for_their_time_and_then_forgotten(house: House) -> None:
    send = Send(
        "s1", "shop", "", MessageUse("log"), "rows", 1.0, state="started", at=NOW, columns=["coupon"], file="f1"
    )
    await sends.create(house.link, send)
    profile = tokens.member_profile(house.by_id["shop"].keys, "kim")
    rows = {profile: Recipient("kim", "", "en", ["A1"]), "to:01012345678": Recipient("", "01012345678", "", ["B2"])}
    for recipient, row in rows.items():
        await sends.put_rows(house.link, keys.partition(recipient), "f1", [row], 60)
    await draws.begin(house.link, Draw("d", "shop", "send:s1", "rows", 0.0))
    async with lanes(house) as found:
        await to_the_end(house, found)
    pushes = await queued(house)
    assert pushes[profile].variables == {"coupon": "A1"}
    assert pushes["01012345678"].to == "01012345678"
    assert {(await outbox.read(house.link, push.key)).due for push in pushes.values()} == {NOW}  # type: ignore[union-attr]
    for number in range(keys.PARTITIONS):
        assert await sends.rows(house.link, number, "f1", 0) is None


async def test_a_manual_send_to_an_audience_is_drawn_unless_it_was_cancelled(house: House) -> None:
    profiles = await crowd(house, 40)
    for id, state in (("s1", "cancelled"), ("s2", "started")):
        send = Send(id, "shop", "", MessageUse("log"), "columns", 1.0, ["gold"], state=state)  # type: ignore[arg-type]
        await sends.create(house.link, send)
        await draw(house, send.campaign, slot=0)
    pushes = await queued(house)
    assert pushes.keys() == {id for id, each in profiles.items() if each.member and each.member.grade == "gold"}
    assert {(push.origin, push.cause, push.arm) for push in pushes.values()} == {("manual", "send:s2", "")}
