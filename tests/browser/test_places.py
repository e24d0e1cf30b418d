"""Where widgets stand: beside each other, the page's header and its focus, and on small screens."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page
from tests.browser.trees import BUTTON, OPEN, SHIFTS, answering, frame, on_track, shown

if TYPE_CHECKING:
    from tests.browser.conftest import Server, Shop


@pytest.fixture
def page(page: Page) -> Page:
    page.add_init_script(f"{OPEN};{SHIFTS}")
    page.emulate_media(reduced_motion="reduce")
    return page


def box_of(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box
    return box


def overlap(one: FloatRect, other: FloatRect) -> bool:
    beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
    above = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
    return not (beside or above)


ROUND: list[Any] = ["button", {"type": "button", "data-dg": "click"}, "Chat"]


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("edge", ["bottom", "top"])
def test_frames_stand_beside_each_other(page: Page, shop: Shop, collector: Server, width: int, edge: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    corner = shown("c1", position=f"{edge}-end")
    floating = shown("c2", slot="float", tree=ROUND, position=f"{edge}-end")
    answering(collector, corner, floating, shown("c3", slot="bar", position=edge))
    page.goto(shop.url)
    for slot in ("corner", "float", "bar"):
        frame(page, slot).wait_for()
    page.wait_for_timeout(200)
    boxes = [box_of(frame(page, slot)) for slot in ("bar", "float", "corner")]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    tops = [box["y"] for box in boxes]
    assert width == 1280 or tops == sorted(tops, reverse=edge == "bottom")  # the bar next to the edge
    assert frame(page, "float").get_by_role("button").count() == 1  # no close button of ours
    assert page.evaluate("shift") == 0


def test_a_button_that_unfolds_does_so_over_its_neighbours(page: Page, shop: Shop, collector: Server) -> None:
    answering(collector, shown("c1"), shown("c2", slot="float", tree=ROUND), shown("c3", slot="bar"))
    page.goto(shop.url)
    layers = []
    for slot in ("bar", "corner", "float"):
        frame(page, slot).wait_for()
        layers.append(frame(page, slot).evaluate("(frame) => Number(getComputedStyle(frame).zIndex)"))
    assert layers == sorted(set(layers))


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("position", ["bottom-end", "bottom-start", "top-end", "top-start"])
def test_a_corner_message_stands_in_its_corner(
    page: Page, shop: Shop, collector: Server, position: str, direction: str
) -> None:
    page.add_init_script(f"addEventListener('DOMContentLoaded', () => document.dir = '{direction}')")
    answering(collector, shown(position=position))
    page.goto(shop.url)
    frame(page).wait_for()
    box = box_of(frame(page))
    at_right = position.endswith("end") == (direction == "ltr")
    assert box["x"] == (1280 - 16 - box["width"] if at_right else 16)
    assert box["y"] == (16 if position.startswith("top") else 800 - 16 - box["height"])


HEADER = "<header style='{}; top: 0; height: 80px; background: #eee'>Shop</header><main style='height: 3000px'></main>"


@pytest.mark.parametrize("header", ["position: sticky", "position: static"])
def test_a_bar_at_the_top_stands_below_the_pages_header(page: Page, shop: Shop, collector: Server, header: str) -> None:
    shop.put("/", body=f"<style>body {{ margin: 0 }}</style>{HEADER.format(header)}")
    answering(collector, shown(slot="bar", position="top"))
    page.goto(shop.url)
    bar = frame(page, "bar")
    bar.wait_for()
    assert box_of(bar)["y"] >= 80
    page.evaluate("scrollTo(0, 1000)")
    page.wait_for_timeout(200)
    assert box_of(bar)["y"] == (96 if "sticky" in header else 16)
    assert page.evaluate("shift") == 0


@pytest.mark.parametrize("slot", ["bar", "corner", "float"])
def test_a_frame_makes_way_for_the_focus_of_the_page(page: Page, shop: Shop, collector: Server, slot: str) -> None:
    below = "<a href=# style='position: fixed; bottom: 40px; right: 40px'>a</a>"
    shop.put("/", body=f"<main><h1>Shop</h1><button id=other>b</button>{below}</main>")
    answering(collector, shown(slot=slot))
    page.goto(shop.url)
    box = frame(page, slot)
    box.wait_for()
    if slot == "bar":
        page.evaluate("document.querySelector('a').style.right = '50%'")
    page.focus("main a")
    assert box.evaluate("(box) => getComputedStyle(box).visibility") == "hidden"
    page.focus("#other")
    assert box.evaluate("(box) => getComputedStyle(box).visibility") == "visible"


LONG: list[Any] = [
    "section",
    {"class": "w"},
    *[["p", {}, "Words that go on and on, as marketers write them."] for _ in range(12)],
    ["a", {"href": "/other", "data-dg": "click", "class": "dg-button"}, "The main button"],
]


@pytest.mark.parametrize(("width", "height"), [(320, 640), (640, 400), (320, 256)], ids=["phone", "200%", "400%"])
@pytest.mark.parametrize("slot", ["dialog", "corner"])
def test_all_of_a_widget_can_be_reached_on_a_small_screen(
    page: Page, shop: Shop, collector: Server, slot: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    answering(collector, shown(slot=slot, tree=LONG, later=["session", "1h", "1d", "7d", "30d", "never"], lang="ko"))
    page.goto(shop.url)
    box = frame(page, slot)
    box.wait_for()
    frame_box = box_of(box)
    assert frame_box["x"] >= 0
    assert frame_box["y"] >= 0
    assert frame_box["x"] + frame_box["width"] <= width
    box.locator("summary").click()
    for name in ("The main button", "다시 보지 않기", "닫기"):
        target = page.get_by_text(name, exact=True).or_(page.get_by_label(name, exact=True))
        target.scroll_into_view_if_needed()
        middle = "(node) => { const {left, top, width, height} = node.getBoundingClientRect();"
        hit = f"{middle} return node.getRootNode().elementFromPoint(left + width / 2, top + height / 2) === node }}"
        assert target.evaluate(hit), name
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_opened_choice_to_see_later_leaves_the_main_button_in_view(
    page: Page, shop: Shop, collector: Server
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    tree = [*LONG[:2], ["div", {"style": "", "class": "x"}], *LONG[2:6], LONG[-1]]
    choices = ["session", "1h", "1d", "7d", "30d", "never"]
    answering(collector, shown(slot="dialog", tree=tree, later=choices, lang="ko"))
    page.goto(shop.url)
    frame(page, "dialog").locator("summary").click()
    page.wait_for_timeout(200)
    button = page.get_by_text("The main button")
    hit = (
        "(node) => { const {left, top, width, height} = node.getBoundingClientRect(); return [0.1, 0.5, 0.9].every("
        "(part) => node.getRootNode().elementFromPoint(left + width / 2, top + height * part) === node) }"
    )
    assert button.evaluate(hit)


def test_what_the_page_throws_away_comes_back_without_another_view(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", body="<main id=app><h1>Shop</h1><div class=place style='min-height: 300px'></div></main>")
    answering(collector, shown("c1", slot="inline", at=".place"), shown("c2", slot="bar"))
    page.goto(shop.url)
    frame(page, "inline").wait_for()
    frame(page, "bar").wait_for()
    collector.wait(lambda: len(collector.events("widget_view")) == 2)
    page.evaluate("app.innerHTML = '<h1>Shop</h1><div class=place style=min-height:300px></div>'")
    frame(page, "inline").wait_for()
    page.evaluate("document.querySelectorAll('body > dangol-widget').forEach((host) => host.remove())")
    frame(page, "bar").wait_for()
    page.wait_for_timeout(1_300)
    assert len(collector.events("widget_view")) == 2
    assert page.locator("dangol-widget").count() == 2
    assert page.evaluate("shift") == 0


def test_a_page_that_keeps_throwing_a_widget_away_is_obeyed(page: Page, shop: Shop, collector: Server) -> None:
    answering(collector, shown())
    page.goto(shop.url)
    frame(page).wait_for()
    page.evaluate(
        "window.removed = 0; new MutationObserver(() => { const host = document.querySelector('dangol-widget');"
        " if (host) { host.remove(); removed++ } }).observe(document.body, {childList: true});"
        "document.querySelector('dangol-widget').remove()"
    )
    page.wait_for_timeout(600)
    assert page.evaluate("removed") <= 6
    assert page.locator("dangol-widget").count() == 0
    assert page.evaluate("surfaced") == []


def gauge(words: str, filled: str = "40") -> list[Any]:
    return ["div", {}, ["p", {}, words], ["progress", {"value": filled, "max": "100"}], BUTTON]


@pytest.mark.parametrize("slot", ["bar", "corner", "dialog", "inline"])
def test_new_content_of_another_height_moves_nothing(page: Page, shop: Shop, collector: Server, slot: str) -> None:
    page.set_viewport_size({"width": 412, "height": 823})
    shop.put("/", body="<main><h1>Shop</h1><div id=place></div><p style='height: 300px'>More</p></main>")
    trees = iter([gauge("12,000 to go"), gauge("Only 3,000 to go " * 8, "80"), gauge("Free!", "100")])

    def reply(body: dict[str, Any]) -> Any:
        named = {event["name"] for event in body["events"]} & {"page_view", "add_to_cart"}
        return 200, {}, {"show": [shown(slot=slot, tree=next(trees), at="#place")]} if named else {}

    collector.reply = reply
    page.goto(shop.url)
    if slot == "inline":
        collector.wait(collector.events)
        page.wait_for_timeout(500)
        page.mouse.click(300, 600)
    frame(page, slot).wait_for()
    for words in ("Only", "Free"):
        page.wait_for_timeout(700)  # what follows an input at once may move
        page.evaluate("dangol('track', 'add_to_cart', {items: []})")
        page.wait_for_timeout(300)
        if slot == "inline":
            page.mouse.click(300, 600)
        page.get_by_text(words).first.wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate("Math.round(shift * 1000)") == 0


def test_an_inline_widget_that_goes_with_its_page_moves_nothing(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", body="<main><h1>Shop</h1><div id=place style='min-height: 1px'></div><p>More</p></main>")
    on_track(collector, "page_view", shown(slot="inline", at="#place"))
    page.goto(shop.url)
    collector.wait(collector.events)
    page.wait_for_timeout(500)
    page.mouse.click(600, 600)
    frame(page, "inline").wait_for()
    page.wait_for_timeout(700)
    collector.reply = lambda body: (200, {}, {})
    page.evaluate("history.pushState(null, '', '/other')")
    page.wait_for_timeout(300)
    assert frame(page, "inline").evaluate("(box) => getComputedStyle(box).visibility") == "hidden"
    page.mouse.click(600, 600)
    frame(page, "inline").wait_for(state="detached")
    page.wait_for_timeout(200)
    assert page.evaluate("shift") == 0


def test_a_theme_dresses_all_widgets_and_the_shops_own_rules_go_before_it(
    page: Page, shop: Shop, collector: Server
) -> None:
    shop.put("/", head="<style>dangol-widget { --dg-ink: rgb(1, 2, 3) }</style>")
    theme = {"--dg-paper": "light-dark(#eee, #111)", "--dg-ink": "red", "--dg-scheme": "dark", "color": "red"}
    answering(collector, shown(), theme=theme)
    page.goto(shop.url)
    frame(page).wait_for()
    look = frame(page).evaluate("(box) => { const s = getComputedStyle(box); return [s.backgroundColor, s.color] }")
    assert look == ["rgb(17, 17, 17)", "rgb(1, 2, 3)"]


@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(33, 29, 26)")])
def test_a_widget_follows_the_pages_colour_scheme(
    page: Page, shop: Shop, collector: Server, scheme: str, paper: str
) -> None:
    shop.put("/", head=f"<style>:root {{ color-scheme: {scheme} }}</style>")
    answering(collector, shown())
    page.goto(shop.url)
    frame(page).wait_for()
    assert frame(page).evaluate("(box) => getComputedStyle(box).backgroundColor") == paper


def test_widgets_are_not_printed(page: Page, shop: Shop, collector: Server) -> None:
    answering(collector, shown())
    page.goto(shop.url)
    frame(page).wait_for()
    page.emulate_media(media="print")
    assert not frame(page).is_visible()
