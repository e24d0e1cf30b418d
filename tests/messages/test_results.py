"""Counts of messages as answers: states add up to requests, money to what was spent."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from dangol.messages.results import STATES, results, spreadsheet, table

SUMS = {
    "2026-11-21": {"|queued": 2, "solapi|delivered": 3, "solapi|price": 25_200, "solapi|clicks": 1},
    "2026-11-22": {
        "solapi|failed": 2, "solapi|failed|blocked": 2, "smtp|refused": 1, "smtp|refused|no_consent": 1, "|held": 0,
    },
}  # fmt: skip


def test_totals_are_the_sums_of_channels_and_days() -> None:
    told = results("sale", "KRW", SUMS)
    assert (told.requests, told.spent, told.clicks) == (8, 25.2, 1)
    assert [(each.channel, each.requests) for each in told.channels] == [("", 2), ("smtp", 1), ("solapi", 5)]
    assert [(day.day, [each.channel for each in day.channels]) for day in told.days] == [
        ("2026-11-21", ["", "solapi"]),
        ("2026-11-22", ["smtp", "solapi"]),
    ]
    assert told.channels[1].refusals == {"no_consent": 1}
    assert told.channels[2].failures == {"blocked": 2}


def test_a_campaign_without_messages_is_told_as_such() -> None:
    told = results("sale", "KRW", {})
    assert (told.requests, told.channels, told.days) == (0, [], [])


NUMBERS = st.dictionaries(
    st.sampled_from([f"{channel}|{state}" for channel in ("", "a", "b") for state in (*STATES, "price", "clicks")]),
    st.integers(0, 1000),
)


@given(st.dictionaries(st.sampled_from(["2026-01-01", "2026-01-02", "2026-01-03"]), NUMBERS))
def test_states_sum_to_requests_in_whole_and_by_day(by_day: dict[str, dict[str, int]]) -> None:
    told = results("sale", "KRW", by_day)
    states = [number for sums in by_day.values() for name, number in sums.items() if name.partition("|")[2] in STATES]
    assert told.requests == sum(states)
    assert sum(each.requests for day in told.days for each in day.channels) == told.requests
    assert round(sum(each.spent for each in told.channels), 3) == round(told.spent, 3)


def test_the_spreadsheet_has_each_day_and_then_the_totals() -> None:
    rows = list(csv.DictReader(io.StringIO(spreadsheet([results("sale", "KRW", SUMS)]).removeprefix("\ufeff"))))
    assert [(row["day"], row["channel"]) for row in rows][-2:] == [("total", "smtp"), ("total", "solapi")]
    assert (rows[-1]["delivered"], rows[-1]["blocked"], rows[-1]["spent"], rows[-1]["currency"]) == (
        "3",
        "2",
        "25.2",
        "KRW",
    )


def test_the_table_lines_its_columns_up() -> None:
    head, *rows = table([results("sale", "KRW", SUMS)])
    assert {len(row) for row in rows} == {len(head)}
    assert rows[-1].endswith("25.20 KRW")
