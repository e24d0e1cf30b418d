"""Whether and how requests leave: policy, limits, money, duplicates, fallbacks, and what providers tell."""

import asyncio
import time
from typing import Any

import pytest
from msgspec.structs import replace

from dangol.definitions.model import (
    Budget,
    Campaign,
    Cap,
    ContactPolicy,
    Fallback,
    Manners,
    MessageUse,
    Night,
    Sender,
)
from dangol.definitions.templates import AlimtalkTemplate, TextTemplate
from dangol.engine import Sending
from dangol.errors import Unavailable
from dangol.messages import counting
from dangol.plugin import Receipt
from dangol.profile.consents import Act
from dangol.profile.model import Contact, Device, Member, Profile, Subscription
from dangol.store import keys, money, outbox, recipients
from dangol.store.recipients import Reach
from dangol.worker import handing

pytestmark = pytest.mark.anyio

NIGHT = ContactPolicy(company="Shop", contact="02-1234-5678", opt_out="080-123-4567")
PHONE = "01012345678"


def agreed(**more: Any) -> Profile:
    """A member who has agreed to texts, at night too."""
    given = Subscription(PHONE, int(time.time()) - 86_400, night=True)
    return Profile(seed=1, member=Member("kim", name="Kim", phone=PHONE), subscriptions={"sms": given}, **more)


def campaign(name: str = "sale", **more: Any) -> Campaign:
    more = {"template": "sale", **more}
    caps = more.pop("caps", [])
    return Campaign(name, message=MessageUse("text", **more), caps=caps)


TEXTS = [TextTemplate("sale", "{name|Friend}, 10% off"), TextTemplate("news", "Shipped", ad=False)]


@pytest.fixture
def shop(office: Any, batched: Any) -> Any:
    """Makes dispatchers that send texts by the channel `batched`."""

    def make(*answers: Any, campaigns: Any = (), senders: Any = None, channels: Any = (), **parts: Any) -> Any:
        channel = batched(*answers)
        channel.kinds = ("text",)
        text = senders or [Sender("text", "batched", prices={"sms": 10, "lms": 30})]
        made = {"templates": TEXTS, "contact": NIGHT, **parts}
        desk = office(channel, *channels, campaigns=campaigns or [campaign()], senders=text, **made)
        desk.channel = channel
        return desk

    return make


def due(pushed: Any, cause: str = "sale:1", profile: str = "m1", **more: Any) -> Any:
    made = {"origin": "schedule", "campaign": "sale", "use": None, "member": "kim", **more}
    return pushed(cause, profile=profile, **made)


def many(pushed: Any, times: int, **more: Any) -> list[Any]:
    return [due(pushed, f"c{number}", "", to=f"0101234{number:04}", **more) for number in range(times)]


async def one(desk: Any, push: Any) -> Any:
    [key] = await desk.enqueue(push)
    await desk.run()
    return await desk.row(key)


async def test_an_advertisement_goes_filled_and_labelled_to_who_agreed_and_counts(shop: Any, pushed: Any) -> None:
    desk = shop(Receipt("accepted", provider_id="p-1"))
    await desk.meet("m1", agreed())
    row = await one(desk, due(pushed))
    [request] = desk.channel.got
    assert (row.state, row.channel, row.sender, row.price, row.to) == ("accepted", "batched", "text", 10_000, PHONE)
    assert request.to == PHONE
    assert request.content.text.startswith("(광고)")
    assert "Kim, 10% off" in request.content.text
    profile = await desk.engine.look(desk.runtime, "m1")
    assert profile.contacts["sale"].messages == 1


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        (Profile(member=Member("kim", phone=PHONE)), "no_consent"),
        (agreed(contacts={"sale": Contact(messages=1, day=1)}), "already"),
        (None, "no_consent"),
    ],
)
async def test_what_the_contact_policy_refuses_never_leaves(shop: Any, pushed: Any, profile: Any, reason: str) -> None:
    desk = shop()
    if profile:
        await desk.meet("m1", profile)
    row = await one(desk, due(pushed))
    assert (row.state, row.reason, row.channel, desk.channel.got) == ("refused", reason, "batched", [])


