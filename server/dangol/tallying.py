"""What a ticker may tell: how many people did something lately, as a tally plugin counted them."""

import logging

from dangol.errors import PluginFailure, Unavailable
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Marks, Tally, TallyQuery
from dangol.store.link import Link
from dangol.store.tallies import MINUTES, Tallied

BUDGET = 0.1

logger = logging.getLogger(__name__)


async def tally(
    link: Link,
    registry: Registry,
    guard: Guard,
    site: str,
    source: str,
    action: str,
    product: str,
    category: str,
    minutes: int,
    now: float,
) -> int:
    """How many people did `action` within the last minutes, at most `MINUTES`, with the product, one of the category or
    any; 0 where the plugin fails. Raises `Unavailable`."""
    query = TallyQuery(action, product, now - min(minutes, MINUTES) * 60, category)
    try:
        plugin = registry.tally(source)
        marks = Tallied(link, site, source)
        found = await guard.call(
            plugin, "count", lambda: _answer(plugin, query, marks), budget=BUDGET, expect=(int, Unavailable)
        )
    except PluginFailure as failure:
        logger.debug("no count for %s: %s", site, failure)  # the guard has counted and logged it
        return 0
    if isinstance(found, Unavailable):
        raise found
    return max(found, 0)


async def _answer(plugin: Tally, query: TallyQuery, marks: Marks) -> int | Unavailable:
    """A store that is away is not the plugin's failure, and must not switch it off."""
    try:
        return await plugin.count(query, marks)
    except Unavailable as error:
        return error
