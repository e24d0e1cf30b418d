"""What follows from answers and silences, as rules."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dangol.definitions.model import Fallback
from dangol.errors import PluginFailure
from dangol.messages.push import Push
from dangol.plugin import Receipt
from dangol.store.rows import Row, key_of, new_row, partition
from dangol.worker import outcomes
from dangol.worker.outcomes import Policy, Try, after_failure, after_look, after_receipt, instead, price_of, stumbled

NOW = 1_763_778_000.0
PUSH = Push(key_of("shop", "c", "m1"), "shop", "c", "trigger", profile="m1")
ROW: Row = new_row(PUSH, "queued", "2025-11-22", NOW, NOW)
KINDS = ["raised", "slow", "result", "off", "missing", "import", "api"]


def tried(attempts: int = 1, idempotent: bool = False, looks_up: bool = False, fallback: Fallback | None = None) -> Try:
    return Try(ROW, attempts, idempotent, looks_up, True, 13_000, fallback)


@given(st.integers(0, 10_000), st.one_of(st.floats(), st.just(math.nan), st.just(math.inf)))
def test_a_pause_grows_within_bounds(attempts: int, asked: float) -> None:
    policy = Policy()
    pause = policy.pause(attempts, asked)
    whole = min(policy.first * policy.factor ** min(max(attempts, 1) - 1, 50), policy.longest)
    assert whole / 2 <= pause <= outcomes.DAY
    if math.isfinite(asked):
        assert pause >= min(asked, outcomes.DAY)


@given(st.sampled_from(KINDS), st.integers(1, 20), st.booleans())
def test_only_what_was_surely_not_sent_may_be_repeated_without_an_idempotent_provider(
    kind: str, attempts: int, looks_up: bool
) -> None:
    outcome = after_failure(tried(attempts, looks_up=looks_up), PluginFailure("p", kind, "x"), Policy(), NOW)
    open_end = "sending" if looks_up else "unknown"
    assert (outcome.state == open_end) == (kind in ("raised", "slow", "result"))
    assert outcome.state in ("queued", "parked", open_end)


@given(st.sampled_from([kind for kind in KINDS if kind != "off"]), st.integers(1, 20))
def test_an_idempotent_provider_is_asked_a_bounded_number_of_times(kind: str, attempts: int) -> None:
    outcome = after_failure(tried(attempts, idempotent=True), PluginFailure("p", kind, "x"), Policy(), NOW)
    assert outcome.state == ("queued" if attempts < Policy().tries else "parked")
    assert outcome.due > NOW or outcome.state == "parked"


def test_a_plugin_that_is_switched_off_costs_no_attempt() -> None:
    outcome = after_failure(tried(8), PluginFailure("p", "off", "x"), Policy(), NOW)
    assert (outcome.state, outcome.counted) == ("queued", False)


@given(st.integers(1, 20))
def test_retries_that_a_provider_asks_for_end_as_its_failure(attempts: int) -> None:
    outcome = after_receipt(tried(attempts), Receipt("retry", "busy", retry_after=30), Policy(), NOW)
    if attempts < Policy().tries:
        assert (outcome.state, outcome.due >= NOW + 30) == ("queued", True)
    else:
        assert (outcome.state, outcome.failure, outcome.price) == ("failed", "provider", 0)


@pytest.mark.parametrize(
    ("receipt", "state"),
    [
        (None, "unknown"),
        (Receipt("unknown"), "unknown"),
        (Receipt("retry"), "queued"),
        (Receipt("delivered"), "delivered"),
    ],
)
def test_what_a_provider_knows_settles_what_was_interrupted(receipt: Receipt | None, state: str) -> None:
    outcome = after_look(tried(looks_up=True), receipt, Policy(), NOW)
    assert outcome.state == state
    assert state != "unknown" or (outcome.reason, outcome.price) == ("interrupted", 13_000)


@pytest.mark.parametrize(
    ("receipt", "price"),
    [
        (Receipt("accepted"), 13_000),
        (Receipt("accepted", price=9.9), 9_900),
        (Receipt("failed"), 0),
        (Receipt("failed", price=5.0), 5_000),
        (Receipt("accepted", price=math.nan), 13_000),
        (Receipt("accepted", price=-1.0), 13_000),
        (Receipt("unknown"), 13_000),
    ],
)
def test_a_message_costs_what_the_provider_says_else_what_was_reserved(receipt: Receipt, price: int) -> None:
    assert price_of(receipt, 13_000) == price


def test_a_fallback_takes_the_place_of_what_failed_for_its_reasons_once() -> None:
    fallback = Fallback("text", "t", on=["not_reachable", "blocked"])
    made = after_receipt(tried(fallback=fallback), Receipt("failed", failure="blocked"), Policy(), NOW).fallback
    assert made is not None
    assert (made.step, made.before, made.counted, made.profile) == (1, PUSH.key, True, "m1")
    assert made.key != PUSH.key
    assert partition(made.key) == partition(PUSH.key)
    assert instead(PUSH, fallback, "blocked") == made, "the same failure makes the same request"
    assert instead(PUSH, fallback, "bad_address") is None
    assert instead(made, fallback, "blocked") is None
    assert instead(PUSH, None, "blocked") is None


def test_what_raises_is_tried_again_and_then_put_aside_without_what_it_said() -> None:
    try:
        raise ValueError("01012345678")
    except ValueError as error:
        ends = [stumbled(_claimed(claims), error, Policy(poison=3), NOW) for claims in (1, 2, 3)]
    assert [(end.state, end.again) for end in ends] == [("queued", True), ("queued", True), ("parked", False)]
    assert all("ValueError in" in end.detail and "0101" not in end.detail for end in ends)


def _claimed(claims: int) -> Row:
    return replace(ROW, claims=claims)
