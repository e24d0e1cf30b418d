"""One request's way through the house: reduce, match, decide, render, write. The only writer of history."""

import asyncio
import secrets
import time
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct, field

from dangol import submissions
from dangol.campaigns import ledger
from dangol.campaigns.decision import Decision, Verdict
from dangol.campaigns.screen import live, screen
from dangol.errors import Unavailable
from dangol.messages import counting
from dangol.plugin import Request
from dangol.profile import devices
from dangol.profile.consents import Act, at_home, event_of, joined_event, record
from dangol.profile.merge import merge
from dangol.profile.model import Device, Environment, Member, Profile
from dangol.profile.reduce import reduce
from dangol.protocol.about import NOTHING, About
from dangol.protocol.device import DeviceTold
from dangol.protocol.envelope import Submit
from dangol.protocol.event import Entry, Event
from dangol.protocol.tokens import Identity
from dangol.runtime import SiteRuntime
from dangol.stage import Sent, Shown, Stage
from dangol.store.profiles import FORGOTTEN, NOBODY, Profiles, Stored, Write

TRIES = 20
FORMERLY = 3
"""Former visitors of a member whom an entry names."""


class Context(Struct, frozen=True):
    """What a request tells besides its events. `page` is the path and query of the page on screen, `about` what its
    former requests told of it, `open` what it shows already and `due` the campaigns whose moment has come. `member` is
    the id of a member whom the shop's server speaks of. Without `widgets` no page waits for an answer. `counted` are
    order numbers that count no more, `logged` those that count but stand in the log already; `unless` is a profile that
    the events must not reach through an alias, and without `follows` they reach none. `anonymous`: the browser keeps
    nothing by which it could be known again. `submit` is a widget's form, `devices` what the page told of its browser's
    notifications."""

    now: float
    page: str = ""
    about: About = NOTHING
    language: str = ""
    open: frozenset[str] = frozenset()
    due: frozenset[str] = frozenset()
    identity: Identity | None = None
    environment: Environment | None = None
    member: str = ""
    widgets: bool = True
    counted: frozenset[str] = frozenset()
    logged: frozenset[str] = frozenset()
    unless: str = ""
    follows: bool = True
    anonymous: bool = False
    submit: Submit | None = None
    devices: tuple[DeviceTold, ...] = ()


class Outcome(Struct, frozen=True):
    """What became of a request: the profile it ended at, the events that were new, what to show and what to wait for.
    `page` is what the request was about; None where nothing was judged. `begins`: a visit began with it. The profile is
    `FORGOTTEN` where the shopper has just asked for that."""

    profile_id: str
    taken: list[Event] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    waiting: list[Decision] = field(default_factory=list)
    page: Request | None = None
    begins: bool = False


class Looked(NamedTuple):
    """A profile as it stood: the id under which it is, the document, and a copy."""

    profile_id: str
    stored: Stored
    profile: Profile


class Sending(NamedTuple):
    """A message that is about to be sent: the push request's `key`, and for what. `campaign` may be the id of a manual
    send, or empty. With an `arm` the shopper takes part in the campaign's comparison from then on; with "holdout"
    without getting the message. `now` is unix seconds."""

    campaign: str
    key: str
    now: float
    ad: bool = True
    arm: str = ""


