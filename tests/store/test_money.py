"""Budgets in money: never passed, whoever asks at the same time, and given back by who dies."""

import asyncio
import random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dangol.definitions.model import Budget
from dangol.store import keys, money
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.store.money import Admitted, Limits, Most, Out, Want

NOW = 1_782_874_800.0  # 2026-07-01 12:00 in Seoul
MIDNIGHT = NOW + 12 * 3600
SEOUL = "Asia/Seoul"
LEASE = 15.0
anyio = pytest.mark.anyio


def limits(day: int | None = None, total: int | None = None, **campaigns: Most) -> Limits:
    return Limits(SEOUL, Most(day, total), campaigns)


async def admit(
    link: Link, token: str, wants: list[Want], within: Limits, now: float = NOW, **more: Any
) -> list[Admitted | Out]:
    return await money.admit(link, "shop", token, wants, within, now, lease=LEASE, **more)


async def settle(link: Link, token: str, spent: list[tuple[str, int]], now: float = NOW) -> bool:
    return await money.settle(link, "shop", token, spent, now, timezone=SEOUL)


async def stand(link: Link, campaign: str = "", now: float = NOW) -> money.Stand:
    return await money.stand(link, "shop", SEOUL, now, campaign)


@anyio
async def test_as_much_is_admitted_as_the_day_has_money_for(link: Link) -> None:
    answers = await admit(link, "t", [Want("sale", 30)] * 4, limits(day=100))
    assert answers == [Admitted()] * 3 + [Out("site_day", NOW + LEASE)]
    assert await stand(link) == await stand(link, "sale") == (0, 90, 0, 90)


@anyio
async def test_what_is_spent_is_out_until_the_shops_midnight_and_a_total_for_ever(link: Link) -> None:
    within = limits(day=100, sale=Most(None, 60))
    await admit(link, "t", [Want("sale", 60), Want("", 40)], within)
    assert await settle(link, "t", [("sale", 60), ("", 40)])
    assert await admit(link, "u", [Want("", 1)], within) == [Out("site_day", MIDNIGHT)]
    assert await admit(link, "v", [Want("sale", 1)], within, MIDNIGHT) == [Out("campaign_total", None)]
    assert await admit(link, "w", [Want("", 100)], within, MIDNIGHT) == [Admitted()]


@anyio
async def test_each_budget_is_named_that_stands_in_the_way(link: Link) -> None:
    for scope, within in {
        "site_day": limits(day=5),
        "site_total": limits(total=5),
        "campaign_day": limits(sale=Most(5)),
        "campaign_total": limits(sale=Most(None, 5)),
    }.items():
        assert await admit(link, scope, [Want("sale", 6)], within) == [
            Out(scope, MIDNIGHT if scope.endswith("day") else None)  # type: ignore[arg-type]
        ]


@anyio
async def test_the_real_price_counts_and_the_rest_is_given_back(link: Link) -> None:
    await admit(link, "t", [Want("sale", 50), Want("sale", 50)], limits(day=100))
    assert await settle(link, "t", [("sale", 20), ("sale", 0)])
    assert await stand(link, "sale") == (20, 0, 20, 0)
    assert await admit(link, "u", [Want("sale", 80)], limits(day=100)) == [Admitted()]


@anyio
async def test_a_repeated_call_changes_nothing(link: Link) -> None:
    first = await admit(link, "t", [Want("sale", 60), Want("sale", 60)], limits(day=100))
    assert await admit(link, "t", [Want("sale", 60), Want("sale", 60)], limits(day=100)) == first
    assert [await settle(link, "t", [("sale", 55)]) for _ in range(3)] == [True, False, False]
    assert await admit(link, "t", [Want("sale", 60), Want("sale", 60)], limits(day=100)) == first
    assert await stand(link) == (55, 0, 55, 0)


