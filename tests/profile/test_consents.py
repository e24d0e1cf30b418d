"""Consents: what an act changes, in any order and however often it is told, and what a login makes of two."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import msgpack

from dangol.profile.consents import (
    Act,
    changed_at,
    confirmed_at,
    holding,
    joined,
    record,
    subscribe,
    subscribed,
    untold_since,
)
from dangol.profile.merge import merge
from dangol.profile.model import CONSENT_CHANGES, Profile, Subscription

WHATS = ["agreed", "night_agreed", "night_withdrawn", "withdrawn", "reconfirmed", "notified"]


def after(*acts: tuple[str, int]) -> Subscription:
    """The consent to texts after these acts, for one number."""
    profile = Profile()
    for what, at in acts:
        record(profile, Act("sms", what, at, "01012345678", "Texts?", "join"))
    return profile.subscriptions["sms"]


# what happened, in the order in which it is told       holds   night  withdrawn  confirmed  untold
TABLE = [
    ([("agreed", 10)], True, False, 0, 10, 10),
    ([("agreed", 10), ("notified", 12)], True, False, 0, 10, 0),
    ([("agreed", 10), ("notified", 12), ("withdrawn", 20)], False, False, 20, 0, 20),
    ([("withdrawn", 20), ("agreed", 10)], False, False, 20, 0, 20),
    ([("agreed", 10), ("withdrawn", 20), ("withdrawn", 30)], False, False, 30, 0, 20),
    ([("agreed", 30), ("withdrawn", 20)], True, False, 0, 30, 30),
    ([("withdrawn", 10), ("agreed", 10)], False, False, 10, 0, 10),
    ([("agreed", 10), ("withdrawn", 20), ("agreed", 30)], True, False, 0, 30, 30),
    ([("agreed", 10), ("night_agreed", 11)], True, True, 0, 10, 11),
    ([("agreed", 10), ("night_agreed", 11), ("agreed", 20)], True, True, 0, 20, 20),
    ([("agreed", 10), ("night_agreed", 11), ("night_withdrawn", 12)], True, False, 0, 10, 12),
    ([("agreed", 10), ("night_withdrawn", 12), ("night_agreed", 11)], True, True, 0, 10, 11),
    ([("agreed", 10), ("night_agreed", 11), ("withdrawn", 20), ("agreed", 30)], True, False, 0, 30, 30),
    ([("agreed", 10), ("reconfirmed", 99)], True, False, 0, 99, 10),
    ([("agreed", 10), ("withdrawn", 20), ("reconfirmed", 99)], False, False, 20, 0, 20),
    ([("withdrawn", 20), ("night_agreed", 30)], False, False, 20, 0, 20),
]


@pytest.mark.parametrize(("acts", "holds", "night", "withdrawn", "confirmed", "untold"), TABLE)
def test_an_act_has_its_effect(
    acts: list[tuple[str, int]], holds: bool, night: bool, withdrawn: int, confirmed: int, untold: int
) -> None:
    consent = after(*acts)
    told = holding(consent), consent.night, consent.withdrawn_at, confirmed_at(consent), untold_since(consent)
    assert told == (holds, night, withdrawn, confirmed, untold)


@pytest.mark.parametrize("what", ["night_agreed", "night_withdrawn", "reconfirmed", "notified"])
def test_what_changes_a_consent_that_is_not_there_means_nothing(what: str) -> None:
    profile = Profile()
    assert not record(profile, Act("sms", what, 10, "01012345678"))
    assert profile == Profile()


@given(st.lists(st.tuples(st.sampled_from(WHATS), st.integers(1, 9)), max_size=12))
def test_an_act_that_is_told_again_changes_nothing(acts: list[tuple[str, int]]) -> None:
    once, twice = Profile(), Profile()
    for what, at in acts:
        record(once, Act("sms", what, at, "1"))
        record(twice, Act("sms", what, at, "1"))
        assert not record(twice, Act("sms", what, at, "1"))
    assert once == twice


@given(st.lists(st.tuples(st.sampled_from(["agreed", "withdrawn"]), st.integers(1, 99)), min_size=1, max_size=6))
def test_agreements_and_withdrawals_mean_the_same_in_any_order(acts: list[tuple[str, int]]) -> None:
    last = max(at for _, at in acts)
    holds = ("withdrawn", last) not in acts
    for order in itertools.islice(itertools.permutations(acts), 24):
        assert holding(after(*order)) is holds


def test_the_history_has_every_act_newest_first_and_is_bounded() -> None:
    consent = after(("agreed", 10), ("notified", 12), ("withdrawn", 20), ("agreed", 5))
    assert [(each.what, each.at, each.source) for each in consent.history] == [
        ("withdrawn", 20, "join"),
        ("notified", 12, "join"),
        ("agreed", 10, "join"),
        ("agreed", 5, "join"),
    ]
    assert changed_at(consent) == 20
    assert len(after(*(("agreed", at) for at in range(1, 60))).history) == CONSENT_CHANGES


def test_another_address_is_another_consent() -> None:
    profile = Profile()
    record(profile, Act("sms", "agreed", 10, "1"))
    assert not record(profile, Act("sms", "withdrawn", 20, "2"))
    assert record(profile, Act("sms", "agreed", 30, "2"))
    assert (profile.subscriptions["sms"].address, profile.subscriptions["sms"].agreed_at) == ("2", 30)
    assert record(profile, Act("sms", "withdrawn", 40))


def test_a_form_notes_the_words_that_were_agreed_to() -> None:
    profile = Profile()
    subscribe(profile, "sms", "01012345678", 100.9, "Texts?\u202e", True, "join")
    consent = profile.subscriptions["sms"]
    assert (consent.address, consent.agreed_at, consent.wording) == ("01012345678", 100, "Texts?")
    assert (consent.night, consent.source) == (True, "join")
    assert list(subscribed(profile)) == ["sms"]


def test_a_form_that_is_sent_twice_agrees_once() -> None:
    profile = Profile()
    for now, night, new in ((100, False, 1), (105, False, 0), (110, True, 1), (115, True, 0), (90_000, True, 1)):
        made = subscribe(profile, "sms", "01012345678", now, "Texts?", night, "join")
        assert len(made) == new, now
    assert [each.what for each in profile.subscriptions["sms"].history] == ["agreed", "night_agreed", "agreed"]
    assert subscribe(profile, "sms", "01087654321", 90_001, "Texts?", False, "join")


@pytest.mark.parametrize(("address", "withdrawn_at", "night"), [("1", 0, True), ("2", 0, False), ("1", 50, False)])
def test_a_consent_for_nights_goes_on_only_for_the_same_address(address: str, withdrawn_at: int, night: bool) -> None:
    profile = Profile(subscriptions={"sms": Subscription("1", 10, "", True, "", withdrawn_at)})
    subscribe(profile, "sms", address, 100, "Texts?", False, "join")
    assert profile.subscriptions["sms"].night is night


def test_a_consent_of_before_there_was_a_history_is_read() -> None:
    old = msgpack.decode(msgpack.encode(["01012345678", 100, "Texts?", True, "join"]), type=Subscription)
    assert (holding(old), changed_at(old), untold_since(old), old.history) == (True, 100, 100, [])


def test_at_login_what_was_said_last_holds() -> None:
    given = {"sms": Subscription("1", 100), "email": Subscription("a", 100, withdrawn_at=300)}
    told = {"sms": Subscription("2", 200), "email": Subscription("b", 200), "kakao": Subscription("3", 1)}
    for ours, theirs in ((given, told), (told, given)):
        both = joined(ours, theirs)
        assert (both["sms"].address, both["email"].withdrawn_at, both["kakao"].address) == ("2", 300, "3")
    member = Profile(first_seen=1, subscriptions=dict(given))
    assert merge(member, Profile(first_seen=1, subscriptions=dict(told)), "v1")
    assert member.subscriptions == joined(given, told)


acts_lists = st.lists(st.tuples(st.sampled_from(WHATS), st.integers(1, 30)), min_size=1, max_size=8)


@given(acts_lists, acts_lists)
def test_a_login_forgets_no_act_and_no_withdrawal(ours: list[tuple[str, int]], theirs: list[tuple[str, int]]) -> None:
    sides = [after(("agreed", 1), *acts) for acts in (ours, theirs)]
    both = joined({"sms": sides[0]}, {"sms": sides[1]})["sms"]
    assert both.withdrawn_at or not any(
        each.withdrawn_at and each.withdrawn_at >= max(one.agreed_at for one in sides) for each in sides
    )
    kept = {(each.what, each.at) for each in both.history}
    assert kept == {(each.what, each.at) for side in sides for each in side.history}
    assert joined({"sms": both}, {"sms": sides[1]})["sms"] == both
