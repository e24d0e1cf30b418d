"""What is kept of one person is handed out whole, and deleted whole."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from click.testing import CliRunner

from dangol.cli import main
from dangol.engine import Context
from dangol.house import House
from dangol.members.person import Person
from dangol.members.row import MemberRow, changes
from dangol.messages.push import Push
from dangol.protocol import tokens
from dangol.protocol.event import Event
from dangol.protocol.tokens import Identity
from dangol.store import outbox, recipients

pytestmark = pytest.mark.anyio

V1, V2 = "v000000000000001", "v000000000000002"
NOW = time.time()


async def met(house: House) -> None:
    """A visitor who becomes the member kim and gets a message, and another visitor."""
    runtime, now_ms = house.by_id["shop"], int(NOW * 1000)
    kim = tokens.member_profile(runtime.keys, "kim")
    for number, visitor in enumerate((V1, V2)):
        await house.engine.take(runtime, visitor, [Event(f"view-{number}", "page_view", now_ms, "/tea")], Context(NOW))
    await house.engine.join(runtime, V1, kim)
    login = Event("login-1", "login", now_ms, "/")
    await house.engine.take(runtime, kim, [login], Context(NOW, identity=Identity("kim", int(NOW) + 60, name="Kim")))
    await outbox.enqueue(house.link, [message("hello", kim), message("hello", "m" + "0" * 15)], NOW, NOW, zone="UTC")


def message(cause: str, profile: str = "", to: str = "", site: str = "shop") -> Push:
    recipient = outbox.recipient_of(profile, "", to)
    return Push(outbox.key_of(site, cause, recipient), site, cause, "api", profile=profile, to=to)


def person(house: House, **who: str) -> Person:
    return Person(house.link, house.profiles, house.by_id["shop"].keys, "shop", **who)


async def test_all_that_is_kept_of_a_member_is_handed_out(house: House) -> None:
    await met(house)
    told = await person(house, member="kim").export()
    assert told["known"]["member"]["name"] == "Kim"
    assert told["known"]["page_views"] == 1
    assert [each["events"][0]["name"] for each in told["events"]] in (["page_view", "login"], ["login", "page_view"])
    assert [(each["cause"], each["state"]) for each in told["messages"]] == [("hello", "queued")]
    assert json.dumps(told)


async def test_a_member_is_deleted_with_all_visitors_and_messages_and_nobody_else(house: House) -> None:
    await met(house)
    assert await person(house, member="kim").forget() == {"profiles": 1, "messages": 1}
    names = await house.link.call("KEYS", "*p:shop:*")
    assert [name.decode().rpartition(":")[2] for name in names] == [V2]
    left = [key async for key in outbox.every(house.link)]
    assert left == [message("hello", "m" + "0" * 15).key]
    assert [name async for name in histories(house)] == [recipients.history_name("shop", "m" + "0" * 15)]
    assert sum([await outbox.waiting(house.link, number) for number in range(16)]) == 1
    assert await person(house, member="kim").forget() == {"profiles": 0, "messages": 0}


async def histories(house: House) -> AsyncIterator[str]:
    for name in await house.link.call("KEYS", "*history:*"):
        yield name.decode()


async def test_all_messages_are_deleted_also_those_that_the_history_names_no_more(house: House) -> None:
    theirs = [message(f"cause-{number}", V1) for number in range(60)]
    others = [message("cause-1", V2), message("cause-1", V1, site="other")]
    await outbox.enqueue(house.link, [*theirs, *others], NOW, NOW, zone="UTC")
    assert len((await person(house, visitor=V1).export())["messages"]) == 60
    assert await person(house, visitor=V1).forget() == {"profiles": 0, "messages": 60}
    assert {key async for key in outbox.every(house.link)} == {each.key for each in others}


async def test_messages_to_an_address_are_a_persons_where_the_shop_has_told_it(house: House) -> None:
    await met(house)
    runtime = house.by_id["shop"]
    kim = tokens.member_profile(runtime.keys, "kim")
    await house.engine.tell("shop", kim, changes([MemberRow("kim", phone="01012345678")]), "kim")
    sent = [message("send:1", to="01012345678"), message("send:1", to="01087654321")]
    await outbox.enqueue(house.link, sent, NOW, NOW, zone="UTC")
    assert (await person(house, member="kim").forget())["messages"] == 2
    assert await outbox.read(house.link, sent[0].key) is None
    assert await outbox.read(house.link, sent[1].key) is not None


async def test_a_visitor_is_found_by_token_or_profile(house: House) -> None:
    await met(house)
    token = tokens.sign(house.by_id["shop"].keys, V2)
    assert (await person(house, visitor=token).export())["known"]["page_views"] == 1
    assert await person(house, visitor=V2).forget() == {"profiles": 1, "messages": 0}


async def test_the_commands_show_and_forget(house: House, store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANGOL_REDIS_URL", store.url)
    monkeypatch.setenv("DANGOL_SECRET", "s" * 32)
    await met(house)

    async def run(*arguments: str) -> str:
        return (await asyncio.to_thread(CliRunner().invoke, main, ["members", *arguments])).output

    assert json.loads(await run("show", "shop", V2, "--visitor"))["known"]["page_views"] == 1
    assert "WHO: 'nobody' is not somebody" in await run("show", "shop", "nobody")
    assert "SITE: 'nowhere' is not a site" in await run("show", "nowhere", "kim")
    assert await run("forget", "shop", "v" + "9" * 15, "--visitor") == "0 profiles, 0 messages deleted\n"
