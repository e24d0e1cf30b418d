"""What providers tell by hook: believed when they sign it, taken once, and only of their own sender's messages."""

import asyncio
import hmac
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest
from msgspec import Struct

from dangol import consents
from dangol.definitions.model import MessageUse
from dangol.host.registry import Registry
from dangol.house import House
from dangol.messages import results as results_of
from dangol.messages.push import Push
from dangol.plugin import Channel, Hook, Receipt, Told, Untrusted
from dangol.profile.consents import Act
from dangol.profile.consents import Told as Spoken
from dangol.protocol import tokens
from dangol.store import addresses, money, outbox, recipients, results
from dangol.store.outbox import Outcome
from dangol.web import hooks
from dangol.web.app import create

pytestmark = pytest.mark.anyio

NOW = time.time()
PATH = "/v1/hooks/shop/texts"
SIGNED = {"x-secret": "open sesame"}


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    secret: str


class Telling(Channel):
    """A provider whose hooks carry a secret, and a list of what it tells."""

    name = "telling"
    api = 1
    kinds = ("text", "alimtalk")
    Params = Params  # type: ignore[assignment]

    async def send(self, params: Any, request: Any) -> Receipt:
        return Receipt("accepted")

    def told(self, params: Any, hook: Hook) -> Sequence[Told]:
        if not hmac.compare_digest(hook.headers.get("x-secret", "").encode(), params.secret.encode()):
            raise Untrusted("the secret is wrong: a secret")
        return [_told(**each) for each in json.loads(hook.body)]


def _told(key: str = "", id: str = "", refused: str = "", at: float = 0.0, broken: bool = False, **receipt: Any) -> Any:
    return 5 if broken else Told(Receipt(**receipt) if receipt else None, key, id, refused, at)


@pytest.fixture(scope="session")
def registry() -> Registry:
    """One channel alone."""
    return Registry.of([Telling()])


@pytest.fixture
async def house(new_house: Any, opened: Any, define: Any) -> House:
    """A shop that sends texts through the provider."""
    params = {"params": {"secret": "open sesame"}}
    senders = [{"id": name, "use": "telling", **params} for name in ("texts", "others")]
    made: House = await opened(new_house(define(senders=senders)))
    return made


