"""A preview in a real browser: the shop's own page, the unsaved campaign, and the overlay that tells why."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect
from tests.browser.trees import OPEN

if TYPE_CHECKING:
    from tests.browser.conftest import Dangol, Shop

STRICT = "style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

SITE: dict[str, Any] = {"id": "shop", "key": "pk_testing", "name": "Shop", "origins": [], "language": "en"}
EAGER = {"id": "eager", "name": {"ko": "자주 오는 고객", "en": "Eager"}, "include": {"visits": {"gte": 3}}}


def popcorn(id: str, title: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "name": title, "widget": {"use": "popcorn", "params": {"title": title}}, "holdout": 0, **fields}


NEW = popcorn(
    "new",
    "Brand new",
    active=False,
    audience=["eager"],
    variants=[{"id": "a", "name": "Calm"}, {"id": "b", "name": "Loud", "params": {"title": "BRAND NEW"}}],
)


Ask = Callable[..., Any]
Link = Callable[..., str]


@pytest.fixture(scope="module")
def ask(dangol: Dangol) -> Ask:
    """The admin API: `ask("PUT", "definitions", {...})`."""
    key = next(word for word in dangol.run("keys", "shop").split() if word.startswith("ak_"))

    def ask(method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{dangol.url}/v1/admin/{path}", data, headers, method=method), timeout=5) as answer:
            return json.load(answer)

    return ask


@pytest.fixture
def link(dangol: Dangol, front: Shop, ask: Ask) -> Link:
    """Puts a shop with one campaign in force, and makes previews of the unsaved one: `link("/other", hours=2)`."""
    front.put("/", headers={"Content-Security-Policy": STRICT})
    site = {**SITE, "origins": [front.url]}
    definitions = {"site": site, "segments": [EAGER], "campaigns": [popcorn("old", "As usual")]}
    if not _has_site(ask):
        dangol.apply(definitions)
    else:
        version = ask("PUT", "definitions", definitions)["version"]
        while ask("GET", "definitions")["version"] != version:
            time.sleep(0.05)

    def make(path: str = "/", **asked: Any) -> str:
        made = ask("POST", "preview", {"campaign": NEW, "url": front.url + path, **asked})
        return str(made["link"])

    return make


def _has_site(ask: Ask) -> bool:
    try:
        return bool(ask("GET", "definitions"))
    except HTTPError:
        return False


@pytest.fixture
def page(context: BrowserContext) -> Page:
    context.add_init_script(OPEN)
    return context.new_page()


def widget(page: Page, text: str) -> Locator:
    return page.locator("dangol-widget").get_by_text(text, exact=True).first


def panel(page: Page) -> Locator:
    return page.locator("dangol-inspector .panel")


def test_the_link_shows_the_unsaved_campaign_and_why_it_would_not_be_shown(page: Page, link: Link) -> None:
    page.goto(link())
    expect(widget(page, "Brand new")).to_be_visible()
    expect(panel(page)).to_contain_text("In reality it would not be shown")
    expect(panel(page)).to_contain_text("The campaign is switched off.")
    expect(panel(page)).to_contain_text("Not counted")
    assert page.evaluate("surfaced") == []


def test_the_token_leaves_the_address_and_is_told_with_no_event(page: Page, link: Link, front: Shop) -> None:
    bodies: list[str] = []
    page.on("request", lambda request: bodies.append(request.post_data or "") if "events" in request.url else None)
    page.goto(link("/?color=red#reviews"))
    expect(widget(page, "Brand new")).to_be_visible()
    assert page.url.rstrip("&?").replace("&#", "#") == f"{front.url}/?color=red#reviews"
    assert sum(body.count('"page_view"') for body in bodies) == 1
    assert [body for body in bodies if "dg_preview" in body] == []


def test_it_lasts_from_page_to_page_until_it_is_ended(page: Page, link: Link, front: Shop) -> None:
    page.goto(link())
    expect(widget(page, "Brand new")).to_be_visible()
    page.goto(f"{front.url}/other")
    expect(widget(page, "Brand new")).to_be_visible()
    panel(page).get_by_role("button", name="End preview").click()
    expect(widget(page, "As usual")).to_be_visible()
    expect(panel(page)).to_have_count(0)
    assert page.evaluate("sessionStorage.length") == 0


def test_nobody_else_sees_it_and_nothing_is_kept(page: Page, link: Link, front: Shop, context: BrowserContext) -> None:
    page.goto(link())
    expect(widget(page, "Brand new")).to_be_visible()
    page.wait_for_timeout(1300)
    page.locator("dangol-widget .dg-close").click()
    page.wait_for_timeout(300)
    assert page.evaluate("localStorage.length") == 0
    assert context.cookies() == []
    other = context.new_page()
    other.goto(front.url)
    expect(widget(other, "As usual")).to_be_visible()
    expect(panel(other)).to_have_count(0)


def test_it_can_be_shown_again_and_in_its_other_form(page: Page, link: Link) -> None:
    page.goto(link())
    expect(widget(page, "Brand new")).to_be_visible()
    page.locator("dangol-widget .dg-close").click()
    expect(widget(page, "Brand new")).to_have_count(0)
    panel(page).get_by_role("button", name="Show again").click()
    expect(widget(page, "Brand new")).to_be_visible()
    panel(page).get_by_role("button", name="Loud").click()
    expect(widget(page, "BRAND NEW")).to_be_visible()
    expect(panel(page).get_by_role("button", name="Loud")).to_have_attribute("aria-pressed", "true")


def test_what_the_page_told_is_listed_as_it_was_read(page: Page, link: Link) -> None:
    page.goto(link())
    expect(panel(page)).to_be_visible()
    item = "{item_id: 'P1', item_name: 'Tea cup', price: 12000, quantity: 2}"
    page.evaluate(f"dangol('track', 'add_to_cart', {{items: [{item}]}})")
    panel(page).get_by_role("tab", name=re.compile("Events")).click()
    told = panel(page).locator(".event").first
    expect(told).to_contain_text("add_to_cart")
    expect(told).to_contain_text("Tea cup")
    expect(told).to_contain_text("₩12,000 × 2")


def test_it_is_worked_by_keyboard_and_takes_no_focus(page: Page, link: Link) -> None:
    page.goto(link())
    expect(panel(page)).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")
    panel(page).get_by_role("tab", name=re.compile("Campaigns")).focus()
    page.keyboard.press("ArrowRight")
    expect(panel(page).get_by_role("tab", name=re.compile("Segments"))).to_be_focused()
    expect(panel(page).get_by_role("tabpanel")).to_contain_text("Eager")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("tabpanel")).to_contain_text("visited 3 times or more")
    page.keyboard.press("Escape")
    expect(panel(page).get_by_role("tablist")).to_be_hidden()
    expect(panel(page).get_by_role("button", name="Unfold")).to_be_focused()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_the_overlay_is_accessible_in_both_schemes_and_widths(page: Page, link: Link, width: int, scheme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page.goto(link("/other", language="ko"))
    if width == 390:
        panel(page).get_by_role("button", name="펼치기").click()
    expect(panel(page)).to_contain_text("실제로는 보이지 않습니다")
    panel(page).get_by_role("tab", name=re.compile("세그먼트")).click()
    panel(page).get_by_text("자주 오는 고객").last.click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(page, context="dangol-inspector")
    assert found.violations_count == 0, found.generate_report()


def test_an_ended_link_shows_the_shop_as_usual_and_says_so(page: Page, link: Link, ask: Ask) -> None:
    address = link()
    ask("DELETE", f"preview/{address.partition('dg_preview=')[2].partition('.')[0]}")
    page.goto(address)
    expect(widget(page, "As usual")).to_be_visible()
    expect(panel(page)).to_contain_text("끝난 미리보기입니다")
    panel(page).get_by_role("button", name="평소대로 보기").click()
    expect(panel(page)).to_have_count(0)


def test_an_ordinary_page_view_asks_for_no_inspector(page: Page, link: Link, front: Shop) -> None:
    link()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    front.put("/plain", body="<h1>Shop</h1>")
    page.goto(f"{front.url}/plain")
    expect(widget(page, "As usual")).to_be_visible()
    assert [url for url in asked if "inspector" in url] == []
