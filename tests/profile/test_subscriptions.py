"""Consents: their addresses in one form, what is noted, what a login makes of two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.profile.merge import merge
from dangol.profile.model import Profile, Subscription
from dangol.profile.subscriptions import CHANNELS, joined, normal, subscribe, subscribed


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("010-1234-5678", "01012345678"),
        ("010 1234 5678", "01012345678"),
        ("(010) 1234.5678", "01012345678"),
        ("+82 10-1234-5678", "01012345678"),
        ("+82 010-1234-5678", "01012345678"),
        ("0082 10 1234 5678", "01012345678"),
        ("011-123-4567", "0111234567"),
        ("+44 7911 123456", "+447911123456"),
        ("02-1234-5678", None),
        ("1588-0000", None),
        ("010-1234", None),
        ("٠١٠١٢٣٤٥٦٧٨", None),
        ("+0 123 456 7890", None),
        ("010-1234-5678 ext 3", None),
        ("", None),
        ("0" * 600, None),
    ],
)
def test_a_mobile_number_has_one_form(written: str, kept: str | None) -> None:
    assert normal("sms", written) == normal("kakao", written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Kim.Lee+news@Shop.Example ", "Kim.Lee+news@shop.example"),
        ("kim@mail.co.kr", "kim@mail.co.kr"),
        ("kim@shop", None),
        ("kim@@shop.example", None),
        (".kim@shop.example", None),
        ("k..m@shop.example", None),
        ("kim@-shop.example", None),
        ("김@shop.example", None),
        ("kim@shop.example\nBcc: lee@shop.example", None),
        ("k" * 250 + "@b.co", None),
    ],
)
def test_an_e_mail_address_has_one_form(written: str, kept: str | None) -> None:
    assert normal("email", written) == kept


@given(st.sampled_from(CHANNELS), st.text(max_size=40))
def test_the_normal_form_is_its_own_normal_form(channel: str, written: str) -> None:
    kept = normal(channel, written)
    assert kept is None or normal(channel, kept) == kept


def test_a_consent_holds_until_it_is_withdrawn_and_may_be_given_again() -> None:
    profile = Profile()
    subscribe(profile, "sms", "01012345678", 100.9, "Texts?\u202e", False, "join")
    assert profile.subscriptions["sms"] == Subscription("01012345678", 100, "Texts?", False, "join")
    assert list(subscribed(profile)) == ["sms"]
    profile.subscriptions["sms"].withdrawn_at = 200
    assert list(subscribed(profile)) == []
    subscribe(profile, "sms", "01012345678", 300, "Again?", False, "again")
    assert list(subscribed(profile)) == ["sms"]


@pytest.mark.parametrize(("address", "withdrawn_at", "night"), [("1", 0, True), ("2", 0, False), ("1", 50, False)])
def test_a_consent_for_nights_goes_on_only_for_the_same_address(address: str, withdrawn_at: int, night: bool) -> None:
    profile = Profile(subscriptions={"sms": Subscription("1", 10, "", True, "", withdrawn_at)})
    subscribe(profile, "sms", address, 100, "Texts?", False, "join")
    assert profile.subscriptions["sms"].night is night


def test_at_login_what_was_said_last_holds() -> None:
    given = {"sms": Subscription("1", 100), "email": Subscription("a", 100, withdrawn_at=300)}
    told = {"sms": Subscription("2", 200), "email": Subscription("b", 200), "kakao": Subscription("3", 1)}
    for ours, theirs in ((given, told), (told, given)):
        both = joined(ours, theirs)
        assert (both["sms"].address, both["email"].withdrawn_at, both["kakao"].address) == ("2", 300, "3")
    member = Profile(first_seen=1, subscriptions=dict(given))
    assert merge(member, Profile(first_seen=1, subscriptions=dict(told)), "v1")
    assert member.subscriptions == joined(given, told)
