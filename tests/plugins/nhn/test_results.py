"""NHN Cloud's answers, codes and hooks."""

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins import contents
from tests.plugins.contents import request

from dangol.plugin import Hook, Receipt, Untrusted
from dangol_plugins.batches import Entry, Part
from dangol_plugins.http import Answer, Lost
from dangol_plugins.nhn import outcomes, results

SECRET = "word"
ENTRIES = [
    Entry(request(contents.SMS, key=key), Part("", {"recipientNo": "01012345678"})) for key in ("k1", "k2", "k3")
]
GOOD = {"isSuccessful": True, "resultCode": 0, "resultMessage": "SUCCESS"}


def item(seq: int, key: str | None, code: int = 0) -> dict[str, Any]:
    return {"recipientSeq": seq, "recipientNo": "01012345678", "resultCode": code, "recipientGroupingKey": key}


def answered(service: str, **body: Any) -> Any:
    return results.receipts(service, ENTRIES, Answer(200, {}, msgspec.json.encode(body)))


def hook(event: str, *hooks: dict[str, Any], **headers: str) -> Hook:
    body = {"hooksId": "1", "productName": "SMS", "event": event, "hooks": list(hooks)}
    return Hook({"x-toast-webhook-signature": SECRET, **headers}, msgspec.json.encode(body))


def test_each_message_is_told_by_our_key() -> None:
    data = {"requestId": "R1", "sendResultList": [item(1, "k1"), item(2, "k2", -6001)]}
    told = answered("ad-sms", header=GOOD, body={"data": data})
    assert told[0] == Receipt("accepted", provider_id="ad-sms:R1:1")
    assert (told[1].state, told[1].failure, told[1].code) == ("failed", "opted_out", "-6001")
    assert told[2].state == "unknown"


def test_brand_messages_are_told_by_their_places() -> None:
    found = [item(3, None), item(1, None), item(2, None, -4019)]
    told = answered("brand-kept", header=GOOD, message={"requestId": "R1", "sendResults": found})
    assert [each.provider_id for each in told] == ["brand:R1:1", "", "brand:R1:3"]
    assert told[1].failure == "bad_address"


def test_places_count_only_where_all_are_there_and_the_numbers_are_right() -> None:
    other = item(2, None, 200) | {"recipientNo": "01099998888"}
    message = {"requestId": "R1", "sendResults": [item(0, None, 200), item(1, None, 200), other]}
    told = answered("brand", header=GOOD, message=message)
    assert [each.provider_id for each in told] == ["brand:R1:0", "brand:R1:1", ""]
    assert told[2].state == "unknown"
    told = answered("brand", header=GOOD, message={"requestId": "R1", "sendResults": [item(1, None)]})
    assert {each.state for each in told} == {"unknown"}


@pytest.mark.parametrize(
    ("service", "code", "state", "failure"),
    [
        ("alimtalk", -1000, "retry", "account"),
        ("alimtalk", -2000, "failed", "content"),
        ("alimtalk", -9999, "retry", "provider"),
        ("brand", -4029, "retry", "account"),
        ("sms", -1004, "retry", "account"),
        ("sms", -2019, "failed", "bad_address"),
        ("sms", -2312, "retry", "account"),
        ("sms", -1005, "failed", "other"),
        ("ad-sms", -6003, "failed", "content"),
    ],
)
def test_a_call_that_is_refused_tells_of_all(service: str, code: int, state: str, failure: str) -> None:
    told = answered(service, header={"isSuccessful": False, "resultCode": code, "resultMessage": "01012345678"})
    assert isinstance(told, Receipt)
    assert (told.state, told.failure) == (state, failure)
    assert "0101" not in told.reason


def test_a_call_that_came_before_is_no_refusal() -> None:
    assert answered("alimtalk", header={"isSuccessful": False, "resultCode": -1005}) is None


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"header": 1}', b""])
def test_an_answer_that_can_not_be_read_leaves_all_open(body: bytes) -> None:
    with pytest.raises(Lost):
        results.receipts("sms", ENTRIES, Answer(200, {}, body))


