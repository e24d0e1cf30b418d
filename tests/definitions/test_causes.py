"""Checks of schedules and notices: what they exclude, and days and spans that have no slot."""

from typing import Any

import pytest

from dangol.definitions import document
from dangol.errors import Invalid

SITE = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://shop.example"]}
WEEKLY = {"every": "week", "at": "10:30", "on": ["mon"]}


def problems(**fields: Any) -> list[str]:
    campaign = {"id": "c", "message": {"use": "log"}, **fields}
    campaign = {name: value for name, value in campaign.items() if value is not None}
    try:
        document.check({"site": SITE, "campaigns": [campaign]}, "test")
    except Invalid as invalid:
        return [f"{problem.where.removeprefix('campaigns[0].')}: {problem.expected}" for problem in invalid.problems]
    return []


@pytest.mark.parametrize(
    "fields",
    [
        {"schedule": WEEKLY},
        {"schedule": {"every": "month", "at": "09:00", "on": ["1", "31", "last", "2nd fri", "last fri"]}},
        {"schedule": {**WEEKLY, "interval": 2}, "starts": "2026-11-01"},
        {"schedule": {"every": "once", "at": "10:30"}, "starts": "2026-11-01", "ends": "2026-11-02"},
        {"schedule": {"every": "weekday", "at": "10:30", "range": "30d"}},
        {"notice": "shipped"},
    ],
)
def test_what_makes_sense_is_taken(fields: dict[str, Any]) -> None:
    assert problems(**fields) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"schedule": WEEKLY, "notice": "paid"}, "notice: left out: the campaign has a schedule"),
        ({"schedule": WEEKLY, "message": None, "widget": {"use": "w"}}, "schedule: left out: a widget"),
        ({"notice": "paid", "message": None, "widget": {"use": "w"}}, "notice: left out: a widget"),
        ({"schedule": WEEKLY, "on": ["purchase"]}, "on: left out: the schedule"),
        ({"notice": "paid", "on": ["purchase"]}, "on: left out: the notice"),
        ({"schedule": WEEKLY, "pages": {"only": ["/x"]}}, "pages: left out"),
        ({"schedule": WEEKLY, "message": {"use": "log", "wait": 5}}, "message.wait: left out"),
        ({"notice": "paid", "variants": [{"id": "a"}]}, "variants: left out"),
        ({"schedule": {**WEEKLY, "on": []}}, "schedule.on: at least a day of the week"),
        ({"schedule": {**WEEKLY, "on": ["1"]}}, "schedule.on[0]: a day of the week"),
        ({"schedule": {**WEEKLY, "on": ["mon", "mon"]}}, "schedule.on[1]: a day that stands there only once"),
        ({"schedule": {"every": "month", "at": "09:00", "on": ["32"]}}, "schedule.on[0]: a date"),
        ({"schedule": {"every": "month", "at": "09:00", "on": ["6th fri"]}}, "schedule.on[0]: a date"),
        ({"schedule": {"every": "month", "at": "09:00", "on": ["fri"]}}, "schedule.on[0]: a date"),
        ({"schedule": {"every": "day", "at": "09:00", "on": ["mon"]}}, "schedule.on: left out"),
        ({"schedule": {"every": "day", "at": "24:00"}}, "schedule.at"),
        ({"schedule": {"every": "day", "at": "09:00", "range": "8d "}}, "schedule.range"),
        ({"schedule": {"every": "weekday", "at": "09:00", "interval": 2}}, "schedule.interval: left out"),
        ({"schedule": {**WEEKLY, "interval": 2}}, "starts: given: it is what every 2 weeks count from"),
        ({"schedule": {"every": "once", "at": "09:00"}}, "starts: given: it is the day of the only slot"),
        (
            {"schedule": {"every": "once", "at": "09:00", "range": "since_last"}, "starts": "2026-11-01"},
            "schedule.range: all or days",
        ),
        ({"schedule": WEEKLY, "starts": "2026-11-02 10:31", "ends": "2026-11-09 10:30"}, "schedule: a schedule that"),
        ({"schedule": WEEKLY, "starts": "2026-11-02", "ends": "2026-11-01"}, "ends: after its start"),
        ({"notice": "lost"}, "notice: one of"),
    ],
)  # fmt: skip
def test_what_makes_none_is_refused_with_its_place(fields: dict[str, Any], expected: str) -> None:
    assert any(problem.startswith(expected) for problem in problems(**fields)), problems(**fields)


def test_an_audience_of_a_notice_is_refused() -> None:
    found = problems(notice="paid", audience=["gold"])
    assert any(problem.startswith("audience: left out") for problem in found)
