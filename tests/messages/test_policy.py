"""The contact policy, rule by rule: a table each, and properties that hold whatever is set."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dangol.campaigns.plan import Plan
from dangol.definitions.model import (
    Campaign,
    Cap,
    ContactPolicy,
    Definitions,
    Group,
    Manners,
    MessageUse,
    Night,
    Site,
    WidgetUse,
)
from dangol.definitions.templates import BrandTemplate, EmailTemplate, Template, TextTemplate
from dangol.messages.counting import note
from dangol.messages.policy import Case, Go, Hold, Refuse, Verdict, consents_of, judge
from dangol.messages.reasons import Reason
from dangol.profile.consents import Act, record
from dangol.profile.model import Contact, Device, Member, Profile

SITE = Site("shop", "public-key", "Shop", ["https://shop.example"])
NUMBER, OTHER, MAIL = "01012345678", "01087654321", "kim@mail.example"
DAY = 86_400
ADDRESS = {"sms": NUMBER, "kakao": NUMBER, "push": "", "email": MAIL}
KIND = {"sms": "text", "kakao": "brand", "push": "push", "email": "email"}
PHONE = Device("fcm", "token-1", 1)
BROWSER = Device("webpush", "token-2", 1)


def at(written: str, zone: str = "Asia/Seoul") -> float:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).timestamp()


NOON = at("2026-06-01 12:00")
AGREED = NOON - 30 * DAY


def shopper(*acts: tuple[str, str, float], member: bool = True) -> Profile:
    """A member, the acts of whose consents are (channel, what, at)."""
    profile = Profile(first_seen=1, devices=[PHONE, BROWSER])
    profile.member = Member("kim", phone="010-1234-5678", email=MAIL) if member else None
    for channel, what, time in acts:
        record(profile, Act(channel, what, int(time), ADDRESS[channel], "Texts?", "join"))
    return profile


def case(channel: str = "sms", **given: Any) -> Case:
    """An advertisement at noon to somebody who has agreed, unless it is `given` otherwise."""
    usual: dict[str, Any] = {
        "kind": KIND[channel],
        "ad": True,
        "site": SITE,
        "contact": ContactPolicy(),
        "now": NOON,
        "profile": shopper((channel, "agreed", AGREED)),
        "device_kind": "fcm" if channel == "push" else "",
    }
    return Case(**{**usual, **given})


def said(verdict: Verdict) -> str:
    """A verdict in a word."""
    return "go" if isinstance(verdict, Go) else verdict.reason.code


# what the shopper did                                                       ad by text   notice by text
CONSENTS = [
    ([], "no_consent", "go"),
    ([("sms", "agreed", AGREED)], "go", "go"),
    ([("kakao", "agreed", AGREED)], "no_consent", "go"),
    ([("sms", "agreed", AGREED), ("sms", "withdrawn", AGREED + 1)], "withdrawn", "go"),
    ([("sms", "withdrawn", AGREED)], "withdrawn", "go"),
    ([("sms", "withdrawn", AGREED), ("sms", "agreed", AGREED + 1)], "go", "go"),
    ([("sms", "agreed", NOON - 730 * DAY + 1)], "go", "go"),
    ([("sms", "agreed", NOON - 730 * DAY)], "consent_old", "go"),
    ([("sms", "agreed", NOON - 900 * DAY), ("sms", "reconfirmed", NOON - 100 * DAY)], "go", "go"),
    ([("sms", "agreed", NOON - 900 * DAY), ("sms", "notified", NOON - 100 * DAY)], "consent_old", "go"),
]


@pytest.mark.parametrize(("acts", "ad", "notice"), CONSENTS)
def test_an_advertisement_needs_a_consent_that_holds(acts: list[tuple[str, str, float]], ad: str, notice: str) -> None:
    assert said(judge(case(profile=shopper(*acts)))) == ad
    assert said(judge(case(profile=shopper(*acts), ad=False))) == notice


# kind      says ad  consent of       verdict without any consent
KINDS = [
    ("text", True, "", "no_consent"),
    ("text", False, "", "go"),
    ("alimtalk", True, "", "go"),
    ("alimtalk", False, "", "go"),
    ("brand", False, "", "no_consent"),
    ("brand", True, "", "no_consent"),
    ("push", True, "", "no_consent"),
    ("push", False, "", "go"),
    ("email", True, "", "no_consent"),
    ("email", False, "", "go"),
    ("custom", True, "sms", "no_consent"),
    ("custom", True, "", "no_consent"),
    ("custom", False, "", "go"),
]


@pytest.mark.parametrize(("kind", "ad", "channel", "verdict"), KINDS)
def test_what_counts_as_an_advertisement(kind: str, ad: bool, channel: str, verdict: str) -> None:
    device = "fcm" if kind == "push" else ""
    told = case(kind=kind, ad=ad, consent_channel=channel, profile=shopper(), device_kind=device)
    assert said(judge(told)) == verdict


@pytest.mark.parametrize(("channel", "verdict"), [("sms", "no_consent"), ("email", "go"), ("push", "no_consent")])
def test_in_the_united_states_mail_goes_until_it_is_refused(channel: str, verdict: str) -> None:
    contact = ContactPolicy(jurisdiction="us", timezone="America/New_York")
    now = at("2026-06-01 12:00", "America/New_York")
    assert said(judge(case(channel, profile=shopper(), contact=contact, now=now))) == verdict
    refused = shopper((channel, "withdrawn", AGREED))
    assert said(judge(case(channel, profile=refused, contact=contact, now=now))) == "withdrawn"


# consent given at, refused by the free number at      verdict
REFUSALS = [(100, 0, "go"), (100, 99, "go"), (100, 100, "withdrawn"), (100, 101, "withdrawn"), (0, 50, "withdrawn")]


@pytest.mark.parametrize(("agreed", "refused", "verdict"), REFUSALS)
def test_an_address_that_refused_gets_no_advertisement(agreed: int, refused: int, verdict: str) -> None:
    profile = shopper(("sms", "agreed", AGREED + agreed)) if agreed else None
    refused_at = int(AGREED + refused) if refused else 0
    assert said(judge(case(profile=profile, to=NUMBER, refused_at=refused_at))) == verdict
    assert said(judge(case(profile=profile, to=NUMBER, refused_at=refused_at, ad=False))) == "go"


# ad     the address of the cause    verdict
ADDRESSES = [
    (True, "", Go(NUMBER)),
    (True, "010-1234-5678", Go(NUMBER)),
    (True, "+82 10 1234 5678", Go(NUMBER)),
    (True, OTHER, Refuse(Reason("other_address"))),
    (False, OTHER, Go(OTHER)),
    (False, "", Go(NUMBER)),
    (False, "02-1234-5678", Refuse(Reason("no_address"))),
    (False, "kim@mail.example", Refuse(Reason("no_address"))),
]


@pytest.mark.parametrize(("ad", "to", "verdict"), ADDRESSES)
def test_a_consent_is_for_one_address(ad: bool, to: str, verdict: Verdict) -> None:
    assert judge(case(ad=ad, to=to)) == verdict


def test_a_consent_that_names_no_address_is_for_the_member_s_own() -> None:
    profile = shopper(member=False)
    record(profile, Act("sms", "agreed", int(AGREED)))
    profile.member = Member("kim", phone="010-1234-5678")
    assert judge(case(profile=profile, to=NUMBER)) == Go(NUMBER)
    assert judge(case(profile=profile, to=OTHER)) == Refuse(Reason("other_address"))


@pytest.mark.parametrize(("reconfirm", "days", "verdict"), [(365, 365, "consent_old"), (3650, 731, "consent_old")])
def test_a_site_may_ask_again_sooner_than_the_law_and_never_later(reconfirm: int, days: int, verdict: str) -> None:
    profile = shopper(("sms", "agreed", NOON - days * DAY))
    assert said(judge(case(profile=profile, contact=ContactPolicy(reconfirm=reconfirm)))) == verdict
    assert said(judge(case(profile=profile, contact=ContactPolicy("other", reconfirm=3650)))) == "go"


def test_an_advertisement_goes_where_was_agreed_to_and_a_notice_where_the_member_is() -> None:
    profile = shopper(("sms", "agreed", AGREED))
    assert profile.member is not None
    profile.member.phone = OTHER
    assert judge(case(profile=profile)) == Go(NUMBER)
    assert judge(case(profile=profile, ad=False)) == Go(OTHER)
    assert judge(case(profile=shopper(member=False), ad=False)) == Refuse(Reason("no_address"))


# devices            device kind  address of the consent     verdict
DEVICES = [
    ([PHONE, BROWSER], "fcm", "", Go("", (PHONE,))),
    ([PHONE, BROWSER], "webpush", "", Go("", (BROWSER,))),
    ([PHONE], "webpush", "", Refuse(Reason("no_device"))),
    ([PHONE], "fcm", "token-1", Go("", (PHONE,))),
    ([PHONE], "fcm", "token-9", Refuse(Reason("no_device"))),
    ([PHONE], "fcm", "webpush", Go("", (PHONE,))),
]


@pytest.mark.parametrize(("devices", "kind", "address", "verdict"), DEVICES)
def test_notifications_go_to_the_devices_of_the_channel(
    devices: list[Device], kind: str, address: str, verdict: Verdict
) -> None:
    profile = Profile(first_seen=1, devices=devices)
    record(profile, Act("push", "agreed", int(AGREED), address))
    assert judge(case("push", profile=profile, device_kind=kind)) == verdict


# channel   time     night consent   verdict
NIGHTS = [
    ("sms", "20:29:59", False, "go"),
    ("sms", "20:30", False, "quiet"),
    ("sms", "07:59:59", False, "quiet"),
    ("sms", "08:00", False, "go"),
    ("sms", "23:00", True, "go"),
    ("kakao", "23:00", False, "quiet"),
    ("kakao", "23:00", True, "quiet"),
    ("push", "23:00", False, "quiet"),
    ("push", "23:00", True, "go"),
    ("email", "23:00", False, "go"),
]


@pytest.mark.parametrize(("channel", "time", "consent", "verdict"), NIGHTS)
def test_advertisements_rest_at_night(channel: str, time: str, consent: bool, verdict: str) -> None:
    acts = [(channel, "agreed", AGREED), *([(channel, "night_agreed", AGREED)] if consent else [])]
    told = case(channel, profile=shopper(*acts), now=at(f"2026-06-01 {time}"))
    assert said(judge(told)) == verdict
    assert said(judge(replace(told, ad=False))) == ("go" if channel != "kakao" else verdict)


def test_a_held_message_says_until_when() -> None:
    verdict = judge(case(now=at("2026-06-01 23:00")))
    assert verdict == Hold(at("2026-06-02 08:00"), Reason("quiet", "2026-06-02 08:00"))


def test_a_test_skips_consent_and_caps_but_no_night() -> None:
    manners = Manners(budget=[Cap(1, "lifetime")])
    spent = shopper()
    spent.tallies["budget"] = Contact(messages=9)
    told = case(profile=spent, to=OTHER, test=True, manners=manners)
    assert judge(told) == Go(OTHER)
    assert said(judge(replace(told, now=at("2026-06-01 23:00")))) == "quiet"


# once     messages so far, the last one so many days ago    verdict
ONCE = [
    ("ever", 0, 0, "go"),
    ("ever", 1, 9, "already"),
    ("day", 1, 0, "already"),
    ("day", 1, 1, "go"),
    ("event", 1, 0, "go"),
]


@pytest.mark.parametrize(("once", "messages", "days", "verdict"), ONCE)
def test_nobody_gets_more_of_a_campaign_than_it_says(once: str, messages: int, days: int, verdict: str) -> None:
    profile, campaign = shopper(("sms", "agreed", AGREED)), Campaign("spring", message=MessageUse("sms"))
    if messages:
        today = datetime.fromtimestamp(NOON, ZoneInfo("Asia/Seoul")).toordinal()
        profile.contacts["spring"] = Contact(messages=messages, day=messages, day_number=today - days)
    told = case(profile=profile, campaign=campaign, once=once)
    assert said(judge(told)) == verdict
    assert said(judge(replace(told, counted=True))) == "go"
    assert said(judge(replace(told, origin="notice"))) == "go", "each tells of something else"


SPRING = Campaign("spring", message=MessageUse("sms"), caps=[Cap(2, "7d")], group="news")
GROUPS = {"news": Group("news", caps=[Cap(3, "lifetime")])}
MANNERS = Manners(budget=[Cap(4, "day")])

# in the campaign, in its group, in the budget     verdict
CAPS = [
    (1, 1, 1, "go"),
    (2, 2, 2, "cap"),
    (1, 3, 3, "cap_group"),
    (1, 1, 4, "cap_budget"),
    (0, 0, 3, "go"),
]


@pytest.mark.parametrize(("own", "group", "budget", "verdict"), CAPS)
def test_caps_count_widgets_and_messages(own: int, group: int, budget: int, verdict: str) -> None:
    profile, noon = shopper(("sms", "agreed", AGREED)), NOON - 60
    plan = Plan.build([SPRING, Campaign("two", group="news")], SITE, {}, GROUPS.values(), MANNERS)
    for number in range(own):
        note(profile, plan.by_id["spring"], "spring", f"a{number}", noon, SITE, True, "", ())
    for number in range(group - own):
        note(profile, plan.by_id["two"], "two", f"b{number}", noon, SITE, True, "", ())
    for number in range(budget - group):
        note(profile, None, "", f"c{number}", noon, SITE, True, "", ())
    told = case(profile=profile, campaign=SPRING, groups=GROUPS, manners=MANNERS)
    assert said(judge(told)) == verdict
    assert said(judge(replace(told, ad=False))) == "go"
    if own:
        assert said(judge(replace(told, key="a0"))) == "go", "what was counted for itself does not stand in its way"


# the cap, when this very message was counted     verdict today
OWN = [("day", NOON, "go"), ("day", NOON - DAY, "cap"), ("2d", NOON - DAY, "go"), ("lifetime", NOON - 99 * DAY, "go")]


@pytest.mark.parametrize(("per", "counted_at", "verdict"), OWN)
def test_what_waited_for_days_is_not_excused_for_what_it_counted_then(
    per: str, counted_at: float, verdict: str
) -> None:
    profile, campaign = shopper(("sms", "agreed", AGREED)), replace(SPRING, caps=[Cap(1, per)], group="")
    for moment in {counted_at, NOON} if verdict == "cap" else {counted_at}:
        note(profile, None, "spring", f"{moment}", moment, SITE, True, "", ())
    told = case(profile=profile, campaign=campaign, counted=True, counted_at=counted_at)
    assert said(judge(told)) == verdict


def test_a_campaign_that_is_over_sends_no_more() -> None:
    ended = datetime.fromtimestamp(NOON, ZoneInfo("Asia/Seoul"))
    off, over = Campaign("spring", active=False), Campaign("spring", ends=ended)
    assert judge(case(campaign=off)) == Refuse(Reason("inactive"))
    assert judge(case(campaign=over)) == Refuse(Reason("ended", "2026-06-01 12:00"))
    assert said(judge(case(campaign=over, now=NOON - 1))) == "go"


clock = st.from_regex(r"([01][0-9]|2[0-3]):[0-5][0-9]", fullmatch=True)
night = st.builds(Night, st.lists(st.sampled_from(["sms", "kakao", "push", "email"]), min_size=1), clock, clock)
contacts = st.builds(
    ContactPolicy,
    nights=st.lists(night, max_size=4),
    timezone=st.sampled_from(["", "America/New_York", "UTC"]),
    reconfirm=st.integers(1, 3650),
)
moments = st.integers(int(at("2026-01-01 00:00")), int(at("2027-01-01 00:00")))


@given(contacts, moments, st.sampled_from(["sms", "kakao", "push"]), st.booleans(), st.booleans(), st.booleans())
def test_whatever_is_set_no_advertisement_passes_in_the_laws_night(
    contact: ContactPolicy, now: int, channel: str, consent: bool, test: bool, counted: bool
) -> None:
    acts = [(channel, "agreed", now - 10), *([(channel, "night_agreed", now - 9)] if consent else [])]
    verdict = judge(case(channel, profile=shopper(*acts), contact=contact, now=now, test=test, counted=counted))
    hour = datetime.fromtimestamp(now, ZoneInfo("Asia/Seoul")).hour
    by_night = hour >= 21 or hour < 8
    if by_night and not (consent and channel != "kakao"):
        assert isinstance(verdict, Hold)
        assert verdict.until > now
    if isinstance(verdict, Go):
        assert not by_night or (consent and channel != "kakao")


@given(contacts, moments, st.sampled_from(["sms", "kakao", "push", "email"]))
def test_whatever_is_set_no_advertisement_passes_without_a_consent(
    contact: ContactPolicy, now: int, channel: str
) -> None:
    for profile in (None, shopper(), shopper((channel, "agreed", now - 9), (channel, "withdrawn", now - 8))):
        assert isinstance(judge(case(channel, profile=profile, contact=contact, now=now, to=ADDRESS[channel])), Refuse)


@pytest.mark.parametrize(("jurisdiction", "letter"), [("kr", {"letter": "email"}), ("us", {})])
def test_campaigns_need_the_consent_of_their_advertisement(jurisdiction: Any, letter: dict[str, str]) -> None:
    templates: list[Template] = [
        TextTemplate("sale", "x"),
        TextTemplate("paid", "x", ad=False),
        BrandTemplate("brand", "TEXT", text="x"),
        EmailTemplate("letter", "x", "y"),
    ]
    campaigns = [Campaign(each.id, message=MessageUse("any", template=each.id)) for each in templates]
    campaigns += [
        Campaign("hook", message=MessageUse("webhook", ad=True, consent="push")),
        Campaign("gauge", widget=WidgetUse("cart_gauge")),
        Campaign("gone", message=MessageUse("any", template="gone")),
    ]
    contact = ContactPolicy(jurisdiction)
    found = consents_of(Definitions(SITE, campaigns=campaigns, templates=templates, contact=contact))
    assert found == {"sale": "sms", "brand": "kakao", "hook": "push", **letter}
