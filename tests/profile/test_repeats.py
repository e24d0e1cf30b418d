"""What one shopper does counts once a day for each product, whatever is sent and in whatever order."""

from collections import Counter
from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Site
from dangol.profile.merge import merge
from dangol.profile.model import CARTED, RECENT_PRODUCTS, Profile
from dangol.profile.reduce import reduce
from dangol.profile.repeats import MOST_AT_ONCE, MOST_BEFORE, MOST_CHARACTERS, counted
from dangol.protocol.event import Event, Item

NOON = 1_782_874_800  # Wednesday, 1 July 2026, 12:00 in Seoul
DAY = 86_400
SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"], timezone="Asia/Seoul")
EVENTS = count()
ACTIONS = ("view_item", "add_to_cart", "purchase")


class Shopper:
    """Sends events one by one; `counts` has what recommenders may count of them."""

    def __init__(self) -> None:
        self.profile, self.sent = Profile(), 0
        self.counts: Counter[tuple[str, str, int]] = Counter()

    def does(self, action: str, *products: str, at: float = NOON, **fields: object) -> Event:
        self.sent += 1
        key = str(self.sent) if action == "purchase" else ""
        items = [Item(each, price=100) for each in products]
        given = {"key": key, **fields}
        event = Event(f"event-{next(EVENTS):020}", action, int(at * 1000), items=items, **given)  # type: ignore[arg-type]
        [taken] = reduce(self.profile, [event], SITE, NOON, 7)
        self.counts.update((action, product, int((at + 9 * 3600) // DAY)) for product in counted(taken))
        return taken


@pytest.mark.parametrize("action", ACTIONS)
def test_the_same_counts_once_a_day_of_the_shop(action: str) -> None:
    shopper = Shopper()
    midnight = NOON + DAY // 2
    for at in (NOON, NOON + 5, midnight - 1, midnight, midnight + 5):
        shopper.does(action, "tea", at=at)
    assert list(shopper.counts.values()) == [1, 1]


@pytest.mark.parametrize("action", ACTIONS)
def test_ten_thousand_times_count_once(action: str) -> None:
    shopper = Shopper()
    for number in range(10_000):
        shopper.does(action, "tea", at=NOON + number % 3_600)
    assert list(shopper.counts.values()) == [1]


@given(
    st.sampled_from(ACTIONS),
    st.lists(st.tuples(st.integers(0, 60), st.integers(-7 * DAY, 0)), max_size=150),
)
def test_nobody_counts_twice_a_day_whatever_is_pushed_out(action: str, deeds: list[tuple[int, int]]) -> None:
    shopper = Shopper()
    for product, at in [*deeds, *deeds]:
        shopper.does(action, f"p{product}", at=NOON + at)
    assert max(shopper.counts.values(), default=1) == 1


@pytest.mark.parametrize(("action", "size"), [("view_item", RECENT_PRODUCTS), ("add_to_cart", CARTED)])
def test_a_ring_full_of_today_counts_no_more_today_but_tomorrow(action: str, size: int) -> None:
    shopper = Shopper()
    for number in range(size + 20):
        shopper.does(action, f"p{number}", at=NOON + number)
    assert sum(shopper.counts.values()) == size
    shopper.does(action, "p0", at=NOON + DAY)
    assert sum(shopper.counts.values()) == size + 1


def test_an_order_counts_so_many_products_and_tells_which_do_not() -> None:
    shopper = Shopper()
    products = [f"p{number}" for number in range(MOST_AT_ONCE + 5)]
    order = shopper.does("purchase", *products)
    assert order.again == tuple(products[MOST_AT_ONCE:])
    assert shopper.profile.recent_orders[0].products == tuple(products[:MOST_AT_ONCE])


def test_an_order_remembers_so_many_characters_and_no_more() -> None:
    shopper = Shopper()
    products = [f"{number:0100}" for number in range(20)]
    order = shopper.does("purchase", *products)
    assert sum(map(len, shopper.profile.recent_orders[0].products)) == MOST_CHARACTERS
    assert order.again == tuple(products[10:])


def test_of_a_view_only_the_product_on_the_page_counts() -> None:
    assert counted(Shopper().does("view_item", "tea", "cup", "pot")) == ("tea",)


def test_what_the_reporter_says_of_repeats_is_forgotten() -> None:
    taken = Shopper().does("view_item", "tea", again=("tea",), before=("cup",))
    assert (taken.again, taken.before) == ((), ())


def test_a_view_tells_what_was_viewed_earlier_in_the_visit() -> None:
    shopper = Shopper()
    shopper.does("view_item", "yesterday", at=NOON - DAY)
    shopper.does("page_view", at=NOON)
    for number in range(MOST_BEFORE + 3):
        shopper.does("view_item", f"p{number}", at=NOON + number)
    again = shopper.does("view_item", "p3", at=NOON + 60)
    newest = [f"p{number}" for number in reversed(range(MOST_BEFORE + 3)) if number != 3]
    assert again.before == tuple(newest[:MOST_BEFORE])
    assert again.again == ("p3",)


def refund(shopper: Shopper, number: str, *told: str, **fields: object) -> Event:
    return shopper.does("refund", *told, at=NOON + 9, key=number, **fields)


def test_a_cancelled_order_is_told_as_it_had_counted() -> None:
    shopper = Shopper()
    shopper.does("purchase", "tea", at=NOON - DAY)
    shopper.does("purchase", "tea", "cup", "pot", at=NOON - DAY + 1)
    back = refund(shopper, "2", "pot", "never bought")
    assert [item.id for item in back.items] == ["cup", "pot"]
    assert [item.price for item in back.items] == [None, 100], "what the reporter tells of a line of the order stays"
    assert back.props == {"placed": (NOON - DAY + 1) * 1000}


@pytest.mark.parametrize("number", ["1", "nobody's"])
def test_an_order_that_is_not_known_or_gone_takes_nothing_back(number: str) -> None:
    shopper = Shopper()
    shopper.does("purchase", "tea")
    refund(shopper, "1")
    back = refund(shopper, number, "tea", props={"placed": 1, "why": "late"})
    assert (back.items, back.props, back.value) == ([], {"why": "late"}, 100)


def test_what_was_ordered_anew_after_a_cancellation_counts() -> None:
    shopper = Shopper()
    shopper.does("purchase", "tea", "cup", at=NOON - DAY)
    shopper.does("purchase", "tea", "pot")
    refund(shopper, "2")
    assert [(each.id, each.at) for each in shopper.profile.bought] == [("tea", NOON - DAY), ("cup", NOON - DAY)]
    assert counted(shopper.does("purchase", "tea", "pot", at=NOON + 60)) == ("tea", "pot")


def test_cancelling_never_makes_the_same_count_twice() -> None:
    shopper = Shopper()
    for number in range(3):
        shopper.does("purchase", "tea", at=NOON + number)
    refund(shopper, "2")
    assert counted(shopper.does("purchase", "tea", at=NOON + 60)) == ()
    refund(shopper, "1")
    assert counted(shopper.does("purchase", "tea", at=NOON + 61)) == ()


def test_cancelling_lets_nobody_push_out_what_was_bought_today() -> None:
    shopper = Shopper()
    first, second = ([f"p{number}" for number in range(start, start + 25)] for start in (0, 25))
    shopper.does("purchase", *first)
    shopper.does("purchase", *second)
    shopper.does("purchase", *(f"new{number}" for number in range(30)), at=NOON + 1)
    refund(shopper, "2")
    assert counted(shopper.does("purchase", *first, *second, at=NOON + 60)) == ()


def joined(*shoppers: Shopper) -> Profile:
    first, *others = (each.profile for each in shoppers)
    for number, other in enumerate(others):
        merge(first, other, f"visitor-{number}")
    return first


def names(ring: Sequence[object]) -> list[str]:
    return [each.id for each in ring]  # type: ignore[attr-defined]


def test_a_login_brings_along_what_was_done_and_what_orders_counted() -> None:
    member, visitor = Shopper(), Shopper()
    visitor.does("add_to_cart", "tea")
    visitor.does("purchase", "tea", key="visitors")
    member.does("add_to_cart", "cup", at=NOON - 9)
    joined(member, visitor)
    assert names(member.profile.carted) == ["tea", "cup"]
    assert member.does("purchase", "tea").again == ("tea",)
    assert names(refund(member, "visitors").items) == ["tea"]


def test_an_order_that_both_know_keeps_its_products() -> None:
    member, visitor = Shopper(), Shopper()
    for each in (member, visitor):
        each.does("purchase", "tea", key="both")
    assert joined(member, visitor).recent_orders[0].products == ("tea",)