@pytest.mark.parametrize(
    ("kakao", "code", "status", "state", "failure"),
    [
        (True, "1000", "COMPLETED", "delivered", "other"),
        (True, None, "READY", "accepted", "other"),
        (True, "3005", "COMPLETED", "unknown", "other"),
        (True, "3008", "FAILED", "failed", "bad_address"),
        (True, "3016", "FAILED", "failed", "content"),
        (True, "3018", "FAILED", "failed", "not_reachable"),
        (True, "3022", "FAILED", "failed", "night"),
        (True, "3053", "FAILED", "failed", "content"),
        (True, "4131", "FAILED", "failed", "duplicate"),
        (True, None, "CANCEL", "failed", "other"),
        (False, "1000", "3", "delivered", "other"),
        (False, None, "2", "accepted", "other"),
        (False, "3005", "0", "failed", "not_reachable"),
        (False, "3012", "0", "failed", "blocked"),
        (False, "3018", "0", "failed", "account"),
        (False, "E919", "0", "failed", "night"),
        (False, None, "5", "failed", "duplicate"),
        (False, "E000", "0", "failed", "other"),
    ],
)
def test_what_a_code_means(kakao: bool, code: str | None, status: str, state: str, failure: str) -> None:
    receipt = outcomes.outcome(kakao, code, status, "id")
    assert (receipt.state, receipt.failure, receipt.provider_id) == (state, failure, "id")


def test_a_hook_tells_results_of_all_services() -> None:
    kakao = item(1, "k1") | {"requestId": "R1", "resultCode": "3019", "kakaoMessageType": "BRAND_MESSAGE_NORMAL"}
    text = {"requestId": "R2", "recipientSeq": 2, "resultCode": "1000", "messageStatus": "COMPLETED"}
    text |= {"senderType": "AD_SMS", "recipientGropuingKey": "k2"}
    first, second = results.told(hook("MESSAGE_RESULT_UPDATE", kakao, text), SECRET)
    assert (first.key, first.provider_id) == ("k1", "brand:R1:1")
    assert first.receipt is not None
    assert first.receipt.failure == "not_reachable"
    assert (second.key, second.provider_id) == ("k2", "ad-sms:R2:2")
    assert second.receipt is not None
    assert second.receipt.state == "delivered"


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2020-09-09T11:25:10.000+09:00", 1_599_618_310.0),
        ("2020-09-09T11:25:10", 1_599_618_310.0),
        ("0001-01-01T00:00:00+14:00", 0.0),
        ("yesterday", 0.0),
    ],
)
def test_a_hook_tells_when_somebody_has_refused(written: str, at: float) -> None:
    refused = {"recipientNo": "01012341234", "createdDateTime": written}
    [told] = results.told(hook("UNSUBSCRIBE", refused), SECRET)
    assert told.refused_at == at


def test_a_hook_tells_who_has_refused() -> None:
    [told] = results.told(hook("UNSUBSCRIBE", {"recipientNo": "01012341234", "unsubscribeNo": "0801234567"}), SECRET)
    assert (told.refused, told.receipt) == ("01012341234", None)


def test_hooks_about_other_things_tell_nothing() -> None:
    assert results.told(hook("TEMPLATE_STATUS_UPDATE", {"status": "TSC03", "resultCode": {}}), SECRET) == []


@pytest.mark.parametrize("word", ["", "other", "비밀"])
def test_a_forged_hook_is_not_read(word: str) -> None:
    with pytest.raises(Untrusted):
        results.told(Hook({"x-toast-webhook-signature": word}, b"not even json"), SECRET)


@given(st.binary(max_size=60))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    with suppress(ValueError):
        results.told(Hook({"x-toast-webhook-signature": SECRET}, body), SECRET)
