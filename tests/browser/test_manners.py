"""Manners of widgets: one interruption at a time, only for who is looking, only with what was decided lately."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page
from tests.browser.trees import OPEN, SHIFTS, answering, frame, shown

if TYPE_CHECKING:
    from tests.browser.conftest import Server, Shop


@pytest.fixture
def page(page: Page) -> Page:
    page.add_init_script(f"{OPEN};{SHIFTS}")
    return page


def test_a_shopper_is_interrupted_by_one_thing_at_a_time(page: Page, shop: Shop, collector: Server) -> None:
    one = shown("c1", tree=["p", {}, "First"])
    two = shown("c2", slot="dialog", tree=["p", {}, "Second"])
    answering(collector, one, two, shown("c3", slot="bar"), shown("c4", position="top-start", tree=["p", {}, "Third"]))
    page.goto(shop.url)
    for words in ("First", "Second", "Third"):
        page.get_by_text(words).wait_for()
        frame(page, "bar").wait_for()
        assert page.locator("dangol-widget .dg-corner, dangol-widget .dg-dialog").count() == 1
        page.locator(".dg-corner, .dg-dialog").get_by_role("button", name="Close").click()
    assert page.locator("dangol-widget").count() == 1


HIDDEN = (
    "let hidden = true; Object.defineProperty(Document.prototype, 'hidden', {get: () => hidden});"
    "window.look = () => { hidden = false; document.dispatchEvent(new Event('visibilitychange')) }"
)
"""A tab in the background: headless Chromium has none, so the page is told."""


def test_nothing_opens_in_a_tab_that_nobody_looks_at(page: Page, shop: Shop, collector: Server) -> None:
    page.add_init_script(HIDDEN)
    answering(collector, shown("c1", slot="dialog"), shown("c2", slot="bar"))
    page.goto(shop.url)
    page.wait_for_timeout(700)
    assert page.locator("dangol-widget").count() == 0
    page.evaluate("look()")
    frame(page, "dialog").wait_for()
    frame(page, "bar").wait_for()


def late(collector: Server, *widgets: dict[str, Any]) -> None:
    """Page views are answered with these, and what is asked for again with other words."""

    def reply(body: dict[str, Any]) -> Any:
        if "due" in body:
            again = [shown(campaign, tree=["p", {}, f"{campaign} again"]) for campaign in body["due"]]
            return 200, {}, {"show": again}
        views = any(event["name"] == "page_view" for event in body["events"])
        return 200, {}, {"show": list(widgets)} if views else {}

    collector.reply = reply


def test_what_was_decided_long_ago_is_decided_again(page: Page, shop: Shop, collector: Server) -> None:
    page.add_init_script(f"{HIDDEN}; window.ahead = 0; const now = Date.now; Date.now = () => now() + ahead")
    late(collector, shown("c1"), shown("c2", slot="dialog"), shown("c3", slot="bar"))
    with page.expect_response("**/around.js*"):  # asked for once the runtime has taken the answer in
        page.goto(shop.url)
    page.evaluate("ahead = 21_000; look()")
    page.get_by_text(re.compile("c[123] again")).first.wait_for()  # which is made ready first is not said
    assert [sorted(body["due"]) for body in collector.bodies if "due" in body] == [["c1", "c2", "c3"]]
    assert not page.get_by_text("Hello").count()


def test_who_is_next_in_line_is_asked_for_again_when_its_turn_comes_late(
    page: Page, shop: Shop, collector: Server
) -> None:
    page.add_init_script("window.ahead = 0; const now = Date.now; Date.now = () => now() + ahead")
    late(collector, shown("c1"), shown("c2"), shown("c3"))
    page.goto(shop.url)
    frame(page).wait_for()
    page.evaluate("ahead = 21_000")
    page.get_by_role("button", name="Close").click()
    page.get_by_text("c2 again").wait_for()
    assert [body["due"] for body in collector.bodies if "due" in body] == [["c2", "c3"]]


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.mark.parametrize("element", ["img", "video"])
def test_a_widget_comes_with_its_picture(page: Page, shop: Shop, collector: Server, element: str) -> None:
    media = ["img", {"src": "/late.png", "alt": ""}] if element == "img" else ["video", {"poster": "/late.png"}]
    waits: list[Any] = []
    page.route("**/late.png", lambda route: waits.append(route))
    answering(collector, shown(tree=["div", {}, media, ["p", {}, "Hello"]]))
    page.goto(shop.url)
    page.wait_for_timeout(900)
    assert frame(page).count() == 0
    waits[0].fulfill(body=b64decode(PIXEL), content_type="image/png")
    frame(page).wait_for()


def test_a_picture_that_does_not_come_holds_a_widget_up_for_three_seconds(
    page: Page, shop: Shop, collector: Server
) -> None:
    page.route("**/never.png", lambda route: None)
    answering(collector, shown(tree=["div", {}, ["img", {"src": "/never.png", "alt": ""}], ["p", {}, "Hello"]]))
    page.goto(shop.url)
    frame(page).wait_for()
    waited = page.evaluate("performance.now()")
    assert 2_900 < waited < 6_000


def test_a_video_waits_for_the_shopper(page: Page, shop: Shop, collector: Server) -> None:
    video = ["video", {"src": "/film.mp4", "controls": "", "muted": "", "autoplay": "", "preload": "auto"}]
    answering(collector, shown(tree=["div", {}, video]))
    page.goto(shop.url)
    film = page.locator("dangol-widget video")
    film.wait_for()
    assert film.evaluate("(node) => [node.autoplay, node.paused, node.controls]") == [False, True, True]


def test_readers_are_told_once(page: Page, shop: Shop, collector: Server) -> None:
    answering(collector, shown(label="A greeting"))
    page.goto(shop.url)
    status = frame(page).get_by_role("status")
    status.get_by_text("A greeting").wait_for(state="attached")
    page.wait_for_timeout(4_300)
    assert status.inner_text() == ""
    assert frame(page).get_attribute("aria-label") == "A greeting"


def test_the_page_does_not_jump(page: Page, shop: Shop, collector: Server) -> None:
    body = "<main style='height: 4000px'><button id=top>a</button><button style='margin-top: 2000px'>b</button></main>"
    shop.put("/", body=body)
    answering(collector, shown(slot="dialog"))
    page.goto(f"{shop.url}/other")
    page.goto(shop.url)
    page.evaluate("scrollTo(0, 1500)")
    page.focus("main button:last-child", timeout=1000)
    at = page.evaluate("scrollY")
    frame(page, "dialog").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("scrollY") == at
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") == at
    assert page.evaluate("shift") == 0


def test_selecting_text_out_of_a_dialog_does_not_close_it(page: Page, shop: Shop, collector: Server) -> None:
    answering(collector, shown(slot="dialog"))
    page.goto(shop.url)
    page.get_by_text("Free shipping").hover()
    page.mouse.down()
    page.mouse.move(20, 20)
    page.mouse.up()
    page.wait_for_timeout(200)
    assert frame(page, "dialog").count() == 1


def test_the_page_keeps_its_back_button_and_its_cache(page: Page, shop: Shop, collector: Server) -> None:
    answering(collector, shown(slot="dialog"))
    page.goto(f"{shop.url}/other")
    before = page.evaluate("history.length")
    frame(page, "dialog").wait_for()
    assert page.evaluate("history.length") == before
