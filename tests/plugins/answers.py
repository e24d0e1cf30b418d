"""What the built-in recommenders are tested with."""

from collections.abc import Sequence
from typing import Any

from dangol.plugin import Entry, Product, Recommender, Scored
from dangol.testing import NOW, recommend, shelf


def answers(
    plugin: Recommender,
    entries: Sequence[Entry] = (),
    seeds: Sequence[str] = (),
    *,
    products: Sequence[Product | str] = "abcdefgh",
    now: float = NOW,
    **given: Any,
) -> list[Scored]:
    """What a recommender answers for a catalogue of these products, best first and equal ones by id."""
    found = recommend(plugin, entries, seeds, shelf=shelf(products, now), now=now, **given)
    return sorted(found, key=lambda each: (-each.score, each.product))


def order(found: Sequence[Scored]) -> str:
    """The products, each called by one letter."""
    return "".join(each.product for each in found)
