"""What a sent message leaves on the profile: once by its key, in the limits, and in its campaign's comparison."""

from typing import Any

import pytest

from dangol.campaigns.arms import HOLDOUT
from dangol.definitions.model import Definitions
from dangol.engine import Sending
from dangol.house import House
from dangol.messages.counting import API
from dangol.profile.model import Member, Profile
from dangol.protocol import tokens
from dangol.protocol.event import Entry
from dangol.runtime import SiteRuntime
from dangol.store import keys, log

pytestmark = pytest.mark.anyio
NOW = 1_780_000_000.0


@pytest.fixture
def site(define: Any) -> Definitions:
    campaign = {"id": "spring", "message": {"use": "log", "once": "event"}, "group": "news", "holdout": 50}
    made: Definitions = define(campaigns=[campaign], groups=[{"id": "news"}])
    return made


@pytest.fixture
async def shop(new_house: Any, opened: Any, site: Definitions) -> House:
    house: House = await opened(new_house(site))
    return house


async def member(house: House) -> tuple[SiteRuntime, str]:
    """A member whom the shop has told of."""
    runtime = house.by_id["shop"]
    profile_id = tokens.member_profile(runtime.keys, "kim")
    await house.engine.tell("shop", profile_id, lambda member: setattr(member, "name", "Kim"), "kim")
    return runtime, profile_id


async def entries(house: House, profile_id: str) -> list[Entry]:
    found = await log.between(house.link, keys.partition(profile_id), "0-0", "+", 100)
    return [entry for _, payload in found if (entry := log.entry(payload))]


async def counted(house: House, runtime: SiteRuntime, profile_id: str) -> tuple[dict[str, int], dict[str, int]]:
    profile = await house.engine.look(runtime, profile_id)
    return (
        {name: contact.messages for name, contact in profile.contacts.items()},
        {name: contact.messages for name, contact in profile.tallies.items()},
    )


# campaign, advertisement                 contacts            tallies
NOTED = [
    ("spring", True, {"spring": 1}, {"group:news": 1, "budget": 1}),
    ("spring", False, {"spring": 1}, {}),
    ("send:x1", True, {"send:x1": 1}, {"budget": 1}),
    ("", True, {API: 1}, {"budget": 1}),
    ("", False, {API: 1}, {}),
]


@pytest.mark.parametrize(("campaign", "ad", "contacts", "tallies"), NOTED)
async def test_a_message_counts_once_by_its_key(
    shop: House, campaign: str, ad: bool, contacts: dict[str, int], tallies: dict[str, int]
) -> None:
    runtime, profile_id = await member(shop)
    for _ in range(3):
        assert await shop.engine.note_sent(runtime, profile_id, Sending(campaign, "key-1", NOW, ad))
    assert await counted(shop, runtime, profile_id) == (contacts, tallies)
    await shop.engine.note_sent(runtime, profile_id, Sending(campaign, "key-2", NOW, ad))
    assert (await counted(shop, runtime, profile_id))[0] == {name: 2 for name in contacts}


async def test_the_profile_is_asked_as_it_stands_and_may_say_no(shop: House) -> None:
    runtime, profile_id = await member(shop)
    await shop.profiles.read("shop", profile_id)  # what this process remembers gets old

    def change(told: Member) -> None:
        told.name = "Lee"

    other = House(shop.settings, shop.link.url, shop.registry)
    await other.engine.tell("shop", profile_id, change, "kim")
    other.link.close()
    names = []

    def ask(profile: Profile) -> bool:
        names.append(profile.member.name if profile.member else "")
        return names[-1] == "Kim"

    assert not await shop.engine.note_sent(runtime, profile_id, Sending("spring", "key-1", NOW), ask)
    assert names[-1] == "Lee"
    assert await counted(shop, runtime, profile_id) == ({}, {})


async def test_who_is_gone_is_not_made_anew(shop: House) -> None:
    runtime = shop.by_id["shop"]
    assert await shop.engine.note_sent(runtime, "m" + "x" * 15, Sending("spring", "key-1", NOW))
    assert (await shop.profiles.read_now("shop", "m" + "x" * 15)).document == b""


@pytest.mark.parametrize(("arm", "messages"), [("on", 1), (HOLDOUT, 0)])
async def test_with_an_arm_the_shopper_enters_the_comparison(shop: House, arm: str, messages: int) -> None:
    runtime, profile_id = await member(shop)
    for key in ("key-1", "key-2"):
        await shop.engine.note_sent(runtime, profile_id, Sending("spring", key, NOW, arm=arm))
    contact = (await shop.engine.look(runtime, profile_id)).contacts["spring"]
    assert (contact.arm, contact.entered_at, contact.messages) == (arm, int(NOW), 2 * messages)
    credits = [credit for entry in await entries(shop, profile_id) for credit in entry.credits]
    assert [(each.campaign, each.arm, each.entered) for each in credits] == [("spring", arm, 1)]
    assert not any(entry.decided for entry in await entries(shop, profile_id)), "a decision would be sent once more"


async def test_what_is_sent_to_a_visitor_counts_for_the_member_that_the_visitor_became(shop: House) -> None:
    runtime, profile_id = await member(shop)
    await shop.profiles.write(
        "shop", "v" + "x" * 15, await shop.profiles.read("shop", "v" + "x" * 15), Profile(alias=profile_id)
    )
    await shop.engine.note_sent(runtime, "v" + "x" * 15, Sending("spring", "key-1", NOW))
    assert (await counted(shop, runtime, profile_id))[0] == {"spring": 1}


async def test_what_was_judged_counts_at_once_where_nobody_wrote_the_profile_meanwhile(shop: House) -> None:
    runtime, profile_id = await member(shop)
    first, second, gone = await shop.engine.look_many(runtime, [profile_id, profile_id, "m" + "x" * 15])
    one, other = Sending("spring", "key-1", NOW), Sending("spring", "key-2", NOW)
    judged = [(first, one), (second, other), (gone, one)]
    assert await shop.engine.note_judged(runtime, judged) == [True, False, False]
    again = await shop.engine.look_many(runtime, [profile_id])
    assert await shop.engine.note_judged(runtime, [(again[0], one)]) == [False], "it has counted already"
    assert (await counted(shop, runtime, profile_id))[0] == {"spring": 1}
