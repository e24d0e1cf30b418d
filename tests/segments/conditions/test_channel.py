"""Which channel a visit came on."""

import pytest

from dangol.profile.arrival import ADS, CLICK_IDS
from dangol.segments.conditions.channel import (
    BY_MEDIUM,
    CHANNEL_NAMES,
    CHANNELS,
    HOSTS,
    NAMES,
    channel_of,
    engine,
    site_kind,
)

BY_REFERRER = [
    ("", "direct"),
    ("m.search.NAVER.com", "organic_search"),
    ("www.google.co.kr", "organic_search"),
    ("search.daum.net", "organic_search"),
    ("blog.naver.com", "organic_social"),
    ("m.cafe.naver.com", "organic_social"),
    ("band.us", "organic_social"),
    ("l.instagram.com", "organic_social"),
    ("t.co", "organic_social"),
    ("msearch.shopping.naver.com", "organic_shopping"),
    ("m.youtube.com", "organic_video"),
    ("mail.naver.com", "email"),
    ("mail.google.com", "email"),
    ("pf.kakao.com", "messaging"),
    ("notgoogle.com", "referral"),
    ("netflix.com", "referral"),
    ("my.blog.example", "referral"),
]


@pytest.mark.parametrize(("host", "channel"), BY_REFERRER)
def test_a_site_tells_the_channel(host: str, channel: str) -> None:
    assert channel_of("", "", "", "", host) == channel


BY_MARKS = [
    (("naver", "cpc", ""), "paid_search"),
    (("Google", "CPC", "spring-shopping"), "paid_shopping"),
    (("instagram", "paid_social", ""), "paid_social"),
    (("youtube", "cpm", ""), "paid_video"),
    (("kakao", "cpc", ""), "paid_other"),
    (("partner", "banner", ""), "display"),
    (("partner", "cpm", ""), "display"),
    (("kakao", "alimtalk", ""), "messaging"),
    (("kakaotalk", "", ""), "messaging"),
    (("shop", "lms", ""), "messaging"),
    (("naver", "email", ""), "email"),
    (("newsletter", "", "march"), "email"),
    (("facebook", "social", ""), "organic_social"),
    (("instagram", "bio", ""), "organic_social"),
    (("partner", "affiliate", ""), "affiliates"),
    (("podcast", "audio", ""), "audio"),
    (("app", "web_push", ""), "push"),
    (("partner", "video", ""), "organic_video"),
    (("partner", "organic", ""), "organic_search"),
    (("partner", "referral", ""), "referral"),
    (("partner", "", "workshop"), "other"),
    (("partner", "", "web-shop"), "organic_shopping"),
    (("(direct)", "(none)", ""), "direct"),
    (("flyer", "qr", ""), "other"),
]


@pytest.mark.parametrize(("marks", "channel"), BY_MARKS)
def test_a_link_tells_the_channel(marks: tuple[str, str, str], channel: str) -> None:
    assert channel_of(*marks, "", "") == channel


@pytest.mark.parametrize("click", sorted(ADS))
def test_the_click_on_an_ad_is_paid_for_whatever_the_referrer(click: str) -> None:
    channel = channel_of("", "", "", click, "m.search.naver.com")
    assert channel == ("display" if click.endswith("_display") else channel)
    assert channel.startswith("paid_") or channel == "display"


def test_a_link_that_left_facebook_is_paid_for_only_where_it_says_so() -> None:
    assert channel_of("", "", "", "meta", "") == "organic_social"
    assert channel_of("facebook", "paid", "", "meta", "") == "paid_social"


def test_engines_are_told_from_their_mail_and_blogs() -> None:
    assert engine("m.search.naver.com") == "naver"
    assert engine("www.naver.com") == "naver"
    assert engine("blog.naver.com") == engine("mail.google.com") == engine("shopping.naver.com") == ""


def test_what_is_listed_is_listed_once_and_leads_to_a_channel() -> None:
    for table in (HOSTS, NAMES):
        listed = [name for names in table.values() for name in names.split()]
        assert len(listed) == len(set(listed))
    assert set(BY_MEDIUM.values()) <= set(CHANNELS) == set(CHANNEL_NAMES)
    assert all(site_kind(f"www.{part}.com") for parts in HOSTS.values() for part in parts.split())
    assert {"google", "naver", "kakao", "meta"} <= set(CLICK_IDS.values())
