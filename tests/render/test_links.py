"""The links of a campaign: parameters, and the way through the login page."""

from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dangol.definitions.model import Campaign, LinkRules, LoginPage, Site
from dangol.profile.arrival import UNMARKED, arrival
from dangol.render.links import LONGEST, Rules, address, linked, rules_of, with_params
from dangol.render.nodes import ADDRESS, check

SITE = Site("shop", "abcdefgh", "Shop", ["https://shop.example"], login=LoginPage("/login?x=1", "back"))
TEA = LinkRules({"utm_source": "dangol", "promo": "차 & tea"})


def rules(link: LinkRules, is_logged_in: bool = True) -> Rules:
    found = rules_of(Campaign("tea", link=link), SITE, is_logged_in)
    assert found is not None
    return found


ADDED = "utm_source=dangol&promo=%EC%B0%A8%20%26%20tea&dg_c=tea"


@pytest.mark.parametrize(
    ("href", "led"),
    [
        ("/tea", f"/tea?{ADDED}"),
        ("/tea?a=1#top", f"/tea?a=1&{ADDED}#top"),
        ("/tea?utm_source=own&promo", "/tea?utm_source=own&promo&dg_c=tea"),
        ("https://shop.example/tea", f"https://shop.example/tea?{ADDED}"),
        ("https://SHOP.example", f"https://SHOP.example?{ADDED}"),
        ("http://shop.example/tea", "http://shop.example/tea"),
        ("https://shop.example.evil/tea", "https://shop.example.evil/tea"),
        ("https://instagram.com/shop", "https://instagram.com/shop"),
        ("tel:010-1234-5678", "tel:010-1234-5678"),
        ("mailto:a@shop.example", "mailto:a@shop.example"),
        ("https://[", "https://["),
        ("/" + "a" * LONGEST, "/" + "a" * LONGEST),
    ],
)
def test_parameters_are_added_to_links_within_the_shop(href: str, led: str) -> None:
    assert address(href, rules(TEA)) == led


def test_links_that_lead_elsewhere_get_them_where_that_is_wanted() -> None:
    everywhere = rules(LinkRules({"utm_source": "dangol"}, everywhere=True))
    assert address("https://instagram.com/shop?a#b", everywhere) == "https://instagram.com/shop?a&utm_source=dangol#b"
    assert address("tel:1", everywhere) == "tel:1"


@pytest.mark.parametrize("href", ["/coupons?tab=2#mine", "https://shop.example/coupons"])
def test_who_is_not_logged_in_is_led_through_the_login_page(href: str) -> None:
    led = address(href, rules(LinkRules(login=True), is_logged_in=False))
    parts = urlsplit(led)
    assert (parts.path, parts.fragment) == ("/login", "")
    assert parse_qs(parts.query) == {"x": ["1"], "back": [href]}


def test_the_way_through_the_login_keeps_the_parameters() -> None:
    led = address("/coupons#mine", rules(LinkRules({"promo": "a"}, login=True), is_logged_in=False))
    assert parse_qs(urlsplit(led).query)["back"] == ["/coupons?promo=a&dg_c=tea#mine"]


def test_links_stay_as_they_are_where_nothing_is_asked_for() -> None:
    assert rules_of(Campaign("tea"), SITE, False) is None
    assert rules_of(Campaign("tea", link=LinkRules(login=True)), SITE, True) is None
    assert (
        rules_of(Campaign("tea", link=LinkRules(login=True)), msgspec.structs.replace(SITE, login=None), False) is None
    )


def test_every_link_of_a_tree_is_led_and_nothing_else_changes() -> None:
    html = '<div><a href="/a" data-dg="click">/a</a><img src="/b"><p title="/c"><a href="/d">x</a></p></div>'
    tree = msgspec.json.encode(check(html))
    led = linked(tree, rules(LinkRules({"p": "1"})))
    expected = html.replace('href="/a"', 'href="/a?p=1&dg_c=tea"').replace('href="/d"', 'href="/d?p=1&dg_c=tea"')
    assert led == msgspec.json.encode(check(expected))


def test_a_link_within_the_shop_is_no_arrival() -> None:
    page, marks = arrival(address("/tea?size=M", rules(TEA)))
    assert page == "/tea?size=M&promo=%EC%B0%A8%20%26%20tea"
    assert marks == UNMARKED


paths = st.from_regex(r"/([a-z%?&=#+.]|[가-힣]){0,40}", fullmatch=True).filter(lambda path: ADDRESS.fullmatch(path))
texts = st.text(min_size=1, max_size=20)


@example("/?", {})
@given(paths, st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), texts, max_size=3))
def test_a_link_stays_a_link_and_adding_again_adds_nothing(href: str, params: dict[str, str]) -> None:
    led = with_params(href, tuple(params.items()))
    assert ADDRESS.fullmatch(led)
    assert with_params(led, tuple(params.items())) == led
    assert led.partition("#")[2] == href.partition("#")[2]
    assert led.partition("#")[0].startswith(href.partition("#")[0])
