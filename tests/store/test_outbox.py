"""Push requests in the store: one row per cause, one holder at a time, and counts that always add up."""

import asyncio
import random
from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import MessageUse
from dangol.messages.push import Push, State
from dangol.store import keys, outbox, recipients
from dangol.store.link import Link
from dangol.store.outbox import Outcome, Row
from dangol.store.recipients import Reach
from dangol.store.transitions import HISTORY

pytestmark = pytest.mark.anyio

NOW = 1_763_778_000.25
DAY = "2025-11-22"


def push(cause: str = "welcome:ever", profile: str = "m1", **more: Any) -> Push:
    key = outbox.key_of("shop", cause, outbox.recipient_of(profile, "", more.get("to", "")))
    return Push(key, "shop", cause, more.pop("origin", "trigger"), more.pop("campaign", "welcome"), profile, **more)


async def enqueue(link: Link, *pushes: Push, due: float = NOW, state: Any = "queued") -> list[outbox.Enqueued]:
    return await outbox.enqueue(link, pushes, due, NOW, zone="Asia/Seoul", state=state)


async def claim(link: Link, now: float = NOW, token: str = "a", lease: float = 15.0) -> list[Row]:
    found = [await outbox.claim(link, number, now, lease, token, 100) for number in range(keys.PARTITIONS)]
    return [row for rows in found for row in rows]


async def sending(link: Link, token: str = "a", now: float = NOW) -> list[Row]:
    rows = await claim(link, now, token)
    held = await outbox.mark_sending(link, [(row.key, "0101") for row in rows], "log", "text", now, 15.0, token)
    assert all(held)
    return rows


async def read(link: Link, key: str) -> Row:
    row = await outbox.read(link, key)
    assert row is not None
    return row


async def counts(link: Link, campaign: str = "welcome") -> dict[str, int]:
    """Over all partitions, without what has come to nothing."""
    sums: Counter[str] = Counter()
    for number in range(keys.PARTITIONS):
        flat = await link.call("HGETALL", keys.counts(number, "shop", campaign, DAY))
        sums.update({name.decode(): int(by) for name, by in zip(flat[::2], flat[1::2], strict=True)})
    return {name: by for name, by in sums.items() if by}


async def states(link: Link) -> dict[str, int]:
    """The counts of states alone."""
    return {name: by for name, by in (await counts(link)).items() if name.count("|") == 1 and "price" not in name}


async def test_a_new_row_holds_what_was_asked_for(link: Link) -> None:
    made = push(use=MessageUse("log", {"deep": [{"a": None}]}), variables={"이름": "김단골"}, slot=5)
    assert await enqueue(link, made) == [(made.key, "queued", True)]
    row = await read(link, made.key)
    assert (row.push, row.state, row.day, row.created, row.due) == (made, "queued", DAY, NOW, NOW)
    assert (row.attempts, row.claims, row.channel, row.price) == (0, 0, "", 0)


async def test_the_same_cause_makes_one_row_also_at_the_same_time(link: Link) -> None:
    answers = await asyncio.gather(*(enqueue(link, push()) for _ in range(20)))
    assert sorted(answer.new for [answer] in answers) == [False] * 19 + [True]
    assert len(await claim(link)) == 1
    assert await counts(link) == {"|queued": 1}


async def test_enqueuing_again_tells_what_became_of_it(link: Link) -> None:
    made = push()
    await enqueue(link, made)
    await sending(link)
    assert await enqueue(link, made) == [(made.key, "sending", False)]
    assert await outbox.settle(link, "a", [Outcome(made.key, "accepted")], NOW) == [True]
    assert await enqueue(link, made) == [(made.key, "accepted", False)]
    assert await claim(link, NOW + 100) == []


