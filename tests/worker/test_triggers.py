"""From a decision in the log to a row of the outbox."""

import time
from typing import Any

import pytest

from dangol.definitions.model import Campaign, MessageUse, Segment, Variant, WidgetUse
from dangol.errors import Unavailable
from dangol.profile.model import Line, Member, Profile
from dangol.protocol.event import Decided, Entry
from dangol.store import outbox
from dangol.store.link import Link
from dangol.worker.follow import Logged
from dangol.worker.triggers import Triggers, push_of

pytestmark = pytest.mark.anyio

CAMPAIGNS = [
    Campaign("welcome", message=MessageUse("scripted")),
    Campaign("gauge", widget=WidgetUse("cart_gauge")),
    Campaign("later", message=MessageUse("scripted", wait=600), audience=["rich"]),
    Campaign("now", message=MessageUse("scripted"), audience=["rich", "ordering"]),
    Campaign(
        "compared",
        message=MessageUse("scripted", {"text": "own"}),
        variants=[Variant("a"), Variant("b", params={"text": "b"})],
    ),
]
SEGMENTS = [
    Segment("rich", {"cart_total": {"gte": 100}}),
    Segment("ordering", {"order_now": {"is": True}}),
]


def entry(*decided: Decided, profile: str = "m1", at: float = 1_763_778_000.5) -> Logged:
    return Logged("1-0", Entry("shop", profile, "member-1", int(at * 1000), [], list(decided)))


@pytest.fixture
def desk(office: Any, scripted: Any) -> Any:
    """A dispatcher of the shop with these campaigns."""
    return office(scripted(), campaigns=CAMPAIGNS, segments=SEGMENTS)


async def rows(link: Link) -> int:
    return sum([await outbox.waiting(link, number) for number in range(16)])


async def test_a_decided_message_becomes_a_row(desk: Any) -> None:
    decided = Decided("welcome", "message", "once")
    await Triggers(desk.link, desk.site)(0, [entry(decided)])
    made = push_of(entry().entry, decided)
    row = await desk.row(made.key)
    assert (row.state, row.due, row.push) == ("queued", 1_763_778_000.5, made)
    assert (made.origin, made.cause, made.profile, made.member) == ("trigger", "welcome:once", "m1", "member-1")
    assert made.counted, "the decision has counted it towards the limits"
    assert outbox.partition(made.key) == outbox.partition(outbox.key_of("shop", "other", "m1"))


async def test_the_same_cause_makes_one_row_and_another_makes_another(desk: Any) -> None:
    job = Triggers(desk.link, desk.site)
    for key in ("once", "once", "twice"):
        await job(0, [entry(Decided("welcome", "message", key))])
    assert await rows(desk.link) == 2


@pytest.mark.parametrize(
    "decided",
    [
        Decided("welcome", "show", "x"),
        Decided("welcome", "holdout", "x"),
        Decided("gone", "message", "x"),
        Decided("gauge", "message", "x"),
    ],
)
async def test_what_is_no_message_makes_no_row(desk: Any, decided: Decided) -> None:
    await Triggers(desk.link, desk.site)(0, [entry(decided)])
    assert await rows(desk.link) == 0


async def test_a_campaign_that_another_server_knows_first_is_waited_for(desk: Any) -> None:
    with pytest.raises(Unavailable, match="new"):
        await Triggers(desk.link, desk.site)(0, [entry(Decided("new", "message", "x"), at=time.time())])


@pytest.mark.parametrize(("arm", "text"), [("a", "own"), ("b", "b"), ("gone", "own"), ("", "own")])
async def test_a_message_has_the_parameters_of_its_variant(desk: Any, pushed: Any, arm: str, text: str) -> None:
    made = pushed("compared:once", campaign="compared", use=None, arm=arm)
    ways = desk.job.preparing.ways("shop")
    with pytest.raises(Exception, match="text"):  # this channel has no such parameter, which is told by its name
        await ways.of(made, desk.job.preparing.sends)
    forms = ways._routes.of(CAMPAIGNS[4].message, {"text": text})
    assert forms.params == {"text": text}


async def settled(desk: Any, campaign: str, ago: float) -> list[tuple[str, str]]:
    """What becomes of a message to who has something in the cart, and to who has nothing, decided on so long ago."""
    now = time.time()
    await desk.meet("m1", Profile(member=Member("member-1"), cart=[Line("tea", 500, 1, int(now))]))
    await desk.meet("m2", Profile(member=Member("member-2")))
    decided = Decided(campaign, "message", "once")
    logged = [entry(decided, profile=profile, at=now - ago) for profile in ("m1", "m2")]
    await Triggers(desk.link, desk.site)(0, logged)
    await desk.run()
    rows = [await desk.row(push_of(each.entry, decided).key) for each in logged]
    return [(row.state, row.reason) for row in rows]


async def test_a_message_that_waits_goes_later_if_its_audience_still_holds(desk: Any) -> None:
    decided = Decided("later", "message", "other")
    await Triggers(desk.link, desk.site)(0, [entry(decided, at=1_763_778_000.5)])
    assert (await desk.row(push_of(entry().entry, decided).key)).due == 1_763_778_600.5
    assert await settled(desk, "later", 601) == [("accepted", ""), ("refused", "no_match")]


async def test_a_message_that_had_to_wait_goes_to_who_still_matches_whatever_page_was_open(desk: Any) -> None:
    assert await settled(desk, "now", 3600) == [("accepted", ""), ("refused", "no_match")]


async def test_a_message_that_goes_at_once_was_matched_on_the_page(desk: Any) -> None:
    assert await settled(desk, "now", 5) == [("accepted", ""), ("accepted", "")]


def test_two_campaigns_with_the_same_cause_have_different_keys() -> None:
    one, two = (push_of(entry().entry, Decided(name, "message", "ever")) for name in ("a", "b"))
    assert one.key != two.key
