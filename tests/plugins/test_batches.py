"""Handing batches over."""

import asyncio
from collections.abc import Sequence

import pytest

from dangol.plugin import PushRequest, Receipt
from dangol_plugins import batches
from dangol_plugins.accounts import Unset
from dangol_plugins.batches import Entry, Part, Unfit, hand_over
from dangol_plugins.http import Lost, Unreached

pytestmark = pytest.mark.anyio

NO = Receipt("failed", "not readable", failure="content")


def request(key: str) -> PushRequest:
    return PushRequest(key, "shop", "c", "m")


def part(request: PushRequest) -> Part:
    """Keys are written as group:name; those of the group x do not fit."""
    group = request.key.split(":")[0]
    if group == "x":
        raise Unfit("no such text")
    return Part(group, {})


class Provider:
    """Refuses calls with a key in `bad`, and raises for a group in `raises`."""

    def __init__(self, *bad: str, raises: dict[str, Exception] | None = None) -> None:
        self.bad, self.raises, self.calls = set(bad), raises or {}, list[list[str]]()

    async def send(self, entries: Sequence[Entry]) -> Sequence[Receipt] | Receipt:
        keys = [entry.request.key for entry in entries]
        self.calls.append(keys)
        if error := self.raises.get(str(entries[0].part.shared)):
            raise error
        return NO if self.bad & set(keys) else [Receipt("accepted", provider_id=key) for key in keys]


async def sent(provider: Provider, *keys: str) -> list[tuple[str, str]]:
    receipts = await hand_over([request(key) for key in keys], part, provider.send)
    return [(each.state, each.provider_id) for each in receipts]


async def test_what_shares_a_call_goes_in_one_and_receipts_keep_their_order() -> None:
    provider = Provider()
    told = await sent(provider, "a:1", "b:1", "a:2", "x:1", "b:2")
    assert told == [("accepted", "a:1"), ("accepted", "b:1"), ("accepted", "a:2"), ("failed", ""), ("accepted", "b:2")]
    assert sorted(provider.calls) == [["a:1", "a:2"], ["b:1", "b:2"]]


async def test_one_bad_message_keeps_no_other_back() -> None:
    keys = [f"a:{number}" for number in range(1000)]
    provider = Provider("a:637")
    told = await sent(provider, *keys)
    assert [key for key, (state, _) in zip(keys, told, strict=True) if state != "accepted"] == ["a:637"]
    assert len(provider.calls) <= 21


async def test_where_all_are_refused_the_calls_end() -> None:
    keys = [f"a:{number}" for number in range(1000)]
    provider = Provider(*keys)
    told = await sent(provider, *keys)
    assert len(provider.calls) <= 2 * batches.MOST_CALLS
    assert {state for state, _ in told} == {"failed", "retry"}


async def test_what_is_not_known_of_one_call_is_known_of_others() -> None:
    provider = Provider(
        raises={"b": Lost("no answer"), "c": Unreached("no connection"), "d": Unset("X_KEY is not set")}
    )
    receipts = await hand_over([request(f"{group}:1") for group in "abcd"], part, provider.send)
    assert [(each.state, each.failure) for each in receipts] == [
        ("accepted", "other"),
        ("unknown", "provider"),
        ("retry", "provider"),
        ("retry", "account"),
    ]


async def test_where_nothing_is_known_of_any_it_raises() -> None:
    with pytest.raises(Lost, match="no answer"):
        await sent(Provider(raises={"a": Lost("no answer")}), "a:1", "a:2")


async def test_what_there_was_no_time_for_was_surely_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 1)
    monkeypatch.setattr(batches, "LATEST", 0.02)

    async def slow(entries: Sequence[Entry]) -> Sequence[Receipt] | Receipt:
        await asyncio.sleep(0.05)
        return [Receipt("accepted") for _ in entries]

    receipts = await hand_over([request("a:1"), request("b:1")], part, slow)
    assert [(each.state, each.failure) for each in receipts] == [("accepted", "other"), ("retry", "too_fast")]


async def test_nothing_to_send_is_nothing_sent() -> None:
    assert await hand_over([], part, Provider().send) == []
