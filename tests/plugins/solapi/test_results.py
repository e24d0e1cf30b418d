"""SOLAPI's answers, codes and hooks."""

import hashlib
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from solapi.lib.authenticator import Authenticator
from tests.plugins import contents
from tests.plugins.contents import request

from dangol.plugin import Hook, Receipt, Untrusted
from dangol_plugins.batches import Entry, Part
from dangol_plugins.http import Answer, Lost
from dangol_plugins.solapi import client, outcomes, results

SECRET = "hook-secret"
PROOF = hashlib.sha1(SECRET.encode(), usedforsecurity=False).hexdigest()
ENTRIES = [Entry(request(contents.SMS, key=key), Part("", {"type": "SMS"})) for key in ("k1", "k2", "k3")]


def answered(status: int = 200, **body: Any) -> Any:
    return results.receipts(ENTRIES, Answer(status, {}, msgspec.json.encode(body)))


def stored(key: str, code: str, **more: Any) -> dict[str, Any]:
    return {"messageId": f"M-{key}", "statusCode": code, "customFields": {"key": key}, "to": "01012345678", **more}


def hook(body: Any, **headers: str) -> Hook:
    return Hook({"x-solapi-secret": PROOF, **headers}, msgspec.json.encode(body))


def test_the_signature_is_that_of_the_vendors_own_library() -> None:
    header = client.authorization("KEY", "SECRET", 1_561_941_708, "jqsba2jxjnrjor")
    signature = Authenticator.get_signature("SECRET", "2019-07-01T00:41:48.000Z" + "jqsba2jxjnrjor")
    assert header == (
        f"HMAC-SHA256 apiKey=KEY, date=2019-07-01T00:41:48.000Z, salt=jqsba2jxjnrjor, signature={signature}"
    )


def test_each_message_has_its_own_receipt() -> None:
    told = answered(
        failedMessageList=[stored("k2", "1062")],
        messageList=[stored("k1", "2000")],
        groupInfo={"price": {"82": {"sms": 18}}},
    )
    assert told[0] == Receipt("accepted", provider_id="M-k1", code="2000", price=18)
    assert (told[1].state, told[1].failure, told[1].code) == ("retry", "account", "1062")
    assert told[2].state == "unknown"


def test_no_money_for_one_message_is_tried_again_later() -> None:
    receipt = answered(failedMessageList=[stored("k1", "1030")], messageList=[])[0]
    assert (receipt.state, receipt.failure, receipt.retry_after) == ("retry", "balance", 300)


@pytest.mark.parametrize(
    ("status", "code", "state", "failure"),
    [
        (403, "RequestTimeTooSkewed", "retry", "account"),
        (403, "SignatureDoesNotMatch", "retry", "account"),
        (403, "Other", "retry", "account"),
        (402, "NotEnoughBalance", "retry", "balance"),
        (402, "", "retry", "balance"),
        (400, "ValidationError", "failed", "content"),
        (400, "SomethingNew", "failed", "content"),
        (429, "TooManyRequests", "retry", "too_fast"),
    ],
)
def test_a_call_that_is_refused_tells_of_all(status: int, code: str, state: str, failure: str) -> None:
    told = answered(status, errorCode=code, errorMessage="01012345678 is wrong")
    assert isinstance(told, Receipt)
    assert (told.state, told.failure) == (state, failure)
    assert "0101" not in told.reason


def test_a_wrong_clock_is_told_in_plain_words() -> None:
    assert "clock" in answered(403, errorCode="RequestTimeTooSkewed").reason


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"failedMessageList": 1}', b""])
def test_an_answer_that_can_not_be_read_leaves_all_open(body: bytes) -> None:
    with pytest.raises(Lost):
        results.receipts(ENTRIES, Answer(200, {}, body))


@pytest.mark.parametrize(
    ("code", "state", "failure"),
    [
        ("2000", "accepted", "other"),
        ("3000", "accepted", "other"),
        ("4000", "delivered", "other"),
        ("3014", "unknown", "other"),
        ("2061", "failed", "opted_out"),
        ("2230", "failed", "balance"),
        ("3032", "failed", "bad_address"),
        ("3043", "failed", "not_reachable"),
        ("3054", "failed", "blocked"),
        ("3059", "failed", "account"),
        ("3103", "failed", "content"),
        ("3104", "failed", "not_reachable"),
        ("3107", "failed", "not_reachable"),
        ("3108", "failed", "night"),
        ("7777", "failed", "other"),
    ],
)
def test_what_a_code_means(code: str, state: str, failure: str) -> None:
    receipt = outcomes.outcome(code, "M1")
    assert (receipt.state, receipt.failure, receipt.provider_id) == (state, failure, "M1")


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_hook_tells_of_messages_in_either_form(wrapped: bool) -> None:
    reports = [stored("k1", "4000"), stored("k2", "3104", kakaoOptions={"pfId": "P"})]
    body = [{"eventDataId": "e", "data": each, "retryCount": 0} for each in reports] if wrapped else reports
    first, second = results.told(hook(body, **{"x-solapi-event-name": "SINGLE-REPORT"}), SECRET)
    assert (first.key, first.provider_id) == ("k1", "M-k1")
    assert first.receipt is not None
    assert first.receipt.state == "delivered"
    assert second.receipt is not None
    assert second.receipt.failure == "not_reachable"


def test_who_has_opted_out_by_the_free_number_is_told() -> None:
    [told] = results.told(hook([stored("k1", "2061")]), SECRET)
    assert told.refused == "01012345678"


def test_reports_of_groups_tell_nothing() -> None:
    assert results.told(hook([{"data": {}}], **{"x-solapi-event-name": "GROUP-REPORT"}), SECRET) == []


@pytest.mark.parametrize("proof", ["", "0" * 40, SECRET, "비밀"])
def test_a_forged_hook_is_not_read(proof: str) -> None:
    with pytest.raises(Untrusted):
        results.told(Hook({"x-solapi-secret": proof}, b"not even json"), SECRET)


@given(
    st.one_of(
        st.binary(max_size=60),
        st.recursive(st.none() | st.text(max_size=9) | st.integers(), st.lists).map(msgspec.json.encode),
    )
)
def test_any_body_is_read_or_refused(body: bytes) -> None:
    with suppress(ValueError):
        results.told(Hook({"x-solapi-secret": PROOF}, body), SECRET)
