"""Devices on the profile: the newest first, a bounded number, and gone when their tokens are dead."""

from hypothesis import given
from hypothesis import strategies as st

from dangol.profile.devices import add, drop, joined, take
from dangol.profile.merge import merge
from dangol.profile.model import DEVICES, Device, Profile
from dangol.protocol.device import DeviceTold

TOLD = st.lists(st.builds(Device, st.just("fcm"), st.sampled_from("abcdefghijklmnop"), st.integers(0, 50)), max_size=30)


def test_a_device_is_there_once_and_the_newest_first() -> None:
    profile = Profile()
    for at, token in enumerate("aba"):
        add(profile, Device("fcm", token, at, "shop"))
    assert profile.devices == [Device("fcm", "a", 2, "shop"), Device("fcm", "b", 1, "shop")]


@given(TOLD, TOLD)
def test_two_lists_become_one_that_is_bounded_and_has_each_as_it_was_told_last(
    ours: list[Device], theirs: list[Device]
) -> None:
    both = joined(ours, theirs)
    assert len(both) == min(DEVICES, len({each.token for each in (*ours, *theirs)}))
    assert [each.seen_at for each in both] == sorted((each.seen_at for each in both), reverse=True)
    for each in both:
        assert each.seen_at == max(other.seen_at for other in (*ours, *theirs) if other.token == each.token)


def test_dead_tokens_are_dropped_and_nothing_else() -> None:
    profile = Profile(devices=[Device("fcm", "a", 1), Device("apns", "b", 1)])
    assert drop(profile, ("a", "c"))
    assert not drop(profile, ("a", "c"))
    assert profile.devices == [Device("apns", "b", 1)]


def test_a_login_brings_the_browser_along() -> None:
    member = Profile(first_seen=1, devices=[Device("fcm", "phone", 5)])
    assert merge(member, Profile(first_seen=1, devices=[Device("webpush", "browser", 9)]), "v1")
    assert [each.token for each in member.devices] == ["browser", "phone"]


def test_a_page_tells_of_its_browser_once() -> None:
    profile, told = Profile(), DeviceTold("e1", 9.5, "browser")
    take(profile, [told], {"e1"})
    assert profile.devices == [Device("webpush", "browser", 9)]
    assert profile.subscriptions == {}
    take(profile, [DeviceTold("e2", 10, "browser", gone=True)], {"e2"})
    take(profile, [told], set())  # the event arrives a second time
    assert profile.devices == []


def test_the_consent_that_was_given_with_it_is_noted_in_its_words() -> None:
    profile = Profile()
    take(profile, [DeviceTold("e1", 9, "browser", agreed=True, wording="Offers?", night=True)], {"e1"})
    consent = profile.subscriptions["push"]
    assert (consent.wording, consent.night, consent.agreed_at, consent.source) == ("Offers?", True, 9, "page")


def test_who_is_counted_only_has_no_device() -> None:
    profile = Profile(anonymous=True)
    take(profile, [DeviceTold("e1", 9, "browser", agreed=True, wording="Offers?")], {"e1"})
    assert (profile.devices, profile.subscriptions) == ([], {})
