"""Widgets on the page: where they stand, how they behave, what they tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import pytest
from playwright.sync_api import Page
from tests.browser.trees import BUTTON, OPEN, SHIFTS, answering, frame, on_track, reaction, shown

if TYPE_CHECKING:
    from tests.browser.conftest import Server, Shop


@pytest.fixture
def page(page: Page) -> Page:
    page.add_init_script(OPEN)
    return page


def test_the_runtime_is_fetched_only_when_there_is_something_to_show(page: Page, shop: Shop, collector: Server) -> None:
    page.goto(shop.url)
    collector.wait(collector.events)
    page.wait_for_timeout(300)
    assert not [path for _, path, _ in collector.requests if "widgets.js" in path]
    answering(collector, shown())
    page.goto(f"{shop.url}/other")
    frame(page).wait_for()
    assert len([path for _, path, _ in collector.requests if path.startswith("/v1/widgets.js?v=")]) == 1
    assert page.evaluate("modes") == ["closed"]


def test_a_corner_message_is_a_named_region_that_takes_no_focus(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", body="<main><h1>Shop</h1><input id=q autofocus></main>")
    answering(collector, shown(label="A greeting", lang="en"))
    page.goto(shop.url)
    box = frame(page)
    box.wait_for()
    assert page.get_by_role("region", name="A greeting").count() == 1
    assert page.evaluate("document.activeElement.id") == "q"
    assert "fixed" in box.evaluate("(box) => getComputedStyle(box).position")
    page.keyboard.type("abc")
    assert page.input_value("#q") == "abc"
    assert reaction(collector, "widget_view") == {"campaign": "c1", "exposure": "x-c1"}


def test_the_page_around_a_corner_message_can_be_clicked(page: Page, shop: Shop, collector: Server) -> None:
    answering(collector, shown())
    page.goto(shop.url)
    frame(page).wait_for()
    hits = page.evaluate(
        "[[10, 10], [640, 400], [1270, 10], [10, 790]].map(([x, y]) => document.elementFromPoint(x, y).localName)"
    )
    assert "dangol-widget" not in hits


def test_the_close_button_is_large_named_and_closes(page: Page, shop: Shop, collector: Server) -> None:
    page.emulate_media(reduced_motion="reduce")  # places are read at rest
    answering(collector, shown(lang="ko"))
    page.goto(shop.url)
    close = page.get_by_role("button", name="닫기")
    close.wait_for()
    size = close.bounding_box()
    assert size
    assert min(size["width"], size["height"]) >= 44
    close.click()
    assert reaction(collector, "widget_close") == {"campaign": "c1", "exposure": "x-c1"}
    assert page.locator("dangol-widget").count() == 0


@pytest.mark.parametrize(("lang", "opens", "choice"), [("ko", "다음에 볼게요", "7일"), ("en", "Not now", "7 days")])
def test_a_widget_can_be_put_off(page: Page, shop: Shop, collector: Server, lang: str, opens: str, choice: str) -> None:
    answering(collector, shown(later=["session", "7d", "never"], lang=lang))
    page.goto(shop.url)
    page.get_by_text(opens).click()
    page.get_by_role("button", name=choice).click()
    assert reaction(collector, "widget_later") == {"campaign": "c1", "exposure": "x-c1", "choice": "7d"}
    assert not collector.events("widget_close")
    assert page.locator("dangol-widget").count() == 0


def test_a_widget_with_its_own_later_buttons_gets_no_menu(page: Page, shop: Shop, collector: Server) -> None:
    tree = ["div", {}, ["button", {"data-dg": "later", "data-for": "1d"}, "Tomorrow"]]
    answering(collector, shown(slot="dialog", later=["7d"], tree=tree))
    page.goto(shop.url)
    own = page.get_by_role("button", name="Tomorrow")
    own.wait_for()
    assert page.locator(".dg-later").count() == 0
    own.click()
    assert reaction(collector, "widget_later")["choice"] == "1d"


def test_a_dialog_takes_the_focus_escape_closes_it_and_the_focus_returns(
    page: Page, shop: Shop, collector: Server
) -> None:
    shop.put("/", body="<main><h1>Shop</h1><button id=before>x</button><button id=after>y</button></main>")
    on_track(collector, "offer", shown(slot="dialog", label="Offer"))
    page.goto(shop.url)
    page.focus("#before")
    page.evaluate("dangol('track', 'offer')")
    page.get_by_role("dialog", name="Offer").wait_for()
    assert page.get_by_role("dialog", name="Offer").evaluate("(box) => box.matches(':focus')")  # no button looks chosen
    stops = set()
    for _ in range(6):
        page.keyboard.press("Tab")
        stops.add(page.evaluate("document.activeElement.localName + document.activeElement.id"))
    assert "buttonbefore" not in stops
    assert "buttonafter" not in stops
    assert "dangol-widget" in stops
    page.keyboard.press("Escape")
    assert reaction(collector, "widget_close")["campaign"] == "c1"
    assert page.evaluate("document.activeElement.id") == "before"
    page.wait_for_timeout(200)
    assert len(collector.events("widget_close")) == 1


def test_a_dialog_closes_by_its_backdrop_but_not_by_its_content(page: Page, shop: Shop, collector: Server) -> None:
    answering(collector, shown(slot="dialog"))
    page.goto(shop.url)
    page.get_by_text("Free shipping").click()
    assert frame(page, "dialog").count() == 1
    page.mouse.click(20, 20)
    assert reaction(collector, "widget_close")["campaign"] == "c1"


def test_escape_in_a_corner_message_closes_it_and_elsewhere_does_not(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", body="<main><h1>Shop</h1><input id=q></main>")
    answering(collector, shown())
    page.goto(shop.url)
    frame(page).wait_for()
    page.focus("#q")
    page.keyboard.press("Escape")
    assert frame(page).count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert frame(page).count() == 0
    assert page.evaluate("document.activeElement.id") == "q"


def test_a_click_on_a_link_is_told_although_the_page_goes(page: Page, shop: Shop, collector: Server) -> None:
    tree = ["div", {}, ["a", {"href": "/other", "data-dg": "click"}, ["span", {}, "Go"]]]
    answering(collector, shown(tree=tree))
    page.goto(shop.url)
    page.get_by_text("Go").click()
    page.wait_for_url("**/other")
    assert reaction(collector, "widget_click") == {"campaign": "c1", "exposure": "x-c1"}


def test_a_click_tells_the_product_that_its_link_names(page: Page, shop: Shop, collector: Server) -> None:
    names = ["머그컵", "a:b&amp;<i>"]
    links: list[Any] = [
        ["a", {"href": f"#{name}", "data-dg": "click", "data-for": f"popular:{name}"}, name] for name in names
    ]
    answering(collector, shown(tree=["div", {}, *links]))
    page.goto(shop.url)
    for name in names:
        page.get_by_text(name, exact=True).click()
    collector.wait(lambda: len(collector.events("widget_click")) == 2)
    assert [each["data"] for each in collector.events("widget_click")] == [
        {"campaign": "c1", "exposure": "x-c1", "item": f"popular:{name}"} for name in names
    ]


def test_one_at_a_time_in_a_slot_the_next_when_it_is_closed(page: Page, shop: Shop, collector: Server) -> None:
    page.emulate_media(reduced_motion="reduce")  # places are read at rest
    second = shown("c2", tree=["p", {}, "Second"])
    answering(collector, shown("c1"), second, shown("c3", slot="bar"))
    page.goto(shop.url)
    frame(page, "bar").wait_for()
    frame(page).wait_for()
    assert frame(page).count() == 1
    corner, bar = frame(page).bounding_box(), frame(page, "bar").bounding_box()
    assert corner
    assert bar
    assert corner["y"] + corner["height"] < bar["y"]
    frame(page).get_by_role("button", name="Close").click()
    page.get_by_text("Second").wait_for()
    assert frame(page).count() == 1


def test_new_content_replaces_the_old_in_place(page: Page, shop: Shop, collector: Server) -> None:
    def tree(gap: str, value: str) -> list[Any]:
        return ["div", {}, ["p", {}, gap], ["progress", {"value": value, "max": "100"}], BUTTON]

    contents = {"page_view": tree("3,000 to go", "40"), "add_to_cart": tree("Free!", "100")}

    def reply(body: dict[str, Any]) -> Any:
        name = body["events"][0]["name"]
        return 200, {}, {"show": [shown(tree=contents[name])]} if name in contents else {}

    collector.reply = reply
    page.goto(shop.url)
    page.get_by_role("button", name="Yes").focus()
    page.evaluate("document.querySelector('dangol-widget').shadowRoot.querySelector('progress').same = true")
    page.evaluate("dangol('track', 'add_to_cart', {items: []})")
    page.get_by_text("Free!").wait_for()
    progress = page.locator("progress")
    assert progress.get_attribute("value") == "100"
    assert progress.evaluate("(node) => node.same")
    assert page.evaluate("document.querySelector('dangol-widget').shadowRoot.activeElement?.textContent") == "Yes"
    assert page.locator("dangol-widget").count() == 1
    assert collector.events("add_to_cart")
    assert next(body for body in collector.bodies if body["events"][0]["name"] == "add_to_cart")["open"] == ["c1"]


def test_another_path_ends_what_is_shown_and_what_was_to_come(page: Page, shop: Shop, collector: Server) -> None:
    answers = iter([[shown("c1"), shown("c2", slot="dialog")]])
    collector.reply = lambda body: (200, {}, {"show": next(answers, [])})
    page.goto(shop.url)
    frame(page).wait_for()
    page.evaluate("history.replaceState(null, '', '/?sort=price')")
    assert frame(page).count() == 1
    page.evaluate("history.pushState(null, '', '/other')")
    assert frame(page).count() == 0
    page.evaluate("history.pushState(null, '', '/')")
    page.wait_for_timeout(400)
    assert page.locator("dangol-widget").count() == 0
    assert not collector.events("widget_close")


def test_a_view_is_told_after_a_second_in_view_only(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", body="<main><h1>Shop</h1><div style='height:2000px'></div><div id=place></div></main>")
    answering(collector, shown(slot="inline", at="#place"))
    page.goto(shop.url)
    frame(page, "inline").wait_for(state="attached")
    page.wait_for_timeout(1_400)
    assert not collector.events("widget_view")
    page.evaluate("scrollTo(0, 5000)")
    assert reaction(collector, "widget_view")["campaign"] == "c1"
    page.wait_for_timeout(1_200)
    assert len(collector.events("widget_view")) == 1


def test_an_inline_widget_waits_for_its_late_place(page: Page, shop: Shop, collector: Server) -> None:
    answering(collector, shown(slot="inline", at="#late"))
    page.goto(shop.url)
    collector.wait(collector.events)
    page.wait_for_timeout(300)
    late = "Object.assign(document.createElement('div'), {id: 'late', style: 'min-height: 300px'})"
    page.evaluate(f"document.querySelector('main').append({late})")
    frame(page, "inline").wait_for()
    assert page.evaluate("document.querySelector('#late').lastChild.localName") == "dangol-widget"


FILLED = "<p style='height:300px'>Products</p>"


@pytest.mark.parametrize(
    ("place", "act"),
    [
        pytest.param("min-height: 300px", lambda page: None, id="reserved"),
        pytest.param("", lambda page: page.mouse.click(5, 5), id="click"),
    ],
)
def test_nothing_the_shopper_looks_at_is_moved(
    page: Page, shop: Shop, collector: Server, place: str, act: Callable[[Page], None]
) -> None:
    page.add_init_script(SHIFTS)
    shop.put("/", body=f"<main><h1>Shop</h1><div id=place style='{place}'></div>{FILLED}</main>")
    answering(collector, shown("c1", slot="inline", at="#place"), shown("c2"), shown("c3", slot="bar"))
    page.goto(shop.url)
    frame(page, "bar").wait_for()
    page.wait_for_timeout(500)
    assert frame(page, "inline").count() == (1 if place else 0)
    act(page)
    frame(page, "inline").wait_for()
    page.wait_for_timeout(500)
    assert page.evaluate("shift") == 0


def test_a_widget_whose_style_is_missing_is_not_shown_bare(page: Page, shop: Shop, collector: Server) -> None:
    bare = shown("c1", style=["/v1/style/w.css", "/v1/style/none.css"], tree=["p", {}, "Bare"])
    collector.routes["/v1/style/w.css"] = ("text/css", ".w { color: rgb(1, 2, 3) }", {})
    answering(collector, bare, shown("c2", style=["/v1/style/w.css"]))
    page.goto(shop.url)
    page.get_by_text("Hello").wait_for()
    assert page.get_by_text("Bare").count() == 0
    assert page.locator(".w").evaluate("(node) => getComputedStyle(node).color") == "rgb(1, 2, 3)"
    assert page.evaluate("surfaced") == []


def test_a_style_that_failed_is_fetched_again_for_the_next_widget(page: Page, shop: Shop, collector: Server) -> None:
    collector.routes["/v1/style/w.css"] = ("text/css", ".w { color: rgb(1, 2, 3) }", {"Status": "503"})
    answering(collector, shown(style=["/v1/style/w.css"]))
    with page.expect_console_message(lambda message: message.text.startswith("dangol:")):
        page.goto(shop.url)
    collector.routes["/v1/style/w.css"] = ("text/css", ".w { color: rgb(1, 2, 3) }", {})
    page.evaluate("history.pushState(null, '', '/other')")
    page.get_by_text("Hello").wait_for()


EFFECTS = {"": "dg-zoom", "fade": "dg-fade", "slide": "dg-slide", "bounce": "dg-slide, dg-bounce"}


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_widgets_move_only_for_those_who_do_not_mind(
    page: Page, shop: Shop, collector: Server, motion: Literal["reduce", "no-preference"]
) -> None:
    page.emulate_media(reduced_motion=motion)
    answering(
        collector, *(shown(f"c{effect}", slot="dialog", **({"effect": effect} if effect else {})) for effect in EFFECTS)
    )
    page.goto(shop.url)
    for moves in EFFECTS.values():
        box = frame(page, "dialog")
        box.wait_for()
        assert box.evaluate("(box) => getComputedStyle(box).animationName") == ("none" if motion == "reduce" else moves)
        assert bool(box.evaluate("(box) => box.getAnimations({subtree: true}).length")) is (motion != "reduce")
        page.keyboard.press("Escape")
