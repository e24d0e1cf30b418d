"""Figures of campaigns in the real store."""

import random
from collections.abc import Sequence
from datetime import date

import pytest

from dangol.effects.figures import Cell, Figures, cells_of, figures_of
from dangol.protocol.event import Credit
from dangol.store import effects, keys
from dangol.store.effects import Credited
from dangol.store.link import Link

pytestmark = pytest.mark.anyio

TODAY = date(2026, 11, 22)
NOW = 1_795_305_600.0
DAY = TODAY.toordinal()
ENTRY = Credit("c", "on", "d1", DAY, ("vip",), entered=1, shares={"holdout": 0.05, "on": 0.95})
ORDER = Credit("c", "on", "d1", DAY, ("vip",), orders=1, revenue=3_000)


async def cells(link: Link, campaign: str = "c") -> dict[Cell, Figures]:
    return (await effects.read(link, "shop", campaign, NOW)).cells


async def test_credits_are_added_among_everybody_and_in_each_segment(link: Link) -> None:
    await effects.apply(link, 3, [Credited("1-0", "shop", [ENTRY]), Credited("2-0", "shop", [ORDER])])
    counted = await effects.read(link, "shop", "c", NOW)
    told = Figures(entered=1, converted=1, orders=1, revenue=3_000, low=9_000_000)
    assert counted.cells == {Cell(DAY, "d1", "on", ""): told, Cell(DAY, "d1", "on", "vip"): told}
    assert counted.shares == {"d1": {"holdout": 0.05, "on": 0.95}}


async def test_what_comes_again_is_not_added_again(link: Link) -> None:
    batch = [Credited(f"{number}-0", "shop", [ENTRY]) for number in range(9, 12)]
    for part in (batch, batch[:2], batch[1:], batch):
        await effects.apply(link, 3, part)
    await effects.apply(link, 4, batch)  # entries of another partition may have the same ids
    assert (await cells(link))[Cell(DAY, "d1", "on", "")].entered == 6


async def test_sums_stay_exact_where_floats_would_not(link: Link) -> None:
    large = Credit("c", "on", "d1", DAY, orders=1, revenue=10**12 - 1)
    small = Credit("c", "on", "d1", DAY, orders=1, revenue=3)
    back = Credit("c", "on", "d1", DAY, orders=-1, revenue=1 - 10**12, orders_before=1, revenue_before=10**12 - 1)
    await effects.apply(link, 0, [Credited("1-0", "shop", [large, small, back])])
    figures = (await cells(link))[Cell(DAY, "d1", "on", "")]
    assert (figures.orders, figures.revenue, figures.squares) == (1, 3, 9)


async def test_the_fortune_that_a_robot_spends_is_told_as_well(link: Link) -> None:
    """2,000 orders of the largest amount make squares of more than 63 bits."""
    spent = [Credit("c", "on", "d1", DAY, orders=1, revenue=10**12, revenue_before=n * 10**12) for n in range(2_000)]
    await effects.apply(link, 0, [Credited("1-0", "shop", spent)])
    figures = (await cells(link))[Cell(DAY, "d1", "on", "")]
    assert (figures.orders, figures.revenue) == (2_000, 2 * 10**15)
    assert figures.squares == pytest.approx(4 * 10**30)


async def test_campaigns_and_sites_are_apart_and_can_be_forgotten(link: Link) -> None:
    await effects.apply(link, 0, [Credited("1-0", "shop", [ENTRY]), Credited("2-0", "other", [ENTRY])])
    assert await cells(link, "d") == {}
    assert await effects.forget(link, "shop", "c", NOW)
    assert not await effects.forget(link, "shop", "c", NOW)
    assert await cells(link) == {}
    assert (await effects.read(link, "other", "c", NOW)).cells


async def test_figures_lapse_by_themselves(link: Link) -> None:
    await effects.apply(link, 0, [Credited("1-0", "shop", [ENTRY])])
    left = await link.call("TTL", keys.effect("shop", "c", "2026-11"))
    assert effects.KEPT - 60 < left <= effects.KEPT


def credits(chance: random.Random, count: int) -> Sequence[Credit]:
    return [
        Credit(
            chance.choice("abc"), chance.choice(["on", "holdout"]), "d1", DAY - chance.randrange(400),
            tuple(name for name in ("vip", "new") if chance.random() < 0.5), entered=chance.choice([0, 1, -1]),
            views=chance.randrange(3), orders=chance.choice([-1, 0, 1]), revenue=chance.randrange(-(10**9), 10**9),
            orders_before=chance.randrange(3), revenue_before=chance.randrange(10**9),
        )
        for _ in range(count)
    ]  # fmt: skip


async def test_the_store_adds_as_python_does(link: Link) -> None:
    chance = random.Random(5)
    told = credits(chance, 300)
    wanted: dict[tuple[str, Cell], Figures] = {}
    for credit in told:
        for cell in cells_of(credit):
            known = wanted.get((credit.campaign, cell), Figures())
            wanted[credit.campaign, cell] = known.plus(figures_of(credit))
    for start in range(0, 300, 7):
        batch = [Credited(f"{start + at + 1}-0", "shop", [one]) for at, one in enumerate(told[start : start + 7])]
        await effects.apply(link, 1, batch)
    found = {(name, cell): sums for name in "abc" for cell, sums in (await cells(link, name)).items()}
    assert {key: (*sums[:11], sums.squares) for key, sums in found.items()} == {
        key: (*sums[:11], sums.squares) for key, sums in wanted.items()
    }
