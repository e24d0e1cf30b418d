"""What to offer a shopper: a recommender's answer, filled up with what is popular, less what makes no sense here."""

import logging
from collections.abc import Sequence

from dangol.errors import PluginFailure, Unavailable
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Product, Profile, Query, Recommender, Scored
from dangol.store import catalogue
from dangol.store.counters import Counters
from dangol.store.link import Link

FALLBACK = "popular"
BUDGET = 0.2
SPARE = 4
MOST_TAKEN = 500
LEAST_ASKED = 40  # filters take some away: ask for more than is shown

logger = logging.getLogger(__name__)


async def offer(
    link: Link,
    registry: Registry,
    guard: Guard,
    site: str,
    recommender: str,
    seeds: Sequence[str],
    count: int,
    price_from: int,
    price_to: int | None,
    profile: Profile | None,
    now: float,
) -> list[Product]:
    """At most `count` products that go with `seeds`, best first, prices (minor units) within the two limits.

    `recommender` is asked first, then the popular one. Left out is what lies in the cart, the seeds, what is sold out
    and what the catalogue does not know. A recommender that fails is passed over; raises `Unavailable`.
    """
    left_out = {*seeds, *(line.id for line in profile.cart)} if profile else set(seeds)
    chosen: dict[str, Product] = {}
    query = Query(tuple(seeds), max(LEAST_ASKED, count * SPARE), now, profile)
    for name in dict.fromkeys((recommender, FALLBACK)):
        ids = [each for each in await _ask(link, registry, guard, site, name, query) if each not in left_out]
        for product in (await catalogue.get(link, site, ids)).values():
            if is_offerable(product, price_from, price_to):
                chosen.setdefault(product.id, product)
        if len(chosen) >= count:
            break
    return list(chosen.values())[:count]


def is_offerable(product: Product, price_from: int, price_to: int | None) -> bool:
    """Whether it can be bought, at a price within the limits."""
    fits = price_from <= product.price and (price_to is None or product.price <= price_to)
    return fits and (product.stock is None or product.stock > 0)


async def _ask(link: Link, registry: Registry, guard: Guard, site: str, name: str, query: Query) -> list[str]:
    """The product ids that a recommender gives, best first; empty where it fails."""
    try:
        plugin = registry.recommender(name)
        counts = Counters(link, site, name)
        found = await guard.call(
            plugin,
            "recommend",
            lambda: _answer(plugin, query, counts),
            budget=BUDGET,
            expect=(list, tuple, Unavailable),
        )
    except PluginFailure as failure:
        logger.debug("no recommendations for %s: %s", site, failure)  # the guard has counted and logged it
        return []
    if isinstance(found, Unavailable):
        raise found
    taken = found[:MOST_TAKEN]
    return [each.product for each in taken if isinstance(each, Scored) and isinstance(each.product, str)]


async def _answer(plugin: Recommender, query: Query, counts: Counters) -> Sequence[Scored] | Unavailable:
    """A store that is away is not the plugin's failure, and must not switch it off."""
    try:
        return await plugin.recommend(query, counts)
    except Unavailable as error:
        return error