@pytest.mark.parametrize(
    ("state", "reason", "slot", "is_new"),
    [
        ("refused", "no_consent", 2, True),
        ("refused", "no_consent", 1, False),
        ("refused", "holdout", 2, False),
        ("failed", "other", 2, False),
    ],
)
async def test_what_was_refused_at_one_slot_is_judged_anew_at_the_next(
    link: Link, state: Any, reason: str, slot: int, is_new: bool
) -> None:
    first, later = (push("c:ever", origin="schedule", slot=at) for at in (1, slot))
    await enqueue(link, first)
    await claim(link)
    await outbox.settle(link, "a", [Outcome(first.key, state, reason=reason)], NOW)
    assert await enqueue(link, later) == [(first.key, "queued" if is_new else state, is_new)]
    assert [row.push.slot for row in await claim(link, NOW + 20, "b")] == ([slot] if is_new else [])
    assert [row.key for row in await outbox.history(link, "shop", "m1")] == [first.key]


async def test_many_are_made_at_once_each_when_it_is_due(link: Link) -> None:
    made = [push(profile=f"m{number}") for number in range(1200)]
    found = await outbox.enqueue(link, made, [NOW + number for number in range(1200)], NOW, zone="UTC")
    assert [each.key for each in found] == [each.key for each in made]
    assert {each.new for each in found} == {True}
    assert len(await claim(link, NOW + 599)) == 600


async def test_a_row_is_claimed_once_when_it_is_due(link: Link) -> None:
    await enqueue(link, push(), due=NOW + 60, state="held")
    assert await claim(link, NOW + 59) == []
    [row] = await claim(link, NOW + 60)
    assert (row.state, row.attempts, row.claims, row.push) == ("held", 0, 1, push())
    assert await claim(link, NOW + 61, "b") == []


async def test_what_is_sent_to_many_waits_behind_all_else_and_never_for_ever(link: Link) -> None:
    await enqueue(link, *(push(f"many{number}", origin="schedule") for number in range(20)), due=NOW - 60)
    await enqueue(link, *(push(f"one{number}", origin="notice") for number in range(10)))
    number = outbox.partition(push().key) or 0
    assert await outbox.due(link, number, NOW) == 30
    first = await outbox.claim(link, number, NOW, 15.0, "a", 8)
    assert [row.push.origin for row in first] == ["notice"] * 7 + ["schedule"]
    rest = await outbox.claim(link, number, NOW, 15.0, "b", 30, 4)
    assert [row.push.origin for row in rest] == ["notice"] * 3 + ["schedule"] * 4
    assert await outbox.due(link, number, NOW + 14) == 15, "what is claimed is due when its lease ends"


@pytest.mark.parametrize("origin", ["manual", "trigger"])
async def test_what_is_sent_to_many_stays_behind_whatever_becomes_of_it(link: Link, origin: Any) -> None:
    [made] = await enqueue(link, push("a", origin=origin))
    number = outbox.partition(made.key) or 0

    async def bulk() -> int:
        return sum(row.push.origin == "manual" for row in await outbox.claim(link, number, NOW, 0.0, "a", 8, 0))

    await sending(link)
    await outbox.settle(link, "a", [Outcome(made.key, "queued", NOW)], NOW)
    assert (await bulk(), await outbox.due(link, number, NOW)) == (0, 1)
    await sending(link)
    await outbox.settle(link, "a", [Outcome(made.key, "parked")], NOW)
    await outbox.release(link, [made.key], NOW)
    assert (await bulk(), await outbox.due(link, number, NOW)) == (0, 1)
    await sending(link)
    instead = push("b", origin=origin)
    await outbox.settle(link, "a", [Outcome(made.key, "failed", failure="blocked", fallback=instead)], NOW)
    assert (await bulk(), await outbox.due(link, number, NOW)) == (0, 1)


async def test_two_claimers_never_get_the_same_row(link: Link) -> None:
    await enqueue(link, *(push(f"c{number}") for number in range(30)))
    number = outbox.partition(push().key) or 0
    claims = await asyncio.gather(*(outbox.claim(link, number, NOW, 15.0, str(each), 7) for each in range(8)))
    claimed = [row.key for rows in claims for row in rows]
    assert len(claimed) == len(set(claimed)) == 30


