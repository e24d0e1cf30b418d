"""Making push requests ready to be handed over: who, by which way, whether they may go now, and what they say.

What any one request raises is its own trouble: the others of its batch go on.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec.structs import replace

from dangol import consents
from dangol.campaigns.decide import arm_of
from dangol.engine import Engine, Looked
from dangol.errors import Invalid, PluginFailure, Unavailable
from dangol.host.registry import Registry
from dangol.messages import reviews
from dangol.messages.counting import is_somebody
from dangol.messages.links import Shortener, Target
from dangol.messages.policy import Case, Go, Hold, judge
from dangol.messages.reasons import Reason
from dangol.plugin import Request
from dangol.profile.model import Profile
from dangol.runtime import SiteRuntime
from dangol.store.link import Link
from dangol.store.links import Targets
from dangol.store.outbox import Outcome, Row, short
from dangol.store.sends import PREFIX, Sends
from dangol.worker.composing import Ready, composed
from dangol.worker.outcomes import Policy, Try, after_failure, stumbled
from dangol.worker.ways import Way, Ways

Sites = Callable[[str], SiteRuntime | None]
"""A site's id to its runtime, None where it is not defined."""


@dataclass
class Prepared:
    """Of a batch: those that may go, what became of the others, and those that may have been sent already."""

    ready: list[Ready] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    open: list[tuple[Row, Way]] = field(default_factory=list)


class Begun(NamedTuple):
    """A request that is looked at: its way, the recipient's profile, and what the contact policy is asked."""

    row: Row
    way: Way
    looked: Looked | None
    case: Case


class Preparing:
    """Serves one worker. `sites` tells the definitions in force."""

    def __init__(
        self, link: Link, sites: Sites, registry: Registry, engine: Engine, sends: Sends, policy: Policy
    ) -> None:
        self.link = link
        self.sites = sites
        self.registry = registry
        self.engine = engine
        self.sends = sends
        self.policy = policy
        self.targets = Targets(link)
        self._ways: dict[str, Ways] = {}

    async def prepare(self, rows: Sequence[Row], now: float) -> Prepared:
        """Look at claimed rows. Raises `Unavailable`."""
        prepared = Prepared()
        sites: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            sites[row.push.site].append(row)
        for site, part in sites.items():
            try:
                ways = self.ways(site)
            except LookupError as error:
                prepared.outcomes += [stumbled(row, error, self.policy, now) for row in part]
            else:
                await self._prepare(ways, part, now, prepared)
        return prepared

    async def _prepare(self, ways: Ways, rows: Sequence[Row], now: float, prepared: Prepared) -> None:
        """Those of one site: who and by which way, what is known of the addresses, what they say."""
        begun: list[Begun] = []
        for row, looked in zip(rows, await self._looked(ways.runtime, rows), strict=True):
            try:
                if each := await self._begin(row, ways, looked, now, prepared):
                    begun.append(each)
            except Exception as error:
                prepared.outcomes.append(self._without(row, error, now))
        cases = await consents.consult(self.link, self.engine, ways.runtime, [one.case for one in begun])
        targets: dict[str, Target] = {}
        for one, case in zip(begun, cases, strict=True):
            try:
                made = self._made(one._replace(case=case), targets)
            except Exception as error:
                made = self._without(one.row, error, now)
            if isinstance(made, Ready):
                prepared.ready.append(made)
            else:
                prepared.outcomes.append(made)
        await self.targets.keep(targets, now)  # before the messages go out with them

    def _without(self, row: Row, error: Exception, now: float) -> Outcome:
        """What becomes of a request that raised. Of a channel that isn't there, what may have been sent by it can't be
        looked up either."""
        if isinstance(error, Unavailable):
            raise error
        if isinstance(error, Invalid):
            return refused(row, Reason("content", str(error.problems[0])))
        if not isinstance(error, PluginFailure):  # whatever a definition, a profile or a row makes of our own code
            return stumbled(row, error, self.policy, now)
        if row.state == "sending":
            return Outcome(row.key, "unknown", reason="interrupted", detail=short(str(error)))
        outcome = after_failure(Try(row, row.claims, False, False, False), error, self.policy, now)
        return replace(outcome, again=True, counted=True)

    def ways(self, site: str) -> Ways:
        """Those of a site as it is defined now. Raises LookupError for a site that is not."""
        runtime = self.sites(site)
        if runtime is None:
            raise LookupError("the site is not defined, or not loaded yet")
        known = self._ways.get(site)
        if known is None or known.runtime is not runtime:
            known = self._ways[site] = Ways(runtime, self.registry)
        return known

    async def _looked(self, runtime: SiteRuntime, rows: Sequence[Row]) -> list[Looked | None]:
        """The recipients' profiles as they stand; None where there is none."""
        found: list[Looked | None] = [None] * len(rows)
        places = [at for at, row in enumerate(rows) if row.push.profile]
        looked = await self.engine.look_many(runtime, [rows[at].push.profile for at in places])
        for at, each in zip(places, looked, strict=True):
            found[at] = each if is_somebody(each.profile) else None
        return found

    async def _begin(self, row: Row, ways: Ways, looked: Looked | None, now: float, prepared: Prepared) -> Begun | None:
        """What is looked at further; None where it is clear what becomes of the request."""
        profile = looked.profile if looked else None
        row = _with_arm(row, ways.runtime, profile)
        way = await ways.of(row.push, self.sends)
        if row.state == "sending" and (way is None or not way.channel.idempotent):
            if way is None:
                prepared.outcomes.append(refused(row, Reason("inactive")))
            else:
                prepared.open.append((row, way))
        elif row.claims > self.policy.poison + ENDED_WORKERS:
            prepared.outcomes.append(Outcome(row.key, "parked", reason="poison", detail="workers end over it"))
        elif way is None:
            is_manual = row.push.campaign.startswith(PREFIX)
            prepared.outcomes.append(refused(row, Reason("cancelled" if is_manual else "inactive")))
        elif row.state == "sending" and row.attempts > self.policy.tries:
            prepared.outcomes.append(Outcome(row.key, "unknown", reason="interrupted", detail=row.detail))
        else:
            return Begun(row, way, looked, case_of(row, way, ways, profile, now))
        return None

    def _made(self, begun: Begun, targets: dict[str, Target]) -> Ready | Outcome:
        """The request as it goes; its links' `targets` are added to those that are to be kept."""
        row, way, looked, case = begun
        if reason := _unfit(row, way, case.profile, case.now):
            return refused(row, reason, way)
        verdict = judge(case)
        if not isinstance(verdict, Go):
            return not_now(row, verdict, way)
        keys, site = way.runtime.keys, way.runtime.site
        shorten = Shortener(self.policy.public_url, keys, site, way.campaign, row.key)
        ready = composed(row, way, looked, case, verdict, shorten)
        targets |= shorten.targets
        return ready


