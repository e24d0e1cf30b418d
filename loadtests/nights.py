"""A year of nights: no advertisement may leave in the hours of the law, whatever was enqueued and agreed to when.

    python -m loadtests.nights --judged 1000000 --sent 20000 --seed 7

Three shops, by the clocks of Seoul, New York and London. First the contact policy alone judges messages at moments
drawn from a whole year, half of them within minutes of a night's ends and the changes of the clock; what it holds is
judged again when it says. Then the real dispatcher works through the year on a simulated clock, from the outbox to a
provider that takes up to fourteen seconds, while shoppers agree and withdraw. What left when is looked at by other code
than what held it: hours of the zone, and a diary of consents. Ends with code 1 where anything left that should not
have.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, NamedTuple
from unittest.mock import patch
from zoneinfo import ZoneInfo

import click

from dangol.definitions.model import ContactPolicy, Definitions, MessageUse, Night, Sender, Site
from dangol.definitions.templates import BrandTemplate, EmailTemplate, PushTemplate, Template, TextTemplate
from dangol.engine import Engine
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.messages.policy import Case, Go, Hold, judge
from dangol.messages.push import Push
from dangol.plugin import Channel, PushRequest, Receipt
from dangol.profile.consents import Act, record
from dangol.profile.model import Device, Profile
from dangol.recommend.shelves import Shelves
from dangol.runtime import SiteRuntime
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.stage import Stage
from dangol.store import keys, outbox
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.store.profiles import Profiles
from dangol.worker.dispatch import Dispatch
from dangol.worker.job import Lane
from dangol.worker.leases import Place
from dangol.worker.outcomes import Policy

YEAR = 2026
YEAR_ROUND = range(365)
DAY = 86_400
SHOPPERS = 200
SLOWEST = 14.0
"""Seconds from a judgement to the provider at most: the dispatcher waits for room, then for the provider."""

NIGHTS = [Night(["sms", "kakao", "push"], "21:00", "08:00")]
SHOPS = {
    "Asia/Seoul": ContactPolicy(company="Shop", contact="02-123-4567", opt_out="0801234567"),
    "America/New_York": ContactPolicy("us", "America/New_York", company="Shop", contact="1-800", opt_out="0801234567"),
    "Europe/London": ContactPolicy("other", "Europe/London", NIGHTS, "Shop", "0800", "0801234567"),
    "Asia/Seoul, as short as the law lets": ContactPolicy(
        nights=NIGHTS, company="Shop", contact="02-123-4567", opt_out="0801234567"
    ),
}
KINDS = {"text": "sms", "brand": "kakao", "push": "push", "email": "email"}
TEMPLATES: list[Template] = [
    TextTemplate("text", "Sale"),
    BrandTemplate("brand", "TEXT", text="Sale"),
    PushTemplate("push", "Sale", "Today"),
    EmailTemplate("email", "Sale", "Today"),
    TextTemplate("notice", "Your order is on its way", ad=False),
]
ADDRESS = {"sms": "01012345678", "kakao": "01012345678", "push": "", "email": "kim@mail.example"}


class Left(NamedTuple):
    """A message that left: of which template, to whom, when."""

    template: str
    profile: str
    at: float


@dataclass
class Diary:
    """Who agreed to what and withdrew it when, as plainly as can be: (profile, channel) to (at, what)."""

    acts: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)

    def note(self, profile: str, act: Act) -> None:
        self.acts.setdefault((profile, act.channel), []).append((act.at, act.what))

    def holds(self, profile: str, channel: str, at: float) -> bool:
        told = [what for when, what in sorted(self.acts.get((profile, channel), [])) if when <= at]
        ends = [what for what in told if what in ("agreed", "withdrawn")]
        return bool(ends) and ends[-1] == "agreed"

    def by_night(self, profile: str, channel: str, at: float) -> bool:
        acts = sorted(act for act in self.acts.get((profile, channel), []) if act[0] <= at)
        told = [what for _, what in acts]
        return "night_agreed" in told[len(told) - told[::-1].index("withdrawn") if "withdrawn" in told else 0 :]


def wrong(left: Left, zone: str, contact: ContactPolicy, diary: Diary) -> str:
    """What is wrong with a message that left; "" where nothing is."""
    if left.template == "notice":
        return ""
    channel, time = KINDS[left.template], datetime.fromtimestamp(left.at, ZoneInfo(zone.partition(",")[0]))
    asks = (contact.jurisdiction, channel) != ("us", "email")
    if asks and not any(diary.holds(left.profile, channel, left.at - seconds) for seconds in (0, SLOWEST)):
        return "without a consent"
    seoul = datetime.fromtimestamp(left.at, ZoneInfo("Asia/Seoul"))
    if left.template == "brand" and not (8, 0) <= (seoul.hour, seoul.minute) < (20, 50):
        return f"by Kakao's night ({seoul:%Y-%m-%d %H:%M:%S})"
    if channel == "email" or 8 <= time.hour < 21:
        return ""
    agreed = contact.jurisdiction != "us" and channel != "kakao" and diary.by_night(left.profile, channel, left.at)
    return "" if agreed else f"by night ({time:%Y-%m-%d %H:%M:%S})"


def moments(count: int, zone: str, draw: random.Random, days: range = YEAR_ROUND) -> list[float]:
    """Moments of some days of the year: half of them anywhere, half at the edges of nights, a few around changes of the
    clock."""
    where, found = ZoneInfo(zone.partition(",")[0]), []
    changes = [day for day in days[1:-1] if _offset(day, where) != _offset(day + 1, where)] or [days[1]]
    for _ in range(count):
        day = draw.choice(changes) + draw.randint(-1, 1) if draw.random() < 0.1 else draw.choice(days)
        start = datetime(YEAR, 1, 1, tzinfo=where) + timedelta(days=day)
        hour, minute = draw.choice([(20, 30), (20, 50), (21, 0), (8, 0), (0, 0), (2, 0)])
        edge = start.replace(hour=hour, minute=minute).timestamp() + draw.uniform(-90, 90)
        found.append(edge if draw.random() < 0.5 else start.timestamp() + draw.uniform(0, DAY))
    return sorted(found)


def _offset(day: int, where: ZoneInfo) -> timedelta | None:
    return (datetime(YEAR, 1, 1, 12, tzinfo=where) + timedelta(days=day)).utcoffset()


def drawn_acts(draw: random.Random, start: float, end: float) -> list[Act]:
    """What one shopper does with consents within the year."""
    acts = []
    for channel, address in ADDRESS.items():
        if draw.random() < 0.8:
            agreed = int(draw.uniform(start - 300 * DAY, end if draw.random() < 0.3 else start))
            acts.append(Act(channel, "agreed", agreed, address))
            if draw.random() < 0.3:
                acts.append(Act(channel, "night_agreed", agreed + 1, address))
            if draw.random() < 0.4:
                acts.append(Act(channel, "withdrawn", int(draw.uniform(agreed + 2, end)), address))
    return sorted(acts, key=lambda act: act.at)


def judged(zone: str, contact: ContactPolicy, count: int, seed: int) -> Counter[str]:
    """What the policy alone makes of so many messages."""
    draw, told = random.Random(f"{seed}{zone}"), Counter[str]()
    site = Site("shop", "public-key", "Shop", ["https://shop.example"], timezone=zone.partition(",")[0])
    times = moments(count, zone, draw)
    shoppers = []
    for number in range(50):
        profile, diary = Profile(first_seen=1, devices=[Device("fcm", "token", 1)]), Diary()
        for act in drawn_acts(draw, times[0] - 100 * DAY, times[0]):
            record(profile, act)
            diary.note(str(number), act)
        shoppers.append((str(number), profile, diary))
    for now in times:
        kind = draw.choice([*KINDS])
        name, profile, diary = draw.choice(shoppers)
        device = "fcm" if kind == "push" else ""
        case = Case(kind=kind, ad=True, site=site, contact=contact, now=now, profile=profile, device_kind=device)
        verdict = judge(case)
        while isinstance(verdict, Hold):
            told["held"] += 1
            assert verdict.until > case.now
            case = Case(**{**{each: getattr(case, each) for each in case.__struct_fields__}, "now": verdict.until})
            verdict = judge(case)
        told["left" if isinstance(verdict, Go) else "refused"] += 1
        late = Left(kind, name, case.now + draw.uniform(0, SLOWEST))
        if isinstance(verdict, Go) and (problem := wrong(late, zone, contact, diary)):
            told[f"WRONG: {problem.partition(' (')[0]}"] += 1
    return told


class Clock:
    """What `time.time` says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Phone(Channel):
    """A provider that notes what it was given when; it takes its time."""

    name = "phone"
    api = 1
    idempotent = True
    kinds: ClassVar[Collection[str]] = ("text", "brand", "email")
    most = 500

    def __init__(self, clock: Clock, left: list[Left], draw: random.Random) -> None:
        self.clock, self.left, self.draw = clock, left, draw

    async def send_many(self, params: Any, requests: Sequence[PushRequest]) -> Sequence[Receipt]:
        """All of them are taken."""
        for each in requests:
            template = each.content.id if each.content else ""
            self.left.append(Left(template, each.variables.get("who", each.member), self._moment()))
        return [Receipt("delivered") for _ in requests]

    def _moment(self) -> float:
        return self.clock.now + self.draw.uniform(0, SLOWEST)


