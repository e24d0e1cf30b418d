"""`dangol demo` as a person meets it: the shop, its widgets and its message."""

from __future__ import annotations

import contextlib
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, expect
from tests.browser.trees import OPEN, campaigns, visited

if TYPE_CHECKING:
    from tests.browser.conftest import Demo

GREETING = re.compile("It’s good to see you again|What people love right now")
"""In its two variants."""

TOGETHER = re.compile("Often bought with this|You may like these as well")
"""By either recommender."""


@pytest.fixture
def page(context: BrowserContext) -> Page:
    context.add_init_script(OPEN)
    return context.new_page()


def widget(page: Page, text: str | re.Pattern[str]) -> Any:
    """A text within any of dangol's widgets."""
    return page.locator("dangol-widget").get_by_text(text).first


def opened_with(page: Page, url: str, text: str | re.Pattern[str]) -> None:
    """Open a page until its strip is there: right after the start all that was replayed is being learned, and a strip
    that is over its budget then is left out of a page view, or for half a minute of them."""
    end = time.monotonic() + 60
    page.goto(url)
    while time.monotonic() < end:
        with contextlib.suppress(TimeoutError):
            widget(page, text).wait_for(timeout=3_000)
            break
        page.reload()
    expect(widget(page, text)).to_be_visible()


def has_room(page: Page, place: str) -> bool:
    """Whether the room that the page keeps is enough for the widget in it, which else would not come into view."""
    return bool(page.locator(place).evaluate("e => e.offsetHeight <= parseFloat(getComputedStyle(e).minHeight)"))


def test_it_prints_what_to_open_and_what_to_try(demo: Demo) -> None:
    printed = demo.output.read_text()
    assert demo.shop in printed
    assert "Try this" in printed
    assert "Traceback" not in printed
    assert "ERROR" not in printed


