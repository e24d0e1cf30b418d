"""What to offer: recommenders in turn, then whatever fits, each product as the catalogue has it at this moment."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice

from dangol.definitions.model import Site
from dangol.errors import Invalid, PluginFailure, Problem, Unavailable
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Counts, Product, Query, Recommender
from dangol.recommend.answers import Answer, answer_of
from dangol.recommend.chain import Chain, Pick
from dangol.recommend.choosing import NONE, fits
from dangol.recommend.counted import Counted
from dangol.recommend.gap import CONSIDERED
from dangol.recommend.reasons import reason_of
from dangol.recommend.shelf import Shelf
from dangol.recommend.shelves import Shelves
from dangol.recommend.wish import Offered, Wish
from dangol.store import catalogue
from dangol.store.link import Link

BUDGET = 0.2
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
        while missing := wish.count - len(offered):
            taken = shelf.places([each.product.id for each in offered]) if offered else NONE
            picks = await chain.best(missing + SPARE, taken)
            if not picks:
                break
            known = await catalogue.get(self._link, site.id, _ids(picks, shelf))
            offered += islice(_confirmed(picks, shelf, known, wish, offered), missing)
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


def _ids(picks: Sequence[Pick], shelf: Shelf) -> list[str]:
    """Of what was picked and of what has brought it up."""
    places = dict.fromkeys(place for pick in picks for place in pick[:2])
    return [shelf.ids[place] for place in places if 0 <= place < shelf.size]


def _confirmed(
    picks: Sequence[Pick], shelf: Shelf, known: Mapping[str, Product], wish: Wish, before: Sequence[Offered]
) -> Iterator[Offered]:
    """Those of the picks that may be offered beside what was `before`, as the catalogue has them now."""
    held = {*wish.products, *wish.cart, *(each.product.id for each in before)}
    groups = {each.product.group for each in before if each.product.group}
    for place, cause, recommender in picks:
        product = known.get(shelf.ids[place])
        if product and product.id not in held and product.group not in groups and fits(product, wish.filters, wish.now):
            held.add(product.id)
            if product.group:
                groups.add(product.group)
            because = known.get(shelf.ids[cause]) if 0 <= cause < shelf.size else None
            yield _offered(product, product.price_at(wish.now), recommender, because)


def _offered(product: Product, price: int, recommender: Recommender | None, because: Product | None) -> Offered:
    if recommender is None:
        return Offered(product, price)
    shown = None if because is None or because.hidden else because
    return Offered(product, price, recommender.name, shown, reason_of(recommender, shown))
