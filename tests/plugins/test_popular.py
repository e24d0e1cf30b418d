"""What is popular lately."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.plugin import Entry, Query
from dangol_plugins.popular import HALF_LIFE, KEPT, SPAN, WEIGHTS, Popular, growth, span_of

pytestmark = pytest.mark.anyio

Happened = Callable[..., Entry]
NOW = 1_763_778_000.0
LANDMARK = span_of(NOW) * HALF_LIFE * SPAN


async def ask(tally: Any, entries: list[Entry], now: float = NOW) -> dict[str, float]:
    plugin = Popular()
    found = await plugin.recommend(Query((), 10, now), tally(plugin, entries))
    return {each.product: each.score for each in found}


async def test_an_event_weighs_half_after_the_half_life(tally: Any, happened: Happened) -> None:
    entries = [happened("purchase", "a"), happened("purchase", "b", at=NOW - HALF_LIFE)]
    assert await ask(tally, entries) == {"a": pytest.approx(10.0), "b": pytest.approx(5.0)}


async def test_purchases_weigh_more_than_views(tally: Any, happened: Happened) -> None:
    entries = [happened("purchase", "a"), *(happened("view_item", "b") for _ in range(9)), happened("search", "c")]
    assert list(await ask(tally, entries)) == ["a", "b"]


async def test_new_interest_overtakes_old_sales(tally: Any, happened: Happened) -> None:
    entries = [happened("purchase", "old", at=NOW - 5 * HALF_LIFE) for _ in range(9)]
    assert list(await ask(tally, [*entries, happened("add_to_cart", "new")])) == ["new", "old"]


async def test_the_change_of_the_counter_is_not_seen(tally: Any, happened: Happened) -> None:
    next_landmark = LANDMARK + HALF_LIFE * SPAN
    entries = [happened("purchase", "a", at=next_landmark - 1), happened("purchase", "b", at=next_landmark + 1)]
    scores = await ask(tally, entries, next_landmark + 2)
    assert scores == {"a": pytest.approx(10.0, rel=1e-4), "b": pytest.approx(10.0, rel=1e-4)}
    assert list(scores) == ["b", "a"]


@given(st.floats(0, 4e11), st.floats(0, 2 * SPAN * HALF_LIFE))
def test_increments_are_bounded_and_decay_by_age_alone(at: float, age: float) -> None:
    assert 1.0 <= growth(at, span_of(at)) <= 2.0**SPAN
    later = growth(at, span_of(at)) / growth(at + age, span_of(at))
    assert math.isclose(later, 2.0 ** (-age / HALF_LIFE), rel_tol=1e-6, abs_tol=1e-300)


def test_counters_are_bounded(happened: Happened) -> None:
    counts = list(Popular().learn(happened("purchase", *(f"p{number}" for number in range(500)))))
    assert len(counts) == 100
    assert {count.keep for count in counts} == {KEPT}
    assert max(count.by for count in counts) <= max(WEIGHTS.values()) * 2.0**SPAN
