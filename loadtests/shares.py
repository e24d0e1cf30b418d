"""Derives how shoppers move through a shop from one real day of the Google Merchandise Store.

    python -m loadtests.shares FOLDER_WITH_ga360_20170801_*.parquet > loadtests/shares.yaml

Needs pyarrow. What it prints are shares and the size of the sample, no rows of the data: obfuscated Google Analytics
360 export, BigQuery public data set `google_analytics_sample.ga_sessions_20170801`, published by Google.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import yaml

TABLES = {name: f"ga360_20170801_{name}.parquet" for name in ("sessions", "hits", "hit_products")}
PACIFIC = timedelta(hours=-7)  # the store's day in August; the export is in UTC
PRODUCT, ADD, REMOVE, CHECKOUT, ORDER = 2, 3, 4, 5, 6  # Google's ecommerce_action_type
BY_ACTION = {PRODUCT: "product", ADD: "add", REMOVE: "remove", CHECKOUT: "checkout", ORDER: "order"}
BY_PAGE = {"/basket.html": "cart", "/asearch.html": "search"}

Row = Mapping[str, Any]
Shares = dict[str, float]


def step(hit: Row, seen_orders: set[str]) -> str | None:
    """What a hit is in a journey; None for what is none, such as an order's page that is there again."""
    known = BY_ACTION.get(hit["ecommerce_action_type"])
    if known == "order":
        fresh = hit["transaction_id"] not in seen_orders
        seen_orders.add(hit["transaction_id"])
        return "order" if fresh else None
    if known or hit["hit_type"] != "PAGE":
        return known
    page = hit["page_path"].partition("?")[0]
    return BY_PAGE.get(page) or ("list" if hit["n_products"] else "view")


def journeys(hits: Iterable[Row]) -> list[list[str]]:
    """The steps of each session in their order."""
    sessions: dict[int, list[str]] = defaultdict(list)
    orders: set[str] = set()
    for hit in sorted(hits, key=lambda hit: (hit["session_id"], hit["hit_number"])):
        if name := step(hit, orders):
            sessions[hit["session_id"]].append(name)
    return list(sessions.values())


def shares(counts: Mapping[str, int]) -> Shares:
    """Each count's part of all, to four places, the largest first; together exactly 1."""
    total = sum(counts.values())
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    rounded = {name: round(counts[name] / total, 4) for name in ordered}
    rounded[ordered[0]] = round(rounded[ordered[0]] + 1 - sum(rounded.values()), 4)
    return {name: share for name, share in rounded.items() if share}


def transitions(walked: Iterable[Sequence[str]]) -> dict[str, Shares]:
    """For `enter` and each step, the shares of what comes next; `leave` ends a visit."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for steps in walked:
        for before, after in pairwise(("enter", *steps, "leave")):
            counts[before][after] += 1
    return {name: shares(counts[name]) for name in sorted(counts)}


def pause(hits: Iterable[Row]) -> float:
    """The median seconds between two hits of a session."""
    ordered = sorted(hits, key=lambda hit: (hit["session_id"], hit["hit_number"]))
    gaps = [
        (after["hit_ts_utc"] - before["hit_ts_utc"]).total_seconds()
        for before, after in pairwise(ordered)
        if before["session_id"] == after["session_id"]
    ]
    return float(median(gaps))


def derive(sessions: Sequence[Row], hits: Sequence[Row], products: Sequence[Row]) -> dict[str, Any]:
    """The document that is printed."""
    walked = journeys(hits)
    hours = Counter((row["visit_start_utc"] + PACIFIC).hour for row in sessions)
    listed = Counter((row["session_id"], row["hit_number"]) for row in products if row["is_impression"])
    return {
        "sample": {
            "sessions": len(sessions),
            "visitors": len({row["full_visitor_id"] for row in sessions}),
            "steps": sum(map(len, walked)),
            "orders": sum(steps.count("order") for steps in walked),
        },
        "first_visit": round(sum(row["new_visits"] for row in sessions) / len(sessions), 4),
        "mobile": round(sum(row["device_category"] != "desktop" for row in sessions) / len(sessions), 4),
        "pause_seconds": pause(hits),
        "listed_products": int(median(listed.values())),
        "hours": [round(hours[hour] / len(sessions), 4) for hour in range(24)],
        "next": transitions(walked),
    }


def read(path: Path) -> list[Row]:
    """All rows of a table."""
    import pyarrow.parquet as parquet

    rows: list[Row] = parquet.read_table(path).to_pylist()
    return rows


def main() -> None:
    """Print the document, or say what is missing."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m loadtests.shares FOLDER")
    folder = Path(sys.argv[1])
    if missing := [name for name in TABLES.values() if not (folder / name).is_file()]:
        raise SystemExit(f"{folder}: {', '.join(missing)} not there; give the folder that holds the tables")
    document = derive(*(read(folder / name) for name in TABLES.values()))
    print("# Printed by loadtests/shares.py; where the day is from stands there.")
    print(yaml.safe_dump(document, sort_keys=False, default_flow_style=None, width=110), end="")


if __name__ == "__main__":
    main()
