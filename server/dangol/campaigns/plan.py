"""A site's campaigns, made ready so that a page view looks only at those which it may concern."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import inf

from dangol.campaigns import arms
from dangol.campaigns.calendar import moment
from dangol.campaigns.ledger import shares
from dangol.campaigns.limits import Limit, limits_of, tallies_of
from dangol.campaigns.pages import PageIndex
from dangol.campaigns.screen import PAGE_EVENTS
from dangol.definitions.model import Campaign, Group, Manners, Site

EVERYONE = ""
FRONT = "front"
"""The place in front of the shop's page, which corner and dialog widgets share, and all that interrupts."""

IN_FRONT = ("corner", "dialog")
NO_MANNERS = Manners()
NO_CONSENTS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Rule:
    """A campaign with what can be worked out ahead. `page` is its byte in what `Plan.pages` allows, `held_out` a
    share of `arms.HASH_RANGE`, `arms` those that somebody may be in. `places` are those on the page that it needs,
    which only one widget has at a time: none for a message and for a widget whose plugin is missing. `waits` tells that
    it is not shown at once, `counts` are the tallies that its views and messages count in, and `limits` all caps that
    hold for it. `consent` is the channel whose consent its message needs, "" for none.
    """

    campaign: Campaign
    rank: int
    page: int
    audience: frozenset[str]
    on: frozenset[str]
    starts: float
    ends: float
    held_out: int
    arms: frozenset[str]
    places: tuple[str, ...]
    interrupts: bool
    waits: bool
    counts: tuple[str, ...]
    limits: tuple[Limit, ...]
    consent: str


class Plan:
    """Campaigns by descending priority, then in the order of their definition. Immutable once built."""

    def __init__(self, site: Site, rules: Sequence[Rule], pages: PageIndex, manners: Manners) -> None:
        self.site = site
        self.rules = tuple(rules)
        self.by_id = {rule.campaign.id: rule for rule in rules}
        self.pages = pages
        self.manners = manners
        active = [rule for rule in rules if rule.campaign.active]
        self._by_event = _index(active)
        self.looks_back = any(rule.places and not rule.on <= PAGE_EVENTS for rule in active)
        """Whether a widget is judged on an event that does not tell what its page is about."""

    @classmethod
    def build(
        cls,
        campaigns: Iterable[Campaign],
        site: Site,
        slots: Mapping[str, str],
        groups: Iterable[Group] = (),
        manners: Manners = NO_MANNERS,
        consents: Mapping[str, str] = NO_CONSENTS,
    ) -> "Plan":
        """`slots` tells each usable widget plugin's slot, `consents` by campaign the channel whose consent its message
        needs; the definitions were checked."""
        ordered = sorted(campaigns, key=lambda campaign: -campaign.priority)
        pages = PageIndex([campaign.pages for campaign in ordered])
        ranked = enumerate(zip(ordered, pages.places, strict=True))
        by_id = {group.id: group for group in groups}
        rules = [
            _rule(campaign, rank, page, site, slots, by_id, manners, consents.get(campaign.id, ""))
            for rank, (campaign, page) in ranked
        ]
        return cls(site, rules, pages, manners)

    def candidates(self, events: Iterable[str], matched: AbstractSet[str], due: Iterable[str] = ()) -> list[Rule]:
        """The active campaigns judged on one of the events or `due` whose audience holds, in order."""
        ranks: set[int] = set()
        for event in events:
            by_segment = self._by_event.get(event)
            if by_segment is not None:
                ranks.update(by_segment.get(EVERYONE, ()))
                for segment in by_segment.keys() & matched:
                    ranks.update(by_segment[segment])
        for campaign in due:
            rule = self.by_id.get(campaign)
            if rule is not None and rule.campaign.active and rule.places:
                ranks.add(rule.rank)
        return [rule for rank in sorted(ranks) if (rule := self.rules[rank]).audience <= matched]

    def counts(self, campaign: str) -> tuple[str, ...]:
        """The tallies that a view or message of a campaign counts in; none where it is not defined any more."""
        rule = self.by_id.get(campaign)
        return rule.counts if rule else ()


def _index(rules: Iterable[Rule]) -> dict[str, dict[str, list[int]]]:
    index: dict[str, dict[str, list[int]]] = {}
    for rule in rules:
        first = rule.campaign.audience[0] if rule.campaign.audience else EVERYONE
        for event in rule.on:
            index.setdefault(event, {}).setdefault(first, []).append(rule.rank)
    return index


def _rule(
    campaign: Campaign,
    rank: int,
    page: int,
    site: Site,
    slots: Mapping[str, str],
    groups: Mapping[str, Group],
    manners: Manners,
    consent: str,
) -> Rule:
    slot = slots.get(campaign.widget.use, "") if campaign.widget else ""
    if slot and campaign.widget and campaign.widget.at:
        slot = "inline"
    interrupts = (slot in IN_FRONT or not campaign.widget) if campaign.interrupts is None else campaign.interrupts
    counts = tallies_of(campaign, interrupts)
    return Rule(
        campaign=campaign,
        rank=rank,
        page=page,
        audience=frozenset(campaign.audience),
        on=frozenset() if campaign.schedule or campaign.notice else frozenset(campaign.on),
        starts=moment(campaign.starts, site.timezone, -inf),
        ends=moment(campaign.ends, site.timezone, inf),
        held_out=arms.share(campaign.holdout),
        arms=frozenset(shares(campaign)),
        places=_places(campaign, slot, interrupts),
        interrupts=interrupts,
        waits=bool(slot) and bool(campaign.delay or campaign.scroll or campaign.idle or campaign.exit),
        counts=counts,
        limits=limits_of(campaign, counts, groups, manners),
        consent=consent,
    )


def _places(campaign: Campaign, slot: str, interrupts: bool) -> tuple[str, ...]:
    if not slot or campaign.widget is None:
        return ()
    if slot in IN_FRONT:
        return (FRONT,)
    place = f"inline {campaign.widget.at}" if slot == "inline" else slot
    return (place, FRONT) if interrupts else (place,)