async def test_a_dead_claimers_row_comes_up_again_as_it_was_left(link: Link) -> None:
    await enqueue(link, push())
    await claim(link)
    [row] = await claim(link, NOW + 15, "b")
    assert (row.state, row.attempts, row.claims) == ("claimed", 0, 2)
    await outbox.mark_sending(link, [(row.key, "0101")], "log", "text", NOW + 15, 15.0, "b")
    [row] = await claim(link, NOW + 30, "c")
    assert (row.state, row.attempts, row.to, row.sent) == ("sending", 1, "0101", NOW + 15)


async def test_only_the_holder_can_write(link: Link) -> None:
    made = push()
    await enqueue(link, made)
    await claim(link)
    await claim(link, NOW + 15, "b")
    assert await outbox.mark_sending(link, [(made.key, "")], "log", "", NOW, 15.0, "a") == [False]
    assert await outbox.settle(link, "a", [Outcome(made.key, "failed")], NOW) == [False]
    assert await outbox.mark_sending(link, [(made.key, "")], "log", "", NOW, 15.0, "b") == [True]
    assert await outbox.settle(link, "b", [Outcome(made.key, "accepted", provider_id="p-1")], NOW) == [True]
    assert await outbox.settle(link, "b", [Outcome(made.key, "queued", NOW)], NOW) == [False]
    row = await read(link, made.key)
    assert (row.state, row.provider_id, row.channel, row.sender) == ("accepted", "p-1", "log", "")


async def test_a_retry_waits_for_its_time(link: Link) -> None:
    made = push()
    await enqueue(link, made)
    await sending(link)
    await outbox.settle(link, "a", [Outcome(made.key, "queued", NOW + 30, "retry", "busy")], NOW)
    assert await claim(link, NOW + 29) == []
    [row] = await claim(link, NOW + 30)
    assert (row.state, row.attempts, row.claims, row.reason, row.detail) == ("queued", 1, 1, "retry", "busy")


async def test_an_attempt_that_was_none_does_not_count_and_one_that_came_no_further_does(link: Link) -> None:
    made = push()
    await enqueue(link, made)
    await sending(link)
    await outbox.settle(link, "a", [Outcome(made.key, "queued", NOW, counted=False, again=True)], NOW)
    [row] = await claim(link)
    assert (row.attempts, row.claims) == (0, 2)


async def test_a_finished_row_expires_and_a_waiting_one_does_not(link: Link) -> None:
    made, number = push(), outbox.partition(push().key)
    assert number is not None
    await enqueue(link, made)
    assert await link.call("TTL", keys.push(number, made.key)) == -1
    assert await outbox.waiting(link, number) == 1
    await sending(link)
    detail = outbox.short("\ud800" + "x" * 900)
    await outbox.settle(link, "a", [Outcome(made.key, "failed", detail=detail, failure="other")], NOW, keep=50)
    assert 40 < await link.call("TTL", keys.push(number, made.key)) <= 50
    assert await outbox.waiting(link, number) == 0


async def test_an_entry_of_the_order_without_a_row_is_taken_out(link: Link) -> None:
    made, number = push(), outbox.partition(push().key)
    assert number is not None
    await enqueue(link, made)
    await link.call("DEL", keys.push(number, made.key))
    assert await claim(link) == []
    assert await outbox.waiting(link, number) == 0


