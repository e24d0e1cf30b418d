"""What is kept of one person is handed out whole, and deleted whole."""

import json
import time
from typing import Any

import pytest
from click.testing import CliRunner

from dangol.cli import main
from dangol.engine import Context
from dangol.house import House
from dangol.members.person import Person
from dangol.plugin import PushRequest
from dangol.protocol import tokens
from dangol.protocol.event import Event
from dangol.protocol.tokens import Identity
from dangol.store import outbox

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
    for member in ("kim", "lee"):
        key = outbox.key_of("shop", "hello", member)
        await outbox.enqueue(house.link, PushRequest(key, "shop", "hello", member, {"phone": "010"}), "log", {}, NOW)


def person(house: House, **who: str) -> Person:
    return Person(house.link, house.profiles, house.by_id["shop"].keys, "shop", **who)


async def test_all_that_is_kept_of_a_member_is_handed_out(house: House) -> None:
    await met(house)
    told = await person(house, member="kim").export()
    assert told["known"]["member"]["name"] == "Kim"
    assert told["known"]["page_views"] == 1
    assert [each["events"][0]["name"] for each in told["events"]] in (["page_view", "login"], ["login", "page_view"])
    assert [each["request"]["member"] for each in told["messages"]] == ["kim"]
    assert json.dumps(told)


async def test_a_member_is_deleted_with_all_visitors_and_messages_and_nobody_else(house: House) -> None:
    await met(house)
    assert await person(house, member="kim").forget() == {"profiles": 1, "messages": 1}
    names = await house.link.call("KEYS", "*p:shop:*")
    assert [name.decode().rpartition(":")[2] for name in names] == [V2]
    left = [key async for key in outbox.every(house.link)]
    assert left == [outbox.key_of("shop", "hello", "lee")]
    assert sum([await outbox.waiting(house.link, number) for number in range(16)]) == 1
    assert await person(house, member="kim").forget() == {"profiles": 0, "messages": 0}


async def test_a_visitor_is_found_by_token_or_profile(house: House) -> None:
    await met(house)
    token = tokens.sign(house.by_id["shop"].keys, V2)
    assert (await person(house, visitor=token).export())["known"]["page_views"] == 1
    assert await person(house, visitor=V2).forget() == {"profiles": 1, "messages": 0}


def test_the_commands_show_and_forget(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANGOL_REDIS_URL", store.url)
    monkeypatch.setenv("DANGOL_SECRET", "s" * 32)
    shown = CliRunner().invoke(main, ["members", "show", "shop", "nobody"])
    assert json.loads(shown.output)["events"] == []
    done = CliRunner().invoke(main, ["members", "forget", "shop", "v" + "9" * 15, "--visitor"])
    assert done.output == "0 profiles, 0 messages deleted\n"