class App(Phone):
    """The same for notifications."""

    name = "app"
    api = 1
    kinds: ClassVar[Collection[str]] = ("push",)
    device = "fcm"


async def sent(
    zone: str, contact: ContactPolicy, count: int, seed: int, url: str, days: range = YEAR_ROUND
) -> Counter[str]:
    """What the whole dispatcher makes of so many messages over the year, or some days of it."""
    draw, left, diary, clock = random.Random(f"{seed}{zone}"), list[Left](), Diary(), Clock()
    site = Site("shop", "public-key", "Shop", ["https://shop.example"], timezone=zone.partition(",")[0])
    senders = [Sender("phone", "phone"), Sender("app", "app")]
    definitions = Definitions(site, senders=senders, templates=TEMPLATES, contact=contact)
    registry, link = Registry.of([Phone(clock, left, draw), App(clock, left, draw)]), Link(url)
    await link.call("FLUSHALL")
    runtime = SiteRuntime.build(definitions, 1, b"s" * 32, registry, CATALOGUE)
    profiles, guard = Profiles(link, 400 * DAY), Guard()
    engine = Engine(profiles, Stage(link, registry, guard, Shelves(link)))
    policy = Policy(public_url="https://links.example")
    job = Dispatch(link, registry, guard, lambda name: runtime, engine, policy)
    lanes = [job.lane(Place("dispatch", number), "token") for number in range(keys.PARTITIONS)]
    times, shoppers = moments(count, zone, draw, days), min(SHOPPERS, count // 2)
    with patch("time.time", clock):
        steps: list[tuple[float, str, Any]] = [
            (at, "push", _push(number, shoppers, draw)) for number, at in enumerate(times)
        ]
        for number in range(shoppers):
            name = _name(number)
            stored = await profiles.read("shop", name)
            await profiles.write("shop", name, stored, Profile(first_seen=1, devices=[Device("fcm", f"t{name}", 1)]))
            steps += [(act.at, "act", (name, act)) for act in drawn_acts(draw, times[0], times[-1])]
        steps += [(times[0] + hour * 3600, "tick", None) for hour in range(int((times[-1] - times[0]) / 3600) + 36)]
        for at, what, told in sorted(steps, key=lambda step: step[0]):
            clock.now = at
            if what == "act":
                await engine.consent(runtime, told[0], [told[1]], at)
                diary.note(*told)
                continue
            if what == "push":
                await outbox.enqueue(link, [told], at, at, zone=site.timezone)
            await _work(job, lanes, link, at)
        await _work(job, lanes, link, clock.now + DAY)
        waiting = sum([await link.call("ZCARD", keys.due(number)) for number in range(keys.PARTITIONS)])
    link.close()
    told_of = Counter(problem for each in left if (problem := wrong(each, zone, contact, diary)))
    found = Counter({"left": len(left), "not left": count - len(left) - waiting, "waiting": waiting})
    return found + Counter({f"WRONG: {problem}": number for problem, number in told_of.items()})


def _name(number: int) -> str:
    return f"m{number:015d}"


def _push(number: int, shoppers: int, draw: random.Random) -> Push:
    template, who = draw.choice(TEMPLATES).id, _name(draw.randrange(shoppers))
    sender = "app" if template == "push" else "phone"
    cause = f"api:{number}"
    return Push(
        outbox.key_of("shop", cause, who),
        "shop",
        cause,
        "api",
        profile=who,
        member=who,
        to="" if template != "notice" else ADDRESS["sms"],
        use=MessageUse(sender, template=template),
    )


async def _work(job: Dispatch, lanes: Sequence[Lane], link: Link, until: float) -> None:
    """Let the dispatcher do all that is due by the simulated clock."""
    while True:
        counts = await asyncio.gather(*(outbox.due(link, number, time.time()) for number in range(16)))
        if not any(counts) and not job.working:
            return
        await asyncio.gather(*(lane.step() for lane, due in zip(lanes, counts, strict=True) if due))
        await job.close()


@click.command()
@click.option("--judged", "judgements", default=300_000, help="Messages of each shop that the policy alone judges.")
@click.option("--sent", "sendings", default=5_000, help="Messages of each shop that the dispatcher works through.")
@click.option("--seed", default=7)
def main(judgements: int, sendings: int, seed: int) -> None:
    """Prints what became of the messages of each shop."""
    bad = False
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.start()
        try:
            for zone, contact in SHOPS.items():
                alone = judged(zone, contact, judgements, seed)
                whole = asyncio.run(sent(zone, contact, sendings, seed, store.url))
                for name, told in (("judged", alone), ("sent", whole)):
                    print(f"{zone:40} {name:7}", ", ".join(f"{what} {number:,}" for what, number in told.items()))
                    bad = bad or any(what.startswith("WRONG") for what in told)
        finally:
            store.stop()
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
