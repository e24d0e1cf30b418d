"""How much one product says for another once their common neighbours are allowed for."""

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dangol.errors import Unavailable
from dangol.plugin import Query, Rows, Shelf
from dangol.testing import NOW, MemoryCounts, entry, event, shelf
from dangol_plugins import fitted
from dangol_plugins.bought_together import BoughtTogether
from dangol_plugins.fitting import NEIGHBOURS, RIDGE, fit
from dangol_plugins.kernels import PLAIN
from dangol_plugins.offerable import Numbers
from dangol_plugins.slots import FREE

SIZE = 30
BASKETS = st.lists(st.sets(st.integers(0, SIZE - 1), min_size=1, max_size=8), min_size=1, max_size=40)


def gram(baskets: list[set[int]]) -> Numbers:
    """Orders with each two products, on the diagonal with each."""
    held = np.zeros((len(baskets), SIZE), np.float32)
    for number, basket in enumerate(baskets):
        held[number, list(basket)] = 1
    return held.T @ held


def plain(counts: Numbers, seed: int, member: int) -> float:
    """The same by numpy's solver."""
    members = [each for each in range(SIZE) if counts[seed, each] > 0 and each not in (seed, member)]
    near = {each: counts[member, each] * counts[seed, each] / counts[each, each] for each in members}
    best = sorted((each for each in members if near[each] > 0), key=lambda each: -near[each])
    chosen = [seed, *best[: NEIGHBOURS - 1]]
    matrix = counts[np.ix_(chosen, chosen)] + RIDGE * np.eye(len(chosen))
    return float(np.clip(np.linalg.solve(matrix, counts[chosen, member])[0], 0, 1))


def fitted_by_kernel(counts: Numbers, seed: int) -> dict[int, float]:
    """By the kernel, from rows."""
    apart = counts - np.diag(np.diag(counts))
    members = np.flatnonzero(apart[seed]).astype(np.int32)
    own = [np.flatnonzero(apart[each]).astype(np.int32) for each in members]
    starts = np.cumsum([0, *map(len, own)], dtype=np.int32)
    places = np.concatenate([np.empty(0, np.int32), *own])
    others = [apart[each][row] for each, row in zip(members, own, strict=True)]
    sums, slots = np.concatenate([np.empty(0, np.float32), *others]), np.full(SIZE, FREE, np.int32)
    parts = fit(seed, members, apart[seed][members], starts, places, sums, np.diag(counts).copy(), slots)
    assert (slots == FREE).all()
    return dict(zip(members.tolist(), parts.tolist(), strict=True))


@settings(max_examples=50)
@given(BASKETS)
def test_the_kernel_says_what_a_plain_solver_says(baskets: list[set[int]]) -> None:
    counts = gram(baskets)
    for member, part in fitted_by_kernel(counts, 0).items():
        if np.count_nonzero(counts[0]) <= NEIGHBOURS:  # else equally near ones may be chosen otherwise
            assert part == pytest.approx(plain(counts, 0, member), abs=1e-4)


def test_what_a_common_neighbour_explains_counts_little() -> None:
    """Strings and picks are both bought with guitars, and with each other only for that."""
    guitars = [{0, 1}] * 40 + [{0, 2}] * 40 + [{0, 1, 2}] * 20
    counts = gram(guitars)
    found = fitted_by_kernel(counts, 1)
    assert found[0] > 0.6
    assert found[2] < 0.05


@given(st.lists(st.floats(0, 2.0**30, width=32), min_size=9, max_size=9))
def test_rows_that_contradict_each_other_give_parts_between_0_and_1(told: list[float]) -> None:
    """As rows that were cut do, each for itself."""
    sums, others = np.array(told[:3], np.float32), np.array(told[3:], np.float32)
    places = np.array([1, 2, 0, 2, 0, 1], np.int32)
    starts, totals = np.array([0, 2, 4, 6], np.int32), np.zeros(4, np.float32)
    parts = fit(3, np.arange(3, dtype=np.int32), sums, starts, places, others, totals, np.full(4, FREE, np.int32))
    assert ((parts >= 0) & (parts <= 1)).all()


