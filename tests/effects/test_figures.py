"""Credits as sums."""

from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from dangol.effects.figures import NONE, Cell, cells_of, figures_of
from dangol.protocol.event import Credit
from dangol.render.money import MOST

amounts = st.lists(st.integers(-MOST, MOST), max_size=8)


def credits(shopper: Sequence[int]) -> list[Credit]:
    """A shopper who enters, then orders for each of these amounts."""
    made, before = [Credit("c", "on", "d", 1, entered=1)], 0
    for number, amount in enumerate(shopper):
        made.append(
            Credit("c", "on", "d", 1, (), orders=1, revenue=amount, orders_before=number, revenue_before=before)
        )
        before += amount
    return made


@given(st.lists(amounts, max_size=5), st.randoms(use_true_random=False))
def test_the_sums_of_changes_are_the_sums_over_shoppers(shoppers: list[list[int]], order: Random) -> None:
    total = NONE
    told = [each for shopper in shoppers for each in credits(shopper)]
    order.shuffle(told)
    for each in told:
        total = total.plus(figures_of(each))
    spent = [sum(shopper) for shopper in shoppers]
    assert (total.shoppers, total.converted) == (len(shoppers), sum(1 for shopper in shoppers if shopper))
    assert (total.orders, total.revenue) == (sum(map(len, shoppers)), sum(spent))
    assert total.squares == sum(each**2 for each in spent)


def test_a_cancelled_only_order_takes_the_buyer_back() -> None:
    back = figures_of(Credit("c", "on", "d", 1, orders=-1, revenue=-500, orders_before=1, revenue_before=500))
    assert (back.converted, back.orders, back.revenue, back.squares) == (-1, -1, -500, -250_000)


def test_who_is_taken_out_still_counts_for_the_shares() -> None:
    out = figures_of(Credit("c", "on", "d", 1, entered=-1))
    assert (out.entered, out.withdrawn, out.shoppers) == (0, 1, -1)


def test_a_credit_counts_among_everybody_and_in_its_segments() -> None:
    assert cells_of(Credit("c", "on", "d", 9, ("vip", "new"))) == [
        Cell(9, "d", "on", ""), Cell(9, "d", "on", "vip"), Cell(9, "d", "on", "new"),
    ]  # fmt: skip
