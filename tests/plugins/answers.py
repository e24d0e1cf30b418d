"""What the built-in recommenders are tested with."""

import asyncio
from collections.abc import Sequence

from dangol.plugin import Entry, Filters, Product, Profile, Query, Ranked, Recommender, Scored, Shelf
from dangol.testing import NOW, MemoryCounts, shelf


def answers(
    plugin: Recommender,
    entries: Sequence[Entry] = (),
    seeds: Sequence[str] = (),
    *,
    products: Sequence[Product | str] = "abcdefgh",
    others: Sequence[Recommender] = (),
    cart: Sequence[str] = (),
    profile: Profile | None = None,
    filters: Filters | None = None,
    now: float = NOW,
) -> list[Scored]:
    """What a recommender answers, best first and equal ones by id, once it and the `others` that it reads have learnt
    from the entries."""
    catalogue = shelf(products, now)
    counts = MemoryCounts(catalogue, plugin, *others, now=now)
    counts.learn(*entries)
    query = Query(seeds, 10, now, catalogue, profile, cart, filters or Filters())
    found = asyncio.run(plugin.recommend(query, counts))
    assert isinstance(found, Ranked)
    return _listed(found, catalogue)


def order(found: Sequence[Scored]) -> str:
    """The products, each called by one letter."""
    return "".join(each.product for each in found)


def _listed(found: Ranked, shelf: Shelf) -> list[Scored]:
    because = [-1] * len(found.places) if found.because is None else found.because.tolist()
    scored = [
        Scored(shelf.ids[place], score, shelf.ids[seed] if seed >= 0 else "")
        for place, score, seed in zip(found.places.tolist(), found.scores.tolist(), because, strict=True)
    ]
    return sorted(scored, key=lambda each: (-each.score, each.product))
