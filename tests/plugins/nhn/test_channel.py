"""The channel against NHN Cloud's fake, on a real socket."""

import logging
import time

import pytest
from tests.conftest import Fakes
from tests.plugins import contents
from tests.plugins.contents import lost, request, tried

from dangol.fakes.faults import Name
from dangol.plugin import PushRequest, Sent, Template, templates
from dangol_plugins import pictures
from dangol_plugins.nhn import Nhn, channel, lookup

pytestmark = pytest.mark.anyio

PARAMS = Nhn.Params(number="0212345678")
NUMBERS = ("01012341111", "01012342222", "01012343333")
ALIMTALK = [request(contents.ALIMTALK, to, f"key-{to}", 이름="김단골") for to in NUMBERS]
TEXTS = [request(contents.SMS, to, f"key-{to}") for to in NUMBERS]


@pytest.fixture(autouse=True)
def account(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in fakes.environment.items():
        monkeypatch.setenv(name, value)


def ago(request: PushRequest, provider_id: str = "", seconds: float = 20) -> Sent:
    bare = PushRequest(request.key, request.site, request.cause, request.member, to=request.to)
    return Sent(bare, provider_id, time.time() - seconds)


async def test_all_kinds_arrive_and_are_told_one_by_one(fakes: Fakes) -> None:
    picture = templates.TextTemplate("p", "새 상품", images=["101"], form="mms", ad=False)
    kinds: list[Template] = [contents.SMS, contents.LMS, picture, contents.ALIMTALK, contents.FREE, contents.KEPT]
    sent = [request(content, key=f"k{place}") for place, content in enumerate(kinds)]
    receipts = await Nhn().send_many(PARAMS, sent)
    assert [each.state for each in receipts] == ["accepted"] * 6
    arrived = {each.key: each for each in fakes.arrived("nhn")}
    assert [arrived[f"k{place}"].kind for place in range(6)] == ["sms", "lms", "mms", "alimtalk", "brand", "brand"]
    assert [each.provider_id.partition(":")[0] for each in receipts] == [
        "ad-sms", "mms", "mms", "alimtalk", "brand", "brand"
    ]  # fmt: skip


async def test_one_call_takes_all_with_the_same_text(fakes: Fakes) -> None:
    others = [request(contents.LMS, to, f"other-{to}") for to in NUMBERS]
    receipts = await Nhn().send_many(PARAMS, [*TEXTS, *others, *ALIMTALK])
    assert {each.state for each in receipts} == {"accepted"}
    assert len({each.group for each in fakes.arrived("nhn")}) == 3
    assert len(fakes.arrived("nhn")) == 9


async def test_results_are_looked_up_by_id(fakes: Fakes) -> None:
    sent = [
        request(contents.ALIMTALK, "01012345678", "a"),
        request(contents.ALIMTALK, "01012340000", "b"),
        request(contents.SMS, "01012340004", "c"),
        request(contents.FREE, "01012340006", "d"),
    ]
    receipts = await Nhn().send_many(PARAMS, sent)
    time.sleep(0.06)
    told = await Nhn().look_up(PARAMS, [ago(each, got.provider_id) for each, got in zip(sent, receipts, strict=True)])
    assert [(each.state, each.failure) for each in told if each] == [
        ("delivered", "other"),
        ("failed", "not_reachable"),
        ("failed", "blocked"),
        ("accepted", "other"),
    ]


@pytest.mark.parametrize("fault", ["timeout_after_accept", "cut_after_accept", "garbled"])
@pytest.mark.parametrize("sent", [TEXTS, ALIMTALK], ids=["texts", "alimtalk"])
async def test_what_was_taken_without_a_word_is_found_and_not_sent_again(
    fakes: Fakes, fault: Name, sent: list[PushRequest]
) -> None:
    fakes.fault(fault, "nhn", times=1)
    await lost(Nhn().send_many(PARAMS, sent))
    told = await Nhn().look_up(PARAMS, [ago(each) for each in sent])
    ids = [f"{each.group}:{each.place}" for each in fakes.arrived("nhn")]
    assert [each.provider_id.partition(":")[2] for each in told if each] == ids
    assert len(ids) == 3


@pytest.mark.parametrize("fault", ["500", "timeout"])
async def test_what_was_surely_not_taken_may_be_sent_again(fakes: Fakes, fault: Name) -> None:
    fakes.fault(fault, "nhn", times=1)
    await lost(Nhn().send_many(PARAMS, TEXTS))
    told = await Nhn().look_up(PARAMS, [ago(each) for each in TEXTS])
    assert [each and each.state for each in told] == ["retry"] * 3


async def test_the_same_batch_again_is_refused_and_found(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await Nhn().send_many(PARAMS, ALIMTALK)
    fakes.world.clock = lambda: time.time() + 30
    again = await Nhn().send_many(PARAMS, ALIMTALK[::-1])
    assert [each.provider_id for each in again] == [each.provider_id for each in first][::-1]
    assert len(fakes.arrived("nhn")) == 3


async def test_the_same_batch_again_of_which_nothing_was_taken_waits(fakes: Fakes) -> None:
    await Nhn().send_many(PARAMS, ALIMTALK)
    fakes.world.arrived.clear()
    again = await Nhn().send_many(PARAMS, ALIMTALK)
    assert {(each.state, each.retry_after) for each in again} == {("retry", 600.0)}


async def test_a_look_up_reads_page_after_page(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "LIMIT", 2)
    await Nhn().send_many(PARAMS, ALIMTALK)
    assert all(await Nhn().look_up(PARAMS, [ago(each) for each in ALIMTALK]))
    monkeypatch.setattr(lookup, "MOST_PAGES", 1)
    assert None in await Nhn().look_up(PARAMS, [ago(each) for each in ALIMTALK])


async def test_a_message_that_is_listed_without_our_key_is_not_sent_again(fakes: Fakes) -> None:
    await Nhn().send_many(PARAMS, ALIMTALK[:1])
    for each in fakes.arrived("nhn"):
        each.key = ""
    other = request(contents.ALIMTALK, "01099998888", "other")
    told = await Nhn().look_up(PARAMS, [ago(ALIMTALK[0]), ago(other)])
    assert [each and each.state for each in told] == [None, "retry"]


async def test_an_image_is_given_to_nhn_once(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[tuple[str, int]] = []

    async def fetch(address: str, longest: int) -> bytes:
        fetched.append((address, longest))
        return b"\xff\xd8jpeg"

    monkeypatch.setattr(pictures, "fetched", fetch)
    content = templates.TextTemplate("t", "사진", images=["https://cdn.example/a.jpg"], form="mms", ad=False)
    nhn = Nhn()
    for key in ("k1", "k2"):
        assert [each.state for each in await nhn.send_many(PARAMS, [request(content, key=key)])] == ["accepted"]
    assert fetched == [("https://cdn.example/a.jpg", channel.LARGEST)]
    assert [each.kind for each in fakes.arrived("nhn")] == ["mms", "mms"]


async def test_an_image_that_nhn_does_not_take_keeps_back_its_own_message_only(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fetch(address: str, longest: int) -> bytes:
        return b""

    monkeypatch.setattr(pictures, "fetched", fetch)
    content = templates.TextTemplate("t", "사진", images=["https://cdn.example/a.jpg"], form="mms", ad=False)
    receipts = await Nhn().send_many(PARAMS, [request(content, key="k1"), TEXTS[0]])
    assert [(each.state, each.failure) for each in receipts] == [("failed", "content"), ("accepted", "other")]


@pytest.mark.parametrize(("fault", "failure"), [("429", "too_fast"), ("503", "provider")])
async def test_a_refusal_of_all_is_tried_again(fakes: Fakes, fault: Name, failure: str) -> None:
    fakes.fault(fault, "nhn", times=1, seconds=7)
    receipts = await Nhn().send_many(PARAMS, TEXTS)
    assert {(each.state, each.failure, each.retry_after) for each in receipts} == {("retry", failure, 7)}
    assert not fakes.arrived("nhn")


async def test_who_has_refused_gets_nothing_and_the_others_do(fakes: Fakes) -> None:
    fakes.world.refused.add(NUMBERS[1])
    receipts = await Nhn().send_many(PARAMS, TEXTS)
    assert [(each.state, each.failure) for each in receipts] == [
        ("accepted", "other"),
        ("failed", "opted_out"),
        ("accepted", "other"),
    ]


@pytest.mark.parametrize(("fault", "failure"), [("night", "night"), ("not_kakao", "not_reachable")])
async def test_what_kakao_says_later(fakes: Fakes, fault: Name, failure: str) -> None:
    fakes.fault(fault, "nhn", times=1)
    [receipt] = await Nhn().send_many(PARAMS, ALIMTALK[:1])
    time.sleep(0.06)
    [told] = await Nhn().look_up(PARAMS, [ago(ALIMTALK[0], receipt.provider_id)])
    assert told is not None
    assert (told.state, told.failure) == ("failed", failure)


async def test_a_template_that_does_not_match_fails(fakes: Fakes) -> None:
    fakes.template("nhn", "TPL_SHIPPED", "#{번호} 상품이 출발했습니다.")
    [receipt] = await Nhn().send_many(PARAMS, ALIMTALK[:1])
    time.sleep(0.06)
    [told] = await Nhn().look_up(PARAMS, [ago(ALIMTALK[0], receipt.provider_id)])
    assert told is not None
    assert (told.state, told.failure) == ("failed", "content")


async def test_only_the_accounts_that_are_set_up_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NHN_SMS_APP_KEY")
    [receipt] = await Nhn().send_many(PARAMS, TEXTS[:1])
    assert (receipt.state, receipt.failure) == ("retry", "account")
    assert [each and each.state for each in await Nhn().look_up(PARAMS, [ago(ALIMTALK[0])])] == ["retry"]


async def test_no_secret_and_no_number_is_ever_written_down(fakes: Fakes, caplog: pytest.LogCaptureFixture) -> None:
    faults: list[Name] = ["429", "500", "garbled", "cut_after_accept"]
    written: list[str] = []
    for fault in [None, *faults]:
        if fault:
            fakes.fault(fault, "nhn", times=1)
        with caplog.at_level(logging.DEBUG):
            written += await tried(lambda: Nhn().send_many(PARAMS, TEXTS))
            await Nhn().look_up(PARAMS, [ago(each) for each in TEXTS])
    account = fakes.world.accounts.nhn
    written += [record.getMessage() for record in caplog.records if not record.name.startswith("hypercorn")]
    for secret in (account.app_key, account.secret, account.sms_app_key, account.sms_secret, NUMBERS[0]):
        assert secret not in "".join(written)
