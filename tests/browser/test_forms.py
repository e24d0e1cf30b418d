"""Forms in widgets: what is sent, what a mistake or a failure does, and texts to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Locator, Page
from tests.browser.trees import OPEN, SHIFTS, frame, shown

if TYPE_CHECKING:
    from tests.browser.conftest import Server, Shop


def field(label: str, name: str, **attributes: str) -> list[Any]:
    return ["label", {}, label, ["input", {"name": name, "type": "text", **attributes}]]


FORM: list[Any] = [
    "form",
    {"name": "join"},
    field("Name", "who"),
    field("Mail", "mail", type="email", required=""),
    field("Phone", "phone", type="tel"),
    field("People", "people", type="number"),
    field("Day", "day", type="date"),
    field("Tea", "likes", type="checkbox", value="tea"),
    field("Coffee", "likes", type="checkbox", value="coffee"),
    field("Yes", "news", type="radio", value="yes"),
    field("No", "news", type="radio", value="no"),
    ["label", {}, "Size", ["select", {"name": "size"}, ["option", {}, "S"], ["option", {"value": "M"}, "Medium"]]],
    ["label", {}, "Words", ["textarea", {"name": "words"}]],
    ["button", {"type": "submit", "name": "by", "value": "button"}, "Send"],
]
THANKS: list[Any] = ["div", {}, ["p", {}, "Thank you"]]


@pytest.fixture
def page(page: Page) -> Page:
    page.add_init_script(f"{OPEN};{SHIFTS}")
    page.add_init_script("window.surfaced = []")
    return page


def asking(collector: Server, tree: Any = FORM, *, answers: Any = THANKS, **more: Any) -> None:
    """Page views are answered with a form, and what is submitted with the next of the trees, or of the statuses."""
    following = iter(answers if isinstance(answers, tuple) else (answers,))

    def reply(body: dict[str, Any]) -> Any:
        if "submit" in body:
            answer = next(following)
            if isinstance(answer, int):
                return answer, {}, {}
            return 200, {}, {"show": [shown(tree=answer, **more)]}
        views = any(event["name"] == "page_view" for event in body["events"])
        return 200, {}, {"show": [shown(tree=tree, **more)]} if views else {}

    collector.reply = reply


def submitted(collector: Server) -> list[dict[str, Any]]:
    return [body["submit"] for body in collector.bodies if "submit" in body]


def opened(page: Page, shop: Shop, slot: str = "corner") -> Locator:
    page.goto(shop.url)
    box = frame(page, slot)
    box.wait_for()
    return box


def test_every_kind_of_field_is_sent_and_the_answer_takes_its_place(page: Page, shop: Shop, collector: Server) -> None:
    asking(collector, slot="dialog")
    box = opened(page, shop, "dialog")
    for label, text in (("Name", "김단골"), ("Mail", "kim@shop.example"), ("Phone", "010-1234-5678"), ("People", "3")):
        box.get_by_label(label).fill(text)
    box.get_by_label("Day").fill("2026-11-22")
    for label in ("Tea", "Coffee", "No"):
        box.get_by_label(label, exact=True).check()
    box.get_by_label("Size").select_option("Medium")
    box.get_by_label("Words").fill("one\ntwo")
    box.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you").first.wait_for()
    fields = {"who": "김단골", "mail": "kim@shop.example", "phone": "010-1234-5678", "people": "3", "day": "2026-11-22"}
    chosen = {"likes": "tea\ncoffee", "news": "no", "size": "M", "words": "one\ntwo", "by": "button"}
    assert submitted(collector) == [{"campaign": "c1", "exposure": "x-c1", "fields": {**fields, **chosen}}]
    assert box.evaluate("(box) => box.matches(':focus')")  # the button that had the focus is gone
    assert box.get_by_role("status").inner_text() == "Thank you"
    assert page.evaluate("shift") == 0


def test_a_mistake_is_shown_and_told_and_nothing_is_sent(page: Page, shop: Shop, collector: Server) -> None:
    asking(collector)
    box = opened(page, shop)
    box.get_by_label("Mail").fill("kim@")
    box.get_by_role("button", name="Send").click()
    assert box.get_by_label("Mail").get_attribute("aria-invalid") == "true"
    assert box.get_by_label("Mail").evaluate("(field) => field.matches(':focus')")
    assert box.get_by_role("status").inner_text().startswith("Mail ")
    box.get_by_label("Mail").fill("kim@shop.example")
    assert box.get_by_label("Mail").get_attribute("aria-invalid") is None
    assert submitted(collector) == []


@pytest.mark.parametrize(("lang", "told"), [("ko", "보내지 못했어요."), ("en", "could not be sent")])
@pytest.mark.parametrize("offline", [True, False])
def test_a_failure_is_told_and_what_was_typed_stays(
    page: Page, shop: Shop, collector: Server, lang: str, told: str, offline: bool
) -> None:
    asking(collector, answers=(THANKS,) if offline else (503, THANKS), lang=lang)
    box = opened(page, shop)
    box.get_by_label("Mail").fill("kim@shop.example")
    page.context.set_offline(offline)
    box.get_by_role("button", name="Send").click()
    note = box.locator(".dg-note")
    note.wait_for()
    assert told in note.inner_text()
    page.context.set_offline(False)
    assert box.get_by_label("Mail").input_value() == "kim@shop.example"
    box.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you").first.wait_for()


def test_an_impatient_shopper_sends_once(page: Page, shop: Shop, collector: Server) -> None:
    asking(collector)
    box = opened(page, shop)
    box.get_by_label("Mail").fill("kim@shop.example")
    box.get_by_role("button", name="Send").evaluate("(button) => { button.click(); button.click(); button.click() }")
    page.get_by_text("Thank you").first.wait_for()
    page.wait_for_timeout(300)
    assert len(submitted(collector)) == 1


def test_the_servers_complaint_comes_beside_what_was_typed(page: Page, shop: Shop, collector: Server) -> None:
    complaint = [*FORM[:2], ["p", {"role": "alert"}, "We know this address"], *FORM[2:]]
    asking(collector, answers=(complaint, FORM))
    box = opened(page, shop)
    box.get_by_label("Name").fill("Kim")
    box.get_by_label("Mail").fill("kim@shop.example")
    box.get_by_label("Mail").press("Enter")
    page.get_by_role("alert").wait_for()
    assert box.get_by_label("Name").input_value() == "Kim"
    assert box.get_by_label("Mail").evaluate("(field) => field.matches(':focus')")
    box.get_by_role("button", name="Send").click()
    page.get_by_role("alert").wait_for(state="detached")
    assert [each["fields"]["who"] for each in submitted(collector)] == ["Kim", "Kim"]


def test_another_form_gets_nothing_of_what_was_typed_into_the_first(page: Page, shop: Shop, collector: Server) -> None:
    asking(collector, answers=["form", {"name": "join"}, field("Name", "who"), field("Code", "code")])
    box = opened(page, shop)
    box.get_by_label("Name").fill("Kim")
    box.get_by_label("Mail").fill("kim@shop.example")
    box.get_by_label("Mail").press("Enter")
    box.get_by_label("Code").wait_for()
    assert box.get_by_label("Name").input_value() == "Kim"
    assert box.get_by_label("Code").input_value() == ""


COPY: list[Any] = ["div", {}, ["button", {"type": "button", "data-dg": "copy", "data-for": "SPRING-10"}, "Copy"]]
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"


@pytest.mark.parametrize("obstacle", ["", NO_CLIPBOARD])
def test_a_text_is_copied(page: Page, shop: Shop, collector: Server, obstacle: str) -> None:
    page.add_init_script(obstacle)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shop.put("/", body="<main><h1>Shop</h1><input id=paste aria-label=paste></main>")
    asking(collector, COPY)
    box = opened(page, shop)
    box.get_by_role("button", name="Copy").click()
    box.get_by_text("Copied.").wait_for()
    assert box.get_by_role("button", name="Copy").evaluate("(button) => button.matches(':focus')")
    page.focus("#paste")
    page.keyboard.press("Control+V")
    assert page.input_value("#paste") == "SPRING-10"
    collector.wait(lambda: collector.events("widget_click"))


def test_a_text_that_no_browser_copies_is_shown(page: Page, shop: Shop, collector: Server) -> None:
    page.add_init_script(f"{NO_CLIPBOARD}; document.execCommand = () => false")
    asking(collector, COPY, lang="ko")
    box = opened(page, shop)
    box.get_by_role("button", name="Copy").click()
    box.get_by_text("직접 복사해 주세요: SPRING-10").wait_for()


def test_a_keyboard_does_not_cover_the_field(page: Page, shop: Shop, collector: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    # Desktop Chromium has no keyboard to bring up: what one leaves of the screen is told in its place.
    page.add_init_script(
        "let seen = 800; Object.defineProperty(VisualViewport.prototype, 'height', {get: () => seen});"
        "window.bringUp = (height) => { seen = 800 - height; visualViewport.dispatchEvent(new Event('resize')) }"
    )
    asking(collector, ["form", {}, field("Mail", "mail")], position="bottom-end")
    shop.put("/", body="<main><h1>Shop</h1><input id=search aria-label=search></main>")
    box = opened(page, shop)
    page.focus("#search")
    page.evaluate("bringUp(300)")
    assert box.evaluate("(box) => box.getBoundingClientRect().bottom") > 700  # it's not ours, nothing jumps up
    box.get_by_label("Mail").focus()
    page.wait_for_timeout(100)
    assert box.evaluate("(box) => box.getBoundingClientRect().bottom") <= 500
    page.evaluate("bringUp(0)")
    assert box.evaluate("(box) => box.getBoundingClientRect().bottom") > 700
