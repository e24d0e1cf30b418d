"""The contact policy as a shop sets it: nothing may make the law's night shorter."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions import document
from dangol.definitions.contact import contact_problems
from dangol.definitions.model import ContactPolicy
from dangol.errors import Invalid
from dangol.messages.nights import LAWS, Window, parsed, windows


def night(start: str, end: str, *channels: str) -> dict[str, Any]:
    return {"channels": list(channels or ("sms",)), "start": start, "end": end}


def told(**contact: Any) -> list[str]:
    return [f"{each.where}: {each.expected}" for each in contact_problems(msgspec.convert(contact, ContactPolicy))]


RIGHT: list[dict[str, Any]] = [
    {},
    {"timezone": "Asia/Seoul"},
    {"nights": [night("20:00", "09:00")]},
    {"reconfirm": 365},
    {"jurisdiction": "other", "reconfirm": 3650},
    {"nights": [night("21:00", "08:00", "sms", "push")]},
    {"nights": [night("20:00", "00:30"), night("00:00", "09:00")]},
    {"nights": [night("22:00", "06:00", "email")]},
    {"jurisdiction": "us", "timezone": "America/Chicago", "nights": [night("20:00", "09:00")]},
    {"jurisdiction": "other", "timezone": "Europe/London", "nights": [night("23:00", "07:00")]},
]


@pytest.mark.parametrize("contact", RIGHT)
def test_a_longer_night_is_taken(contact: dict[str, Any]) -> None:
    assert told(**contact) == []


WRONG = [
    ({"timezone": "Asia/Soul"}, "contact.timezone: a time zone such as Asia/Seoul"),
    ({"timezone": "Europe/London"}, "contact.timezone: left out: by the law of kr nights are those of Asia/Seoul"),
    ({"reconfirm": 731}, "contact.reconfirm: at most 730: the law wants consents confirmed every two years"),
    ({"nights": [night("21:30", "08:00")]}, "contact.nights[0]: for sms a night that has all of 21:00 to 08:00 in it"),
    ({"nights": [night("21:00", "07:00", "push")]}, "contact.nights[0]: for push a night that has all of 21:00"),
    ({"nights": [night("20:00", "09:00"), night("20:00", "06:00", "kakao")]}, "contact.nights[1]: for kakao a night"),
    ({"nights": [night("08:00", "08:00")]}, "contact.nights[0].end: a time of day that is not the night's start"),
    ({"nights": [night("20:00", "10:00"), night("09:00", "21:00")]}, "contact.nights[0]: nights that leave some time"),
    ({"jurisdiction": "us", "nights": [night("22:00", "08:00")]}, "contact.nights[0]: for sms a night that has all of"),
]


@pytest.mark.parametrize(("contact", "problem"), WRONG)
def test_what_would_break_the_law_is_refused(contact: dict[str, Any], problem: str) -> None:
    assert any(each.startswith(problem) for each in told(**contact))


@pytest.mark.parametrize(("contact", "problem"), WRONG[:3])
def test_the_definitions_are_refused_with_it(contact: dict[str, Any], problem: str) -> None:
    site = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://shop.example"]}
    with pytest.raises(Invalid) as refused:
        document.check({"site": site, "contact": contact})
    assert any(f"{each.where}: {each.expected}".startswith(problem) for each in refused.value.problems)


clock = st.from_regex(r"([01][0-9]|2[0-3]):[0-5][0-9]", fullmatch=True)
channels = st.lists(st.sampled_from(["sms", "kakao", "push", "email"]), min_size=1)
contacts = st.fixed_dictionaries(
    {
        "jurisdiction": st.sampled_from(["kr", "us"]),
        "nights": st.lists(st.fixed_dictionaries({"channels": channels, "start": clock, "end": clock}), max_size=3),
    }
)


@given(contacts, st.sampled_from(["sms", "kakao", "push"]), st.integers(0, 1439))
def test_what_is_taken_holds_all_of_the_laws_night(contact: dict[str, Any], channel: str, minute: int) -> None:
    policy = msgspec.convert(contact, ContactPolicy)
    held = any(window.holds(minute * 60) for window in windows("text", channel, policy, False))
    law = LAWS[policy.jurisdiction].window
    assert isinstance(law, Window)
    assert held or not law.holds(minute * 60), "also where it was not taken"
    named = [each for each in policy.nights if channel in each.channels]
    if named and not list(contact_problems(policy)):
        own = [parsed(night.start, night.end) for night in named]
        assert not law.holds(minute * 60) or any(window.holds(minute * 60) for window in own)


def test_an_advertisement_without_a_template_names_the_consent_that_it_needs(define: Any) -> None:
    campaign = {"id": "hook", "message": {"use": "log", "ad": True}}
    with pytest.raises(Invalid, match="the channel whose consent the advertisement needs"):
        define(campaigns=[campaign])
    assert define(campaigns=[{**campaign, "message": {"use": "log", "ad": True, "consent": "sms"}}])
