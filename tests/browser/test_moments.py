"""Moments: each is told once, when it has come, and the server decides then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.trees import OPEN, frame, shown

if TYPE_CHECKING:
    from tests.browser.conftest import Server, Shop

LONG = "<main><h1>Shop</h1><div style='height: 4000px'>Products</div></main>"


@pytest.fixture
def page(page: Page, shop: Shop) -> Page:
    shop.put("/", body=LONG)
    page.add_init_script(OPEN)
    return page


def waiting(collector: Server, *waits: dict[str, Any]) -> None:
    """Page views are answered with these waits, and what is due is shown."""

    def reply(body: dict[str, Any]) -> Any:
        views = any(event["name"] == "page_view" for event in body["events"])
        show = [shown(campaign) for campaign in body.get("due", [])]
        return 200, {}, {"wait": list(waits)} if views else {"show": show} if show else {}

    collector.reply = reply


def due(collector: Server) -> list[list[str]]:
    """The moments told so far, by request."""
    return [body["due"] for body in collector.bodies if "due" in body]


def arrive(page: Page, shop: Shop, collector: Server, path: str = "/") -> None:
    """The page has what it waits for."""
    with page.expect_response("**/moments.js*"):
        page.goto(shop.url + path)
    page.wait_for_timeout(200)


def test_a_delay_ends_in_one_question_and_the_answer_is_shown(page: Page, shop: Shop, collector: Server) -> None:
    waiting(collector, {"campaign": "c1", "delay": 1}, {"campaign": "c2", "delay": 1}, {"campaign": "c3", "delay": 90})
    arrive(page, shop, collector)
    assert due(collector) == []
    frame(page).wait_for()
    page.wait_for_timeout(600)
    assert due(collector) == [["c1", "c2"]]  # together, and once
    assert next(body for body in collector.bodies if "due" in body)["events"] == []


def test_a_share_of_the_page_counts_when_it_was_scrolled(page: Page, shop: Shop, collector: Server) -> None:
    waiting(collector, {"campaign": "half", "scroll": 50}, {"campaign": "all", "scroll": 100})
    arrive(page, shop, collector)
    page.evaluate("scrollTo(0, 1200)")
    page.wait_for_timeout(400)
    assert due(collector) == []
    page.evaluate("scrollTo(0, 2100)")
    collector.wait(lambda: due(collector) == [["half"]])
    page.evaluate("scrollTo(0, 99999)")
    collector.wait(lambda: due(collector) == [["half"], ["all"]])


def test_a_part_of_the_page_that_scrolls_in_its_place_counts(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", body=f"<div id=app style='height: 100vh; overflow: auto'>{LONG}</div>")
    waiting(collector, {"campaign": "half", "scroll": 50})
    arrive(page, shop, collector)
    page.evaluate("app.scrollTo(0, 3000)")
    collector.wait(lambda: due(collector) == [["half"]])


def test_no_input_for_a_while_is_idle(page: Page, shop: Shop, collector: Server) -> None:
    waiting(collector, {"campaign": "c1", "idle": 2})
    arrive(page, shop, collector)
    for step in range(6):
        page.mouse.move(100 + step, 300)
        page.wait_for_timeout(300)
    assert due(collector) == []
    collector.wait(lambda: due(collector) == [["c1"]], seconds=4)


def leave_by_the_top(page: Page, steps: int) -> None:
    """The pointer goes from the middle to the upper edge, and out of the window."""
    page.mouse.move(600, 500)
    for step in range(1, steps + 1):
        page.mouse.move(600, 500 - 500 * step / steps)
        page.wait_for_timeout(20)
    # What Chromium sends when the pointer is on its tabs; its own mouse can't be led there from here.
    leaving = "{bubbles: true, clientX: 600, clientY: -1, relatedTarget: null}"
    page.evaluate(f"document.body.dispatchEvent(new MouseEvent('mouseout', {leaving}))")


def test_a_pointer_that_hurries_out_by_the_top_means_to_leave(page: Page, shop: Shop, collector: Server) -> None:
    waiting(collector, {"campaign": "c1", "exit": True})
    arrive(page, shop, collector)
    leave_by_the_top(page, steps=5)  # nobody leaves who has just come
    page.wait_for_timeout(3_200)
    leave_by_the_top(page, steps=60)  # this one strolls
    page.wait_for_timeout(300)
    assert due(collector) == []
    for _ in range(3):  # one may be slow on a busy machine
        leave_by_the_top(page, steps=4)
    collector.wait(lambda: due(collector) == [["c1"]])
    frame(page).wait_for()


def test_a_link_is_followed_whatever_waits(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", body="<main><h1>Shop</h1><a href='/other'>Other</a></main>")
    waiting(collector, {"campaign": "c1", "exit": True})
    arrive(page, shop, collector)
    page.wait_for_timeout(3_100)
    page.get_by_text("Other").click()
    page.wait_for_url("**/other")
    page.go_back()
    page.wait_for_url(f"{shop.url}/")
    assert due(collector) == []


def test_another_page_forgets_what_the_one_before_waited_for(page: Page, shop: Shop, collector: Server) -> None:
    waiting(collector, {"campaign": "c1", "delay": 1})
    arrive(page, shop, collector)
    collector.reply = lambda body: (200, {}, {})
    page.evaluate("history.pushState(null, '', '/other')")
    page.wait_for_timeout(1_500)
    assert due(collector) == []


def test_a_second_answer_does_not_start_the_clock_again(page: Page, shop: Shop, collector: Server) -> None:
    wait = {"campaign": "c1", "delay": 2}
    waiting(collector, wait)
    arrive(page, shop, collector)
    asked = collector.reply
    collector.reply = lambda body: asked(body) if "due" in body else (200, {}, {"wait": [wait]})
    for _ in range(4):
        page.evaluate("dangol('track', 'looked')")
        page.wait_for_timeout(400)
    collector.wait(lambda: due(collector) == [["c1"]], seconds=1.5)


def swipe(page: Page, start: int, end: int, steps: int, rest: int = 0) -> None:
    """A finger goes from one height of the screen to another, in so many steps; fewer are faster. One that rests for
    so many ms before it lets go throws nothing."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *heights: float) -> None:
        points = [{"x": 200, "y": height} for height in heights]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", start)
    for step in range(1, steps + 1):
        touch("touchMove", start + (end - start) * step / steps)
        page.wait_for_timeout(16)
    page.wait_for_timeout(rest)
    touch("touchEnd")
    session.detach()
    page.wait_for_timeout(400)


def test_a_thumb_that_throws_the_page_up_means_to_leave(browser: Browser, shop: Shop, collector: Server) -> None:
    shop.put("/", body=LONG)
    waiting(collector, {"campaign": "c1", "exit": True})
    with browser.new_context(viewport={"width": 412, "height": 823}, has_touch=True, is_mobile=True) as phone:
        page = phone.new_page()
        arrive(page, shop, collector)
        page.wait_for_timeout(3_100)
        for _ in range(3):
            swipe(page, 750, 50, steps=20)
        swipe(page, 100, 280, steps=20, rest=200)
        page.evaluate("scrollBy(0, -100)")  # a leap of one frame, as after a late one
        page.wait_for_timeout(400)
        assert page.evaluate("scrollY") > 823
        assert due(collector) == []
        for _ in range(3):  # one may be slow on a busy machine
            swipe(page, 100, 700, steps=3)
        collector.wait(lambda: due(collector) == [["c1"]], seconds=3)
