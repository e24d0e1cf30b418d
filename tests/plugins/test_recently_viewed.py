"""What the shopper looked at lately."""

from tests.plugins.answers import answers, order

from dangol.testing import profile
from dangol_plugins.recently_viewed import RecentlyViewed


def test_the_latest_view_comes_first_and_what_the_catalogue_has_not_is_left_out() -> None:
    assert order(answers(RecentlyViewed(), profile=profile(viewed=["c", "gone", "a", "b"]))) == "cab"


def test_of_a_stranger_nothing_is_known() -> None:
    assert answers(RecentlyViewed()) == []
    assert answers(RecentlyViewed(), profile=profile()) == []
