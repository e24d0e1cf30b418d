"""What makes a load run fail."""

import pytest
from loadtests.tally import Tally, problems


def tally(**changes: object) -> Tally:
    """A run in which all went well."""
    good = Tally(["a", "b"], {}, requests=2, p99=20.0)
    for name, value in changes.items():
        setattr(good, name, value)
    return good


def test_a_good_run_has_no_problem() -> None:
    assert list(problems(tally(), ["b", "a"], 100, 0)) == []


@pytest.mark.parametrize(
    ("changes", "logged", "behind", "told"),
    [
        ({"failures": 1, "errors": ["cart: status 503"]}, ["a", "b"], 0, "1 of 2 requests failed (cart: status 503)"),
        ({"p99": 100.4}, ["a", "b"], 0, "p99 100 ms is over the limit of 100 ms"),
        ({}, ["a"], 0, "1 of 2 acknowledged events are not in the log"),
        ({}, ["a", "b", "b"], 0, "1 events are in the log twice or were never acknowledged"),
        ({}, ["a", "b", "c"], 0, "1 events are in the log twice or were never acknowledged"),
        ({}, ["a", "b"], 7, "the worker is 7 entries behind"),
        ({"crashes": ["a bug"]}, ["a", "b"], 0, "the load test itself failed (a bug)"),
        ({"acknowledged": []}, [], 0, "no event was acknowledged"),
    ],
)
def test_each_missed_threshold_is_one_line(
    changes: dict[str, object], logged: list[str], behind: int, told: str
) -> None:
    assert list(problems(tally(**changes), logged, 100, behind)) == [told]


def test_answered_requests_are_counted() -> None:
    counted = Tally()
    counted.take(["a"], ["popcorn"])
    counted.take(["b", "c"], ["popcorn"])
    assert counted.acknowledged == ["a", "b", "c"]
    assert counted.widgets == {"popcorn": 2}
