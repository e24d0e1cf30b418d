"""Making push requests ready to be handed over: who, by which way, whether they may go now, and what they say.

What any one request raises is its own trouble: the others of its batch go on.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from dangol import consents
from dangol.campaigns.decide import arm_of
from dangol.engine import Engine, Looked
from dangol.errors import Invalid, PluginFailure, Unavailable
from dangol.host.registry import Registry
from dangol.messages import reviews
from dangol.messages.counting import is_somebody
from dangol.messages.links import Shortener
from dangol.messages.policy import Case, Go, Hold, judge
from dangol.messages.push import Push
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
        prepared, found = Prepared(), await self._looked([row.push for row in rows])
        await asyncio.gather(*(self._try(row, looked, now, prepared) for row, looked in zip(rows, found, strict=True)))
        return prepared

    async def _try(self, row: Row, looked: Looked | None, now: float, prepared: Prepared) -> None:
        try:
            await self._take(row, looked, now, prepared)
        except Unavailable:
            raise
        except PluginFailure as failure:
            prepared.outcomes.append(self._without(row, failure, now))
        except Invalid as error:
            prepared.outcomes.append(refused(row, Reason("content", str(error.problems[0]))))
        except Exception as error:  # whatever a definition, a profile or a row makes of our own code
            prepared.outcomes.append(stumbled(row, error, self.policy, now))

    def _without(self, row: Row, failure: PluginFailure, now: float) -> Outcome:
        """A channel that isn't there: what may have been sent by it can't be looked up either."""
        if row.state == "sending":
            return Outcome(row.key, "unknown", reason="interrupted", detail=short(str(failure)))
        outcome = after_failure(Try(row, row.claims, False, False, False), failure, self.policy, now)
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

    async def _looked(self, pushes: Sequence[Push]) -> list[Looked | None]:
        """The recipients' profiles as they stand; None where there is none."""
        found: list[Looked | None] = [None] * len(pushes)
        for site in {push.site for push in pushes}:
            runtime = self.sites(site)
            places = [at for at, push in enumerate(pushes) if push.site == site and push.profile]
            if runtime is None or not places:
                continue
            looked = await self.engine.look_many(runtime, [pushes[at].profile for at in places])
            for at, each in zip(places, looked, strict=True):
                found[at] = each if is_somebody(each.profile) else None
        return found

    async def _take(self, row: Row, looked: Looked | None, now: float, prepared: Prepared) -> None:
        ways, profile = self.ways(row.push.site), looked.profile if looked else None
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
            case = case_of(row, way, ways, profile, now)
            case = await consents.consult(self.link, self.engine, ways.runtime, case)
            shorten = Shortener(self.policy.public_url, ways.runtime.keys, ways.runtime.site, way.campaign, row.key)
            made = self._made(row, way, looked, case, shorten)
            if isinstance(made, Ready):
                if shorten.targets:  # kept before the message goes out with them
                    await self.targets.keep(shorten.targets, now)
                prepared.ready.append(made)
            else:
                prepared.outcomes.append(made)

    def _made(self, row: Row, way: Way, looked: Looked | None, case: Case, shorten: Shortener) -> Ready | Outcome:
        if reason := _unfit(row, way, case.profile, case.now):
            return refused(row, reason, way)
        verdict = judge(case)
        if not isinstance(verdict, Go):
            return not_now(row, verdict, way)
        return composed(row, way, looked, case, verdict, shorten)


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
