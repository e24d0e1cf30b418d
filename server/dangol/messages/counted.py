"""Results as the store has them: under which names messages are counted, and what is counted there."""

from collections.abc import Sequence
from typing import get_args

from dangol.definitions.model import Definitions
from dangol.definitions.shapes import nearest
from dangol.errors import Invalid, Problem
from dangol.messages.push import Origin
from dangol.messages.results import Results, results
from dangol.store import results as counts
from dangol.store import sends
from dangol.store.link import Link

ORIGINS: tuple[str, ...] = get_args(Origin)
"""Under what messages without a campaign are counted."""


async def names(link: Link, definitions: Definitions) -> list[str]:
    """All that messages of the site may be counted under: campaigns, manual sends, and what has neither."""
    campaigns = [each.id for each in definitions.campaigns if each.message is not None]
    manual = [each.campaign for each in await sends.every(link, definitions.site.id)]
    return [*campaigns, *manual, *ORIGINS]


async def report(link: Link, definitions: Definitions, name: str, span: Sequence[str]) -> list[Results]:
    """The results of one campaign or manual send, also of one that is gone, or where `name` is empty of each that has
    any; for the days of `span`. Raises `Invalid` for a name that nothing is known of."""
    site = definitions.site
    wanted = {name: span} if name else await counts.names(link, site.id, span)
    told = []
    for each, days in wanted.items():  # one after the other: page views go in between
        told.append(results(each, site.currency, await counts.read(link, site.id, each, days)))
    if name and not told[0].days and name not in (known := await names(link, definitions)):
        raise Invalid([Problem("campaign", name, f"a campaign or manual send of this site{nearest(name, known)}")])
    return told
