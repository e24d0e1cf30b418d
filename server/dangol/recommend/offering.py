"""What to offer: recommenders in turn, then whatever fits, each product as the catalogue has it at this moment."""

import logging
from collections.abc import Sequence
from functools import partial
from itertools import islice

from dangol.definitions.model import Site
from dangol.errors import Invalid, PluginFailure, Problem, Unavailable
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Counts, Query, Recommender
from dangol.recommend.answers import Answer, answer_of
from dangol.recommend.chain import Chain
from dangol.recommend.choosing import NONE
from dangol.recommend.confirming import confirmed, named
from dangol.recommend.counted import Counted
from dangol.recommend.gap import CONSIDERED
from dangol.recommend.shelf import Shelf
from dangol.recommend.shelves import Shelves
from dangol.recommend.wish import Offered, Wish
from dangol.store import catalogue
from dangol.store.link import Link

BUDGET = 0.1
"""Seconds a recommender has. Less than half of what the strip that asks has: who is asked next needs time too."""

SPARE = 4
"""So many more are read from the catalogue than are asked for: some may have sold out since the shelf was filled."""

logger = logging.getLogger(__name__)


class Offering:
    """Made once per process."""

    def __init__(self, link: Link, registry: Registry, guard: Guard, shelves: Shelves) -> None:
        self._link = link
        self._registry = registry
        self._guard = guard
        self._shelves = shelves
        self._counted: dict[str, Counted] = {}

    def check(self, recommenders: Sequence[str]) -> None:
        """Raises `Invalid` where one of the names is no recommender's."""
        for number, name in enumerate(recommenders):
            try:
                self._registry.recommender(name)
            except PluginFailure as error:
                raise Invalid([Problem(f"recommenders[{number}]", name, f"a recommender ({error.detail})")]) from None

    async def offer(self, site: Site, wish: Wish) -> list[Offered]:
        """What answers the wish, at most `count` and best first: recommenders in their order, the popular one after
        them. One that fails is passed over; raises `Unavailable`.

        Nothing is offered that can't be bought at this moment, that the wish holds or bars, that was bought lately, or
        that is of one group with something offered or held.
        """
        shelf = self._shelves.of(site.id)
        chain = Chain(
            partial(self._ask, site.id, shelf, _query(wish, shelf)), shelf, wish, site.products.repurchase_days
        )
        offered: list[Offered] = []
        spare = SPARE
        while missing := wish.count - len(offered):
            taken = shelf.places([each.product.id for each in offered]) if offered else NONE
            picks = await chain.best(missing + spare, taken)
            if not picks:
                break
            known = await catalogue.get(self._link, site.id, named(picks, shelf))
            offered += islice(confirmed(picks, shelf, known, wish, offered), missing)
            spare *= 8  # where most have gone a moment ago, few readings still go through all of the shelf
        return offered

    async def _ask(self, site: str, shelf: Shelf, query: Query, name: str) -> Answer | None:
        """What a recommender answers; None where it fails."""
        try:
            plugin = self._registry.recommender(name)
            counts = self._counts(site).counts_of(name, shelf)
            found = await self._guard.call(
                plugin,
                "recommend",
                lambda: _answer(plugin, query, counts, shelf),
                budget=BUDGET,
                expect=(Answer, Unavailable),
            )
        except PluginFailure as failure:
            logger.debug("no recommendations for %s: %s", site, failure)  # the guard has counted and logged it
            return None
        if isinstance(found, Unavailable):
            raise found
        return found

    def _counts(self, site: str) -> Counted:
        if site not in self._counted:
            self._counted[site] = Counted(self._link, self._shelves, site, self._registry)
        return self._counted[site]


def _query(wish: Wish, shelf: Shelf) -> Query:
    count = max(CONSIDERED, wish.count + SPARE)
    return Query(wish.seeds(), count, wish.now, shelf, wish.profile, wish.cart, wish.filters)


async def _answer(plugin: Recommender, query: Query, counts: Counts, shelf: Shelf) -> Answer | Unavailable:
    """A store that is away is not the plugin's failure, and must not switch it off."""
    try:
        found = await plugin.recommend(query, counts)
    except Unavailable as error:
        return error
    try:
        return answer_of(plugin, found, shelf)
    except (TypeError, ValueError, AttributeError) as error:
        raise PluginFailure(plugin.name, "result", f"{type(error).__name__}: {error}") from error
