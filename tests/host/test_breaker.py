from hypothesis import given
from hypothesis import strategies as st

from dangol.host.breaker import CLOSED, LIMIT, LONGEST, PAUSE, Breaker, admitted, failed


def switched_off(now: float = 0.0) -> Breaker:
    breaker = CLOSED
    for _ in range(LIMIT):
        breaker = failed(breaker, now, now)
    return breaker


def test_a_few_failures_do_not_switch_off() -> None:
    breaker = CLOSED
    for _ in range(LIMIT - 1):
        breaker = failed(breaker, 0.0, 0.0)
    assert not breaker.off
    assert admitted(breaker, 0.0) is breaker


def test_nothing_is_let_through_before_the_pause_is_over() -> None:
    breaker = switched_off(now=100.0)
    assert admitted(breaker, 100.0 + PAUSE - 0.01) is None
    assert admitted(breaker, 100.0 + PAUSE) is not None


def test_only_one_trial_is_under_way() -> None:
    trial = admitted(switched_off(), PAUSE)
    assert trial is not None
    assert admitted(trial, PAUSE) is None


def test_a_trial_that_never_reports_is_followed_by_another() -> None:
    trial = admitted(switched_off(), PAUSE)
    assert trial is not None
    assert admitted(trial, PAUSE + 2 * PAUSE) is not None


def test_a_failure_from_before_the_switch_off_does_not_move_the_trial() -> None:
    breaker = switched_off()
    assert failed(breaker, PAUSE / 2, PAUSE / 2) == breaker


@given(st.lists(st.tuples(st.sampled_from(["call", "fail"]), st.floats(0, 100)), max_size=60))
def test_a_plugin_is_always_tried_again_within_the_longest_pause(steps: list[tuple[str, float]]) -> None:
    breaker, now = CLOSED, 0.0
    for step, seconds in steps:
        now += seconds
        breaker = failed(breaker, now, now) if step == "fail" else admitted(breaker, now) or breaker
        assert admitted(breaker, now + LONGEST) is not None


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=60))
def test_while_it_only_fails_the_trials_become_rare(gaps: list[float]) -> None:
    breaker, now, calls = switched_off(), 0.0, 0
    for gap in gaps:
        now += gap
        trial = admitted(breaker, now)
        if trial is not None:
            calls += 1
            breaker = failed(trial, now, now)
    assert calls <= 5 + now / LONGEST


def test_calls_that_fail_side_by_side_count_once() -> None:
    breaker = CLOSED
    for ended in range(10, 10 + 2 * LIMIT):  # all began before the first of them failed
        breaker = failed(breaker, started=5.0, now=float(ended))
    assert breaker.failures == 1
    assert failed(breaker, started=40.0, now=41.0).failures == 2
