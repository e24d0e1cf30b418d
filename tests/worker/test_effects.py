"""What is counted of campaigns is what happened: random shops, and a recount of who their shoppers are in the end."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from dangol.campaigns.calendar import day_number
from dangol.effects.figures import EVERYBODY, NONE, Cell, Figures
from dangol.engine import Context, Outcome
from dangol.house import House
from dangol.profile.model import TAKEN_BACK, Profile
from dangol.protocol import tokens
from dangol.protocol.event import Entry, Event
from dangol.purchases import take_reported, take_told
from dangol.store import effects, keys, log
from dangol.worker.effects import Effects
from dangol.worker.follow import Logged

pytestmark = pytest.mark.anyio

NOW = 1_763_778_000
DAY = 86_400
WINDOW = 3
VISITORS = [f"v{number:015}" for number in range(12)]
MEMBERS = ["kim", "lee", "park", "choi"]
POPCORN = {"use": "popcorn", "params": {"title": "Hello"}}
CAMPAIGNS: list[dict[str, Any]] = [
    {"id": "one", "widget": POPCORN, "holdout": 40, "pages": {"only": ["/one"]}, "window": WINDOW, "interrupts": False},
    {
        "id": "two",
        "widget": POPCORN,
        "holdout": 20,
        "pages": {"only": ["/two"]},
        "window": WINDOW,
        "interrupts": False,
        "variants": [{"id": "a"}, {"id": "b", "weight": 2}],
        "report_by": ["buyers"],
    },
]
People = list[tuple[set[str], Profile]]
SEGMENTS = [{"id": "buyers", "include": {"orders": {"gte": 1}}}]


@dataclass
class Shop:
    """Lets random things happen to shoppers. `united` tells which visitors a member turned out to be."""

    house: House
    chance: random.Random
    now: float = NOW
    numbers: int = 0
    shown: list[tuple[str, str, str]] = field(default_factory=list)
    united: dict[str, set[str]] = field(default_factory=dict)

    async def step(self) -> None:
        self.now += self.chance.choice([1, 60, 7_000, 40_000])
        steps = [self.view, self.view, self.view, self.react, self.order, self.tell, self.cancel, self.log_in]
        await self.chance.choice(steps)()

    def anyone(self) -> str:
        return self.chance.choice([*VISITORS, *(self.member(name) for name in MEMBERS)])

    def member(self, name: str) -> str:
        return tokens.member_profile(self.house.by_id["shop"].keys, name)

    def event(self, name: str, key: str = "", late: int = 0, **fields: Any) -> Event:
        self.numbers += 1
        return Event(f"e{self.numbers}", name, int((self.now - late) * 1000), key=key, **fields)

    async def send(self, profile: str, event: Event, page: str = "/") -> Outcome:
        context = Context(now=self.now, page=page)
        return await take_reported(
            self.house.engine, self.house.link, self.house.by_id["shop"], profile, [event], context
        )

    async def view(self) -> None:
        shopper, page = self.anyone(), self.chance.choice(["/one", "/two"])
        outcome = await self.send(shopper, self.event("page_view", page=page), page)
        self.shown += [(shopper, each.decision.campaign.id, each.decision.key) for each in outcome.shown]

    async def react(self) -> None:
        if self.shown:
            shopper, campaign, exposure = self.chance.choice(self.shown)
            name = self.chance.choice(["widget_view", "widget_click", "widget_close"])
            await self.send(shopper, self.event(name, exposure, props={"campaign": campaign}))

    def number(self) -> str:
        return str(self.chance.randrange(60))

    async def order(self) -> None:
        event = self.event("purchase", self.number(), self.chance.choice([0, 90_000]), value=self.numbers * 100)
        await self.send(self.anyone(), event)

    async def tell(self, name: str = "purchase") -> None:
        who = self.chance.choice(MEMBERS)
        late = self.chance.choice([0, 90_000, 300_000])
        event = self.event(name, self.number(), late, value=self.numbers * 1000)
        context = Context(now=self.now, member=who, widgets=False)
        runtime = self.house.by_id["shop"]
        await take_told(self.house.engine, self.house.link, runtime, self.member(who), [event], context)

    async def cancel(self) -> None:
        await self.tell("refund")

    async def log_in(self) -> None:
        visitor, member = self.chance.choice(VISITORS), self.member(self.chance.choice(MEMBERS))
        await self.house.engine.join(self.house.by_id["shop"], visitor, member)

    async def people(self) -> People:
        """Everybody who is somebody in the end, with all ids that were theirs."""
        found = {}
        for shopper in [*VISITORS, *(self.member(name) for name in MEMBERS)]:
            stored = await self.house.profiles.read_now("shop", shopper)
            found[shopper] = stored.profile()
        return [({id, *profile.merged}, profile) for id, profile in found.items() if not profile.alias]


async def entries(house: House) -> list[list[Logged]]:
    """The log, by partition."""
    found = []
    for number in range(keys.PARTITIONS):
        payloads = await log.between(house.link, number, log.FIRST, "+", 10_000)
        found.append([Logged(id, read) for id, payload in payloads if (read := log.entry(payload))])
    return found


def first_decisions(logged: Sequence[Entry], ids: set[str], campaign: str) -> list[tuple[int, str]]:
    """When somebody first came to a campaign, and what was decided then, by id."""
    first: dict[str, tuple[int, str]] = {}
    for entry in logged:
        for decided in entry.decided:
            if entry.profile in ids and decided.campaign == campaign:
                first.setdefault(entry.profile, (entry.at // 1000, decided.arm))
    return sorted(first.values())


def recount(people: People, logged: Sequence[Entry], campaign: str) -> dict[tuple[int, str], Any]:
    """Shoppers, buyers, orders, revenue and its squares by day and arm, from nothing but who decided what for whom, and
    which orders everybody has in the end."""
    found: dict[tuple[int, str], list[int]] = {}
    for ids, profile in people:
        if decisions := first_decisions(logged, ids, campaign):
            at, arm = decisions[0]
            due = [one.value for one in profile.recent_orders if at < one.at <= at + WINDOW * DAY]
            due = [value for value in due if value != TAKEN_BACK]
            sums = found.setdefault((day_number(at, "Asia/Seoul"), arm), [0] * 5)
            for place, more in enumerate((1, int(bool(due)), len(due), sum(due), sum(due) ** 2)):
                sums[place] += more
    return {key: tuple(sums) for key, sums in found.items()}


async def counted(house: House, campaign: str, now: float) -> dict[Cell, Figures]:
    return (await effects.read(house.link, "shop", campaign, now)).cells


def told(cells: dict[Cell, Figures]) -> dict[tuple[int, str], Any]:
    sums: dict[tuple[int, str], Figures] = {}
    for cell, each in cells.items():
        if cell.segment == EVERYBODY:
            sums[cell.day, cell.arm] = sums.get((cell.day, cell.arm), NONE).plus(each)
    rows = {key: (each.shoppers, each.converted, each.orders, each.revenue, each.squares) for key, each in sums.items()}
    return {key: row for key, row in rows.items() if any(row)}


def reactions(cells: dict[Cell, Figures]) -> list[int]:
    together = NONE
    for cell, each in cells.items():
        together = together.plus(each) if cell.segment == EVERYBODY else together
    return [together.views, together.clicks, together.closes]


def reported(logged: Sequence[Entry], campaign: str) -> list[int]:
    """Views, clicks and closes that the log has."""
    names = [event.name for entry in logged for event in entry.events if event.props.get("campaign") == campaign]
    return [names.count(name) for name in ("widget_view", "widget_click", "widget_close")]


async def work(house: House, chance: random.Random) -> None:
    """As workers do that are killed now and then: whatever was not acknowledged comes again."""
    job = Effects(house.link)
    for number, logged in enumerate(await entries(house)):
        done = 0
        while done < len(logged):
            size = chance.randrange(1, 20)
            await job(number, logged[done : done + size])
            done += chance.choice([0, size // 2, size, size])


@pytest.mark.parametrize("seed", range(5))
async def test_figures_are_what_a_recount_finds(seed: int, new_house: Any, opened: Any, define: Any) -> None:
    house = await opened(new_house(define(segments=SEGMENTS, campaigns=CAMPAIGNS)))
    shop = Shop(house, random.Random(seed))
    for _ in range(150):
        await shop.step()
    await work(house, shop.chance)
    logged = sorted((each.entry for part in await entries(house) for each in part), key=lambda entry: entry.at)
    people = await shop.people()
    for campaign in ("one", "two"):
        wanted, cells = recount(people, logged, campaign), await counted(house, campaign, shop.now)
        assert told(cells) == wanted
        assert reactions(cells) == reported(logged, campaign)
    assert wanted, "nobody entered"