@pytest.mark.parametrize(
    "path", ["/", "/category/lights", "/search?q=heart", "/product/85123A", "/cart", "/checkout", "/signup", "/login"]
)
def test_no_page_is_wider_than_a_small_phone(demo: Demo, page: Page, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{demo.shop}/product/22423")
    page.get_by_role("button", name="Add to cart").first.click()
    expect(page.get_by_text("In your cart")).to_be_visible()
    page.goto(f"{demo.shop}{path}")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_focus_goes_to_the_first_field_that_is_wrong(demo: Demo, page: Page) -> None:
    page.goto(f"{demo.shop}/signup")
    page.get_by_label("Name").fill("Haneul")
    page.get_by_label("E-mail").fill("haneul")
    page.locator("form.entries").evaluate("form => { form.noValidate = true; form.submit() }")
    expect(page.get_by_text("Please check the e-mail address")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_be_focused()


def test_a_product_page_shows_what_was_bought_together(demo: Demo, page: Page) -> None:
    opened_with(page, f"{demo.shop}/product/85123A", TOGETHER)
    expect(page.locator("#dg-together dangol-widget img").first).to_be_visible()
    expect(widget(page, re.compile("people chose this"))).to_be_attached()
    assert has_room(page, "#dg-together")
    assert has_room(page, "#dg-proof")


def test_the_gauge_follows_the_cart_and_the_strip_fills_the_gap(demo: Demo, page: Page) -> None:
    page.goto(f"{demo.shop}/product/85123A")
    page.get_by_role("button", name="Add to cart").first.click()
    expect(widget(page, "£47.05 more and delivery is free")).to_be_visible()
    assert page.locator(".toast").evaluate("toast => toast.offsetHeight") < 120
    page.get_by_role("button", name="Add to cart").first.click()
    expect(widget(page, "£44.10 more and delivery is free")).to_be_visible()
    opened_with(page, f"{demo.shop}/cart", re.compile("£44.10 to free delivery"))
    assert has_room(page, "#dg-fill")


def test_a_changed_campaign_is_looked_at_on_the_shops_own_page(demo: Demo, page: Page) -> None:
    page.goto(f"{demo.shop}/campaigns")
    page.get_by_role("button", name="First order coupon").click()
    field = page.get_by_role("textbox", name="The campaign")
    field.fill(field.input_value().replace("£5 off your first order", "A cup of tea on us"))
    page.get_by_role("button", name="Make a preview link").click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the preview").click()
    expect(widget(opened.value, "A cup of tea on us")).to_be_visible()
    field.fill("id: nothing")
    page.get_by_role("button", name="Make a preview link").click()
    expect(page.locator("#campaign-wrong")).to_contain_text("campaign")
    expect(page.get_by_role("link", name="Open the preview")).to_be_hidden()


def test_a_segments_size_follows_what_is_typed(demo: Demo, page: Page) -> None:
    page.goto(f"{demo.shop}/segments")
    everyone, members = page.locator("[data-size=day]"), page.locator("[data-size=members]")
    page.get_by_role("textbox", name="The segment").fill("include: {logged_in: true}")
    expect(members).to_have_text("780")
    page.get_by_role("textbox", name="The segment").fill("include: {visits: {gte: 1}}")
    expect(members).to_have_text("0")
    expect(everyone).not_to_have_text("0")
    page.get_by_role("textbox", name="The segment").fill("include: {vists: {gte: 1}}")
    expect(page.get_by_text("did you mean 'visits'?")).to_be_visible()


def test_a_shopper_sees_why_a_segment_does_not_hold(demo: Demo, page: Page) -> None:
    with page.expect_response(re.compile("/v1/events")):
        page.goto(f"{demo.shop}/segments?lang=ko")
    page.get_by_role("button", name=re.compile("자주 사는 단골")).click()
    expect(page.get_by_text(re.compile("누적 구매수 5회 이상"))).to_be_visible()


def test_a_popup_that_was_put_off_for_ever_stays_away(demo: Demo, page: Page) -> None:
    page.goto(f"{demo.shop}/category/lights")
    expect(widget(page, "Chosen to be used for years")).to_be_visible(timeout=12_000)
    page.wait_for_timeout(1200)
    page.locator("dangol-widget .dg-later summary").click()
    page.locator("dangol-widget .dg-later button").last.click()
    page.wait_for_timeout(500)
    assert "room-by-room" not in campaigns(visited(page, f"{demo.shop}/category/bags"))


def test_a_returning_visitor_without_an_order_is_greeted(demo: Demo, page: Page) -> None:
    assert "welcome-back" not in campaigns(visited(page, f"{demo.shop}/"))
    page.goto(f"{demo.shop}/?utm_source=newsletter")
    expect(widget(page, GREETING)).to_be_visible()


def sign_up(demo: Demo, page: Page, name: str, phone: str) -> None:
    page.goto(f"{demo.shop}/signup")
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(f"{name}@example.com")
    page.get_by_label("Mobile number").fill(phone)
    page.get_by_label(re.compile("Password")).fill("a long enough password")
    page.get_by_role("main").get_by_role("button").first.click()
    expect(widget(page, f"Hello, {name}")).to_be_visible()


def test_signing_up_greets_by_name_and_sends_a_welcome_to_the_phone(demo: Demo, page: Page) -> None:
    sign_up(demo, page, "Haneul", "010-1234-5678")
    page.goto(demo.phone)
    expect(page.get_by_text("Haneul님, 온기의 단골이 되어 주셔서 고마워요.")).to_be_visible(timeout=15_000)


def test_who_has_no_kakaotalk_gets_a_text_and_the_desk_tells_why(demo: Demo, page: Page) -> None:
    sign_up(demo, page, "Byeol", "010-4444-0000")
    page.goto(f"{demo.shop}/messages")
    latest = page.get_by_role("listitem").filter(has_text="Welcome message → …0000")
    expect(latest.filter(has_text="delivered")).to_be_visible(timeout=20_000)
    expect(latest.filter(has_text="does not use KakaoTalk")).to_be_visible()
    page.goto(demo.phone)
    expect(page.get_by_text("[Ongi] Welcome, Byeol")).to_be_visible()


def test_a_template_is_seen_filled_and_its_faults_are_told_while_it_is_written(demo: Demo, page: Page) -> None:
    page.goto(f"{demo.shop}/messages")
    page.get_by_role("button", name="Left in the cart").click()
    expect(page.locator("#bubble")).to_contain_text("(광고)온기")
    expect(page.locator("#measure")).to_contain_text("/ 2,000 bytes")
    field = page.get_by_role("textbox", name="The template")
    field.fill(field.input_value().replace("what you chose", "what you chose 🎁"))
    expect(page.locator("#template-wrong")).to_contain_text("EUC-KR")


def test_what_is_sold_out_is_gone_from_every_answer_at_once(demo: Demo, page: Page) -> None:
    page.goto(f"{demo.shop}/recommendations")
    name = page.locator("#offered section").first.locator("li a").first.inner_text()
    page.get_by_label(f"State: {name}").first.select_option("sold out")
    expect(page.locator("#changed")).to_contain_text(name)
    expect(page.locator("#offered")).not_to_contain_text(name)
    page.locator("#changed").get_by_label(f"State: {name}").select_option("as usual")
    expect(page.locator("#offered")).to_contain_text(name)  # its place follows what others buy meanwhile


def test_an_order_is_counted_once_by_whoever_reports_it(demo: Demo, page: Page) -> None:
    page.goto(f"{demo.shop}/product/22423")
    page.get_by_role("button", name="Add to cart").first.click()
    page.wait_for_timeout(500)
    page.goto(f"{demo.shop}/checkout")
    filled = {"Name": "Byeol", "E-mail": "byeol@example.com", "Address": "1 Teacup Lane", "Postcode": "AB1 2CD"}
    for field, value in filled.items():
        page.get_by_label(field).first.fill(value)
    page.get_by_role("button", name="Place order").click()
    page.wait_for_url(re.compile("/done"))
    page.wait_for_timeout(800)
    page.reload()
    page.wait_for_timeout(800)
    assert "welcome-back" not in campaigns(visited(page, f"{demo.shop}/?utm_source=again"))  # has an order now


SHIFTS = "window.shifted = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries())\
 shifted += entry.value }).observe({type: 'layout-shift', buffered: true})"


def with_a_cart(demo: Demo, browser: Browser, path: str, width: int) -> Page:
    """A page as somebody sees it who has put something into the cart."""
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.add_init_script(OPEN)
    page.add_init_script(SHIFTS)
    page.goto(f"{demo.shop}/product/22423")
    page.get_by_role("button", name="Add to cart").first.click()
    page.wait_for_timeout(300)
    page.goto(demo.shop + path)
    return page


PATHS = ("/category/lights", "/", "/product/85123A", "/cart", "/signup", "/messages", "/segments", "/recommendations")


@pytest.fixture(scope="module")
def stood(demo: Demo, browser: Browser) -> dict[str, list[Page]]:
    """Pages by their path, on which the widgets have come; the first of them waits seven seconds for its own."""
    begun = time.monotonic()
    pages = {path: [with_a_cart(demo, browser, path, width) for width in (390, 1280)] for path in PATHS}
    pages[PATHS[-1]][-1].wait_for_timeout(max(1500, 7000 - (time.monotonic() - begun) * 1000))
    return pages


@pytest.mark.parametrize("path", PATHS)
def test_pages_with_their_widgets_are_accessible_and_never_shift(stood: dict[str, list[Page]], path: str) -> None:
    for page in stood[path]:
        assert page.evaluate("[document.visibilityState, shifted]") == ["visible", 0]
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        page.close()
