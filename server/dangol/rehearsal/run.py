"""A dry run over the store: reads the log and the profiles, and changes nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import blake2b

from dangol.profile.model import Profile
from dangol.profile.reduce import VISIT_GAP
from dangol.rehearsal.answer import WHO, Answer, Heads, Who
from dangol.rehearsal.histories import History, Reader, oldest, sizes
from dangol.rehearsal.replay import replay
from dangol.rehearsal.span import Span
from dangol.rehearsal.start import start
from dangol.rehearsal.tally import Axis, Tally
from dangol.runtime import SiteRuntime
from dangol.store import log
from dangol.store.link import Link

SLACK = 60
"""Seconds that the clocks of servers and store may differ."""

Advance = Callable[[int, int], object]


async def rehearse(
    link: Link,
    candidate: SiteRuntime,
    current: SiteRuntime | None,
    span: Span,
    *,
    compare: bool = False,
    advance: Advance = lambda done, total: None,
) -> Answer:
    """What the candidate would have done in the span, and with `compare` also what the `current` definitions, those in
    force, would have.

    `advance` is told how many entries of the log are done, of how many. The same store, definitions and span make the
    same answer. Raises `Unavailable`.
    """
    first = await oldest(link)
    span = Span(min(max(span.since, first or span.since), span.until), span.until)
    sides = [candidate, current] if compare and current else [candidate]
    counts = Counts(span, sides, current or candidate)
    reader = Reader(link, candidate.site.id, _first(span, sides))
    lengths, done = await sizes(link), 0
    for number, size in enumerate(lengths):
        done += size
        async for profile_id, history in reader.histories(number, size):
            counts.take(profile_id, history)
        advance(done, sum(lengths))
    return counts.answer()


def _first(span: Span, sides: Sequence[SiteRuntime]) -> str:
    """The id in the log after which entries matter: those from before the span tell which visit goes on in it, and what
    was done that segments look back on."""
    if any(side.watching.streams for side in sides):
        return log.FIRST
    return f"{max(0, int(span.since - VISIT_GAP - SLACK)) * 1000}-0"


class Counts:
    """Takes in one profile's history after the other. `in_force` are the rules that made the profiles."""

    def __init__(self, span: Span, sides: Sequence[SiteRuntime], in_force: SiteRuntime) -> None:
        self._span = span
        self._in_force = in_force
        self._axis = Axis(span, sides[0].site.timezone)
        self._sides = [(side, Tally(side.definitions, self._axis)) for side in sides]
        self._shoppers: Counter[Who] = Counter()
        self._entries = 0

    def take(self, profile_id: str, history: History) -> None:
        """Replay one history, if it has anything to do with the span."""
        entries = [*history.counted, *history.later]
        within = [entry for entry in entries if self._span.since * 1000 <= entry.at <= self._span.until * 1000]
        if not within:
            return
        who = _who(profile_id, history.stored)
        stored = Profile() if who == "joined" else history.stored
        begun = start(stored, history.counted, self._in_force.plan, _seed(profile_id)) if history.counted else stored
        self._shoppers[who] += 1
        self._entries += len(within)
        for side, tally in self._sides:
            replay(side, begun, entries, self._span, tally.shopper(who))
            tally.logged(within)

    def answer(self) -> Answer:
        """All that was counted."""
        figures = [tally.figures() for _, tally in self._sides]
        return Answer(
            site=self._in_force.site.id,
            since=self._span.since,
            until=self._span.until,
            step=self._axis.step,
            labels=self._axis.labels,
            entries=self._entries,
            shoppers=Heads(*(self._shoppers[who] for who in WHO)),
            candidate=figures[0],
            in_force=figures[1] if len(figures) > 1 else None,
        )


def _who(profile_id: str, stored: Profile) -> Who:
    if stored.alias:
        return "joined"
    return "members" if profile_id.startswith("m") else "visitors"


def _seed(profile_id: str) -> int:
    """For who has none any more, the same each time."""
    return int.from_bytes(blake2b(profile_id.encode(), digest_size=8).digest()) >> 2 | 1