AT_ONCE = 60.0
"""Seconds within which a trigger's message goes at once; one that had to wait longer, such as for the morning, goes to
who still matches."""

ENDED_WORKERS = 10
"""Workers that may end while they handle one request, before the request is taken for the cause."""


def case_of(row: Row, way: Way, ways: Ways, profile: Profile | None, now: float) -> Case:
    """What the contact policy looks at."""
    push, definitions = row.push, ways.runtime.definitions
    return Case(
        kind=way.kind,
        ad=way.ad,
        site=definitions.site,
        contact=definitions.contact,
        now=now,
        consent_channel=way.use.consent,
        profile=profile,
        to=push.to,
        origin=push.origin,
        counted=push.counted or row.sent > 0,
        counted_at=row.created if push.counted else row.sent,
        key=push.key,
        manners=definitions.manners,
        groups=ways.groups,
        campaign=way.campaign,
        once=way.use.once,
        test=push.origin == "test",
        device_kind=way.channel.device,
    )


def refused(row: Row, reason: Reason, way: Way | None = None) -> Outcome:
    """It never goes; of what may have gone already nobody can tell."""
    if row.state == "sending":
        return Outcome(row.key, "unknown", reason="interrupted", detail=row.detail)
    return Outcome(
        row.key,
        "refused",
        reason=reason.code,
        detail=short(reason.detail),
        channel=way.route.channel if way else "",
        sender=way.route.sender if way else "",
    )


def not_now(row: Row, verdict: object, way: Way) -> Outcome:
    """What the contact policy makes of a request that does not go now."""
    if isinstance(verdict, Hold):
        reason = verdict.reason
        return Outcome(row.key, "held", verdict.until, reason.code, reason.detail, channel=way.route.channel)
    return refused(row, verdict.reason, way)  # type: ignore[attr-defined]  # the third kind of verdict


def _unfit(row: Row, way: Way, profile: Profile | None, now: float) -> Reason | None:
    """What has changed between the cause and now, and what Kakao has not approved."""
    if unapproved := reviews.problem(way.route.template):
        return Reason("review", unapproved.value)
    has_waited = way.use.wait > 0 or now - min(row.created, row.due) > AT_ONCE
    if row.push.origin != "trigger" or row.push.step or not (has_waited and way.lasting):
        return None
    matched = way.runtime.audiences.match(profile, Request(now)) if profile else ()
    return None if way.lasting.issubset(matched) else Reason("no_match")


def _with_arm(row: Row, runtime: SiteRuntime, profile: Profile | None) -> Row:
    """With the arm of its campaign's comparison that the recipient is in or enters with this message, as that of other
    campaigns is drawn when they are decided on; the same one again in another attempt."""
    push, rule = row.push, runtime.plan.by_id.get(row.push.campaign)
    if push.origin != "schedule" or push.arm or rule is None or profile is None:
        return row
    return replace(row, push=replace(push, arm=arm_of(rule, profile)))