class Counted(MemoryCounts):
    """Tells how many rows were asked for, and can fail."""

    asked = 0
    fails = False

    async def rows(self, keys: Sequence[str], of: str = "") -> Rows:
        self.asked += len(keys)
        if self.fails and self.asked > 1:
            raise Unavailable("the store is away")
        return await super().rows(keys, of)


def counted(plugin: BoughtTogether, products: str = "abc") -> tuple[Counted, Shelf]:
    """Fifty orders of all of the products."""
    catalogue = shelf(products)
    counts = Counted(catalogue, plugin)
    counts.learn(*[entry(event("purchase", *"abc"))] * 50)
    return counts, catalogue


async def ask(plugin: BoughtTogether, counts: Counted, shelf: Shelf, *seeds: str, now: float = NOW) -> dict[str, float]:
    """An answer's scores, and all fits made that it asked for."""
    counts.asked = 0
    found = await plugin.recommend(Query(seeds or ("a",), 10, now, shelf), counts)
    await plugin.settle()
    return {shelf.ids[place]: score for place, score in zip(found.places, found.scores.tolist(), strict=True)}


@pytest.mark.anyio
async def test_no_question_waits_for_a_fit_and_the_next_one_has_it() -> None:
    plugin = BoughtTogether()
    counts, catalogue = counted(plugin)
    first, second = await ask(plugin, counts, catalogue), await ask(plugin, counts, catalogue)
    assert first == pytest.approx({"b": PLAIN, "c": PLAIN}, rel=1e-3)
    assert second["b"] > PLAIN + 0.3


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("later", "more", "anew"),
    [(1, 0, False), (fitted.LIFE + 1, 0, True), (1, 1, False), (1, 20, True)],
    ids=["soon", "late", "one more order", "many more orders"],
)
async def test_a_fit_is_kept_until_it_is_old_or_orders_have_become_more(later: float, more: int, anew: bool) -> None:
    plugin = BoughtTogether()
    counts, catalogue = counted(plugin)
    before = await ask(plugin, counts, catalogue)
    assert counts.asked == 4
    counts.learn(*[entry(event("purchase", "a", "b"))] * more)
    after = await ask(plugin, counts, catalogue, now=NOW + later)
    assert counts.asked == (4 if anew else 1)
    assert after["b"] > before["b"]  # by the old fit, in any case


@pytest.mark.anyio
async def test_a_fit_that_fails_leaves_the_answer_as_it_is_and_is_asked_for_again() -> None:
    plugin = BoughtTogether()
    counts, catalogue = counted(plugin)
    counts.fails = True
    assert set(await ask(plugin, counts, catalogue)) == {"b", "c"}
    counts.fails = False
    await ask(plugin, counts, catalogue)
    assert (await ask(plugin, counts, catalogue))["b"] > PLAIN + 0.3


@pytest.mark.anyio
async def test_catalogues_have_fits_of_their_own_and_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitted, "MOST_SITES", 2)
    monkeypatch.setattr(fitted, "MOST_FITS", 2)
    plugin = BoughtTogether()
    for products in ("abc", "cba", "bca"):
        counts, catalogue = counted(plugin, products)
        for _ in range(2):
            assert await ask(plugin, counts, catalogue, *"abc", "gone") == {}
        assert set(await ask(plugin, counts, catalogue, "a", "c")) == {"b"}


def test_fits_that_a_closing_loop_leaves_behind_are_forgotten() -> None:
    plugin = BoughtTogether()
    counts, catalogue = counted(plugin)
    asyncio.run(plugin.recommend(Query(["a"], 10, NOW, catalogue), counts))
    asyncio.run(ask(plugin, counts, catalogue))
    assert asyncio.run(ask(plugin, counts, catalogue))["b"] > PLAIN + 0.3