class Engine:
    """Serves one process."""

    def __init__(self, profiles: Profiles, stage: Stage) -> None:
        self._profiles = profiles
        self.stage = stage
        self._turns: dict[str, asyncio.Event | None] = {}

    async def take(
        self, runtime: SiteRuntime, profile_id: str, events: Sequence[Event], context: Context, known: bool = True
    ) -> Outcome:
        """Take `events` into the profile and decide what follows. `known` is False for an id drawn just now.

        Raises `Unavailable` when the store can't be written. Nothing was changed then, or everything was; the same
        call may be repeated either way.
        """
        await self._turn(profile_id)
        try:
            site = runtime.site.id
            stored = await self._profiles.read(site, profile_id) if known else NOBODY
            profile = stored.profile()
            tries = TRIES
            while not profile.alias:
                outcome, entry = await self._judge(runtime, profile_id, profile, events, context)
                done, stored = await self._profiles.write(site, profile_id, stored, profile, entry)
                if done:
                    return outcome
                profile, tries = stored.profile(), tries - 1
                if not tries:
                    raise Unavailable(f"{TRIES} requests in a row were quicker on the same profile; try again")
        finally:
            if waiting := self._turns.pop(profile_id):
                waiting.set()
        if profile.alias == FORGOTTEN:
            return Outcome(FORGOTTEN)
        await self.join(runtime, profile_id, profile.alias)
        if profile.alias == context.unless or not context.follows:
            return Outcome(profile.alias)
        return await self.take(runtime, profile.alias, events, context)

    async def _turn(self, profile_id: str) -> None:
        """Wait until no other request of this process is at the profile: of many at once all but one would be judged
        in vain, again and again. A lock for each would cost every page view what only few need."""
        while profile_id in self._turns:
            waiting = self._turns[profile_id] = self._turns[profile_id] or asyncio.Event()
            await waiting.wait()
        self._turns[profile_id] = None

    async def _judge(
        self, runtime: SiteRuntime, profile_id: str, profile: Profile, events: Sequence[Event], context: Context
    ) -> tuple[Outcome, Entry | None]:
        identify(profile, context)
        seed = profile.seed or secrets.randbits(62) + 1
        uncounted = events
        if context.counted:
            uncounted = [one for one in events if one.name != "purchase" or one.key not in context.counted]
        sent, acts = self._submitted(runtime, profile, context), list[Act]()
        if sent and not sent.made.problems:
            campaign = sent.decision.campaign.id
            acts += submissions.keep(profile, sent.made, runtime.site, campaign, context.language, context.now)
            event = submissions.event_of(campaign, sent.decision.key, context.page, context.now)
            events, uncounted = [*events, event], [*uncounted, event]
        part, visits = ledger.at_stake(profile, uncounted), profile.visits
        taken = reduce(profile, uncounted, runtime.site, context.now, seed, runtime.watching)
        changes = ledger.changes(part, profile, taken, runtime.site) if part else []
        if context.devices:
            acts += devices.take(profile, context.devices, {event.id for event in taken})
        request = request_of(live(events, context.now), context)
        recent = live(taken, context.now)
        repeated = bool(uncounted) and not taken
        decisions, shown = await self.stage.perform(
            runtime, profile, request, recent, context.open, context.widgets, context.due, repeated
        )
        if sent:
            shown = await self.stage.answered(runtime, profile, request, sent, shown)
        offered = {one.decision.campaign.id: one.offered for one in shown if one.offered}
        decided, entries = ledger.note(profile, decisions, context.now, runtime.site, offered)
        entry = None
        if taken or decided or acts:
            member = profile.member.id if profile.member else ""
            new = [one for one in taken if one.name != "purchase" or one.key not in context.logged]
            new += [event_of(act) for act in acts]
            credits = [*changes, *entries]
            formerly = tuple(profile.merged[:FORMERLY])
            entry = Entry(runtime.site.id, profile_id, member, int(context.now * 1000), new, decided, credits, formerly)
        waiting = [one for one in decisions if one.verdict is Verdict.WAIT]
        return Outcome(profile_id, taken, shown, waiting, request, profile.visits > visits), entry

    def _submitted(self, runtime: SiteRuntime, profile: Profile, context: Context) -> Sent | None:
        """The form that the page has sent, of a campaign that it shows to somebody who may be known."""
        form = context.submit
        if form is None or form.campaign not in context.open or context.anonymous:
            return None
        return self.stage.submitted(runtime, profile, form.campaign, form.exposure, form.fields)

    async def join(self, runtime: SiteRuntime, visitor_id: str, member_id: str) -> None:
        """Merge a visitor's history into a member's profile, in three steps that may each be repeated:
        the visitor becomes an alias, the member takes the history over, the alias lets it go."""
        visitor = await self._become_alias(runtime, visitor_id, member_id)
        if visitor is None:
            return
        history = visitor.profile()

        def take_over(member: Profile) -> bool | Entry:
            part = ledger.taking_part(member)
            if not merge(member, history, visitor_id, runtime.watching):
                return False
            name, now = member.member.id if member.member else "", time.time()
            credits = ledger.joined(part, history, member, runtime.site)
            events = [joined_event(now)] if history.subscriptions else []
            entry = Entry(runtime.site.id, member_id, name, int(now * 1000), events, [], credits)
            return not (events or credits) or entry

        await self._change(runtime.site.id, member_id, take_over)
        await self._profiles.write(runtime.site.id, visitor_id, visitor, Profile(alias=member_id))

    async def _become_alias(self, runtime: SiteRuntime, visitor_id: str, member_id: str) -> Stored | None:
        """The visitor's document once it is an alias; None when it has no history (any more), or another member's."""
        stored = await self._profiles.read(runtime.site.id, visitor_id)
        for _ in range(TRIES):
            profile = stored.profile()
            if not profile.first_seen or profile.alias not in ("", member_id):
                return None
            if profile.alias:
                return stored
            profile.alias = member_id
            _, stored = await self._profiles.write(runtime.site.id, visitor_id, stored, profile)
        raise Unavailable("the visitor's profile changes too fast to be merged; try again")

    async def _change(self, site: str, profile_id: str, change: Callable[[Profile], bool | Entry]) -> None:
        """Apply a pure change that is no event; nothing is written where it returns False, and with the profile what
        else it returns for the log."""
        stored = await self._profiles.read(site, profile_id)
        for _ in range(TRIES):
            profile = stored.profile()
            made = change(profile)
            if not made:
                return
            entry = made if isinstance(made, Entry) else None
            done, stored = await self._profiles.write(site, profile_id, stored, profile, entry)
            if done:
                return
        raise Unavailable("the profile changes too fast; try again")

    async def tell(
        self,
        site: str,
        profile_id: str,
        change: Callable[[Member], None],
        member: str,
        consents: Callable[[Profile, float], Sequence[Act]] | None = None,
    ) -> None:
        """Change what the shop's server tells about a member, whose profile is made where there is none. `consents`
        gives the acts of the profile at a moment that are to be noted with it."""

        def apply(profile: Profile) -> bool | Entry:
            before, now = msgspec.msgpack.encode(profile.member), time.time()
            profile.member = profile.member or Member(member)
            change(profile.member)
            acts = [at_home(profile, each) for each in (consents(profile, now) if consents else ())]
            events = [event_of(act) for act in acts if record(profile, act)]
            if events:
                return Entry(site, profile_id, profile.member.id, int(now * 1000), events)
            return msgspec.msgpack.encode(profile.member) != before

        await self._change(site, profile_id, apply)

    async def add_device(self, site: str, profile_id: str, device: Device, member: str) -> None:
        """Note a device of a member, whose profile is made where there is none."""

        def apply(profile: Profile) -> bool:
            profile.member = profile.member or Member(member)
            devices.add(profile, device)
            return True

        await self._change(site, profile_id, apply)

    async def drop_devices(self, runtime: SiteRuntime, profile_id: str, tokens: Collection[str]) -> None:
        """Forget the devices of these tokens, also where the visitor has logged in meanwhile."""
        home = await self.home(runtime, profile_id)
        if home != FORGOTTEN:
            await self._change(runtime.site.id, home, lambda profile: devices.drop(profile, tokens))

    async def consent(
        self, runtime: SiteRuntime, profile_id: str, acts: Sequence[Act], now: float, member: str = ""
    ) -> list[Act]:
        """Note what a shopper did with consents, and return what was new; the log is told of that, without addresses.
        The profile of a `member` of whom the shop's server speaks is made where there is none."""
        made: list[Act] = []
        home = await self.home(runtime, profile_id)

        def apply(profile: Profile) -> bool | Entry:
            made.clear()
            if home == FORGOTTEN or not (member or counting.is_somebody(profile)):
                return False
            profile.member = profile.member or (Member(member) if member else None)
            made.extend(act for each in acts if record(profile, act := at_home(profile, each)))
            name = profile.member.id if profile.member else ""
            events = [event_of(act) for act in made]
            return bool(made) and Entry(runtime.site.id, home, name, int(now * 1000), events)

        await self._change(runtime.site.id, home, apply)
        return made

    async def note_sent(
        self,
        runtime: SiteRuntime,
        profile_id: str,
        sending: Sending,
        if_still: Callable[[Profile], bool] | None = None,
    ) -> bool:
        """Count a message in the shopper's limits, once by its key, before it is sent: an advertisement in its
        campaign, its group and the budget that messages share with widgets, another message in its campaign alone.

        `if_still` is asked of the profile as it stands in the store; where it says no, nothing is counted and the
        answer is False. Raises `Unavailable`.
        """
        allowed, moved = True, ""

        def count(profile: Profile) -> bool | Entry:
            nonlocal allowed, moved
            moved = profile.alias
            allowed = bool(moved) or if_still is None or if_still(profile)
            return not moved and allowed and _counted(runtime, profile_id, profile, sending)

        await self._change(runtime.site.id, profile_id, count)
        if moved and moved != FORGOTTEN:
            return await self.note_sent(runtime, moved, sending, if_still)
        return allowed

    async def note_judged(self, runtime: SiteRuntime, judged: Sequence[tuple[Looked, Sending]]) -> list[bool]:
        """Count messages that were judged by the very profiles that were looked at, in one step for each partition.
        False for those that `note_sent` is left to: somebody wrote the profile meanwhile, or it can't be counted. The
        copies that were looked at are used up."""
        writes: dict[int, Write] = {}
        for place, (looked, sending) in enumerate(judged):
            try:
                made = _counted(runtime, looked.profile_id, looked.profile, sending)
            except Exception:  # noqa: S112  # raised again where it is counted by itself, and then told
                continue
            if made:
                entry = made if isinstance(made, Entry) else None
                writes[place] = Write(looked.profile_id, looked.stored, looked.profile, entry)
        done = await self._profiles.write_many(runtime.site.id, list(writes.values()))
        written = dict(zip(writes, done, strict=True))
        return [written.get(place, False) for place in range(len(judged))]

    async def forget(self, site: str, profile_id: str) -> None:
        """Delete a profile for good, and from under requests that are under way. What the log has of it goes as the log
        is trimmed."""
        await self._profiles.forget(site, profile_id, for_now=True)

    async def home(self, runtime: SiteRuntime, profile_id: str) -> str:
        """The profile that this one's history is in: itself, or the member that it is an alias of."""
        return (await self._profiles.read_now(runtime.site.id, profile_id)).profile().alias or profile_id

    async def look(self, runtime: SiteRuntime, profile_id: str) -> Profile:
        """A copy of the profile as it is now, through an alias where there is one."""
        [looked] = await self.look_many(runtime, [profile_id])
        return looked.profile

    async def look_many(self, runtime: SiteRuntime, profile_ids: Sequence[str]) -> list[Looked]:
        """The same for many, each with where it was found."""
        found = await self._profiles.read_many_now(runtime.site.id, profile_ids)
        looked = [Looked(name, each, each.profile()) for name, each in zip(profile_ids, found, strict=True)]
        for place, each in enumerate(looked):
            if each.profile.alias:
                [looked[place]] = await self.look_many(runtime, [each.profile.alias])
        return looked


