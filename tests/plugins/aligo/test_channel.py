"""The channel against Aligo's fake, on a real socket."""

import logging
import time

import pytest
from msgspec.structs import replace
from tests.conftest import Fakes
from tests.plugins import contents
from tests.plugins.contents import lost, request, tried

from dangol.fakes.app import create
from dangol.fakes.faults import Name
from dangol.fakes.serve import running
from dangol.fakes.world import World
from dangol.plugin import PushRequest, Sent
from dangol_plugins import http, pictures
from dangol_plugins.aligo import Aligo
from dangol_plugins.http import Unreached

pytestmark = pytest.mark.anyio

PARAMS = Aligo.Params(number="0212345678")
NUMBERS = ("01012341111", "01012342222", "01012343333")
TEXTS = [request(contents.SMS, to, f"key-{to}") for to in NUMBERS]
ALIMTALK = [request(contents.ALIMTALK, to, f"key-{to}") for to in NUMBERS]


@pytest.fixture(autouse=True)
def account(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in fakes.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was sent a moment ago can be looked up."""
    monkeypatch.setattr(http, "SETTLED", 0.0)


def ago(request: PushRequest, provider_id: str = "", seconds: float = 0) -> Sent:
    bare = PushRequest(request.key, request.site, request.cause, request.member, to=request.to)
    return Sent(bare, provider_id, time.time() - seconds)


async def test_texts_and_alimtalk_arrive_in_one_call_each(fakes: Fakes) -> None:
    receipts = await Aligo().send_many(PARAMS, [*TEXTS, *ALIMTALK])
    assert {each.state for each in receipts} == {"accepted"}
    assert [each.price for each in receipts] == [None] * 3 + [6.5] * 3
    assert sorted(each.kind for each in fakes.arrived("aligo")) == ["alimtalk"] * 3 + ["sms"] * 3
    assert len({each.group for each in fakes.arrived("aligo")}) == 2


async def test_two_messages_to_one_number_stay_apart(fakes: Fakes) -> None:
    first, second = await Aligo().send_many(PARAMS, [TEXTS[0], request(contents.SMS, NUMBERS[0], "again")])
    assert first.provider_id != second.provider_id
    assert len(fakes.arrived("aligo")) == 2


async def test_results_are_looked_up_by_call_and_number(fakes: Fakes) -> None:
    sent = [
        request(contents.SMS, "01012345678", "a"),
        request(contents.SMS, "01012340003", "b"),
        request(contents.SMS, "01012340006", "c"),
        request(contents.ALIMTALK, "01012345678", "d"),
        request(contents.ALIMTALK, "01012340000", "e"),
    ]
    receipts = await Aligo().send_many(PARAMS, sent)
    time.sleep(0.06)
    told = await Aligo().look_up(PARAMS, [ago(each, got.provider_id) for each, got in zip(sent, receipts, strict=True)])
    assert [(each.state, each.failure) for each in told if each] == [
        ("delivered", "other"),
        ("failed", "not_reachable"),
        ("accepted", "other"),
        ("delivered", "other"),
        ("failed", "not_reachable"),
    ]


async def test_a_number_that_never_shows_was_a_wrong_one(fakes: Fakes) -> None:
    [receipt] = await Aligo().send_many(PARAMS, TEXTS[:1])
    fakes.world.arrived.clear()
    assert await Aligo().look_up(PARAMS, [ago(TEXTS[0], receipt.provider_id)]) == [None]
    [told] = await Aligo().look_up(PARAMS, [ago(TEXTS[0], receipt.provider_id, 90_000)])
    assert told is not None
    assert told.failure == "bad_address"


@pytest.mark.parametrize("fault", ["timeout_after_accept", "cut_after_accept", "garbled"])
@pytest.mark.parametrize("sent", [TEXTS, ALIMTALK], ids=["texts", "alimtalk"])
async def test_what_was_taken_without_a_word_is_found_and_not_sent_again(
    fakes: Fakes, settled: None, fault: Name, sent: list[PushRequest]
) -> None:
    fakes.fault(fault, "aligo", times=1)
    await lost(Aligo().send_many(PARAMS, sent))
    told = await Aligo().look_up(PARAMS, [ago(each) for each in sent])
    assert [each.provider_id.partition(":")[2] for each in told if each] == [
        each.group for each in fakes.arrived("aligo")
    ]
    assert len(fakes.arrived("aligo")) == 3


@pytest.mark.parametrize("fault", ["500", "timeout"])
async def test_what_was_surely_not_taken_may_be_sent_again(fakes: Fakes, settled: None, fault: Name) -> None:
    fakes.fault(fault, "aligo", times=1)
    await lost(Aligo().send_many(PARAMS, TEXTS))
    told = await Aligo().look_up(PARAMS, [ago(each) for each in TEXTS])
    assert [each and each.state for each in told] == ["retry"] * 3


async def test_where_two_calls_may_be_it_nobody_can_tell(fakes: Fakes, settled: None) -> None:
    for key in ("one", "two"):
        await Aligo().send_many(PARAMS, [request(contents.SMS, NUMBERS[0], key)])
    assert await Aligo().look_up(PARAMS, [ago(TEXTS[0])]) == [None]


async def test_calls_of_another_time_do_not_count(fakes: Fakes) -> None:
    await Aligo().send_many(PARAMS, TEXTS[:1])
    assert [each and each.state for each in await Aligo().look_up(PARAMS, [ago(TEXTS[0], seconds=60)])] == ["retry"]


@pytest.mark.parametrize(
    ("fault", "failure", "pause"), [("429", "too_fast", 7), ("503", "provider", 7), ("no_balance", "balance", 300)]
)
async def test_a_refusal_of_all_is_tried_again(fakes: Fakes, fault: Name, failure: str, pause: float) -> None:
    fakes.fault(fault, "aligo", times=1, seconds=7)
    receipts = await Aligo().send_many(PARAMS, TEXTS)
    assert {(each.state, each.failure, each.retry_after) for each in receipts} == {("retry", failure, pause)}
    assert not fakes.arrived("aligo")


async def test_an_ip_address_that_is_not_registered_is_told(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    known = fakes.world.accounts
    closed = replace(known, aligo=replace(known.aligo, addresses=frozenset()))
    with running(create(World(closed))) as url:
        monkeypatch.setenv("ALIGO_URL", f"{url}/aligo")
        [receipt] = await Aligo().send_many(PARAMS, TEXTS[:1])
    assert (receipt.state, receipt.failure) == ("retry", "account")
    assert "IP address" in receipt.reason


@pytest.mark.parametrize(("fault", "failure"), [("night", "night"), ("blocked", "not_reachable")])
async def test_what_kakao_says_later(fakes: Fakes, fault: Name, failure: str) -> None:
    fakes.fault(fault, "aligo", times=1)
    [receipt] = await Aligo().send_many(PARAMS, ALIMTALK[:1])
    time.sleep(0.06)
    [told] = await Aligo().look_up(PARAMS, [ago(ALIMTALK[0], receipt.provider_id)])
    assert told is not None
    assert (told.state, told.failure) == ("failed", failure)


async def test_a_template_that_does_not_match_fails(fakes: Fakes) -> None:
    fakes.template("aligo", "TPL_SHIPPED", "다른 글 #{번호}")
    [receipt] = await Aligo().send_many(PARAMS, ALIMTALK[:1])
    time.sleep(0.06)
    [told] = await Aligo().look_up(PARAMS, [ago(ALIMTALK[0], receipt.provider_id)])
    assert told is not None
    assert (told.state, told.failure) == ("failed", "content")


async def test_one_text_that_aligo_does_not_take_keeps_back_no_other(fakes: Fakes) -> None:
    wrong = request(replace(contents.SMS, text="그림 문자 😀"), NUMBERS[2], "wrong")
    receipts = await Aligo().send_many(PARAMS, [*TEXTS[:2], wrong])
    assert [each.state for each in receipts] == ["accepted", "accepted", "failed"]
    assert len(fakes.arrived("aligo")) == 2


async def test_a_picture_goes_along(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fetch(address: str, longest: int) -> bytes:
        if "gone" in address:
            raise Unreached("no connection")
        return b"\xff\xd8jpeg"

    monkeypatch.setattr(pictures, "fetched", fetch)
    right, gone = (replace(contents.MMS, images=[f"https://cdn.example/{name}.jpg"]) for name in ("here", "gone"))
    sent = [request(right, to, f"k{to}") for to in NUMBERS] + [request(gone, key="gone")]
    receipts = await Aligo().send_many(PARAMS, sent)
    assert [(each.state, each.failure) for each in receipts] == [("accepted", "other")] * 3 + [("retry", "provider")]
    assert [(each.kind, each.to) for each in fakes.arrived("aligo")] == [("mms", to) for to in NUMBERS]
    assert len({each.group for each in fakes.arrived("aligo")}) == 1


async def test_no_secret_and_no_number_is_ever_written_down(
    fakes: Fakes, settled: None, caplog: pytest.LogCaptureFixture
) -> None:
    faults: list[Name] = ["429", "500", "no_balance", "garbled", "cut_after_accept"]
    written: list[str] = []
    for fault in [None, *faults]:
        if fault:
            fakes.fault(fault, "aligo", times=1)
        with caplog.at_level(logging.DEBUG):
            written += await tried(lambda: Aligo().send_many(PARAMS, TEXTS))
            await Aligo().look_up(PARAMS, [ago(each) for each in TEXTS])
    account = fakes.world.accounts.aligo
    own = [record.getMessage() for record in caplog.records if record.name.startswith(("dangol", "http"))]
    for secret in (account.key, NUMBERS[0]):
        assert secret not in "".join(written + own)