@anyio
async def test_a_dead_workers_reservation_lapses_and_its_late_word_still_counts(link: Link) -> None:
    await admit(link, "dead", [Want("sale", 100)], limits(day=100))
    assert await admit(link, "a", [Want("sale", 100)], limits(day=100), NOW + LEASE - 1) == [
        Out("site_day", NOW + 2 * LEASE - 1)
    ]
    assert await admit(link, "b", [Want("sale", 40)], limits(day=100), NOW + LEASE) == [Admitted()]
    assert await stand(link) == (0, 40, 0, 40)
    assert await settle(link, "dead", [("sale", 100)])
    assert await stand(link) == (100, 40, 100, 40)
    assert await admit(link, "c", [Want("sale", 1)], limits(day=100), NOW + LEASE) == [Out("site_day", MIDNIGHT)]


@anyio
async def test_a_lapsed_token_may_reserve_again(link: Link) -> None:
    await admit(link, "t", [Want("sale", 100)], limits(day=100))
    assert await admit(link, "t", [Want("sale", 70)], limits(day=100), NOW + LEASE) == [Admitted()]
    assert (await stand(link)).day_held == 70


@anyio
async def test_money_counts_for_the_day_on_which_it_was_reserved(link: Link) -> None:
    await admit(link, "t", [Want("sale", 100)], limits(day=100), MIDNIGHT - 1)
    await settle(link, "t", [("sale", 100)], MIDNIGHT + 1)
    assert await stand(link, now=MIDNIGHT - 1) == (100, 0, 100, 0)
    assert await stand(link, now=MIDNIGHT) == (0, 0, 100, 0)


@anyio
async def test_what_costs_nothing_passes_also_when_the_money_is_spent(link: Link) -> None:
    await settle(link, "told-later", [("sale", 500)])
    assert await admit(link, "t", [Want("sale", 0), Want("sale", 1)], limits(day=100)) == [
        Admitted(),
        Out("site_day", MIDNIGHT),
    ]


@anyio
async def test_a_price_that_is_told_later_moves_the_sums_either_way(link: Link) -> None:
    assert await settle(link, "key", [("sale", 30)])
    assert await settle(link, "key:told", [("sale", -10)])
    assert await stand(link, "sale") == (20, 0, 20, 0)


@anyio
async def test_a_negative_price_is_refused(link: Link) -> None:
    with pytest.raises(ValueError, match="-1"):
        await admit(link, "t", [Want("sale", -1)], limits(day=100))
    assert await link.call("DBSIZE") == 0


@anyio
async def test_a_sender_hands_over_no_more_than_its_rate(link: Link) -> None:
    batch, now, sent = [Want("", 0)] * 50, NOW, 0
    for turn in range(40):
        now = NOW + turn * 0.05
        answers = await admit(link, f"{turn}", batch, limits(), now, sender="sms", rate=100)
        sent += answers.count(Admitted())
        assert all(isinstance(each, Admitted) or (each.scope, each.until or 0) > ("rate", now) for each in answers)
    assert 195 <= sent <= 100 * 1.95 + 20 + 1
    assert await admit(link, "other", [Want("", 0)], limits(), now, sender="push", rate=100) == [Admitted()]


@anyio
async def test_who_waits_for_the_rate_gets_a_time_of_its_own_and_holds_no_money(link: Link) -> None:
    answers = await admit(link, "t", [Want("", 7)] * 5, limits(day=100), sender="sms", rate=2)
    waits = [each.until for each in answers if isinstance(each, Out)]
    assert waits == pytest.approx([NOW + 0.5, NOW + 1.0, NOW + 1.5, NOW + 2.0])
    assert (await stand(link)).day_held == 7


@anyio
async def test_what_is_sent_to_many_gets_turns_over_all_batches_and_the_rest_goes_in_between(link: Link) -> None:
    many = [Want("", 0, is_one_of_many=True)] * 100
    batches = [await admit(link, token, many, limits(), sender="sms", rate=10) for token in "abc"]
    waits = [each.until or 0 for batch in batches for each in batch if isinstance(each, Out)]
    assert waits == sorted(set(waits))
    assert waits[-1] == pytest.approx(NOW + 300 / 20, abs=0.5)
    [one] = await admit(link, "d", [Want("", 0)], limits(), sender="sms", rate=10)
    assert isinstance(one, Out)
    assert (one.until or 0) < NOW + 0.5, "a message for one does not wait for them"
    last = (await admit(link, "e", many * 80, limits(), sender="slow", rate=1))[-1]
    assert isinstance(last, Out)
    assert last.until == NOW + money.MOST_TURNS


