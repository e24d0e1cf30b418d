"""From a decision in the log to a row of the outbox."""

import time

import pytest

from dangol.definitions.model import Campaign, MessageUse, Variant, WidgetUse
from dangol.errors import Unavailable
from dangol.profile.model import Member, Profile
from dangol.protocol.event import Decided, Entry
from dangol.store import outbox
from dangol.store.link import Link
from dangol.worker.follow import Logged
from dangol.worker.triggers import Triggers, push_request

pytestmark = pytest.mark.anyio

CAMPAIGNS = {
    "welcome": Campaign("welcome", message=MessageUse("webhook", {"url": "https://shop.example/hook"})),
    "gauge": Campaign("gauge", widget=WidgetUse("cart_gauge")),
    "compared": Campaign(
        "compared",
        message=MessageUse("webhook", {"url": "https://shop.example/a", "secret": "s"}),
        variants=[Variant("a"), Variant("b", params={"url": "https://shop.example/b"})],
    ),
}
MEMBER = Member("member-1", name="김단골", phone="01012345678")


def entry(*decided: Decided, profile: str = "m1") -> Logged:
    return Logged("1-0", Entry("shop", profile, "member-1", 1_763_778_000_500, [], list(decided)))


def triggers(link: Link) -> Triggers:
    async def profiles(site: str, profile_id: str) -> Profile | None:
        return {"m1": Profile(member=MEMBER), "v1": Profile()}.get(profile_id)

    return Triggers(link, lambda site, campaign: CAMPAIGNS.get(campaign), profiles)


async def rows(link: Link) -> int:
    return sum([await outbox.waiting(link, number) for number in range(16)])


async def test_a_decided_message_becomes_a_row_with_all_that_the_channel_needs(link: Link) -> None:
    decided = Decided("welcome", "message", "once")
    await triggers(link)(0, [entry(decided)])
    request = push_request(entry().entry, decided, MEMBER)
    row = await outbox.read(link, request.key)
    assert row is not None
    assert (row.state, row.channel, row.params) == ("queued", "webhook", {"url": "https://shop.example/hook"})
    assert row.created == 1_763_778_000.5
    assert row.request == request
    assert request.recipient == {"member": "member-1", "phone": "01012345678"}
    assert request.variables == {"name": "김단골"}


@pytest.mark.parametrize(("arm", "url"), [("a", "a"), ("b", "b"), ("gone", "a"), ("", "a")])
async def test_a_message_has_the_parameters_of_its_variant(link: Link, arm: str, url: str) -> None:
    decided = Decided("compared", "message", "once", arm)
    await triggers(link)(0, [entry(decided)])
    row = await outbox.read(link, push_request(entry().entry, decided, MEMBER).key)
    assert row is not None
    assert row.params == {"url": f"https://shop.example/{url}", "secret": "s"}


async def test_the_same_cause_makes_one_row_and_another_makes_another(link: Link) -> None:
    job = triggers(link)
    for key in ("once", "once", "twice"):
        await job(0, [entry(Decided("welcome", "message", key))])
    assert await rows(link) == 2


@pytest.mark.parametrize(
    ("decided", "profile"),
    [
        (Decided("welcome", "show", "x"), "m1"),
        (Decided("welcome", "holdout", "x"), "m1"),
        (Decided("gone", "message", "x"), "m1"),
        (Decided("gauge", "message", "x"), "m1"),
        (Decided("welcome", "message", "x"), "v1"),
        (Decided("welcome", "message", "x"), "nobody"),
    ],
)
async def test_what_is_no_message_to_a_member_makes_no_row(link: Link, decided: Decided, profile: str) -> None:
    await triggers(link)(0, [entry(decided, profile=profile)])
    assert await rows(link) == 0


async def test_a_campaign_that_another_server_knows_first_is_waited_for(link: Link) -> None:
    fresh = Entry("shop", "m1", "member-1", int(time.time() * 1000), [], [Decided("new", "message", "x")])
    with pytest.raises(Unavailable, match="new"):
        await triggers(link)(0, [Logged("1-0", fresh)])


def test_two_campaigns_with_the_same_cause_have_different_keys() -> None:
    one, two = (push_request(entry().entry, Decided(name, "message", "ever"), MEMBER) for name in ("a", "b"))
    assert one.key != two.key