async def test_of_two_at_once_only_one_takes_the_last_place_of_a_limit(shop: Any, pushed: Any) -> None:
    desk = shop(campaigns=[campaign(), campaign("other")], manners=Manners(budget=[Cap(1, "day")]))
    await desk.meet("m1", agreed())
    made = await desk.enqueue(due(pushed), due(pushed, "other:1", campaign="other"))
    await desk.run()
    rows = [await desk.row(key) for key in made]
    assert sorted((row.state, row.reason) for row in rows) == [("accepted", ""), ("refused", "cap_budget")]
    assert len(desk.channel.got) == 1


async def test_a_message_that_was_counted_before_its_worker_died_is_not_refused_for_it(shop: Any, pushed: Any) -> None:
    desk = shop()
    await desk.meet("m1", agreed())
    [key] = await desk.enqueue(due(pushed))
    await desk.engine.note_sent(desk.runtime, "m1", Sending("sale", key, time.time()))
    await desk.run()
    assert (await desk.row(key)).state == "accepted"
    assert (await desk.engine.look(desk.runtime, "m1")).contacts["sale"].messages == 1


async def test_one_address_gets_what_a_cause_says_once(shop: Any, pushed: Any) -> None:
    desk = shop()
    for profile in ("m1", "m2"):
        await desk.meet(profile, agreed())
    made = await desk.enqueue(*(due(pushed, profile=profile) for profile in ("m1", "m2")))
    await desk.run()
    rows = [await desk.row(key) for key in made]
    assert sorted((row.state, row.reason) for row in rows) == [("accepted", ""), ("refused", "duplicate")]
    assert len(desk.channel.got) == 1


async def test_an_address_that_was_claimed_before_a_crash_is_its_requests_own(shop: Any, pushed: Any) -> None:
    desk = shop()
    await desk.meet("m1", agreed())
    [key] = await desk.enqueue(due(pushed))
    assert await recipients.claim(desk.link, "shop", [Reach("sale:1", PHONE, key)]) == [True]
    await desk.run()
    assert (await desk.row(key)).state == "accepted"


async def test_money_for_a_day_is_not_passed_and_the_rest_waits_for_the_next(shop: Any, pushed: Any) -> None:
    desk = shop(contact=ContactPolicy(company="Shop", contact="1", opt_out="080-123-4567", budget=Budget(day=25)))
    made = await desk.enqueue(
        *(due(pushed, f"c{number}", "", to=f"0101234{number:04}", use=news()) for number in range(5))
    )
    await desk.run()
    rows = [await desk.row(key) for key in made]
    assert sorted((row.state, row.reason) for row in rows) == [("accepted", "")] * 2 + [("held", "budget_day")] * 3
    assert all(row.due > time.time() for row in rows if row.state == "held")
    assert len(desk.channel.got) == 2


def news() -> MessageUse:
    return MessageUse("text", template="news", budget=Budget(total=1e6))


async def test_what_a_campaign_may_cost_in_all_is_not_passed(shop: Any, pushed: Any) -> None:
    desk = shop(campaigns=[campaign(template="news", once="event", budget=Budget(total=35))])
    made = await desk.enqueue(*many(pushed, 5))
    await desk.run()
    rows = [await desk.row(key) for key in made]
    assert sorted((row.state, row.reason) for row in rows) == [("accepted", "")] * 3 + [("refused", "budget_total")] * 2


async def test_what_costs_nobody_knows_what_is_not_sent_where_there_is_a_budget(shop: Any, pushed: Any) -> None:
    desk = shop(senders=[Sender("text", "batched", prices={"sms": 10})], contact=replace(NIGHT, budget=Budget(day=15)))
    known = pushed("one", "text", to=PHONE, use=MessageUse("text", template="news"))
    assert (await one(desk, known)).state == "accepted"
    desk = shop(senders=[Sender("text", "batched")], contact=replace(NIGHT, budget=Budget(total=15)))
    row = await one(desk, pushed("other", "text", to=PHONE, use=MessageUse("text", template="news")))
    assert (row.state, row.detail) == ("refused", "senders.text.prices.sms: '' is not given: a budget counts in it")
    assert desk.channel.got == []


