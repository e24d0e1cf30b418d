"""Caps, groups, gap and budget against a slow and obvious twin that keeps a diary of all that happened."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dangol.campaigns.contacts import GRACE, note_message, promise, react
from dangol.campaigns.decide import Decision, Plan, Verdict, decide
from dangol.definitions.model import Campaign, Cap, ContactPolicy, Group, Manners, MessageUse, Site, WidgetUse
from dangol.messages.policy import Case, Refuse, judge
from dangol.plugin import Request
from dangol.profile.consents import Act, record
from dangol.profile.model import Member, Profile, Visit
from dangol.protocol.event import Event

SITE = Site(id="shop", key="publickey", name="Shop", origins=["https://shop.example"])
SLOTS = {"popcorn": "corner", "popup": "dialog", "welcome": "bar"}
SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 22, 23, 50, tzinfo=SEOUL).timestamp()


@dataclass
class Diary:
    """What was seen and sent: (unix seconds, visit, campaign); and what pages were told to show: (end, campaign)."""

    plan: Plan
    manners: Manners
    groups: Sequence[Group]
    happened: list[tuple[float, int, Campaign]] = field(default_factory=list)
    pending: dict[str, tuple[float, Campaign]] = field(default_factory=dict)

    def interrupts(self, campaign: Campaign) -> bool:
        return campaign.interrupts if campaign.interrupts is not None else campaign.id != "bar"

    def allows(self, campaign: Campaign, now: float, visit: int) -> bool:
        loud = self.interrupts(campaign)
        if any(not self.leaves(group.caps, self.of_group(group.id), now, visit) for group in self.groups_of(campaign)):
            return False
        if not self.leaves(campaign.caps, [campaign.id], now, visit):
            return False
        if loud and not self.leaves(self.manners.budget, self.interrupting(messages=True), now, visit):
            return False
        if loud and campaign.widget is not None:
            return self.leaves(self.manners.caps, self.interrupting(), now, visit) and self.is_quiet(now)
        return True

    def groups_of(self, campaign: Campaign) -> list[Group]:
        return [group for group in self.groups if group.id == campaign.group]

    def of_group(self, group: str) -> list[str]:
        return [rule.campaign.id for rule in self.plan.rules if rule.campaign.group == group]

    def interrupting(self, messages: bool = False) -> list[str]:
        campaigns = [rule.campaign for rule in self.plan.rules]
        return [one.id for one in campaigns if self.interrupts(one) and (one.widget is not None or messages)]

    def leaves(self, caps: Sequence[Cap], whose: Sequence[str], now: float, visit: int) -> bool:
        waiting = sum(end > now and campaign.id in whose for end, campaign in self.pending.values())
        past = [(at, when) for at, when, campaign in self.happened if campaign.id in whose]
        return all(sum(within(cap, at, when, now, visit) for at, when in past) + waiting < cap.times for cap in caps)

    def is_quiet(self, now: float) -> bool:
        if not self.manners.gap:
            return True
        loud = self.interrupting()
        seen = [at for at, _, campaign in self.happened if campaign.id in loud]
        waiting = any(end > now and campaign.id in loud for end, campaign in self.pending.values())
        return not waiting and all(now >= int(at) + 1 + self.manners.gap for at in seen)


def within(cap: Cap, at: float, visit: int, now: float, visit_now: int) -> bool:
    if cap.per == "lifetime":
        return True
    if cap.per == "session":
        return visit == visit_now
    days = 1 if cap.per == "day" else int(cap.per[:-1])
    first = datetime.fromtimestamp(now, SEOUL).date() - timedelta(days=days - 1)
    return datetime.fromtimestamp(at, SEOUL).date() >= first


PERIODS = st.sampled_from(["session", "day", "2d", "7d", "90d", "lifetime"])
CAPS = st.lists(st.builds(Cap, times=st.integers(1, 3), per=PERIODS), min_size=1, max_size=2)
DAY = 86_400
WAITS = (1, 29, 30, 31, 60, 1800, DAY // 2, DAY, 6 * DAY, 88 * DAY, 89 * DAY)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("look"), st.sampled_from(["page_view", "search"])),
        st.tuples(st.just("look and see"), st.sampled_from(["page_view", "page_view", "search"])),
        st.tuples(st.just("see"), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.sampled_from(WAITS)),
        st.tuples(st.just("visit"), st.just(0)),
    ),
    min_size=4,
    max_size=25,
)
SCOPES = ("pop", "box", "bar", "note", "group", "all", "budget")
WORLDS = st.fixed_dictionaries(
    {
        "caps": st.dictionaries(st.sampled_from(SCOPES), CAPS, min_size=1, max_size=2),
        "gap": st.sampled_from([0, 0, 30, 60]),
        "grouped": st.lists(st.sampled_from(SCOPES[:4]), min_size=2, max_size=4, unique=True),
        "interrupts": st.sampled_from([None, True, False]),
    }
)


def diary_of(world: dict[str, Any]) -> Diary:
    """A shop with a campaign of each kind, all of them for everyone."""
    caps = {scope: world["caps"].get(scope, []) for scope in SCOPES}
    made = []
    for id, use in zip(SCOPES[:4], SLOTS, strict=False):
        made.append(Campaign(id, holdout=0, caps=caps[id], widget=WidgetUse(use)))
    made.append(Campaign("note", holdout=0, caps=caps["note"], message=MessageUse("log", once="event"), on=["search"]))
    made[2:] = [replace(one, interrupts=world["interrupts"]) for one in made[2:]]
    made = [replace(one, group="few" if one.id in world["grouped"] else "") for one in made]
    groups, manners = [Group("few", caps=caps["group"])], Manners(caps["all"], world["gap"], caps["budget"])
    return Diary(Plan.build(made, SITE, SLOTS, groups, manners), manners, groups)


@settings(max_examples=300)
@given(world=WORLDS, steps=STEPS)
def test_limits_allow_what_the_slow_twin_allows(world: dict[str, Any], steps: list[tuple[str, Any]]) -> None:
    diary = diary_of(world)
    profile, now = Profile(seed=7, member=Member("kim"), visit=Visit(started=int(NOW) - 9)), NOW
    for step, value in steps:
        now += 0.5
        if step == "wait":
            now += value
        elif step == "visit":
            profile.visit.started = int(now)
        elif step == "see":
            for exposure in list(diary.pending)[-1 - value :][:1]:
                see(diary, profile, exposure, now)
        else:
            before = set(diary.pending)
            look(diary, profile, now, value)
            for exposure in set(diary.pending) - before if step == "look and see" else ():
                see(diary, profile, exposure, now)
    assert may_write(diary, now, profile) is diary_leaves(diary, now, profile)


def may_write(diary: Diary, now: float, profile: Profile) -> bool:
    """Whether the contact budget leaves room for a message, at the moment of sending."""
    record(profile, Act("sms", "agreed", int(now) - 1, "01012345678"))
    case = Case(
        kind="text", ad=True, site=SITE, contact=ContactPolicy(), manners=diary.manners, now=now, profile=profile
    )
    verdict = judge(case)
    return not isinstance(verdict, Refuse) or verdict.reason.code != "cap_budget"


def diary_leaves(diary: Diary, now: float, profile: Profile) -> bool:
    diary.pending.clear()
    return diary.leaves(diary.manners.budget, diary.interrupting(messages=True), now, profile.visit.started)


def see(diary: Diary, profile: Profile, exposure: str, now: float) -> None:
    _, campaign = diary.pending[exposure]
    event = Event("id", "widget_view", int(now * 1000), key=exposure, props={"campaign": campaign.id})
    if react(profile, event, now, SITE):
        del diary.pending[exposure]
        diary.happened.append((now, profile.visit.started, campaign))


def look(diary: Diary, profile: Profile, now: float, name: str) -> None:
    events = [Event(f"e{now}", name, int(now * 1000))]
    request = Request(now, event_names=frozenset({name}))
    decisions = decide(diary.plan, profile, request, frozenset(), events=events, losers=True)
    front = False
    for decision in decisions:
        campaign = decision.campaign
        in_front = campaign.widget is not None and (campaign.id != "bar" or diary.interrupts(campaign))
        wanted = diary.allows(campaign, now, profile.visit.started) and not (in_front and front)
        assert wanted is (decision.verdict in (Verdict.SHOW, Verdict.MESSAGE)), decision
        if wanted:
            front = front or in_front
            take(diary, profile, decision, now)


def take(diary: Diary, profile: Profile, decision: Decision, now: float) -> None:
    if decision.verdict is Verdict.MESSAGE:
        note_message(profile, decision, now, SITE)
        diary.happened.append((now, profile.visit.started, decision.campaign))
    else:
        promise(profile, decision, now)
        diary.pending[decision.key] = (int(now + GRACE - 0.001) + 1, decision.campaign)
