"""Hostile trees, strict policies, hostile styles, and what accessibility checkers say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page
from tests.browser.trees import OPEN

if TYPE_CHECKING:
    from tests.browser.conftest import Server, Shop

TREE: list[Any] = [
    "section",
    {"class": "w"},
    ["h2", {}, "첫 구매 3,000원 할인"],
    ["p", {}, "지금 가입하면 바로 쓸 수 있어요."],
    ["a", {"href": "/other", "data-dg": "click"}, "쿠폰 받기"],
]
SLOTS = ("dialog", "corner", "bar", "float", "inline")


def shown(slot: str, tree: Any = TREE, **more: Any) -> dict[str, Any]:
    return {"campaign": slot, "exposure": slot, "widget": "w", "slot": slot, "tree": tree, "lang": "ko", **more}


def every_slot() -> list[dict[str, Any]]:
    label = "첫 구매 혜택"
    return [shown(slot, at="#place", label=f"{label} {slot}", later=["session", "7d", "never"]) for slot in SLOTS]


def test_nothing_runs_under_any_of_the_strictest_policies(page: Page, shop: Shop, collector: Server) -> None:
    policy = (
        f"default-src 'none'; script-src {collector.url} 'unsafe-inline'; connect-src {collector.url};"
        " style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    collector.routes["/v1/style/w.css"] = ("text/css", ".w { padding: 20px }", {})
    shop.put("/", body="<main><h1>Shop</h1></main>", headers={"Content-Security-Policy": policy})
    page.add_init_script(
        OPEN + ";window.broken = []; document.addEventListener('securitypolicyviolation',"
        " (e) => e.blockedURI !== 'data' && broken.push(e.violatedDirective + ' ' + e.blockedURI))"
    )
    form = ["form", {}, ["label", {}, "Mail", ["input", {"name": "mail", "required": ""}]], ["button", {}, "Send"]]
    tree = [*TREE, form, ["button", {"type": "button", "data-dg": "copy", "data-for": "SPRING"}, "Copy"]]
    widgets = [
        shown(slot, tree, style=["/v1/style/w.css"], later=["7d"], at="main")
        for slot in ("dialog", "corner", "bar", "float", "inline")
    ]
    collector.reply = lambda body: (200, {}, {"show": widgets, "theme": {"--dg-color": "#123456"}})
    page.goto(shop.url)
    for slot in ("dialog", "corner", "bar", "float", "inline"):
        page.locator(f".dg-{slot} .w").wait_for()
        assert page.locator(f".dg-{slot} .w").evaluate("(node) => getComputedStyle(node).padding") == "20px"
        page.locator(f".dg-{slot}").get_by_text("Copy").click()
        page.locator(f".dg-{slot} .dg-note").wait_for()
        if slot == "dialog":
            page.keyboard.press("Escape")
    assert page.evaluate("broken") == []
    assert page.evaluate("surfaced") == []


HOSTILE: list[Any] = [
    "section",
    {"onclick": "hit()", "style": "color: red", "class": "w", "is": "x-y", "onanimationstart": "hit()"},
    ["script", {}, "hit()"],
    ["script", {"src": "/hit.js"}],
    ["iframe", {"srcdoc": "<script>parent.hit()</script>"}],
    ["style", {}, "* { display: none }"],
    ["object", {"data": "javascript:hit()"}],
    ["link", {"rel": "stylesheet", "href": "/hit.css"}],
    ["svg", {"onload": "hit()"}],
    ["template", {}, ["p", {}, "x"]],
    ["meta", {"http-equiv": "refresh", "content": "0;url=/hit"}],
    ["base", {"href": "https://evil.example/"}],
    ["SCRIPT", {}, "hit()"],
    ["img", {"src": "javascript:hit()", "onerror": "hit()", "alt": ""}],
    ["img", {"src": "data:image/svg+xml,<svg onload='hit()'/>", "alt": ""}],
    ["a", {"href": "javascript:hit()"}, "one"],
    ["a", {"href": " jAvAsCrIpT\t:hit()"}, "two"],
    ["a", {"href": "java\nscript:hit()"}, "three"],
    ["a", {"href": "data:text/html,<script>hit()</script>"}, "four"],
    ["a", {"href": "vbscript:hit()"}, "five"],
    [
        "form",
        {"action": "javascript:hit()", "onsubmit": "hit()"},
        ["button", {"formaction": "javascript:hit()"}, "send"],
    ],
    ["p", {}, "<img src=x onerror=hit()></p><script>hit()</script>{{7*7}}"],
]


def test_a_hostile_tree_is_built_without_its_teeth(page: Page, shop: Shop, collector: Server) -> None:
    page.add_init_script(OPEN + ";window.hits = 0; window.hit = () => { hits++ }")
    collector.reply = lambda body: (200, {}, {"show": [shown("corner", HOSTILE)]})
    page.goto(shop.url)
    page.locator(".dg-body .w").wait_for()
    elements = page.locator(".dg-body *").evaluate_all("(all) => all.map((node) => node.localName)")
    assert set(elements) == {"section", "img", "a", "form", "button", "p"}
    attributes = page.locator(".dg-body *").evaluate_all("(all) => all.flatMap((node) => node.getAttributeNames())")
    assert set(attributes) == {"class", "alt"}
    for name in ("one", "two", "three", "four", "five", "send"):
        page.get_by_text(name, exact=True).click()
    page.wait_for_timeout(300)
    assert page.evaluate("hits") == 0
    assert page.url == f"{shop.url}/"
    assert page.get_by_text("onerror=hit()").count() == 1


MALFORMED: list[Any] = [
    None,
    7,
    {},
    [],
    [[]],
    ["p"],
    ["p", None],
    [7, {}],
    ["p", {"class": None}, None, ["b", {}, "x"]],
]


@pytest.mark.parametrize("tree", MALFORMED, ids=str)
def test_a_malformed_tree_never_reaches_the_page_as_an_error(
    page: Page, shop: Shop, collector: Server, tree: Any
) -> None:
    collector.reply = lambda body: (200, {}, {"show": [shown("corner", tree), shown("bar")]})
    page.add_init_script(OPEN)
    page.goto(shop.url)
    page.locator(".dg-bar .w").wait_for()
    assert page.evaluate("surfaced") == []


@pytest.mark.parametrize(
    "answer",
    [[], None, 7, {"show": 7}, {"show": [None]}, {"show": [{}]}, {"show": [shown("inline", at="<<")]}, {"visitor": 7}],
    ids=str,
)
def test_a_strange_answer_never_reaches_the_page_as_an_error(
    page: Page, shop: Shop, collector: Server, answer: Any
) -> None:
    collector.reply = lambda body: (200, {}, answer)
    page.goto(shop.url)
    collector.wait(lambda: collector.bodies)
    page.wait_for_timeout(300)
    assert page.evaluate("surfaced") == []
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('dg.e.'))") == []


def test_the_pages_own_styles_do_not_reach_a_widget(page: Page, shop: Shop, collector: Server) -> None:
    hostile = (
        "<style>* { display: none !important; color: red !important; font-size: 40px !important }"
        "dangol-widget { opacity: 0 !important; filter: blur(9px) !important; position: static !important }"
        "html, head, body, main { display: block !important }</style>"
    )
    looks = []
    page.add_init_script(OPEN)
    page.emulate_media(reduced_motion="reduce")
    collector.reply = lambda body: (200, {}, {"show": every_slot()[:4]})
    styles = (
        "(all) => all.map((node) => { const style = getComputedStyle(node);"
        " return [...style].map((name) => name + ':' + style.getPropertyValue(name)).join(';') })"
    )
    for head in ("", hostile):
        shop.put("/", head=head)
        page.goto(shop.url)
        for slot in ("dialog", "bar", "float", "corner"):
            page.locator(f".dg-{slot} .w").wait_for()
            page.wait_for_timeout(300)  # the live region
            looks.append(page.locator(f".dg-{slot}, .dg-{slot} *").evaluate_all(styles))
            if slot == "dialog":
                page.keyboard.press("Escape")
    assert looks[:4] == looks[4:]
