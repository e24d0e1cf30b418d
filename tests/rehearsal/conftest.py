"""A shop in memory: shoppers whose requests are taken as the engine takes them, with their log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from dangol.campaigns.decide import Plan, Verdict, decide
from dangol.campaigns.ledger import note
from dangol.campaigns.screen import live, screen
from dangol.definitions.model import Campaign, Definitions, Group, Manners, Segment, Site
from dangol.profile.model import Member, Profile
from dangol.profile.reduce import reduce
from dangol.profile.watch import Watching
from dangol.protocol.event import Entry, Event
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.language import behaviour
from dangol.segments.language.scope import Scope
from dangol.segments.matching.index import Index

NOW = 1_782_874_800  # Wednesday, 1 July 2026, 12:00 in Seoul
SITE = Site("shop", "public-key", "Shop", ["https://shop.example"])
IMPATIENT = Manners(gap=0)


@dataclass(frozen=True)
class Rules:
    """Definitions, compiled without plugins: every widget is a popcorn in the corner."""

    definitions: Definitions
    index: Index
    plan: Plan
    watching: Watching

    @property
    def site(self) -> Site:
        return self.definitions.site


def compile_rules(
    segments: Sequence[Segment] = (),
    campaigns: Sequence[Campaign] = (),
    site: Site = SITE,
    groups: Sequence[Group] = (),
    manners: Manners = IMPATIENT,
) -> Rules:
    scope = Scope(CATALOGUE, site, segments)
    plan = Plan.build(campaigns, site, {"popcorn": "corner"}, groups, manners)
    definitions = Definitions(site, list(segments), list(campaigns), list(groups), manners)
    return Rules(definitions, Index.build(scope), plan, behaviour.watching(scope, 1))


@dataclass
class Shopper:
    """One shopper in front of a shop with these rules. `waits` are the campaigns that the open page waits for, by the
    unix seconds at which it asks again."""

    rules: Rules
    id: str = "v000000000000001"
    profile: Profile = field(default_factory=Profile)
    log: list[Entry] = field(default_factory=list)
    waits: dict[str, float] = field(default_factory=dict)

    def send(self, *events: Event, at: float, page: str = "/", member: str = "", due: Sequence[str] = ()) -> Entry:
        """One request at unix seconds, as `Engine` takes it; what it logged."""
        profile, site = self.profile, self.rules.site
        if member:
            profile.member = profile.member or Member(member)
        taken = reduce(profile, events, site, at, 7, self.rules.watching)
        request = screen(live(events, at), at, page)
        matched = frozenset(self.rules.index.match(profile, request))
        decisions = decide(self.rules.plan, profile, request, matched, events=live(taken, at), due=due)
        decided = note(profile, decisions, at, site).decided
        if any(event.name == "page_view" for event in events):
            self.waits.clear()
        self.waits |= {one.campaign.id: at + one.delay for one in decisions if one.verdict is Verdict.WAIT}
        known = profile.member.id if profile.member else ""
        entry = Entry(site.id, self.id, known, int(at * 1000), taken, decided)
        if taken or decided:
            self.log.append(entry)
        return entry

    def ask(self, until: float) -> None:
        """Let the time pass, in which the page asks for what it waits for, as the browser does."""
        while self.waits and min(self.waits.values()) <= until:
            campaign, at = min(self.waits.items(), key=lambda wait: wait[1])
            del self.waits[campaign]
            self.send(at=at, due=[campaign])

    def view(self, at: float, page: str = "/", **fields: Any) -> Entry:
        """A page view."""
        event = Event(f"page_view-{at}", "page_view", int(at * 1000), page, **fields)
        return self.send(event, at=at, page=page)

    def react(self, name: str, entry: Entry, at: float, **props: Any) -> Entry:
        """A reaction to what the entry showed."""
        shown = next(one for one in entry.decided if one.kind == "show")
        told = {"campaign": shown.campaign, **props}
        return self.send(Event(f"{name}-{at}", name, int(at * 1000), "/", key=shown.key, props=told), at=at)


@pytest.fixture(scope="session")
def rules() -> Callable[..., Rules]:
    """Makes rules: `rules([Segment(...)], [Campaign(...)])`."""
    return compile_rules


@pytest.fixture(scope="session")
def shopper() -> type[Shopper]:
    """For new shoppers: `shopper(rules())`."""
    return Shopper
