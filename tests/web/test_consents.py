"""Consents over HTTP: told act by act, found by address, and what is to be done about them."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from dangol import consents
from dangol.house import House
from dangol.messages.policy import Case
from dangol.profile.consents import Act
from dangol.profile.model import Profile, Subscription
from dangol.protocol import tokens
from dangol.store import addresses, keys, log
from dangol.worker.consents import Consents
from dangol.worker.follow import Logged

pytestmark = pytest.mark.anyio
NUMBER = "01012345678"


def when(seconds_ago: float = 100) -> str:
    return datetime.fromtimestamp(time.time() - seconds_ago, UTC).isoformat()


def row(**given: Any) -> dict[str, Any]:
    return {"member": "kim", "channel": "sms", "act": "agreed", "at": when(), **given}


async def profile(house: House, member: str = "kim") -> Profile:
    runtime = house.by_id["shop"]
    return await house.engine.look(runtime, tokens.member_profile(runtime.keys, member))


async def consent(house: House, channel: str = "sms") -> Subscription:
    return (await profile(house)).subscriptions[channel]


async def follow(house: House) -> None:
    """What the worker makes of the log."""
    job = Consents(house.link, house.engine, lambda site: house.by_id.get(site))
    for number in range(keys.PARTITIONS):
        for id, payload in await log.between(house.link, number, "0-0", "+", 1000):
            if entry := log.entry(payload):
                await job(number, [Logged(id, entry)])


async def asked(house: House, to: str, profile: Profile | None = None, channel: str = "sms") -> Case:
    """What the policy is told of an advertisement to an address."""
    runtime = house.by_id["shop"]
    kind = "email" if channel == "email" else "text"
    now = time.time()
    case = Case(
        kind=kind, ad=True, site=runtime.site, contact=runtime.definitions.contact, now=now, to=to, profile=profile
    )
    [consulted] = await consents.consult(house.link, house.engine, runtime, [case])
    return consulted


async def test_a_consent_is_noted_with_its_words_and_its_history(shop: Any, house: House) -> None:
    await shop.post("/v1/members", json={"members": [{"id": "kim", "phone": "010-1234-5678"}]})
    told = row(wording="Texts?", night=True, source="sign-up")
    answer = await shop.post("/v1/consents", json={"consents": [told]})
    assert (answer.status_code, answer.json()) == (200, {"accepted": 1, "changed": 2})
    found = await consent(house)
    assert (found.address, found.wording, found.night, found.source) == (NUMBER, "Texts?", True, "sign-up")
    assert {each.what for each in found.history} == {"agreed", "night_agreed"}
    again = await shop.post("/v1/consents", json={"consents": [told]})
    assert again.json() == {"accepted": 1, "changed": 0}
    assert await consent(house) == found


async def test_a_member_s_id_is_what_the_shop_calls_it_everywhere(shop: Any, house: House) -> None:
    apart = "jose\u0301"  # two characters for the last letter, as some systems write it
    await shop.post("/v1/members", json={"members": [{"id": apart, "phone": "010-1234-5678"}]})
    await shop.post("/v1/consents", json={"consents": [row(member=apart)]})
    assert (await profile(house, apart)).subscriptions["sms"].address == NUMBER
    unseen = await shop.post("/v1/consents", json={"consents": [row(member="\u200b")]})
    assert unseen.json() == {"error": "consents[0].member: expected an id of visible characters"}


WRONG = [
    ({"member": "", "act": "agreed"}, "consents[1]: expected a consent with one of member, phone and email"),
    ({"phone": NUMBER}, "consents[1]: expected a consent with one of member, phone and email"),
    ({"channel": "fax"}, "consents[1].channel"),
    ({"act": "maybe"}, "consents[1].act"),
    ({"at": "2099-01-01T00:00:00Z"}, "consents[1].at: expected a time between 1970 and now"),
    ({"at": "yesterday"}, "consents[1].at"),
    ({"act": "withdrawn", "night": True}, "consents[1].night: expected left out"),
    ({"address": "02-1234-5678"}, "consents[1].address: expected an address of sms"),
    ({"member": "", "phone": "nobody"}, "consents[1].phone: expected an address of sms"),
    ({"member": "", "phone": NUMBER, "channel": "email"}, "consents[1].channel"),
    ({"member": "", "phone": NUMBER, "channel": "push"}, "consents[1].channel: expected sms or kakao with a phone"),
    ({"wording": "x" * 501}, "consents[1].wording"),
    ({"name": "Kim"}, "consents[1]"),
]


@pytest.mark.parametrize(("given", "told"), WRONG)
async def test_one_wrong_row_and_nothing_is_noted(shop: Any, house: House, given: dict[str, Any], told: str) -> None:
    answer = await shop.post("/v1/consents", json={"consents": [row(), row(**given)]})
    assert answer.status_code == 400
    assert told in answer.json()["error"]
    assert "02-1234" not in answer.text
    assert (await profile(house)).subscriptions == {}


async def test_only_the_shops_server_tells_of_consents(admin: Any, browser: Any, shop: Any) -> None:
    for http in (admin, browser.http):
        assert (await http.post("/v1/consents", json={"consents": []})).status_code == 401
    assert (await shop.get("/v1/admin/consents/duties")).status_code == 401


async def test_an_address_that_refuses_refuses_for_everybody_who_has_it(shop: Any, house: House) -> None:
    rows = [row(member=member, address=NUMBER) for member in ("kim", "lee")]
    await shop.post("/v1/consents", json={"consents": rows})
    await follow(house)
    runtime, at = house.by_id["shop"], time.time() - 10
    for expected in (True, False):
        told = await consents.withdraw_by_address(
            house.link, house.engine, runtime, "sms", "+82 10-1234-5678", at, "solapi"
        )
        assert told is expected
    for member in ("kim", "lee"):
        found = (await profile(house, member)).subscriptions["sms"]
        assert found.withdrawn_at > found.agreed_at
        assert found.history[0].source == "solapi"
    assert (await asked(house, NUMBER)).refused_at
    assert not (await asked(house, "01099998888")).refused_at
    assert not await consents.withdraw_by_address(house.link, house.engine, runtime, "sms", "nobody", 1.0, "solapi")


async def test_a_refusal_that_came_before_the_profile_was_found_holds_all_the_same(shop: Any, house: House) -> None:
    await shop.post("/v1/consents", json={"consents": [row(address=NUMBER)]})
    runtime = house.by_id["shop"]
    await consents.withdraw_by_address(house.link, house.engine, runtime, "sms", NUMBER, time.time(), "solapi")
    assert not (await consent(house)).withdrawn_at
    assert (await asked(house, "", await profile(house))).refused_at
    await follow(house)
    assert (await consent(house)).withdrawn_at


async def test_a_members_own_address_is_asked_for_too(shop: Any, house: House) -> None:
    await shop.post("/v1/members", json={"members": [{"id": "kim", "email": "kim@mail.example"}]})
    runtime = house.by_id["shop"]
    args = (house.link, house.engine, runtime)
    await consents.withdraw_by_address(*args, "email", "kim@Mail.example", time.time(), "hook")
    assert (await asked(house, "", await profile(house), "email")).refused_at
    assert not (await asked(house, "", await profile(house), "sms")).refused_at


async def test_a_guests_consent_stands_beside_the_address(shop: Any, house: House) -> None:
    guest = row(member="", phone="010-1234-5678", wording="Texts?", night=True)
    assert (await shop.post("/v1/consents", json={"consents": [guest]})).json()["changed"] == 2
    found = (await asked(house, NUMBER)).profile
    assert found is not None
    assert (found.subscriptions["sms"].address, found.subscriptions["sms"].night) == (NUMBER, True)
    stored = [value async for value in _everything(house)]
    assert not any(NUMBER.encode() in value for value in stored), "the number itself is kept nowhere"
    refusal = row(member="", phone=NUMBER, act="withdrawn", at=when(10))
    await shop.post("/v1/consents", json={"consents": [refusal]})
    assert (await asked(house, NUMBER)).refused_at
    assert (await asked(house, NUMBER)).profile is None


async def _everything(house: House) -> Any:
    cursor = b"0"
    while True:
        cursor, names = await house.link.call("SCAN", cursor, "MATCH", "*}a:*", "COUNT", 1000)
        for name in names:
            yield name
            for value in await house.link.call("HGETALL", name):
                yield value
        if cursor == b"0":
            return


async def test_an_advertisement_to_a_number_goes_by_the_consent_of_the_member_who_has_it(
    shop: Any, house: House
) -> None:
    await shop.post("/v1/consents", json={"consents": [row(address=NUMBER)]})
    assert (await asked(house, NUMBER)).profile is None
    await follow(house)
    found = (await asked(house, "010-1234-5678")).profile
    assert found is not None
    assert found.member is not None
    assert found.member.id == "kim"


async def test_who_is_to_be_told_and_asked_again_is_listed(shop: Any, admin: Any, house: House) -> None:
    old = row(member="lee", channel="email", at=when(725 * 86_400), address="lee@mail.example")
    notified = row(member="lee", channel="email", act="notified", at=when(724 * 86_400))
    late = row(member="park", at=when(20 * 86_400), address=NUMBER)
    await shop.post("/v1/consents", json={"consents": [row(), old, notified, late]})
    await follow(house)
    found = (await admin.get("/v1/admin/consents/duties")).json()
    assert [(each["member"], each["channel"]) for each in found["tell"]["listed"]] == [("park", "sms"), ("kim", "sms")]
    assert (found["tell"]["count"], found["tell"]["late"]) == (2, 1)
    assert [each["member"] for each in found["confirm"]["listed"]] == ["lee"]
    assert (found["confirm"]["count"], found["confirm"]["late"]) == (1, 0)
    done = [row(act="notified", at=when(0)), row(member="lee", channel="email", act="reconfirmed", at=when(0))]
    await shop.post("/v1/consents", json={"consents": done})
    for _ in range(2):
        left = (await admin.get("/v1/admin/consents/duties")).json()
        assert [each["member"] for each in left["tell"]["listed"]] == ["park"]
        assert left["confirm"] == {"count": 0, "late": 0, "listed": []}


async def test_who_is_forgotten_is_found_by_no_address_but_stays_refused(shop: Any, admin: Any, house: House) -> None:
    acts = [row(address=NUMBER), row(act="withdrawn", at=when(10))]
    await shop.post("/v1/consents", json={"consents": acts})
    await follow(house)
    await admin.post("/v1/admin/person/forget", json={"member": "kim"})
    runtime = house.by_id["shop"]
    known = await addresses.read(house.link, "shop", tokens.address_mark(runtime.keys, NUMBER))
    assert known.profiles == ()
    assert known.refused["sms"]


async def test_an_old_consent_of_a_member_never_outlives_a_later_refusal(house: House) -> None:
    runtime = house.by_id["shop"]
    acts = [Act("sms", "agreed", 100, NUMBER), Act("sms", "withdrawn", 200, NUMBER)]
    await house.engine.consent(runtime, tokens.member_profile(runtime.keys, "kim"), acts, 300.0, "kim")
    late = [Act("sms", "agreed", 150, NUMBER)]
    await house.engine.consent(runtime, tokens.member_profile(runtime.keys, "kim"), late, 300.0, "kim")
    assert (await consent(house)).withdrawn_at == 200