async def test_counts_move_with_the_states_and_money_with_them(link: Link) -> None:
    made = [push(profile=f"m{number}") for number in range(6)]
    await enqueue(link, *made)
    assert await counts(link) == {"|queued": 6}
    await sending(link)
    assert await counts(link) == {"log|queued": 6}
    ends: list[Any] = ["accepted", "delivered", "failed", "refused", "unknown", "held"]
    outcomes = [
        Outcome(each.key, state, NOW + 9, "no_consent", failure="blocked", price=13_000)
        for each, state in zip(made, ends, strict=True)
    ]
    await outbox.settle(link, "a", outcomes, NOW)
    parts = {"log|failed|blocked": 1, "log|refused|no_consent": 1, "log|price": 78_000}
    assert await counts(link) == {**{f"log|{state}": 1 for state in ends}, **parts}
    await outbox.tell(link, [Outcome(made[0].key, "failed", failure="blocked", price=0)], NOW)
    assert await counts(link) == {
        **{f"log|{state}": 1 for state in ends[1:]},
        "log|failed": 2, "log|failed|blocked": 2, "log|refused|no_consent": 1, "log|price": 65_000,
    }  # fmt: skip


async def test_tests_and_what_belongs_to_no_campaign_are_counted_apart(link: Link) -> None:
    await enqueue(link, push(origin="test"), push("api:1", origin="api", campaign=""))
    assert await counts(link, "test") == await counts(link, "api") == {"|queued": 1}
    await sending(link)
    assert await counts(link, "test") == await counts(link, "api") == {"log|queued": 1}


@pytest.mark.parametrize(
    ("state", "told", "moves"),
    [
        ("accepted", "delivered", True),
        ("accepted", "failed", True),
        ("unknown", "accepted", True),
        ("unknown", "delivered", True),
        ("delivered", "failed", False),
        ("failed", "delivered", False),
        ("delivered", "accepted", False),
        ("accepted", "accepted", True),
        ("queued", "delivered", True),
        ("parked", "delivered", True),
        ("refused", "delivered", False),
    ],
)
async def test_a_providers_word_only_moves_a_row_forward(link: Link, state: Any, told: Any, moves: bool) -> None:
    made = push()
    await enqueue(link, made)
    await sending(link)
    await outbox.settle(link, "a", [Outcome(made.key, state, NOW + 60)], NOW)
    word = Outcome(made.key, told, provider_id="p-1", price=9)
    assert await outbox.tell(link, [word, word], NOW + 1) == [moves, moves and told == "accepted"]
    row = await read(link, made.key)
    assert row.state == (told if moves else state)
    assert (
        sum(value for name, value in (await counts(link)).items() if name.count("|") == 1 and "price" not in name) == 1
    )
    assert await claim(link, NOW + 99) == [], "what a provider has told is not sent again" if moves else ""


async def test_a_word_about_what_no_provider_was_asked_changes_nothing(link: Link) -> None:
    made = push()
    await enqueue(link, made)
    words = [Outcome(made.key, "delivered"), Outcome(push("other").key, "delivered")]
    assert await outbox.tell(link, words, NOW) == [False, False]
    assert (await read(link, made.key)).state == "queued"


async def test_a_hook_that_is_quicker_than_the_answer_keeps_its_word(link: Link) -> None:
    made = push()
    await enqueue(link, made)
    await sending(link)
    assert await outbox.tell(link, [Outcome(made.key, "delivered")], NOW) == [True]
    assert await outbox.settle(link, "a", [Outcome(made.key, "accepted", provider_id="p-1", price=7)], NOW) == [True]
    row = await read(link, made.key)
    assert (row.state, row.provider_id, row.price) == ("delivered", "p-1", 7)
    assert await counts(link) == {"log|delivered": 1, "log|price": 7}


async def test_a_fallback_is_added_once_beside_its_request(link: Link) -> None:
    made, instead = push(), push("welcome:ever:instead", step=1, before=push().key)
    await enqueue(link, made)
    await sending(link)
    await outbox.settle(link, "a", [Outcome(made.key, "accepted")], NOW)
    word = Outcome(made.key, "failed", failure="not_reachable", fallback=instead)
    assert await outbox.tell(link, [word], NOW) == [True]
    assert await outbox.tell(link, [word], NOW) == [False]
    row = await read(link, instead.key)
    assert (row.state, row.push, row.day) == ("queued", instead, DAY)
    assert await counts(link) == {"log|failed": 1, "log|failed|not_reachable": 1, "|queued": 1}
    assert [each.key for each in await outbox.history(link, "shop", "m1")] == [instead.key, made.key]
    assert [each.key for each in await claim(link)] == [instead.key]


