"""What recommended products did, told as credits.

There are two counts. *All recommended products* of a campaign are put down to the shopper's entry, as orders are, so
that arms can be compared by shoppers. *A recommender's own* are put down to the arm in which its products were clicked
and stay there, whatever a login says later of who the shopper is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from dangol.campaigns.calendar import day_number
from dangol.campaigns.credit import credit_of
from dangol.definitions.model import Site
from dangol.profile.model import Contact, Pick, Strip
from dangol.protocol.event import RECOMMENDED, Credit, Event

NOTHING = Strip()


def viewed(
    events: Iterable[Event], sources: Mapping[str, Collection[str]], contacts: Mapping[str, Contact], site: Site
) -> Iterator[Credit]:
    """The confirmed views among the events that were taken in: one of the strip, and one for each recommender in it.
    `sources` are those of promised views, by exposure; `contacts` those of shoppers who take part."""
    for event in events:
        campaign = str(event.props.get("campaign", ""))
        if event.name == "widget_view" and sources.get(event.key) and campaign in contacts:
            for source in ("", *sources[event.key]):
                yield credit_of(campaign, contacts[campaign], site, part=RECOMMENDED + source, views=1)


def moved(campaign: str, entry: Contact, was: Strip | None, now: Strip | None, site: Site) -> Iterator[Credit]:
    """What the shopper of an entry had of the campaign's products, where that has changed."""
    before, after = was or NOTHING, now or NOTHING
    if (before.clicks, before.orders, before.revenue) == (after.clicks, after.orders, after.revenue):
        return
    yield credit_of(
        campaign,
        entry,
        site,
        part=RECOMMENDED,
        clicks=after.clicks - before.clicks,
        clickers=(after.clicks > 0) - (before.clicks > 0),
        orders=after.orders - before.orders,
        revenue=after.revenue - before.revenue,
        orders_before=before.orders,
        revenue_before=before.revenue,
    )


def picked(before: Collection[Pick], after: Iterable[Pick], site: Site) -> Iterator[Credit]:
    """What products did since the picks were `before`, recommender by recommender. A pick that has left the profile
    stays counted as it was."""
    known = {_identity(pick): pick for pick in before}
    for pick in after:
        was = known.get(_identity(pick))
        if was == pick:
            continue
        yield Credit(
            pick.campaign,
            pick.arm,
            pick.draw,
            day_number(pick.entered_at, site.timezone),
            part=RECOMMENDED + pick.source,
            clicks=int(was is None),
            orders=pick.orders - (was.orders if was else 0),
            revenue=pick.revenue - (was.revenue if was else 0),
            items=pick.quantity - (was.quantity if was else 0),
        )


def _identity(pick: Pick) -> tuple[str, str, str, int, int]:
    return pick.campaign, pick.source, pick.product, pick.at, pick.entered_at
