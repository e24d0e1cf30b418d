"""The channel against SOLAPI's fake, on a real socket."""

import logging
import time

import pytest
from tests.conftest import Fakes
from tests.plugins import contents
from tests.plugins.contents import lost, request, tried

from dangol.fakes.faults import Name
from dangol.plugin import PushRequest, Sent, Template, templates
from dangol_plugins import http, pictures
from dangol_plugins.batches import Unfit
from dangol_plugins.http import Lost, Unreached
from dangol_plugins.solapi import Solapi, channel, lookup

pytestmark = pytest.mark.anyio

PARAMS = Solapi.Params(number="0212345678", profile="KA01PF")
TEXTS = [request(contents.SMS, f"0101234{number}", f"key-{number}") for number in (1111, 2222, 3333)]


@pytest.fixture(autouse=True)
def account(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in fakes.environment.items():
        monkeypatch.setenv(name, value)


def ago(request: PushRequest, provider_id: str = "", seconds: float = 20) -> Sent:
    return Sent(request, provider_id, time.time() - seconds)


async def test_all_kinds_are_taken_in_one_call_and_told_one_by_one(fakes: Fakes) -> None:
    kinds: list[Template] = [contents.SMS, contents.LMS, contents.MMS, contents.ALIMTALK, contents.FREE, contents.KEPT]
    sent = [request(content, key=f"k{place}") for place, content in enumerate(kinds)]
    receipts = await Solapi().send_many(PARAMS, [*sent, request(contents.SMS, "010", "bad")])
    assert [each.state for each in receipts] == ["accepted"] * 6 + ["failed"]
    assert [each.kind for each in fakes.arrived("solapi")] == ["sms", "lms", "mms", "alimtalk", "brand", "brand"]
    assert [each.key for each in fakes.arrived("solapi")] == [f"k{place}" for place in range(6)]
    assert [each.provider_id for each in receipts[:6]] == [each.id for each in fakes.arrived("solapi")]


async def test_results_are_looked_up_by_id(fakes: Fakes) -> None:
    numbers = ["01012345678", "01012340003", "01012340006"]
    sent = [request(contents.SMS, to, f"k{to}") for to in numbers]
    receipts = await Solapi().send_many(PARAMS, sent)
    time.sleep(0.06)
    told = await Solapi().look_up(
        PARAMS, [ago(each, receipt.provider_id) for each, receipt in zip(sent, receipts, strict=True)]
    )
    assert [(each.state, each.failure) for each in told if each] == [
        ("delivered", "other"),
        ("failed", "not_reachable"),
        ("accepted", "other"),
    ]


@pytest.mark.parametrize("fault", ["timeout_after_accept", "cut_after_accept", "garbled"])
async def test_what_was_taken_without_a_word_is_found_and_not_sent_again(fakes: Fakes, fault: Name) -> None:
    fakes.fault(fault, "solapi", times=1)
    await lost(Solapi().send_many(PARAMS, TEXTS))
    told = await Solapi().look_up(PARAMS, [ago(each) for each in TEXTS])
    assert [each.provider_id for each in told if each] == [each.id for each in fakes.arrived("solapi")]
    assert len(fakes.arrived("solapi")) == 3


@pytest.mark.parametrize("fault", ["500", "timeout"])
async def test_what_was_surely_not_taken_may_be_sent_again(fakes: Fakes, fault: Name) -> None:
    fakes.fault(fault, "solapi", times=1)
    await lost(Solapi().send_many(PARAMS, TEXTS))
    assert [each and each.state for each in await Solapi().look_up(PARAMS, [ago(each) for each in TEXTS])] == [
        "retry"
    ] * 3


async def test_nothing_is_said_before_it_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PATIENCE", 0.05)
    assert await Solapi().look_up(PARAMS, [ago(TEXTS[0], seconds=1)]) == [None]
    monkeypatch.setattr(http, "SETTLED", 1.04)
    assert [each and each.state for each in await Solapi().look_up(PARAMS, [ago(TEXTS[0], seconds=1)])] == ["retry"]


async def test_a_look_up_reads_page_after_page(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "LIMIT", 2)
    await Solapi().send_many(PARAMS, TEXTS)
    assert all(await Solapi().look_up(PARAMS, [ago(each) for each in TEXTS]))
    monkeypatch.setattr(lookup, "MOST_PAGES", 1)
    assert await Solapi().look_up(PARAMS, [ago(each) for each in TEXTS]) != [None] * 3
    assert None in await Solapi().look_up(PARAMS, [ago(each) for each in TEXTS])


async def test_a_look_up_that_is_refused_raises(fakes: Fakes) -> None:
    fakes.fault("429", "solapi", on="look_up")
    with pytest.raises(Lost, match="429"):
        await Solapi().look_up(PARAMS, [ago(TEXTS[0])])


@pytest.mark.parametrize(
    ("fault", "failure", "pause"), [("429", "too_fast", 7), ("503", "provider", 7), ("no_balance", "balance", 300)]
)
async def test_a_refusal_of_all_is_tried_again(fakes: Fakes, fault: Name, failure: str, pause: float) -> None:
    fakes.fault(fault, "solapi", times=1, seconds=7)
    receipts = await Solapi().send_many(PARAMS, TEXTS)
    assert {(each.state, each.failure, each.retry_after) for each in receipts} == {("retry", failure, pause)}
    assert not fakes.arrived("solapi")


async def test_where_the_money_ends_the_rest_waits(fakes: Fakes) -> None:
    fakes.world.balance["solapi"] = 40.0
    receipts = await Solapi().send_many(PARAMS, TEXTS)
    assert [(each.state, each.failure) for each in receipts[1:]] == [("accepted", "other"), ("retry", "balance")]


async def test_a_template_that_does_not_match_fails(fakes: Fakes) -> None:
    fakes.template("solapi", "TPL_SHIPPED", "#{이름}님, 상품이 출발했습니다.")
    right, wrong = request(contents.ALIMTALK, key="r", 이름="김단골"), request(contents.ALIMTALK, key="w", 번호="1")
    receipts = await Solapi().send_many(PARAMS, [right, wrong])
    assert [(each.state, each.failure) for each in receipts] == [("accepted", "other"), ("failed", "content")]


@pytest.mark.parametrize(
    ("content", "fault", "failure"),
    [
        (contents.FREE, "night", "night"),
        (contents.FREE, "not_kakao", "not_reachable"),
        (contents.SMS, "spam", "blocked"),
    ],
)
async def test_what_kakao_and_carriers_say_later(fakes: Fakes, content: Template, fault: Name, failure: str) -> None:
    fakes.fault(fault, "solapi", times=1)
    [receipt] = await Solapi().send_many(PARAMS, [request(content)])
    time.sleep(0.06)
    [told] = await Solapi().look_up(PARAMS, [ago(request(content), receipt.provider_id)])
    assert told is not None
    assert (told.state, told.failure) == ("failed", failure)


async def test_an_image_is_given_to_solapi_once(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[tuple[str, int]] = []

    async def fetch(address: str, longest: int) -> bytes:
        fetched.append((address, longest))
        return b"\xff\xd8jpeg"

    monkeypatch.setattr(pictures, "fetched", fetch)
    content = templates.TextTemplate("t", "사진", images=["https://cdn.example/a.jpg"], form="mms", ad=False)
    solapi = Solapi()
    for key in ("k1", "k2"):
        assert [each.state for each in await solapi.send_many(PARAMS, [request(content, key=key)])] == ["accepted"]
    assert fetched == [("https://cdn.example/a.jpg", channel.LARGEST["MMS"])]
    assert all(each.card and each.card.image and "cdn" not in each.card.image for each in fakes.arrived("solapi"))


@pytest.mark.parametrize(
    ("error", "state", "failure"),
    [(Unfit("too large"), "failed", "content"), (Unreached("no connection"), "retry", "provider")],
)
async def test_an_image_that_is_not_there_keeps_back_its_own_message_only(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch, error: Exception, state: str, failure: str
) -> None:
    async def fetch(address: str, longest: int) -> bytes:
        raise error

    monkeypatch.setattr(pictures, "fetched", fetch)
    content = templates.TextTemplate("t", "사진", images=["https://cdn.example/a.jpg"], form="mms", ad=False)
    receipts = await Solapi().send_many(PARAMS, [request(content, key="k1"), TEXTS[0]])
    assert [(each.state, each.failure) for each in receipts] == [(state, failure), ("accepted", "other")]


async def test_an_account_that_is_not_set_up_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOLAPI_API_SECRET")
    [receipt] = await Solapi().send_many(PARAMS, TEXTS[:1])
    assert (receipt.state, receipt.failure) == ("retry", "account")
    assert "SOLAPI_API_SECRET" in receipt.reason


async def test_no_secret_and_no_number_is_ever_written_down(fakes: Fakes, caplog: pytest.LogCaptureFixture) -> None:
    written: list[str] = []
    faults: list[Name] = ["429", "500", "no_balance", "garbled", "cut_after_accept"]
    for fault in [None, *faults]:
        if fault:
            fakes.fault(fault, "solapi", times=1)
        with caplog.at_level(logging.DEBUG):
            written += await tried(lambda: Solapi().send_many(PARAMS, TEXTS))
    account = fakes.world.accounts.solapi
    own = [record.getMessage() for record in caplog.records if not record.name.startswith("hypercorn")]
    for secret in (account.key, account.secret, "01012341111"):
        assert secret not in "".join(written + own)