@anyio
async def test_nothing_is_left_of_a_day_after_a_while(link: Link) -> None:
    await admit(link, "t", [Want("sale", 1)], limits(day=100), sender="sms", rate=1)
    await settle(link, "t", [("sale", 1)])
    kept = [name.decode() for name in await link.call("KEYS", "*") if int(await link.call("TTL", name)) < 0]
    assert kept == [keys.money_sums("shop", "ever")]


def test_a_budget_is_counted_in_thousandths() -> None:
    assert money.most(Budget(day=8.4, total=0.0)) == Most(8400, 0)
    assert money.most(Budget()) == Most(None, None)


async def worker(url: str, site: str, name: int, within: Limits, seen: list[money.Stand]) -> None:
    """Asks, sends for a moment, settles for at most what it reserved; sometimes it dies."""
    link, draw = Link(url), random.Random(name)
    for turn in range(12):
        token, now = f"{name}-{turn}", NOW + turn
        wants = [Want(draw.choice(("sale", "news", "")), draw.randrange(40)) for _ in range(6)]
        answers = await money.admit(link, site, token, wants, within, now, lease=3.0)
        sent = [want for want, answer in zip(wants, answers, strict=True) if answer == Admitted()]
        seen.append(await money.stand(link, site, SEOUL, now))
        if draw.random() < 0.8:
            spent = [(each.campaign, draw.randint(0, each.price)) for each in sent]
            await asyncio.gather(*(money.settle(link, site, token, spent, now, timezone=SEOUL) for _ in range(2)))
    link.close()


def test_eight_workers_at_once_never_pass_a_budget(store: EmbeddedStore) -> None:
    within = limits(day=900, total=1500, sale=Most(300, 400))
    seen: list[money.Stand] = []

    async def together() -> money.Stand:
        await asyncio.gather(*(worker(store.url, "crowd", name, within, seen) for name in range(8)))
        link = Link(store.url)
        sale = await money.stand(link, "crowd", SEOUL, NOW, "sale")
        link.close()
        return sale

    sale = asyncio.run(together())
    assert 850 < max(each.day + each.day_held for each in seen) <= 900
    assert sale.day + sale.day_held <= 300


Step = tuple[str, int, list[tuple[str, int]]]
AMOUNTS = st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.integers(0, 60)), min_size=1, max_size=4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("admit"), st.integers(0, 5), AMOUNTS),
        st.tuples(st.just("settle"), st.integers(0, 5), AMOUNTS),
        st.tuples(st.just("wait"), st.integers(1, 40_000), AMOUNTS),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(STEPS)
def test_spent_and_reserved_stay_within_the_limits(store: EmbeddedStore, steps: list[Step]) -> None:
    """In whatever order it is asked for, settled and let go; only nobody tells after its lease of having spent some."""
    site, within = f"p{uuid4().hex}", limits(day=100, total=250, a=Most(40, 90))

    async def go() -> None:
        link, now = Link(store.url), NOW
        live: list[tuple[str, float, list[tuple[str, int]]]] = []
        for number, (kind, chosen, amounts) in enumerate(steps):
            if kind == "wait":
                now += chosen
            elif kind == "admit":
                wants = [Want(*each) for each in amounts]
                answers = await money.admit(link, site, f"{number}", wants, within, now, lease=LEASE)
                sent = [want for want, answer in zip(amounts, answers, strict=True) if answer == Admitted()]
                live.append((f"{number}", now + LEASE, sent))
            elif live:
                token, until, sent = live.pop(chosen % len(live))
                spent = sent if until > now else []
                await money.settle(link, site, token, spent, now, timezone=SEOUL)
            whole = await money.stand(link, site, SEOUL, now)
            part = await money.stand(link, site, SEOUL, now, "a")
            assert whole.day + whole.day_held <= 100
            assert whole.total + whole.total_held <= 250
            assert part.day + part.day_held <= 40
            assert part.total + part.total_held <= 90
            assert min(*whole, *part) >= 0
        link.close()

    asyncio.run(go())
