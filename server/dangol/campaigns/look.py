"""All that one decision looks at, and what the campaigns decided so far have taken of it."""

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from dangol.campaigns.contacts import live_leases
from dangol.campaigns.limits import ALL
from dangol.campaigns.plan import Plan, Rule
from dangol.plugin import Request
from dangol.profile.model import Lease, Profile
from dangol.protocol.event import Event

Ends = list[float]


@dataclass(slots=True)
class Look:
    """`taken` tells which campaign holds which place of the page. `promised` are the ends of the promises that wait to
    be confirmed, by campaign, and `counted` by tally, those of this decision included; `live` is their number. `sent`
    counts the messages of this decision by tally. `awaited` are the places that a campaign will have once what stands
    in its way has passed; the shopper `rests` from interruptions where that is the gap between them."""

    plan: Plan
    profile: Profile
    request: Request
    matched: AbstractSet[str]
    events: Sequence[Event]
    open: Collection[str]
    due: Collection[str]
    repeated: bool
    silent: Collection[str]
    explained: bool
    allowed: bytes
    taken: dict[str, str] = field(default_factory=dict)
    promised: dict[str, Ends] = field(default_factory=dict)
    counted: dict[str, Ends] = field(default_factory=dict)
    live: int = 0
    sent: dict[str, int] = field(default_factory=dict)
    awaited: set[str] = field(default_factory=set)
    rests: bool = False

    def begin(self) -> None:
        """Take in what other pages and this one have already."""
        for lease in live_leases(self.profile, self.request.now) if self.profile.leases else ():
            self._add(lease)
        for campaign in self.open:
            if rule := self.plan.by_id.get(campaign):
                self.occupy(rule)

    def owed(self, campaign: str) -> str:
        """The exposure that was promised in an answer that did not arrive; empty where there is none."""
        if not self.repeated or campaign not in self.promised:
            return ""
        live = live_leases(self.profile, self.request.now)
        return next(lease.exposure for lease in live if lease.campaign == campaign)

    def occupy(self, rule: Rule) -> None:
        """The campaign has its places on the page."""
        for place in rule.places:
            self.taken[place] = rule.campaign.id

    def promise(self, rule: Rule, until: float) -> None:
        """A view is promised by this decision."""
        self.occupy(rule)
        self._add(Lease(rule.campaign.id, "", int(until), rule.counts))

    def is_hopeless(self, rule: Rule) -> bool:
        """Whether the campaign, which is to be shown at once, can't be: another one has a place that it needs, or waits
        for the time to interrupt again."""
        if rule.waits or rule.campaign.id in self.open:
            return False
        return (self.rests and ALL in rule.counts) or any(place in self.taken for place in rule.places)

    def _add(self, lease: Lease) -> None:
        self.live += 1
        self.promised.setdefault(lease.campaign, []).append(lease.until)
        for tally in lease.counts:
            self.counted.setdefault(tally, []).append(lease.until)
