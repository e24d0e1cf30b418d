import pytest

from dangol.plugin import Item
from dangol.profile.model import Member
from dangol.testing import NOW, Clock, entry, event, item, profile, push_request, request


def test_a_profile_is_written_in_the_shops_words() -> None:
    shopper = profile(cart={"tea": (4_500, 2), "cup": 12_000}, viewed=["cup", "tea"], member="Kim", orders=3)
    assert shopper.cart_total == 21_000
    assert [seen.id for seen in shopper.viewed] == ["cup", "tea"]
    assert shopper.member == Member("member-1", name="Kim")
    assert shopper.orders == 3


def test_fields_may_be_given_as_they_are() -> None:
    assert profile(visits=7, member=Member("m", grade="gold")).visits == 7
    assert request(path="/product/1", product="1").product == "1"
    assert push_request(attempt=3).attempt == 3


@pytest.mark.parametrize("make", [profile, request, push_request, lambda **facts: event("search", **facts)])
def test_a_field_that_does_not_exist_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(TypeError, match="no_such_fact"):
        make(no_such_fact=1)


def test_an_entry_holds_its_events_and_the_time_of_the_last() -> None:
    made = entry(event("view_item", "tea"), event("purchase", item("tea", 5_000, 3), at=NOW + 5, key="order-1"))
    assert made.at == (NOW + 5) * 1000
    assert made.events[1].items == [Item("tea", price=5_000, quantity=3)]
    assert (made.events[1].value, made.events[1].key, made.events[0].value) == (15_000, "order-1", 10_000)


def test_the_clock_moves_only_when_told_to() -> None:
    clock = Clock()
    assert clock() == clock() == NOW
    clock.advance(60)
    assert clock() == NOW + 60
