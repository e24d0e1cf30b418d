"""Aligo's answers, codes and words."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins import contents
from tests.plugins.contents import request

from dangol.plugin import Receipt
from dangol_plugins.aligo import outcomes, results
from dangol_plugins.aligo.messages import ALIMTALK, MASS
from dangol_plugins.batches import Entry, Part
from dangol_plugins.http import Answer, Lost

ENTRIES = [Entry(request(contents.SMS, key=key), Part("", {})) for key in ("k1", "k2")]


def answered(path: str, **body: Any) -> Any:
    return results.receipts(path, ENTRIES, Answer(200, {}, msgspec.json.encode(body)))


@pytest.mark.parametrize("code", [1, "1"])
def test_texts_are_taken_whatever_way_the_number_is_written(code: object) -> None:
    assert (
        answered(MASS, result_code=code, message="success", msg_id=7, error_cnt="0")
        == [Receipt("accepted", provider_id="sms:7")] * 2
    )


@pytest.mark.parametrize("code", [0, "0"])
def test_alimtalk_that_is_taken_is_only_taken(code: object) -> None:
    told = answered(ALIMTALK, code=code, message="성공적으로 전송요청 하였습니다.", info={"mid": "9", "unit": 6.5})
    assert told == [Receipt("accepted", provider_id="at:9", price=6.5)] * 2


@pytest.mark.parametrize(
    ("code", "said", "state", "failure"),
    [
        (-99, "포인트가 부족합니다.", "retry", "balance"),
        (-201, "", "retry", "balance"),
        (-101, "인증오류입니다.", "retry", "account"),
        (-99, "등록되지 않은 서버 IP입니다.", "retry", "account"),
        (-103, "등록되지 않은 발신번호입니다.", "retry", "account"),
        (-99, "템플릿이 존재하지 않습니다.", "failed", "content"),
        (509, "무언가 01012345678", "failed", "content"),
    ],
)
def test_a_call_that_is_refused_is_told_by_words_and_codes(code: int, said: str, state: str, failure: str) -> None:
    told = answered(ALIMTALK, code=code, message=said)
    assert isinstance(told, Receipt)
    assert (told.state, told.failure) == (state, failure)
    assert "0101" not in told.reason


def test_an_ip_address_that_is_not_registered_is_told_in_plain_words() -> None:
    assert "IP address" in answered(MASS, result_code="-99", message="등록되지 않은 서버 IP입니다.").reason


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[]", b'{"code": {}}', b""])
def test_an_answer_that_can_not_be_read_leaves_all_open(body: bytes) -> None:
    with pytest.raises(Lost):
        results.receipts(ALIMTALK, ENTRIES, Answer(200, {}, body))


@pytest.mark.parametrize(
    ("result", "said", "state", "failure"),
    [
        ("", "", "accepted", "other"),
        ("0", "", "delivered", "other"),
        ("0000", "성공", "delivered", "other"),
        ("U", "메시지가 템플릿과 일치하지않음", "failed", "content"),
        ("U", "", "failed", "content"),
        ("N", "카카오톡을 사용하지 않는 사용자", "failed", "not_reachable"),
        ("B", "수신자가 알림톡을 차단함", "failed", "not_reachable"),
        ("P", "전화번호 오류", "failed", "bad_address"),
        ("T", "발송 가능한 시간이 아님", "failed", "night"),
        ("Z", "무언가", "failed", "other"),
    ],
)
def test_what_becomes_of_alimtalk(result: str, said: str, state: str, failure: str) -> None:
    receipt = outcomes.talked(result, said, "at:1")
    assert (receipt.state, receipt.failure, receipt.provider_id) == (state, failure, "at:1")


@pytest.mark.parametrize(
    ("word", "state", "failure"),
    [
        ("", "accepted", "other"),
        ("전송중", "accepted", "other"),
        ("예약대기중", "accepted", "other"),
        ("발송완료", "delivered", "other"),
        ("전송성공", "delivered", "other"),
        ("번호오류", "failed", "bad_address"),
        ("단말기전원꺼짐", "failed", "not_reachable"),
        ("스팸차단", "failed", "blocked"),
        ("수신거부", "failed", "opted_out"),
        ("발송제한시간", "failed", "night"),
        ("전송시간초과", "failed", "not_reachable"),
        ("발송실패", "failed", "other"),
        ("무언가", "failed", "other"),
    ],
)
def test_what_becomes_of_texts(word: str, state: str, failure: str) -> None:
    receipt = outcomes.texted(word, "sms:1")
    assert (receipt.state, receipt.failure) == (state, failure)


@given(st.text(max_size=60))
def test_nothing_that_aligo_says_gets_through(said: str) -> None:
    for receipt in (outcomes.texted(said, ""), outcomes.talked("Z", said, ""), outcomes.refused("-99", said)):
        assert receipt.reason.isascii()
