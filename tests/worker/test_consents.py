"""What follows from a consent: the notice with the law's three items goes out once, and the shopper counts as told."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from dangol import consents
from dangol.definitions.model import Campaign, ContactPolicy, MessageUse, Sender
from dangol.definitions.templates import TextTemplate
from dangol.errors import Unavailable
from dangol.messages.push import Push
from dangol.messages.unsubscribing import is_genuine, parsed
from dangol.plugin import Channel
from dangol.profile.consents import Act, Told, untold_since
from dangol.profile.model import Environment, Member, Profile
from dangol.protocol import tokens
from dangol.store import addresses, duties, keys, log
from dangol.worker.consents import Consents
from dangol.worker.follow import Logged
from dangol.worker.outcomes import Policy

pytestmark = pytest.mark.anyio
NUMBER = "01012345678"
TEXT = "[#{발신자}] #{일자} #{내용}: #{결과}"
KIM = tokens.member_profile(tokens.Keys.derive(b"s" * 32, "shop"), "kim")
KOREAN = Environment(language="ko-KR")
PARTS: dict[str, Any] = {
    "senders": [Sender("text", "texts")],
    "templates": [TextTemplate("told", TEXT, ad=False), TextTemplate("sale", "Sale")],
    "campaigns": [
        Campaign("told", notice="consent_changed", message=MessageUse("text", template="told", once="event")),
        Campaign("sale", message=MessageUse("text", template="sale", once="event"), holdout=0),
    ],
    "contact": ContactPolicy(company="온기상점", opt_out="0801234567", jurisdiction="other"),
}


@pytest.fixture
def texts(batched: type[Any]) -> Any:
    """A channel that sends texts."""

    class Texts(batched):  # type: ignore[misc]
        name = "texts"
        api = 1
        kinds = ("text",)

    return Texts()


@pytest.fixture
def shop(office: Callable[..., Any], texts: Channel) -> Any:
    """A shop that tells of consents, and has a sale."""
    return office(texts, **PARTS)


async def follow(shop: Any) -> None:
    """What the job makes of the whole log, as if a worker had died before it was acknowledged."""
    job = Consents(shop.link, shop.engine, shop.site)
    for number in range(keys.PARTITIONS):
        for id, payload in await log.between(shop.link, number, "0-0", "+", 1000):
            if entry := log.entry(payload):
                await job(number, [Logged(id, entry)])


async def agree(shop: Any, *what: str, channels: tuple[str, ...] = ("sms",), source: str = "join") -> None:
    now = time.time()
    acts = [Act(each, one, int(now) - 5, NUMBER, source=source) for each in channels for one in what]
    await shop.engine.consent(shop.runtime, KIM, acts, now)


async def kim(shop: Any) -> Profile:
    found: Profile = await shop.engine.look(shop.runtime, KIM)
    return found


async def test_the_result_is_told_once_and_noted(shop: Any, texts: Any) -> None:
    await shop.meet(KIM, Profile(member=Member("kim", phone=NUMBER), environment=KOREAN))
    await agree(shop, "agreed", channels=("sms", "kakao"))
    for _ in range(2):
        await follow(shop)
        await shop.run()
    assert [each.content.text for each in texts.got] == [
        f"[온기상점] {_today()} 문자·카카오톡 광고 수신 동의: 수신 동의 처리 완료"
    ]
    found = await kim(shop)
    for each in found.subscriptions.values():
        assert each.notified_at >= each.agreed_at
        assert untold_since(each) == 0
        assert (each.history[0].what, each.history[0].source) == ("notified", "told")
    await follow(shop)
    assert await duties.untold(shop.link, "shop", 9) == (0, [])


def _today() -> str:
    day = time.gmtime(time.time() + 9 * 3600 - 5)
    return f"{day.tm_year}년 {day.tm_mon}월 {day.tm_mday}일"


@pytest.mark.parametrize(
    ("acts", "told"),
    [
        (("agreed", "withdrawn"), "문자 광고 수신 거부"),
        (("agreed", "night_agreed"), "문자 광고 수신 동의, 문자 야간 광고 수신 동의"),
    ],
)
async def test_each_act_has_its_words(shop: Any, texts: Any, acts: tuple[str, ...], told: str) -> None:
    await shop.meet(KIM, Profile(member=Member("kim", phone=NUMBER), environment=KOREAN))
    now = time.time()
    made = [Act("sms", what, int(now) - 5 + place * (what == "withdrawn"), NUMBER) for place, what in enumerate(acts)]
    await shop.engine.consent(shop.runtime, KIM, made, now)
    await follow(shop)
    await shop.run()
    assert told in texts.got[0].content.text


@pytest.mark.parametrize(("source", "age"), [("import", 0), ("join", 15 * 86_400)])
async def test_nobody_is_told_by_surprise(shop: Any, texts: Any, source: str, age: int) -> None:
    await shop.meet(KIM, Profile(member=Member("kim", phone=NUMBER), environment=KOREAN))
    act = Act("sms", "agreed", int(time.time()) - age, NUMBER, source=source)
    await shop.engine.consent(shop.runtime, KIM, [act], time.time())
    await follow(shop)
    await shop.run()
    assert texts.got == []
    assert (await duties.untold(shop.link, "shop", 9))[0] == (0 if source == "import" else 1)


async def test_a_visitor_is_told_at_the_number_of_the_form(shop: Any, texts: Any) -> None:
    await shop.meet(KIM, Profile())
    await agree(shop, "agreed")
    await follow(shop)
    await shop.run()
    assert [each.to for each in texts.got] == [NUMBER]
    assert untold_since((await kim(shop)).subscriptions["sms"]) == 0


async def test_a_guest_is_told_and_it_is_noted_beside_the_address(shop: Any, texts: Any) -> None:
    now = time.time()
    act = Act("sms", "agreed", int(now), NUMBER, "Texts?", "till")
    for _ in range(2):
        await consents.take(shop.link, shop.engine, shop.runtime, [Told("", act)], now)
    await shop.run()
    assert [each.to for each in texts.got] == [NUMBER]
    known = await addresses.read(shop.link, "shop", tokens.address_mark(shop.runtime.keys, NUMBER))
    assert known.consents["sms"].notified_at


async def test_who_refuses_by_the_free_number_is_told_once(shop: Any, texts: Any) -> None:
    now = time.time()
    args = (shop.link, shop.engine, shop.runtime)
    for seconds in (0, 30):
        await consents.withdraw_by_address(*args, "sms", NUMBER, now + seconds, "080")
    await shop.run()
    assert [(each.to, "Refusal" in each.content.text) for each in texts.got] == [(NUMBER, True)]


async def test_a_member_who_refuses_by_the_free_number_is_told_once(shop: Any, texts: Any) -> None:
    await shop.meet(KIM, Profile(member=Member("kim", phone=NUMBER)))
    await agree(shop, "agreed", source="import")
    await follow(shop)
    args = (shop.link, shop.engine, shop.runtime)
    for seconds in (0, 30):
        await consents.withdraw_by_address(*args, "sms", NUMBER, time.time() + seconds, "080")
        await follow(shop)
    await shop.run()
    assert [(each.to, "Refusal" in each.content.text) for each in texts.got] == [(NUMBER, True)]


async def test_an_entry_of_a_site_that_is_not_loaded_yet_waits(shop: Any) -> None:
    await shop.meet(KIM, Profile(member=Member("kim", phone=NUMBER)))
    await agree(shop, "agreed")
    number = keys.partition(KIM)
    [(id, payload)] = await log.between(shop.link, number, "0-0", "+", 9)
    entry = log.entry(payload)
    assert entry is not None
    with pytest.raises(Unavailable):
        await Consents(shop.link, shop.engine, lambda site: None)(number, [Logged(id, entry)])


async def test_a_member_takes_over_the_address_that_the_visitor_was_found_by(shop: Any) -> None:
    visitor = "v" + "x" * 15
    await shop.meet(KIM, Profile(member=Member("kim")))
    await shop.meet(visitor, Profile())
    now = time.time()
    await shop.engine.consent(shop.runtime, visitor, [Act("sms", "agreed", int(now), NUMBER)], now)
    await shop.engine.join(shop.runtime, visitor, KIM)
    await follow(shop)
    await consents.withdraw_by_address(shop.link, shop.engine, shop.runtime, "sms", NUMBER, now + 1, "080")
    assert (await kim(shop)).subscriptions["sms"].withdrawn_at


@pytest.mark.parametrize(("agreed", "refused", "state"), [(10, 0, "accepted"), (10, 5, "refused"), (0, 0, "refused")])
async def test_an_advertisement_to_a_number_asks_who_has_it(
    shop: Any, texts: Any, pushed: Callable[..., Push], agreed: int, refused: int, state: str
) -> None:
    now = time.time()
    if agreed:
        act = Act("sms", "agreed", int(now) - agreed, NUMBER)
        await consents.take(shop.link, shop.engine, shop.runtime, [Told("", act)], now)
    if refused:
        args = (shop.link, shop.engine, shop.runtime)
        await consents.withdraw_by_address(*args, "sms", NUMBER, now - refused, "080")
    [key] = await shop.enqueue(
        pushed("sale:1", "text", campaign="sale", use=None, member="", to=NUMBER, origin="manual")
    )
    await shop.run()
    assert (await shop.row(key)).state == state
    assert any("Sale" in each.content.text for each in texts.got) is (state == "accepted")


async def test_an_advertisement_says_where_it_is_ended(
    office: Callable[..., Any], texts: Any, pushed: Callable[..., Push]
) -> None:
    quick = Policy(budget=0.2, first=0.01, longest=0.02, public_url="https://links.example")
    shop = office(texts, policy=quick, **PARTS)
    await shop.meet(KIM, Profile(member=Member("kim", phone=NUMBER)))
    await agree(shop, "agreed", source="import")
    told, filled = MessageUse("text", template="told"), dict.fromkeys(("발신자", "일자", "내용", "결과"), "…")
    await shop.enqueue(
        pushed("sale:1", "text", campaign="sale", use=None, profile=KIM),
        pushed("told:1", "text", use=told, profile=KIM, variables=filled),
    )
    await shop.run()
    ends = {each.content.id: each.unsubscribe for each in texts.got}
    code = parsed(ends["sale"].removeprefix("https://links.example/u/"))
    assert code is not None
    assert (code.channel, code.profile, is_genuine(shop.runtime.keys, code)) == ("sms", KIM, True)
    assert ends["told"] == ""


async def test_what_was_withdrawn_a_moment_before_sending_is_not_sent(
    shop: Any, texts: Any, pushed: Callable[..., Push]
) -> None:
    """The worker's own memory of the profile is older than the withdrawal."""
    await shop.meet(KIM, Profile(member=Member("kim", phone=NUMBER), environment=KOREAN))
    await agree(shop, "agreed")
    look = shop.engine.look
    stale = await kim(shop)

    async def remembered(runtime: Any, profile_id: str) -> Profile:
        return stale if profile_id == KIM else await look(runtime, profile_id)

    await shop.engine.consent(shop.runtime, KIM, [Act("sms", "withdrawn", int(time.time()), NUMBER)], time.time())
    shop.engine.look = remembered
    [key] = await shop.enqueue(pushed("sale:1", "text", campaign="sale", use=None, profile=KIM))
    await shop.run()
    row = await shop.row(key)
    assert (row.state, row.reason) == ("refused", "withdrawn")
    assert texts.got == []
