"""From hits to shares."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loadtests.shares import derive, journeys, main, shares, transitions

START = datetime(2017, 8, 1, 20)


def hit(number: int, session: int = 1, **changes: Any) -> dict[str, Any]:
    """A page without products."""
    page = {
        "session_id": session,
        "hit_number": number,
        "hit_ts_utc": START + timedelta(seconds=10 * number),
        "hit_type": "PAGE",
        "page_path": "/home?a=b",
        "ecommerce_action_type": 0,
        "transaction_id": None,
        "n_products": 0,
    }
    return page | changes


VISIT = [
    hit(3, ecommerce_action_type=2),
    hit(1),
    hit(2, n_products=12),
    hit(4, hit_type="EVENT", ecommerce_action_type=3),
    hit(5, hit_type="EVENT"),
    hit(6, page_path="/basket.html"),
    hit(7, ecommerce_action_type=6, transaction_id="T"),
    hit(8, ecommerce_action_type=6, transaction_id="T"),
]


def test_a_session_is_read_in_the_order_of_its_hits() -> None:
    assert journeys(VISIT) == [["view", "list", "product", "add", "cart", "order"]]


def test_a_journey_begins_with_enter_and_ends_with_leave() -> None:
    found = transitions([["view", "view"], ["view"], ["list"]])
    assert found["enter"] == {"view": pytest.approx(2 / 3, abs=1e-4), "list": pytest.approx(1 / 3, abs=1e-4)}
    assert found["view"] == {"leave": pytest.approx(2 / 3, abs=1e-4), "view": pytest.approx(1 / 3, abs=1e-4)}


@given(st.dictionaries(st.text(min_size=1), st.integers(min_value=1, max_value=10**6), min_size=1))
def test_shares_make_a_whole(counts: dict[str, int]) -> None:
    found = shares(counts)
    assert sum(found.values()) == pytest.approx(1)
    assert all(share > 0 for share in found.values())


def test_the_document_counts_visits_by_the_shops_own_hour() -> None:
    session = {"full_visitor_id": "x", "visit_start_utc": START, "new_visits": 1, "device_category": "mobile"}
    shown = {"session_id": 1, "hit_number": 2, "is_impression": True}
    document = derive([session], VISIT, [shown, shown])
    assert document["hours"] == [float(hour == 13) for hour in range(24)]
    assert document["sample"] == {"sessions": 1, "visitors": 1, "steps": 6, "orders": 1}
    assert (document["pause_seconds"], document["listed_products"]) == (10, 2)


def test_a_folder_without_the_data_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.argv", ["shares", str(tmp_path)])
    with pytest.raises(SystemExit, match=r"ga360_20170801_sessions\.parquet.*not there"):
        main()
