"""What is looked at in the same visits."""

import msgspec
from tests.plugins.answers import answers, order

from dangol.plugin import Entry
from dangol.recommend.learning import learned
from dangol.testing import entry, event
from dangol_plugins.viewed_together import ViewedTogether


def visit(products: str) -> list[Entry]:
    """The views of one visit, products called by one letter each."""
    return [
        entry(event("view_item", product, before=tuple(products[:place][::-1]), again=tuple(products[:place])))
        for place, product in enumerate(products)
    ]


def test_products_of_one_visit_go_together_both_ways() -> None:
    entries = [*visit("abc"), *visit("ab"), *visit("de")]
    assert order(answers(ViewedTogether(), entries, "a")) == "bc"
    assert order(answers(ViewedTogether(), entries, "b")) == "ac"
    assert [each.because for each in answers(ViewedTogether(), entries, "c")] == ["c", "c"]


def test_a_product_that_is_looked_at_again_counts_once() -> None:
    assert list(ViewedTogether().learn(visit("aba")[-1])) == []
    once, thrice = visit("ab"), visit("ababab")
    assert answers(ViewedTogether(), thrice, "a") == answers(ViewedTogether(), once, "a")


def test_only_views_count_and_never_a_product_with_itself() -> None:
    assert list(ViewedTogether().learn(entry(event("purchase", "a", "b")))) == []
    assert [each.members for each in ViewedTogether().learn(entry(event("view_item", "a", before=("a",))))] == [("a",)]


def test_a_hostile_entry_costs_little() -> None:
    viewed = event("view_item", *(f"p{number}" for number in range(500)), before=tuple(map(str, range(10))))
    assert learned(ViewedTogether(), msgspec.structs.replace(entry(viewed), events=[viewed] * 1_000))
