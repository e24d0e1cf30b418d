"""The recipes in the demo shop, as shoppers meet them: they come when they should, lead on, and don't nag."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.trees import OPEN, campaigns, visited

from dangol.recipes.book import recipe
from dangol.recipes.recipe import filled, given, laid_over

if TYPE_CHECKING:
    from tests.browser.conftest import Demo

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)\
 Version/18.0 Mobile/15E148 Safari/604.1"
CAKESTAND, HEART = "22423", "85123A"  # £12.75 and £2.95

Definitions = dict[str, Any]
Cook = Callable[..., None]


def ask(demo: Demo, body: Definitions | None = None) -> Any:
    """The definitions in force, or the version that these are in force as."""
    data = None if body is None else json.dumps(body).encode()
    address, headers = f"{demo.dangol}/v1/admin/definitions", {"Authorization": f"Bearer {demo.admin}"}
    with urlopen(Request(address, data, headers, method="PUT" if data else "GET"), timeout=5) as answer:
        return json.load(answer)


def put(demo: Demo, definitions: Definitions) -> None:
    version = ask(demo, definitions)["version"]
    while ask(demo)["version"] < version:
        time.sleep(0.05)


@pytest.fixture(scope="module")
def usual(demo: Demo) -> Iterator[Definitions]:
    """What the demo has in force otherwise."""
    definitions = ask(demo)["definitions"]
    yield definitions
    put(demo, definitions)


@pytest.fixture
def cook(demo: Demo, usual: Definitions) -> Cook:
    """Puts one recipe in force, for every shopper, and nothing else: `cook("cart-recovery", "cart=/cart")`."""

    def make(name: str, *settings: str) -> None:
        parts = filled(recipe(name), given(settings), usual["site"]["currency"])
        parts["campaigns"] = [{**each, "holdout": 0} for each in parts["campaigns"]]
        put(demo, laid_over({**usual, "campaigns": [], "segments": []}, parts))

    return make


@pytest.fixture
def page(context: BrowserContext) -> Page:
    context.add_init_script(OPEN)
    return context.new_page()


def message(page: Page, text: str) -> None:
    """A widget that says so comes within ten seconds."""
    expect(page.locator("dangol-widget .dg-body").get_by_text(re.compile(text)).first).to_be_visible(timeout=10_000)


def go_on(page: Page, button: str, to: str) -> None:
    """After it was really seen, a click in the widget leads there."""
    page.wait_for_timeout(1200)
    page.locator("dangol-widget").get_by_role("link", name=button).click()
    page.wait_for_url(re.compile(to))


def is_quiet(page: Page, address: str) -> bool:
    """Whether the page there gets nothing, neither now nor at some later moment."""
    return not campaigns(visited(page, address))


def order(page: Page, shop: str) -> None:
    page.goto(f"{shop}/product/{CAKESTAND}")
    page.get_by_role("button", name="Add to cart").first.click()
    expect(page.get_by_text("In your cart")).to_be_visible()
    page.goto(f"{shop}/checkout")
    filled_in = {"Name": "Byeol", "E-mail": "byeol@example.com", "Address": "1 Teacup Lane", "Postcode": "AB1 2CD"}
    for field, value in filled_in.items():
        page.get_by_label(field).first.fill(value)
    page.get_by_role("button", name="Place order").click()
    page.wait_for_url(re.compile("/done"))


def test_who_looks_around_is_handed_a_code_for_the_first_order(demo: Demo, page: Page, cook: Cook) -> None:
    benefit = "benefit=10% off your first order"
    cook("first-purchase-coupon", "coupon=WELCOME10", benefit, "link=/category/table", "products=2")
    assert is_quiet(page, f"{demo.shop}/product/{HEART}")
    page.goto(f"{demo.shop}/product/{CAKESTAND}")
    message(page, "10% off your first order")
    message(page, "WELCOME10")
    go_on(page, "Go and choose", "/category/table")
    assert is_quiet(page, f"{demo.shop}/product/{HEART}")


def test_who_comes_back_to_a_cart_is_told_that_it_is_still_there(demo: Demo, page: Page, cook: Cook) -> None:
    cook("cart-recovery", "cart=/cart", "hours=0")
    page.goto(f"{demo.shop}/product/{HEART}")
    page.get_by_role("button", name="Add to cart").first.click()
    expect(page.get_by_text("In your cart")).to_be_visible()
    assert is_quiet(page, f"{demo.shop}/cart")
    page.goto(demo.shop)
    message(page, "Your cart is just as you left it|1 in your cart")
    go_on(page, "See the cart", "/cart")
    assert is_quiet(page, f"{demo.shop}/")


def test_who_has_bought_on_a_phone_is_invited_to_the_app(demo: Demo, browser: Browser, cook: Cook) -> None:
    cook("app-install", "link=/category/lights")
    phone = browser.new_context(viewport={"width": 390, "height": 844}, user_agent=IPHONE)
    phone.add_init_script(OPEN)
    page = phone.new_page()
    assert is_quiet(page, f"{demo.shop}/")
    order(page, demo.shop)
    page.goto(demo.shop)
    message(page, "It is easier in our app")
    go_on(page, "Get the app", "/category/lights")
    assert is_quiet(page, f"{demo.shop}/")
    phone.close()


def test_who_has_ordered_is_shown_the_way_to_instagram(demo: Demo, page: Page, cook: Cook) -> None:
    cook("instagram-follow", "link=https://www.instagram.com/ongi", "account=@ongi")
    page.route("https://www.instagram.com/**", lambda route: route.fulfill(body="followed"))
    order(page, demo.shop)
    message(page, "@ongi on Instagram")
    go_on(page, "Follow on Instagram", "instagram.com/ongi")
    assert is_quiet(page, f"{demo.shop}/")


def test_who_takes_a_single_piece_is_offered_the_set(demo: Demo, page: Page, cook: Cook) -> None:
    link = f"link=/product/{CAKESTAND}"
    cook("bundle-upsell", f"products={HEART}", f"bundle={CAKESTAND}", link, "name=the tea set", "saving=5")
    assert is_quiet(page, f"{demo.shop}/product/{HEART}")
    page.get_by_role("button", name="Add to cart").first.click()
    message(page, r"Save £5\.00 with the set")
    go_on(page, "See the set", f"/product/{CAKESTAND}")
    assert is_quiet(page, f"{demo.shop}/")


def test_who_hesitates_over_a_price_is_told_what_makes_it_easier(demo: Demo, page: Page, cook: Cook) -> None:
    offer = "offer=six interest-free instalments"
    cook("price-hurdle-relief", "price=10", offer, "link=/category/kitchen", "seconds=3")
    assert is_quiet(page, f"{demo.shop}/product/{CAKESTAND}")
    page.goto(f"{demo.shop}/product/{CAKESTAND}")
    message(page, "six interest-free instalments")
    go_on(page, "Tell me more", "/category/kitchen")
    assert is_quiet(page, f"{demo.shop}/product/{CAKESTAND}")
