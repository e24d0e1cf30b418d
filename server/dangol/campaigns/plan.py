"""A site's campaigns, made ready so that a page view looks only at those which it may concern."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from math import inf
from zoneinfo import ZoneInfo

from dangol.campaigns.pages import PageIndex
from dangol.definitions.model import Campaign, Site

HASH_RANGE = 1 << 32
EVERYONE = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A campaign with what can be worked out ahead. `page` is its byte in what `Plan.pages` allows, `held_out` a
    share of `HASH_RANGE`, and `slot` the place on the page that only one widget has, empty for a message and for a
    widget whose plugin is missing."""

    campaign: Campaign
    rank: int
    page: int
    audience: frozenset[str]
    on: frozenset[str]
    starts: float
    ends: float
    held_out: int
    slot: str


class Plan:
    """Campaigns by descending priority, then in the order of their definition. Immutable once built."""

    def __init__(self, site: Site, rules: Sequence[Rule], pages: PageIndex) -> None:
        self.site = site
        self.rules = tuple(rules)
        self.by_id = {rule.campaign.id: rule for rule in rules}
        self.pages = pages
        self._by_event = _index(rule for rule in rules if rule.campaign.active)

    @classmethod
    def build(cls, campaigns: Iterable[Campaign], site: Site, slots: Mapping[str, str]) -> "Plan":
        """`slots` tells each usable widget plugin's slot; the campaigns were checked."""
        ordered = sorted(campaigns, key=lambda campaign: -campaign.priority)
        pages = PageIndex([campaign.pages for campaign in ordered])
        ranked = enumerate(zip(ordered, pages.places, strict=True))
        return cls(site, [_rule(campaign, rank, page, site, slots) for rank, (campaign, page) in ranked], pages)

    def candidates(self, events: Iterable[str], matched: AbstractSet[str]) -> list[Rule]:
        """The active campaigns judged on one of the events whose audience holds, in order."""
        ranks: set[int] = set()
        for event in events:
            by_segment = self._by_event.get(event)
            if by_segment is not None:
                ranks.update(by_segment.get(EVERYONE, ()))
                for segment in by_segment.keys() & matched:
                    ranks.update(by_segment[segment])
        return [rule for rank in sorted(ranks) if (rule := self.rules[rank]).audience <= matched]


def _index(rules: Iterable[Rule]) -> dict[str, dict[str, list[int]]]:
    index: dict[str, dict[str, list[int]]] = {}
    for rule in rules:
        first = rule.campaign.audience[0] if rule.campaign.audience else EVERYONE
        for event in rule.on:
            index.setdefault(event, {}).setdefault(first, []).append(rule.rank)
    return index


def _rule(campaign: Campaign, rank: int, page: int, site: Site, slots: Mapping[str, str]) -> Rule:
    slot = slots.get(campaign.widget.use, "") if campaign.widget else ""
    if campaign.widget and slot == "inline":
        slot = f"inline {campaign.widget.at}"
    return Rule(
        campaign=campaign,
        rank=rank,
        page=page,
        audience=frozenset(campaign.audience),
        on=frozenset(campaign.on),
        starts=moment(campaign.starts, site.timezone, -inf),
        ends=moment(campaign.ends, site.timezone, inf),
        held_out=round(campaign.holdout / 100 * HASH_RANGE),
        slot=slot,
    )


def moment(time: datetime | None, timezone: str, absent: float) -> float:
    """Unix seconds of a time that is meant in the site's time zone unless it names its own."""
    if time is None:
        return absent
    return (time if time.tzinfo else time.replace(tzinfo=ZoneInfo(timezone))).timestamp()


def local_time(timestamp: float, timezone: str) -> str:
    """Unix seconds as the shop's people write them."""
    return f"{datetime.fromtimestamp(timestamp, ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


def day_number(timestamp: float, timezone: str) -> int:
    """The calendar day of unix seconds in the time zone, as a running number."""
    return datetime.fromtimestamp(timestamp, ZoneInfo(timezone)).toordinal()