async def test_accepted_rows_are_looked_up_until_something_is_told(link: Link) -> None:
    made, number = push(), outbox.partition(push().key) or 0
    await enqueue(link, made)
    await sending(link)
    await outbox.settle(link, "a", [Outcome(made.key, "accepted", look=NOW + 60)], NOW)
    assert await outbox.to_look_up(link, number, NOW + 59, 10) == []
    assert [row.key for row in await outbox.to_look_up(link, number, NOW + 60, 10)] == [made.key]
    await outbox.look_again(link, number, [(made.key, NOW + 120)])
    assert await outbox.to_look_up(link, number, NOW + 60, 10) == []
    await outbox.tell(link, [Outcome(made.key, "delivered")], NOW)
    assert await outbox.to_look_up(link, number, NOW + 999, 10) == []


async def test_what_is_parked_is_shown_and_can_be_begun_anew(link: Link) -> None:
    made, number = push(), outbox.partition(push().key) or 0
    await enqueue(link, made)
    await sending(link)
    await outbox.settle(link, "a", [Outcome(made.key, "parked", reason="poison", detail="KeyError")], NOW)
    assert [row.reason for row in await outbox.parked(link, number)] == ["poison"]
    assert await outbox.release(link, [made.key, "nonsense"], NOW) == 1
    assert await outbox.parked(link, number) == []
    [row] = await claim(link)
    assert (row.state, row.attempts, row.claims) == ("queued", 0, 1)
    assert await link.call("TTL", keys.push(number, made.key)) == -1


async def test_a_parked_row_that_is_gone_is_let_go_of(link: Link) -> None:
    made, number = push(), outbox.partition(push().key) or 0
    await enqueue(link, made)
    await sending(link)
    await outbox.settle(link, "a", [Outcome(made.key, "parked")], NOW)
    await link.call("DEL", keys.push(number, made.key))
    assert await outbox.parked(link, number) == []
    assert await link.call("EXISTS", keys.stuck(number)) == 0


async def test_the_first_click_counts(link: Link) -> None:
    made = push()
    await enqueue(link, made)
    assert [await outbox.click(link, key, NOW) for key in (made.key, made.key, "x", push("other").key)] == [
        True, False, False, False,
    ]  # fmt: skip
    assert (await read(link, made.key)).clicked == NOW
    assert await counts(link) == {"|queued": 1, "|clicks": 1}


async def test_a_recipients_history_is_bounded_and_names_nobody(link: Link) -> None:
    made = [push(f"c{number}", "", to="01012345678") for number in range(HISTORY + 5)]
    for each in made:
        await enqueue(link, each)
    recipient = outbox.recipient_of("", "", "01012345678")
    found = [row.key for row in await outbox.history(link, "shop", recipient)]
    assert found == [each.key for each in reversed(made)][:HISTORY]
    assert [row.key for row in await outbox.history(link, "shop", recipient, 2)] == found[:2]
    names = [name.decode() for name in await link.call("KEYS", "*")]
    assert not any("01012345678" in name for name in names)
    await outbox.forget_history(link, "shop", recipient)
    assert await outbox.history(link, "shop", recipient) == []


async def test_forgotten_rows_are_gone_from_everywhere(link: Link) -> None:
    made = [push(profile=f"m{number}") for number in range(3)]
    await enqueue(link, *made)
    await outbox.forget(link, [each.key for each in made[:2]] + ["nonsense"])
    assert [key async for key in outbox.every(link)] == [made[2].key]
    assert await counts(link) == {"|queued": 1}
    assert [row.key for row in await claim(link)] == [made[2].key]