@pytest.fixture
async def provider(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """The provider's server."""
    transport = httpx.ASGITransport(create(house))
    async with httpx.AsyncClient(transport=transport, base_url="https://dangol.example", headers=SIGNED) as client:
        yield client


async def sent(house: House, cause: str = "hello", sender: str = "texts", site: str = "shop", **more: Any) -> str:
    """A message that the provider has accepted; its key."""
    push = Push(outbox.key_of(site, cause, "to:1"), site, cause, "api", to="1", **{"use": MessageUse(sender), **more})
    [made] = await outbox.enqueue(house.link, [push], NOW, NOW, zone="Asia/Seoul")
    number = outbox.partition(made.key)
    assert number is not None
    await outbox.claim(house.link, number, NOW, 15.0, "t", 50)
    await outbox.mark_sending(house.link, [(made.key, "1")], "telling", sender, NOW, 15.0, "t")
    outcome = Outcome(made.key, "accepted", price=20_000, look=NOW + 60)
    assert await outbox.settle(house.link, "t", [outcome], NOW) == [True]
    return made.key


async def row(house: House, key: str) -> outbox.Row:
    found = await outbox.read(house.link, key)
    assert found is not None
    return found


async def test_what_the_provider_tells_is_written_down_once(house: House, provider: httpx.AsyncClient) -> None:
    key = await sent(house)
    told = [{"key": key, "state": "delivered", "price": 8.4}]
    taken = {"changed": 1, "known": 0, "unknown": 0, "refused": 0}
    assert (await provider.post(PATH, json=told)).json() == taken
    first = await row(house, key)
    assert (first.state, first.price) == ("delivered", 8400)
    for _ in range(3):
        assert (await provider.post(PATH, json=told)).json() == {**taken, "changed": 0, "known": 1}
    assert await row(house, key) == first
    assert (await money.stand(house.link, "shop", "Asia/Seoul", NOW)).total == -11_600  # what was reckoned with is gone
    assert not [each for number in range(16) for each in await outbox.to_look_up(house.link, number, NOW + 1e6, 9)]


async def test_late_and_doubled_words_change_nothing_any_more(house: House, provider: httpx.AsyncClient) -> None:
    key = await sent(house)
    told = [
        {"key": key, "state": state} for state in ("delivered", "failed", "accepted", "retry", "unknown", "delivered")
    ]
    assert (await provider.post(PATH, json=told)).json()["changed"] == 1
    assert (await row(house, key)).state == "delivered"


async def test_hooks_side_by_side_move_a_message_once_and_count_it_once(
    house: House, provider: httpx.AsyncClient
) -> None:
    made = [await sent(house, f"cause-{number}") for number in range(4)]
    told = [{"key": key, "state": state} for key in made for state in ("delivered", "failed", "accepted")] * 3
    random.Random(7).shuffle(told)
    answers = await asyncio.gather(*(provider.post(PATH, json=[each]) for each in told))
    assert sum(answer.json()["changed"] for answer in answers) == 4
    states = Counter([(await row(house, key)).state for key in made])
    day = outbox.day_of(NOW, "Asia/Seoul")
    sums = (await results.read(house.link, "shop", "api", [day]))[day]
    assert {state: sums[f"telling|{state}"] for state in states} == states
    assert sum(states.values()) == sum(sums[f"telling|{state}"] for state in results_of.STATES) == 4


async def test_a_word_of_acceptance_does_not_end_the_looking_up(house: House, provider: httpx.AsyncClient) -> None:
    key = await sent(house)
    assert (await provider.post(PATH, json=[{"key": key, "state": "accepted"}])).json()["known"] == 1
    number = outbox.partition(key) or 0
    assert [each.key for each in await outbox.to_look_up(house.link, number, NOW + 61, 9)] == [key]


async def test_other_senders_and_sites_messages_can_not_be_touched(house: House, provider: httpx.AsyncClient) -> None:
    keys_of_others = [await sent(house, sender="others"), await sent(house, site="other")]
    never = outbox.key_of("shop", "never", "to:1")
    told = [{"key": key, "state": "failed"} for key in (*keys_of_others, never, "x", "", "é" * 12)]
    answer = await provider.post(PATH, json=told)
    assert (answer.status_code, answer.json()) == (200, {"changed": 0, "known": 0, "unknown": 6, "refused": 0})
    assert {(await row(house, key)).state for key in keys_of_others} == {"accepted"}


async def test_a_hook_may_tell_of_thousands(house: House, provider: httpx.AsyncClient) -> None:
    key = await sent(house)
    told = [*({"key": outbox.key_of("shop", f"{number}", "x"), "state": "failed"} for number in range(1200))]
    assert (await provider.post(PATH, json=[*told, {"key": key, "state": "delivered"}])).json() == {
        "changed": 1, "known": 0, "unknown": 1200, "refused": 0,
    }  # fmt: skip


async def test_messages_are_found_by_the_providers_own_id(house: House, provider: httpx.AsyncClient) -> None:
    key = await sent(house)
    await recipients.name_provider(house.link, "shop", "texts", [("p-1", key)])
    told = [{"id": "p-1", "state": "delivered"}, {"id": "p-2", "state": "delivered"}]
    taken = (await provider.post(PATH, json=told)).json()
    assert (taken["changed"], taken["unknown"], (await row(house, key)).state) == (1, 1, "delivered")


async def test_what_was_not_handed_over_yet_can_not_be_told_of(house: House, provider: httpx.AsyncClient) -> None:
    push = Push(outbox.key_of("shop", "new", "to:1"), "shop", "new", "api", to="1", use=MessageUse("texts"))
    await outbox.enqueue(house.link, [push], NOW, NOW, zone="Asia/Seoul")
    await provider.post(PATH, json=[{"key": push.key, "state": "delivered"}])
    assert (await row(house, push.key)).state == "queued"


async def test_who_refuses_gets_no_more_advertisements(house: House, provider: httpx.AsyncClient) -> None:
    runtime, number = house.by_id["shop"], "01012345678"
    mark = tokens.address_mark(runtime.keys, number)
    agreed = Act("sms", "agreed", int(NOW) - 100, number, "광고 문자를 받습니다")
    await consents.take(house.link, house.engine, runtime, [Spoken("", agreed)], NOW)
    told = [{"refused": "010-1234-5678"}, {"refused": "no number"}]
    assert (await provider.post(PATH, json=told)).json()["refused"] == 2  # texts and KakaoTalk, by the one number
    known = await addresses.read(house.link, "shop", mark)
    assert known.consents["sms"].withdrawn_at > 0
    assert {*known.refused} == {"sms", "kakao"}


@pytest.mark.parametrize("is_of_a_message", [True, False])
async def test_a_refusal_that_is_told_again_later_undoes_no_agreement_since(
    house: House, provider: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, is_of_a_message: bool
) -> None:
    runtime, number = house.by_id["shop"], "01012345678"
    told: dict[str, Any] = {"refused": number, "at": NOW}
    if is_of_a_message:
        key = await sent(house, use=MessageUse("texts"))
        told = {"refused": number, "key": key, "state": "failed", "failure": "opted_out"}
    assert (await provider.post(PATH, json=[told])).json()["refused"] == 2
    agreed = Act("sms", "agreed", int(NOW) + 1, number, "광고 문자를 받습니다")
    await consents.take(house.link, house.engine, runtime, [Spoken("", agreed)], NOW + 1)
    monkeypatch.setattr(house, "now", lambda: NOW + 3600)
    assert (await provider.post(PATH, json=[told])).status_code == 200
    known = await addresses.read(house.link, "shop", tokens.address_mark(runtime.keys, number))
    assert known.consents["sms"].withdrawn_at == 0
    assert known.refused["sms"] < known.consents["sms"].agreed_at


@pytest.mark.parametrize("path", [PATH, "/v1/hooks/shop/nobody", "/v1/hooks/nowhere/texts", "/v1/hooks/%00/%2e%2e"])
async def test_who_does_not_sign_learns_nothing(house: House, provider: httpx.AsyncClient, path: str) -> None:
    key = await sent(house)
    answer = await provider.post(path, json=[{"key": key, "state": "failed"}], headers={"x-secret": "a guess"})
    assert (answer.status_code, answer.json()) == (403, {"error": "not taken"})
    assert (await row(house, key)).state == "accepted"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
async def test_what_can_not_be_read_is_refused(provider: httpx.AsyncClient, body: bytes) -> None:
    for _ in range(6):  # as often as would have the channel switched off, were it the plugin's fault
        assert (await provider.post(PATH, content=body)).status_code == 400


async def test_forged_hooks_do_not_switch_the_channel_off(house: House, provider: httpx.AsyncClient) -> None:
    key = await sent(house)
    for _ in range(20):
        await provider.post(PATH, json=[], headers={"x-secret": "a guess"})
        await provider.post(PATH, content=b"{")
    assert (await provider.post(PATH, json=[{"key": key, "state": "delivered"}])).json()["changed"] == 1


@pytest.mark.parametrize("told", [[{"broken": True}], [{"key": "k", "state": "lost"}], [{"key": 5, "state": "failed"}]])
async def test_a_plugin_that_tells_nonsense_is_asked_again_later(provider: httpx.AsyncClient, told: Any) -> None:
    answer = await provider.post(PATH, json=told)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_a_hook_may_not_be_too_large_or_come_too_often(
    provider: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, house: House
) -> None:
    assert (await provider.post(PATH, content=b" " * (hooks.LONGEST_BODY + 1))).status_code == 413
    monkeypatch.setattr(hooks, "RATE", 0.01)
    transport = httpx.ASGITransport(create(house))
    async with httpx.AsyncClient(transport=transport, base_url="https://dangol.example", headers=SIGNED) as slow:
        answers = [await slow.post(PATH, json=[]) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 429]
    assert int(answers[1].headers["retry-after"]) > 0


async def test_a_store_that_is_away_is_told_so_that_the_hook_comes_again(
    house: House, provider: httpx.AsyncClient
) -> None:
    house.link.close()
    assert (await provider.post(PATH, json=[{"key": "A" * 12, "state": "delivered"}])).status_code == 503


async def test_nothing_personal_gets_into_the_metrics(house: House, provider: httpx.AsyncClient) -> None:
    key = await sent(house)
    await provider.post(PATH, json=[{"key": key, "state": "delivered"}, {"refused": "01099998888"}])
    told = (await provider.get("/metrics")).text
    assert 'dangol_hook_told_total{channel="telling",outcome="changed"}' in told
    assert key not in told
    assert "01099998888" not in told
