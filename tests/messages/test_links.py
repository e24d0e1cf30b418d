import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Campaign, LinkRules, LoginPage, Site
from dangol.messages.links import PATH, Shortener, is_address, is_genuine, mac, parsed, target_of
from dangol.protocol.tokens import Keys

KEYS = Keys.derive(b"s" * 32, "shop")
SITE = Site("shop", "public-key", "Shop", ["https://shop.example"], login=LoginPage("/login", "next"))
RULES = LinkRules({"utm_source": "kakao", "utm_campaign": "주말"})
KEY = "Abcdefghij-_"
BASE = "https://go.example"
ADDRESSES = st.text(st.sampled_from(string.ascii_letters + "/?#=&%.:"), max_size=40).map(
    "https://shop.example/".__add__
)


def campaign(**link: object) -> Campaign:
    return Campaign("weekend", link=LinkRules(**link))  # type: ignore[arg-type]


def shortener(campaign: Campaign | None = None, base: str = BASE, keys: Keys = KEYS, key: str = KEY) -> Shortener:
    return Shortener(base, keys, SITE, campaign, key)


@given(ADDRESSES)
def test_a_code_names_the_link_and_the_request(address: str) -> None:
    shorten = shortener()
    short = shorten(address)
    code = parsed(short.removeprefix(BASE + PATH))
    assert code is not None
    assert code.key == KEY
    assert shorten.targets[code.link].url == address
    assert is_genuine(KEYS, code, address)
    assert len(short) == len(BASE) + 3 + 28


@given(st.text(max_size=40))
def test_whatever_is_no_code_has_no_parts(code: str) -> None:
    assert parsed(code) is None or len(code) == 28


@given(st.text(st.sampled_from(string.ascii_letters + string.digits + "-_"), min_size=28, max_size=28))
def test_a_guessed_code_is_not_genuine(guess: str) -> None:
    code = parsed(guess)
    assert code is not None
    url = "https://shop.example/"
    assert is_genuine(KEYS, code, url) == (code.mac == mac(KEYS, code.link, code.key, url))


def test_a_code_is_one_site_s_request_s_and_target_s_alone() -> None:
    code = parsed(shortener()("https://shop.example/a").removeprefix(BASE + PATH))
    assert code is not None
    assert not is_genuine(Keys.derive(b"s" * 32, "other"), code, "https://shop.example/a")
    assert not is_genuine(KEYS, code._replace(key="Abcdefghij--"), "https://shop.example/a")
    assert not is_genuine(KEYS, code, "https://shop.example/b")


def test_the_same_target_has_the_same_link_for_everybody() -> None:
    one, other = shortener(), shortener(key="Zbcdefghij-_")
    assert one("https://shop.example/a") != other("https://shop.example/a")
    assert one.targets == other.targets
    assert shortener(keys=Keys.derive(b"t" * 32, "shop")).targets != one.targets


def test_links_get_their_campaign_s_parameters_and_keep_their_own() -> None:
    led = target_of("https://shop.example/p?utm_source=mine&dg_c=x#top", Campaign("weekend", link=RULES), SITE)
    assert led == "https://shop.example/p?utm_source=mine&dg_c=x&utm_campaign=%EC%A3%BC%EB%A7%90#top"


def test_links_to_elsewhere_get_parameters_only_where_the_campaign_wants_it() -> None:
    params = {"utm_source": "sms"}
    assert target_of("https://x.example/", campaign(params=params), SITE) == "https://x.example/"
    assert target_of("https://x.example/", campaign(params=params, everywhere=True), SITE).endswith("?utm_source=sms")


def test_links_lead_through_the_login_page_and_back() -> None:
    led = target_of("https://shop.example/my?a=1", campaign(login=True, params={"utm_source": "sms"}), SITE)
    back = "https%3A%2F%2Fshop.example%2Fmy%3Fa%3D1%26utm_source%3Dsms"
    assert led == f"https://shop.example/login?next={back}"
    assert target_of("https://x.example/", campaign(login=True), SITE) == "https://x.example/"


def test_without_a_public_address_links_are_not_shortened() -> None:
    shorten = shortener(campaign(params={"utm_source": "sms"}), base="")
    assert (shorten("https://shop.example/"), shorten.targets) == ("https://shop.example/?utm_source=sms", {})


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "//evil.example/",
        "https://",
        "https:///path",
        "https://[::1",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.example/ a",
        "https://가게.example/",
        "data:text/html,x",
        "https://shop.example/" + "a" * 2000,
    ],
)
def test_a_browser_is_not_sent_to_what_is_no_plain_address(address: str) -> None:
    assert not is_address(address)
    shorten = shortener()
    assert (shorten(address), shorten.targets) == (address, {})