async def test_an_address_gets_what_a_cause_says_once(link: Link) -> None:
    wanted = [Reach("c", f"010{number % 3}", f"key-{number}") for number in range(6)]
    assert await recipients.claim(link, "shop", wanted) == [True] * 3 + [False] * 3
    assert await recipients.claim(link, "shop", wanted) == [True] * 3 + [False] * 3, "asked again it is the same"
    assert await recipients.claim(link, "shop", [Reach("other", "0100", "key-9")]) == [True]
    assert await recipients.claim(link, "other", [Reach("c", "0100", "key-9")]) == [True]


async def test_a_request_is_found_by_what_its_provider_calls_it(link: Link) -> None:
    await recipients.name_provider(link, "shop", "text", [("p-1", "key-1"), ("p-2", "key-2")])
    assert await recipients.by_provider(link, "shop", "text", "p-2") == "key-2"
    assert await recipients.by_provider(link, "shop", "other", "p-2") is None


async def test_at_random_the_counts_are_the_states_of_the_rows(link: Link) -> None:
    chance = random.Random(5)
    made = [push(profile=f"m{number}") for number in range(40)]
    await enqueue(link, *made)
    now, ends = NOW, ["queued", "held", "sending", "accepted", "delivered", "failed", "refused", "unknown", "parked"]
    for step in range(30):
        now += chance.uniform(0, 20)
        rows = await claim(link, now, str(step), chance.choice([1.0, 15.0]))
        picked = chance.sample(rows, len(rows) // 2)
        await outbox.mark_sending(link, [(row.key, "") for row in picked], "log", "", now, 15.0, str(step))
        made_of: Any = [Outcome(row.key, chance.choice(ends), now + 5, price=3) for row in picked]  # type: ignore[arg-type]
        await outbox.settle(link, chance.choice([str(step), "stale"]), made_of, now)
        told: Any = chance.choice(["accepted", "delivered", "failed"])
        await outbox.tell(link, [Outcome(each.key, told) for each in chance.sample(made, 5)], now)
        await outbox.release(link, [each.key for each in chance.sample(made, 5)], now)
        await check_counts(link, [each.key for each in made])


async def check_counts(link: Link, wanted: list[str]) -> None:
    rows = [row for row in await outbox.read_many(link, wanted) if row]
    under_way: dict[State, str] = {"claimed": "queued", "sending": "queued"}
    stand = Counter(f"{row.channel}|{under_way.get(row.state, row.state)}" for row in rows)
    assert await states(link) == dict(stand)
    assert sum(stand.values()) == len(wanted)


@pytest.mark.parametrize("key", ["", "x", "A" * 11, "A" * 13, "A" * 11 + "!", "٠" * 12, "A" * 12 + "\n"])
async def test_a_key_that_cannot_be_finds_nothing(link: Link, key: str) -> None:
    assert await outbox.read(link, key) is None
    assert await outbox.tell(link, [Outcome(key, "delivered")], NOW) == [False]
    with pytest.raises(ValueError, match="is not the key of a push request"):
        await outbox.settle(link, "a", [Outcome(key, "delivered")], NOW)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_a_key_names_the_partition_of_its_recipient(site: str, cause: str, recipient: str) -> None:
    key = outbox.key_of(site, cause, recipient)
    assert outbox.partition(key) == keys.partition(recipient)
    assert key == outbox.key_of(site, cause, recipient) != outbox.key_of(site, cause + "x", recipient)


def test_parts_of_a_cause_do_not_run_into_each_other() -> None:
    assert outbox.key_of("a", "bc", "d") != outbox.key_of("ab", "c", "d")


def test_a_row_has_room_for_another_field_before_its_form_changes() -> None:
    assert 15 < len(Row.__struct_fields__) < 0x10000, "the scripts write the head of an array of 16 bits"
    assert Row.__struct_fields__[-1] == "push"
    assert msgspec.msgpack.encode([None] * len(Row.__struct_fields__))[0] == 0xDC
