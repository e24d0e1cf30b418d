"""One shopper's entries of the log, judged anew under other definitions. Pure.

Each entry goes the way of a page view: reduce, match, decide, note; `dangol.engine` does the same with a store and with
widgets. What really happened is taken from the log, and only what did not happen is imagined:

- A view that was really promised in the same request counts when the log says that it was seen.
- Any other view counts as seen a second after it was promised, unless the shopper went to another page before.
- Where a page waits for a campaign's moment, the log says when it came if it ever came for this shopper. Otherwise
  seconds are imagined to pass, unless the shopper went to another page before; scrolling, idling and leaving are not.
- Clicks, closes and "see later" count where the campaign was there to be clicked, closed or put off.
- A widget stays on the page until the next page view, or until it was really closed.
- Entries from before the span only lead up to it: what was really decided in them stands. So does what a page was told
  within the span that was opened before it: nobody knows which page that was.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from dangol.campaigns.contacts import react
from dangol.campaigns.decide import Decision, Plan, Verdict, decide
from dangol.campaigns.ledger import note
from dangol.campaigns.screen import about_of, live, screen
from dangol.definitions.model import Site
from dangol.plugin import Request
from dangol.profile.model import Member, Profile
from dangol.profile.reduce import reduce
from dangol.profile.watch import Watching
from dangol.protocol.about import NOTHING
from dangol.protocol.event import Entry, Event
from dangol.rehearsal.span import Span
from dangol.rehearsal.start import copy, happened
from dangol.segments.matching.index import Index

IN_VIEW = 1
"""Seconds in view after which a widget counts as seen, as in the browser."""

MOMENTS = (Verdict.SHOW, Verdict.HOLDOUT)
ON_PAGE = (Verdict.SHOW, Verdict.UPDATE, Verdict.WAIT)


class Rules(Protocol):
    """Definitions, compiled; `dangol.runtime.SiteRuntime` is one."""

    @property
    def site(self) -> Site: ...
    @property
    def index(self) -> Index: ...
    @property
    def plan(self) -> Plan: ...
    @property
    def watching(self) -> Watching: ...


class Observer(Protocol):
    """Who counts what happens. Times are unix seconds."""

    def began(self, held: AbstractSet[str]) -> None:
        """A shopper who was there before the span is in these segments when it begins."""

    def entered(self, segments: AbstractSet[str], at: float) -> None:
        """The shopper is in segments that an entry ago, or at the beginning, were not theirs."""

    def decided(self, decisions: Sequence[Decision], at: float) -> None:
        """The campaigns that an entry brought up, and what became of each."""

    def saw(self, campaign: str) -> None:
        """A view of a campaign counts."""

    def ended(self, held: AbstractSet[str]) -> None:
        """The segments at the end of the span."""


class Ahead(NamedTuple):
    """Something that is imagined: the view of an `exposure` that counts as seen at `at`, or where that is empty the
    moment that the page waits for."""

    at: float
    campaign: str
    exposure: str = ""


def replay(rules: Rules, start: Profile, entries: Sequence[Entry], span: Span, observer: Observer) -> Profile:
    """Tell the observer what becomes of a shopper who starts like this. Returns the profile at the end of the span."""
    shopper = _Shopper(rules, copy(start), observer, reached(entries))
    before = [entry for entry in entries if entry.at < span.since * 1000]
    for entry in before:
        shopper.lead_up(entry)
    shopper.begin(span.since)
    for entry in entries[len(before) :]:
        if entry.at <= span.until * 1000:
            shopper.take(entry)
    shopper.end(span.until)
    return shopper.profile


def reached(entries: Sequence[Entry]) -> frozenset[str]:
    """The widgets whose moment, if they had one, really came."""
    return frozenset(one.campaign for entry in entries for one in entry.decided if one.kind in MOMENTS)


class _Shopper:
    """A replay under way: the profile so far, its segments, the page with what is on it, and what is ahead of it."""

    def __init__(self, rules: Rules, profile: Profile, observer: Observer, known: frozenset[str]) -> None:
        self.profile = profile
        self._rules = rules
        self._observer = observer
        self._member = profile.member
        self._held: frozenset[str] = frozenset()
        self._known = known
        self._open: set[str] = set()
        self._ahead: list[Ahead] = []
        self._page = Request(now=0)
        self._about = NOTHING

    def lead_up(self, entry: Entry) -> None:
        """Take in an entry from before the span."""
        self._reduce(entry)
        note(self.profile, happened(entry, self._rules.plan), entry.at / 1000, self._rules.site)

    def begin(self, now: float) -> None:
        """Who was there already is in some segments."""
        if 0 < self.profile.first_seen < int(now):
            self._held = self._match(Request(now=now))
            self._observer.began(self._held)

    def take(self, entry: Entry) -> None:
        """Judge an entry."""
        if not entry.events and not self._page.url:
            self.lead_up(entry)
            return
        now = entry.at / 1000
        pages = [event.at / 1000 for event in entry.events if event.name == "page_view"]
        self._pass(min([now, *pages]))
        if pages:
            self._ahead.clear()
            self._about = NOTHING
        self._follow(self._reduce(entry))
        self._page = self._request(entry, now)
        matched = self._match(self._page)
        if entered := matched - self._held:
            self._observer.entered(entered, now)
        self._held = matched
        real = {one.campaign: one.key for one in entry.decided if one.kind in MOMENTS}
        self._decide(self._page, matched, real, live(entry.events, now))

    def end(self, now: float) -> None:
        """What is left to be seen is seen."""
        self._pass(now)
        self._observer.ended(self._match(Request(now=now)))

    def _reduce(self, entry: Entry) -> list[Event]:
        if entry.member and self.profile.member is None:
            self.profile.member = self._member or Member(entry.member)
        site, watching = self._rules.site, self._rules.watching
        return reduce(self.profile, entry.events, site, entry.at / 1000, self.profile.seed, watching)

    def _follow(self, taken: Sequence[Event]) -> None:
        """What the page shows now."""
        for event in taken:
            campaign = str(event.props.get("campaign", ""))
            if event.name == "page_view":
                self._open.clear()
            elif event.name == "widget_view":
                self._seen(campaign)
            elif event.name == "widget_close":
                self._open.discard(campaign)

    def _request(self, entry: Entry, now: float) -> Request:
        page = next((event.page for event in reversed(entry.events) if event.page), "")
        if not entry.events:  # a page has asked for what it waited for
            page = self._page.url
        language = self.profile.environment.language[:2]
        return screen(live(entry.events, now), now, page, language, bool(entry.member), self._about)

    def _match(self, request: Request) -> frozenset[str]:
        return frozenset(self._rules.index.match(self.profile, request))

    def _decide(
        self, request: Request, matched: AbstractSet[str], real: Mapping[str, str], events: Sequence[Event] = ()
    ) -> None:
        """`real` are the campaigns whose moment has come, with the exposures that the log has of them."""
        decisions = [
            replace(one, key=real.get(one.campaign.id) or one.key) if one.verdict is Verdict.SHOW else one
            for one in decide(
                self._rules.plan,
                self.profile,
                request,
                matched,
                events=events,
                is_open=self._open,
                due=real,
                widgets=bool(request.url),
                losers=True,
            )
        ]
        note(self.profile, decisions, request.now, self._rules.site)
        self._ahead += [
            Ahead(request.now + IN_VIEW, one.campaign.id, one.key)
            for one in decisions
            if one.verdict is Verdict.SHOW and not real.get(one.campaign.id)
        ]
        self._ahead += [Ahead(request.now + one.delay, one.campaign.id) for one in decisions if self._passes(one)]
        if self._rules.plan.looks_back or any(one.verdict in ON_PAGE for one in decisions):
            self._about = about_of(request)
        self._observer.decided(decisions, request.now)

    def _passes(self, decision: Decision) -> bool:
        """Whether the page waits for nothing but time to pass, and the log does not say what became of it."""
        campaign = decision.campaign
        moment = campaign.scroll or campaign.idle or campaign.exit
        return decision.verdict is Verdict.WAIT and not moment and campaign.id not in self._known

    def _pass(self, until: float) -> None:
        """Let happen what is imagined to happen by then."""
        while self._ahead and (first := min(self._ahead)).at <= until:
            self._ahead.remove(first)
            if first.exposure:
                self._view(first)
            else:
                request = replace(self._page, now=first.at, event_names=frozenset())
                self._decide(request, self._match(request), {first.campaign: ""})

    def _view(self, seen: Ahead) -> None:
        """Confirm an imagined view."""
        view = Event("", "widget_view", int(seen.at * 1000), key=seen.exposure, props={"campaign": seen.campaign})
        if react(self.profile, view, seen.at, self._rules.site):
            self._seen(seen.campaign)

    def _seen(self, campaign: str) -> None:
        self._open.add(campaign)
        self._observer.saw(campaign)
