"""Past orders as recommenders see them."""

from tests.orders.lines import Line, lines_of

from dangol.orders.columns import UNKNOWN
from dangol.orders.entries import Goods, entries
from dangol.orders.standing import repeated
from dangol.plugin import Product
from dangol.protocol.event import Entry, Event, Item

GOODS = Goods([Product("mug", "Mug", 500, category="Cups", brand="Acme"), Product("tea", "Tea", 300)])


def entries_of(*lines: Line) -> list[Entry]:
    some = entries(repeated(lines_of(*lines)), "shop", GOODS, lambda member: f"profile of {member}")
    return [entry for each in some for entry in each]


def test_an_order_is_an_entry_with_one_purchase() -> None:
    items = [Item("mug", "", 450, 2, "Cups", "Acme"), Item("tea")]
    event = Event("order-1", "purchase", 100_000, items=items, key="1")
    lines = [Line("1", 0, "kim", quantity=2, price=450), Line("1", 1, "kim")]
    assert entries_of(*lines) == [Entry("shop", "profile of kim", "kim", 100_000, [event])]


def test_a_guest_has_no_profile() -> None:
    [entry] = entries_of(Line("1", 1))
    assert (entry.profile, entry.member) == ("", "")


def test_what_was_bought_again_that_day_is_marked() -> None:
    first, second = entries_of(Line("1", 1, "kim"), Line("2", 0, "kim", at=101), Line("2", 1, "kim", at=101))
    assert (first.events[0].again, second.events[0].again) == ((), ("tea",))


def test_products_are_found_by_their_ids() -> None:
    assert GOODS.find(["tea", "unheard of", "mug"]).tolist() == [1, UNKNOWN, 0]