def _counted(runtime: SiteRuntime, profile_id: str, profile: Profile, sending: Sending) -> bool | Entry:
    """Count a message on a profile; False where there is nothing to count, else what the log is told."""
    campaign, key, now, ad, arm = sending
    if not counting.is_somebody(profile) or counting.is_noted(profile, key):
        return False
    rule = runtime.plan.by_id.get(campaign)
    asked = rule is not None and bool(arm and rule.campaign.report_by)
    segments = runtime.audiences.match(profile, Request(now)) if asked else ()
    credits = counting.note(profile, rule, campaign, key, now, runtime.site, ad, arm, segments)
    member = profile.member.id if profile.member else ""
    return not credits or Entry(runtime.site.id, profile_id, member, int(now * 1000), [], [], credits)


def request_of(events: Sequence[Event], context: Context) -> Request:
    """The page on screen as conditions and widgets see it."""
    return screen(events, context.now, context.page, context.language, context.identity is not None, context.about)


def identify(profile: Profile, context: Context) -> None:
    """Write onto the profile who the request says it is of."""
    profile.anonymous = context.anonymous
    if context.environment is not None:
        profile.environment = context.environment
    if context.member:
        profile.member = profile.member or Member(context.member)
    if identity := context.identity:
        member = profile.member or Member(identity.sub)
        member.name = identity.name or member.name
        member.grade = identity.grade or member.grade
        member.sex = identity.sex or member.sex
        member.birthday = identity.birthday or member.birthday
        profile.member = member