async def test_money_of_what_failed_is_there_again(shop: Any, pushed: Any) -> None:
    desk = shop(
        Receipt("failed", failure="bad_address"), campaigns=[campaign(template="news", budget=Budget(total=15))]
    )
    assert (await one(desk, due(pushed, "a", "", to=PHONE))).failure == "bad_address"
    desk.channel.answers = [Receipt("accepted", price=12.5)]
    row = await one(desk, due(pushed, "b", "", to=PHONE))
    assert (row.state, row.price) == ("accepted", 12_500)


async def test_a_retry_is_not_refused_for_what_it_has_counted_itself(shop: Any, pushed: Any) -> None:
    async def busy(requests: Any) -> list[Receipt]:
        stored = await desk.profiles.read("shop", "m1")
        profile = stored.profile()
        profile.event_ids = b""  # as a shopper's is who does much meanwhile
        await desk.profiles.write("shop", "m1", stored, profile)
        return [Receipt("retry", "busy") for _ in requests]

    desk = shop(busy, Receipt("accepted"), campaigns=[campaign(once="ever", caps=[Cap(1, "day")])])
    await desk.meet("m1", agreed())
    row = await one(desk, due(pushed))
    assert (row.state, row.reason, row.attempts) == ("accepted", "", 2)
    assert (await desk.engine.look(desk.runtime, "m1")).contacts["sale"].messages == 1


async def test_what_never_came_and_is_sent_again_is_paid_for_once(shop: Any, pushed: Any, knowing: Any) -> None:
    channel = knowing(TimeoutError("no answer"), Receipt("accepted"))
    channel.kinds = ("text",)
    budget = ContactPolicy(company="Shop", contact="1", opt_out="080-123-4567", budget=Budget(day=100))
    desk = shop(channels=[channel], senders=[Sender("text", "knowing", prices={"sms": 10})], contact=budget)
    [key] = await desk.enqueue(due(pushed, "a", "", to=PHONE, use=news()))
    channel.known[key] = Receipt("retry", "never came")
    await desk.run()
    row, stand = await desk.row(key), await money.stand(desk.link, "shop", "Asia/Seoul", time.time())
    assert (row.state, row.price, stand.day, stand.day_held) == ("accepted", 10_000, 10_000, 0)


@pytest.mark.parametrize("counted", [True, False])
async def test_who_withdraws_while_a_message_waits_for_room_does_not_get_it(
    shop: Any, pushed: Any, monkeypatch: pytest.MonkeyPatch, counted: bool
) -> None:
    monkeypatch.setattr(handing, "FRESH", 0.0)
    desk, now = shop(), time.time()
    await desk.meet("m1", agreed())
    [key] = await desk.enqueue(due(pushed, counted=counted))
    rows = await outbox.claim(desk.link, outbox.partition(key) or 0, now, 15.0, "t", 10)
    prepared = await desk.job.preparing.prepare(rows, now)
    await desk.engine.consent(desk.runtime, "m1", [Act("sms", "withdrawn", int(now), PHONE)], now)
    await desk.job.handing.hand_over(prepared.ready[0].way, prepared.ready, "t", "t")
    row = await desk.row(key)
    assert (row.state, row.reason, desk.channel.got) == ("refused", "withdrawn", [])


