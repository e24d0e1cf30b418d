"""Reading tables of codes."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol_plugins import outcomes
from dangol_plugins.batches import Unfit
from dangol_plugins.http import Answer, Lost
from dangol_plugins.outcomes import KOREA, Meaning
from dangol_plugins.phones import korean

TABLE = {"1": Meaning("content", "too long"), "2": Meaning("balance", "no money"), "3": Meaning("night", "too late")}
EVENING = datetime(2026, 11, 22, 21, 30, tzinfo=KOREA).timestamp()


def test_a_message_that_was_taken_has_failed_for_good() -> None:
    receipt = outcomes.failed(TABLE, 2, "M1")
    assert (receipt.state, receipt.failure, receipt.code, receipt.provider_id) == ("failed", "balance", "2", "M1")
    assert receipt.reason == "no money (2)"


@pytest.mark.parametrize(
    ("code", "state", "failure", "pause"),
    [
        ("1", "failed", "content", 0),
        ("2", "retry", "balance", 300),
        ("3", "retry", "night", 10.5 * 3600),
        ("9", "failed", "other", 0),
    ],
)
def test_one_that_was_not_taken_may_go_another_time(code: str, state: str, failure: str, pause: float) -> None:
    receipt = outcomes.refused(TABLE, code, EVENING)
    assert (receipt.state, receipt.failure, receipt.retry_after) == (state, failure, pause)


@given(st.one_of(st.text(max_size=80), st.integers(), st.none()))
def test_whatever_a_code_is_no_sentence_of_the_providers_gets_through(code: object) -> None:
    receipt = outcomes.failed(TABLE, code)
    assert len(receipt.code) <= 60
    assert receipt.code.isascii()
    assert " " not in receipt.code


@pytest.mark.parametrize(
    ("status", "state", "failure"),
    [(429, "retry", "too_fast"), (503, "retry", "provider"), (302, "retry", "account"), (413, "failed", "content")],
)
def test_statuses_that_say_that_nothing_was_taken(status: int, state: str, failure: str) -> None:
    receipt = outcomes.turned_away(Answer(status, {"retry-after": "7"}, b""))
    assert receipt is not None
    assert (receipt.state, receipt.failure) == (state, failure)
    assert receipt.retry_after == (7 if status in (429, 503) else 0)


def test_other_errors_of_servers_say_nothing() -> None:
    for status in (500, 502, 504):
        with pytest.raises(Lost, match=str(status)):
            outcomes.turned_away(Answer(status, {}, b""))
    assert outcomes.turned_away(Answer(200, {}, b"")) is None
    assert outcomes.turned_away(Answer(400, {}, b"")) is None


@given(st.floats(1.7e9, 2e9))
def test_the_morning_is_at_eight_and_within_a_day(now: float) -> None:
    wait = outcomes.until_morning(now)
    assert 0 < wait <= 86_400
    assert abs((now + wait + 9 * 3600) % 86_400 - 8 * 3600) < 0.01


@pytest.mark.parametrize("number", ["01012345678", "010-1234-5678", "+82 10-1234-5678", "+8201012345678"])
def test_a_korean_number_is_written_as_in_korea(number: str) -> None:
    assert korean(number) == "01012345678"


@pytest.mark.parametrize("number", ["", "+15551234567", "1234", "０１０12345678", "010123456789012", "010x2345678"])
def test_other_numbers_are_refused_and_not_repeated(number: str) -> None:
    with pytest.raises(Unfit) as refused:
        korean(number)
    assert refused.value.failure == "bad_address"
    assert not number or number not in str(refused.value)
