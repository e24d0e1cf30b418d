"""What built-in widgets do by themselves in a browser: the ticker's turns, the button that unfolds, a form's way."""

from typing import Any

import pytest
from docs.images.make import SHOP, Studio, page_of, scenes
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from tests.browser.trees import OPEN

SCENES = scenes()
STUDIO = Studio()


def stage(browser: Browser, scene: str, motion: Any = "no-preference", **more: str) -> tuple[Page, Locator]:
    """A page that shows the scene, and the widget on it."""
    page = browser.new_page(reduced_motion=motion)
    page.add_init_script(OPEN)
    shown = STUDIO.shown(scene, SCENES[scene], "en")
    page.route("**/*", lambda route: STUDIO.answer(route, page_of("en", False), {"show": [{**shown, **more}]}))
    page.goto(f"{SHOP}/")
    frame = page.locator("dangol-widget .dg-frame")
    frame.wait_for()
    return page, frame


def visible(frame: Locator) -> list[bool]:
    seen: list[bool] = frame.locator(".line").evaluate_all(
        "(all) => all.map((line) => getComputedStyle(line).visibility == 'visible')"
    )
    return seen


def at(frame: Locator, seconds: float) -> list[bool]:
    """Which messages are seen so long after the ticker began; its clock is set, not waited for."""
    frame.locator(".line").evaluate_all(
        "(all, time) => all.forEach((line) => line.getAnimations().forEach((one) => { one.currentTime = time }))",
        seconds * 1000,
    )
    return visible(frame)


def states(frame: Locator) -> set[str]:
    found: list[str] = frame.locator(".line").evaluate_all(
        "(all) => all.flatMap((line) => line.getAnimations().map((one) => one.playState))"
    )
    return set(found)


def test_messages_of_a_ticker_take_turns_and_can_be_held(browser: Browser) -> None:
    page, frame = stage(browser, "social_ticker")
    assert [at(frame, seconds) for seconds in (3, 9, 15)] == [[True, False], [False, True], [True, False]]
    assert states(frame) == {"running"}
    hold = page.get_by_role("checkbox", name="Pause the messages")
    hold.focus()
    page.keyboard.press("Space")
    page.mouse.move(0, 0)
    hold.blur()
    assert states(frame) == {"paused"}
    hold.uncheck(force=True)
    page.mouse.move(0, 0)
    hold.blur()
    assert states(frame) == {"running"}
    frame.locator(".lines").hover()
    assert states(frame) == {"paused"}
    page.close()


def test_who_wants_no_movement_sees_all_messages_of_a_ticker_at_once(browser: Browser) -> None:
    page, frame = stage(browser, "social_ticker", "reduce")
    assert visible(frame) == [True, True]
    assert states(frame) == set()
    assert not frame.locator(".hold").is_visible()
    page.emulate_media(forced_colors="active")  # where an icon's own colour may be that of the ground
    assert frame.locator(".icon").first.evaluate("(icon) => getComputedStyle(icon).backgroundColor") == "rgb(0, 0, 0)"
    page.close()


@pytest.mark.parametrize("position", ["", "bottom-start", "top-end", "top-start"])
def test_the_floating_button_unfolds_by_keyboard_and_stays_on_the_screen(browser: Browser, position: str) -> None:
    page, frame = stage(browser, "floating_button", position=position)
    page.set_viewport_size({"width": 320, "height": 480})
    links = frame.locator(".actions a")
    assert not links.first.is_visible()
    frame.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(links.first).to_be_visible()
    page.keyboard.press("Tab")
    assert links.first.evaluate("(link) => link.getRootNode().activeElement == link")
    page.keyboard.press("Escape")
    assert not links.first.is_visible()
    assert frame.locator("summary").evaluate("(button) => button.getRootNode().activeElement == button")
    page.keyboard.press("Enter")
    for box in (links.nth(number).bounding_box() for number in range(4)):
        assert box
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        assert 0 <= box["y"] <= 480 - box["height"]
    page.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    context.add_init_script(OPEN)
    return context.new_page()


def test_a_form_goes_through_the_real_server_and_says_thanks_in_its_place(dangol: Any, front: Any, page: Page) -> None:
    traits = [{"id": "interests", "name": "x", "type": "list", "public": True}]
    about = {"id": "testing", "key": "pk_testing", "name": "Testing", "origins": [front.url], "traits": traits}
    use = {"use": "rich_popup", "params": SCENES["rich_popup-form"].params}
    segment = {"id": "new", "include": {"subscribed_to": {"has_none": ["email"]}}}
    campaign = {"id": "ask", "audience": ["new"], "widget": use, "later": ["7d"], "holdout": 0}
    dangol.apply({"site": about, "segments": [segment], "campaigns": [campaign]})
    page.goto(front.url)
    dialog = page.locator("dangol-widget dialog")
    dialog.wait_for(timeout=20_000)
    dialog.locator("[name=email]").fill("kim@shop")
    dialog.get_by_role("checkbox", name="그릇").check()
    dialog.locator("[name=agreed]").check()
    dialog.get_by_role("button", name="소식 받기").click()
    expect(dialog.locator("#wrong-email")).to_have_text("name@example.com처럼 적어 주세요.")
    expect(dialog.locator("[name=email]")).to_have_value("kim@shop")
    dialog.locator("[name=email]").fill("kim@shop.example")
    expect(dialog.get_by_text("다음에 볼게요")).to_be_visible()
    dialog.get_by_role("button", name="소식 받기").click()
    expect(dialog.locator(".thanks")).to_have_text("고맙습니다. 곧 첫 소식을 보내 드릴게요.")
    expect(dialog.get_by_text("다음에 볼게요")).to_be_hidden()  # there is nothing left to put off
    page.goto(f"{front.url}/other")
    page.wait_for_timeout(600)
    expect(page.locator("dangol-widget")).to_have_count(0)
    assert page.evaluate("surfaced") == []