async def test_what_grows_stale_while_it_is_looked_at_goes_once(
    shop: Any, pushed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, now = shop(), time.time()
    await desk.meet("m1", agreed())
    [key] = await desk.enqueue(due(pushed, counted=True))
    rows = await outbox.claim(desk.link, outbox.partition(key) or 0, now, 15.0, "t", 10)
    prepared = await desk.job.preparing.prepare(rows, now)
    answers = iter([True])
    monkeypatch.setattr(handing, "_stands", lambda ready: next(answers, False))
    await desk.job.handing.hand_over(prepared.ready[0].way, prepared.ready, "t", "t")
    assert [request.key for request in desk.channel.got] == [key]


async def test_a_machine_that_slept_does_not_send_what_it_judged_before(shop: Any, pushed: Any) -> None:
    desk = shop()
    [key] = await desk.enqueue(due(pushed, "a", "", to=PHONE, use=news()))
    rows = await outbox.claim(desk.link, outbox.partition(key) or 0, time.time(), 0.01, "token", 1)
    prepared = await desk.job.preparing.prepare(rows, time.time() - desk.policy.lease)
    await desk.job.handing.hand_over(prepared.ready[0].way, prepared.ready, "token", "batch")
    assert ((await desk.row(key)).state, desk.channel.got) == ("claimed", [])
    await desk.run()
    assert (await desk.row(key)).state == "accepted"


@pytest.mark.parametrize(("module", "call"), [(outbox, "mark_sending"), (money, "settle")])
async def test_a_store_that_is_away_for_a_moment_makes_nothing_unknown_or_unpaid(
    shop: Any, pushed: Any, monkeypatch: pytest.MonkeyPatch, module: Any, call: str
) -> None:
    whole, calls = getattr(module, call), list[str]()

    async def lossy(*args: Any, **more: Any) -> Any:
        calls.append(call)
        if len(calls) == 1:
            raise Unavailable("the store is away")
        return await whole(*args, **more)

    monkeypatch.setattr(module, call, lossy)
    desk = shop(contact=replace(NIGHT, budget=Budget(day=100)))
    row = await one(desk, due(pushed, "a", "", to=PHONE, use=news()))
    stand = await money.stand(desk.link, "shop", "Asia/Seoul", time.time())
    assert (row.state, stand.day, stand.day_held, len(calls)) == ("accepted", 10_000, 0, 2)


async def test_an_account_gets_no_more_a_second_than_it_takes(shop: Any, pushed: Any) -> None:
    desk = shop(senders=[Sender("text", "batched", rate=20)], campaigns=[campaign(template="news", once="event")])
    made = await desk.enqueue(*many(pushed, 15))
    began = time.monotonic()
    await desk.run(10.0)
    assert set(await desk.states(made)) == {"accepted"}
    assert time.monotonic() - began > 10 / 20
    assert {(await desk.row(key)).attempts for key in made} == {1}


async def test_a_fallback_goes_once_by_another_way_where_kakao_can_not_deliver(
    shop: Any, pushed: Any, scripted: Any
) -> None:
    kakao = scripted(Receipt("failed", "no such user", failure="not_reachable"))
    kakao.kinds = ("alimtalk",)
    use = MessageUse("scripted", template="order", fallback=Fallback("text", "news", on=["not_reachable"]))
    notice = AlimtalkTemplate("order", "T1", "Your order is on its way", review="approved")
    desk = shop(channels=[kakao], campaigns=[Campaign("sale", message=use)], templates=[*TEXTS, notice])
    await desk.meet("m1", agreed())
    first = await one(desk, due(pushed))
    rows = {row.push.step: row for row in await outbox.history(desk.link, "shop", "m1")}
    assert (first.state, first.failure, rows[1].state) == ("failed", "not_reachable", "accepted")
    assert (rows[1].push.before, rows[1].channel) == (first.key, "batched")
    assert [request.content.id for request in desk.channel.got] == ["news"]
    assert (await desk.engine.look(desk.runtime, "m1")).contacts["sale"].messages == 1


async def test_a_fallback_is_judged_by_the_policy_of_its_own_channel(shop: Any, pushed: Any, scripted: Any) -> None:
    kakao = scripted(Receipt("failed", failure="not_reachable"))
    use = MessageUse("scripted", template="order", fallback=Fallback("text", "sale"))
    notice = AlimtalkTemplate("order", "T1", "Your order is on its way", review="approved")
    desk = shop(channels=[kakao], campaigns=[Campaign("sale", message=use)], templates=[*TEXTS, notice])
    await desk.meet("m1", Profile(member=Member("kim", phone=PHONE)))
    await one(desk, due(pushed))
    rows = {row.push.step: row for row in await outbox.history(desk.link, "shop", "m1")}
    assert (rows[1].state, rows[1].reason, desk.channel.got) == ("refused", "no_consent", [])


async def test_devices_that_are_dead_are_forgotten(shop: Any, pushed: Any, batched: Any) -> None:
    desk = shop(
        Receipt("failed", failure="bad_address", dead=("gone",)),
        campaigns=[Campaign("sale", message=MessageUse("batched"))],
    )
    desk.channel.device = "fcm"
    await desk.meet("m1", Profile(member=Member("kim"), devices=[Device("fcm", "gone", 2), Device("fcm", "here", 1)]))
    await one(desk, due(pushed))
    assert [device.token for device in desk.channel.got[0].devices] == ["gone", "here"]
    assert [device.token for device in (await desk.engine.look(desk.runtime, "m1")).devices] == ["here"]


async def test_what_is_asked_about_later_is_remembered(shop: Any, pushed: Any, knowing: Any) -> None:
    channel = knowing(Receipt("accepted", provider_id="p-9"))
    channel.found_by = "provider_id"
    desk = shop(channels=[channel])
    [key] = await desk.enqueue(pushed("a", use=MessageUse("knowing")))
    await desk.run()
    number = outbox.partition(key) or 0
    assert await recipients.by_provider(desk.link, "shop", "", "p-9") == key
    assert await outbox.to_look_up(desk.link, number, time.time() + 59, 10) == []
    assert [row.key for row in await outbox.to_look_up(desk.link, number, time.time() + 61, 10)] == [key]


@pytest.mark.parametrize("review", ["requested", "reviewing", "rejected"])
async def test_a_notice_that_kakao_has_not_approved_never_leaves(
    shop: Any, pushed: Any, scripted: Any, review: Any
) -> None:
    notice = AlimtalkTemplate("order", "T1", "Your order is on its way", review=review)
    desk = shop(channels=[scripted()], templates=[notice])
    row = await one(desk, due(pushed, "a", "", to=PHONE, use=MessageUse("scripted", template="order")))
    assert (row.state, row.reason, row.detail) == ("refused", "review", review)


async def test_what_can_not_be_filled_is_refused_with_the_field(shop: Any, pushed: Any) -> None:
    desk = shop(templates=[TextTemplate("news", "Order #{number} is on its way", ad=False)])
    row = await one(desk, due(pushed, "a", "", to=PHONE, use=news()))
    assert (row.state, row.reason) == ("refused", "content")
    assert "number" in row.detail


@pytest.mark.parametrize("gone", ["campaign", "template"])
async def test_what_is_not_defined_any_more_never_leaves(shop: Any, pushed: Any, gone: str) -> None:
    desk = shop(campaigns=[campaign("another", template="none")])
    row = await one(desk, due(pushed, campaign="sale" if gone == "campaign" else "another"))
    assert (row.state, row.reason) == ("refused", "inactive" if gone == "campaign" else "content")


async def test_the_group_that_does_not_get_it_is_noted_and_gets_nothing(shop: Any, pushed: Any) -> None:
    sale = campaign(template="news")
    desk = shop(campaigns=[Campaign("sale", message=sale.message, holdout=100)])
    await desk.meet("m1", agreed())
    row = await one(desk, due(pushed))
    contact = (await desk.engine.look(desk.runtime, "m1")).contacts["sale"]
    assert (row.state, row.reason, desk.channel.got) == ("refused", "holdout", [])
    assert (contact.arm, contact.messages) == ("holdout", 0)


async def test_a_hook_that_comes_before_the_answer_is_not_overwritten(shop: Any, pushed: Any) -> None:
    async def quick(requests: Any) -> list[Receipt]:
        await outbox.tell(desk.link, [outbox.Outcome(each.key, "delivered") for each in requests], time.time())
        await asyncio.sleep(0)
        return [Receipt("accepted", provider_id="p-1") for _ in requests]

    desk = shop(quick)
    row = await one(desk, due(pushed, "a", "", to=PHONE, use=news()))
    assert (row.state, row.provider_id, row.price) == ("delivered", "p-1", 10_000)


async def test_an_advertisement_waits_for_the_morning_and_is_judged_anew_then(shop: Any, pushed: Any) -> None:
    contact = replace(NIGHT, nights=[Night(["sms"], "00:00", "23:59")])
    desk = shop(contact=contact)
    profile = agreed()
    profile.subscriptions["sms"].night = False
    await desk.meet("m1", profile)
    row = await one(desk, due(pushed))
    assert (row.state, row.reason, desk.channel.got) == ("held", "quiet", [])
    assert row.due > time.time()
    assert profile.contacts == (await desk.engine.look(desk.runtime, "m1")).contacts, "what waits counts nothing yet"


async def test_what_may_have_been_sent_and_may_not_go_any_more_is_unknown(shop: Any, pushed: Any, batched: Any) -> None:
    desk = shop()
    await desk.meet("m1", Profile(member=Member("kim", phone=PHONE)))
    [key] = await desk.enqueue(due(pushed))
    now, number = time.time(), outbox.partition(key) or 0
    await outbox.claim(desk.link, number, now, 0.01, "dead", 1)
    await outbox.mark_sending(desk.link, [(key, PHONE)], "batched", "text", now, 0.01, "dead")
    await desk.run()
    row = await desk.row(key)
    assert (row.state, row.reason, desk.channel.got) == ("unknown", "interrupted", [])


async def test_a_chunk_that_fails_does_not_end_the_others(
    shop: Any, pushed: Any, scripted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = scripted()
    desk = shop(channels=[other])
    handed = desk.job.handing.hand_over

    async def broken(way: Any, *more: Any) -> None:
        if way.channel is other:
            raise RuntimeError("of our own")
        await asyncio.sleep(0.05)
        await handed(way, *more)

    monkeypatch.setattr(desk.job.handing, "hand_over", broken)
    made = [due(pushed, "a", "", to=PHONE, use=MessageUse("scripted")), due(pushed, "b", "", to=PHONE, use=news())]
    keys_made = await desk.enqueue(*made)
    await asyncio.gather(*(desk.job.start(number) for number in range(16)))
    await desk.job.close()
    assert await desk.states(keys_made) == ["claimed", "accepted"]
    assert desk.job.free == desk.policy.rows


async def test_a_request_that_can_not_be_counted_does_not_take_its_chunk_along(
    shop: Any, pushed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = shop(campaigns=[campaign(template="news", once="event")])
    note = counting.note

    def broken(profile: Profile, *more: Any) -> Any:
        if profile.member and profile.member.phone == "01012340003":
            raise KeyError(profile.member.id)
        return note(profile, *more)

    monkeypatch.setattr(counting, "note", broken)
    made = []
    for number in range(6):
        await desk.meet(f"m{number}", Profile(member=Member("kim", phone=f"0101234000{number}")))
        made.append(due(pushed, "c", f"m{number}"))
    found = await desk.enqueue(*made)
    await desk.run()
    assert await desk.states(found) == ["parked" if number == 3 else "accepted" for number in range(6)]


async def test_a_profile_that_can_not_be_read_does_not_take_its_batch_along(shop: Any, pushed: Any) -> None:
    desk = shop(campaigns=[campaign(template="news", once="event")])
    for number in range(6):
        await desk.meet(f"m{number}", Profile(member=Member("kim", phone=f"0101234000{number}")))
    await desk.link.call("SET", keys.profile("shop", "m3"), b"version.no document")
    found = await desk.enqueue(*(due(pushed, "c", f"m{number}") for number in range(6)))
    await desk.run()
    assert await desk.states(found) == ["parked" if number == 3 else "accepted" for number in range(6)]
