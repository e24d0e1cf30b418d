"""Every built-in widget in a real Chromium, under all that a shop, a shopper or an attacker may bring along.

    python -m loadtests.widgets

Prints one line for each promise of snippet/README.md, and ends with code 1 where one is broken: violations that axe
finds (best practices included) by light and dark, both directions, 1280 and 320 px and forced colours; animations under
reduced motion; computed styles that a hostile page changes; executions of hostile texts; violations of the strictest
policy; layout shift and largest contentful paint; and the event duration of opening and closing on a processor slowed
four times.
"""

import sys
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from loadtests.gallery import Piece, pieces
from loadtests.shopfront import STRICT, Shopfront


class Look(NamedTuple):
    """How the page is looked at."""

    scheme: Any = "light"
    direction: str = "ltr"
    width: int = 1280
    forced: Any = "none"


LOOKS = [
    *(Look(*look) for look in product(("light", "dark"), ("ltr", "rtl"), (1280, 320))),
    Look(forced="active"),
    Look("dark", "rtl", 320, "active"),
]
SCHEMES = "<style>:root { color-scheme: light dark } body { background: Canvas; color: CanvasText }</style>"
HOSTILE = (
    "<style>* { display: none !important; font-size: 40px !important; letter-spacing: 9px !important;"
    " text-transform: uppercase !important; line-height: 3 !important; visibility: hidden !important }"
    " dangol-widget { opacity: 0 !important; filter: blur(9px) !important; position: static !important }"
    " dangol-widget::before, dangol-widget::after { content: 'x' !important }"
    " a, button, p, h2, img, input, dialog { all: unset !important; transform: rotate(9deg) !important }"
    " html, head, body, main, #place { display: block !important; visibility: visible !important }</style>"
)
CORPUS = (
    "<img src=x onerror=hit()>",
    "</p><script>hit()</script>",
    "\"'><svg onload=hit()>",
    "' onmouseover='hit()' autofocus onfocus='hit()",
    "javascript:hit()",
    "{{hit()}} ${hit()} {% hit() %}",
    "&lt;img src=x onerror=hit()&gt; &#60;script&#62;hit()&#60;/script&#62;",
    "]]><!--><iframe srcdoc='<script>parent.hit()</script>'>",
)
STYLES = (
    "(all) => all.map((node) => { const style = getComputedStyle(node);"
    " return [...style].sort().map((name) => name + ':' + style.getPropertyValue(name)).join(';') })"
)
ANIMATIONS = "(box) => box.getAnimations({subtree: true}).length"
SLOWEST = 100
"""Milliseconds from press to paint, on a processor slowed four times."""


def views(browser: Browser, kinds: list[Piece], looks: Callable[[int], list[Look]]) -> list[str]:
    """What axe finds and what animates though the shopper asked for less motion, by widget and look; `looks` chooses
    those of the widget with that number."""
    found = []
    with browser.new_context(reduced_motion="reduce") as context:
        shop = Shopfront(context, head=SCHEMES)
        page = shop.open()
        page.evaluate(Axe().axe_script)
        for number, piece in enumerate(kinds):
            shop.show(page, piece)
            if page.locator("dangol-widget .dg-frame").evaluate(ANIMATIONS):
                found.append(f"{piece.key}: animates")
            for look in looks(number):
                page.emulate_media(color_scheme=look.scheme, forced_colors=look.forced)
                page.set_viewport_size({"width": look.width, "height": 800})
                page.evaluate(f"document.dir = '{look.direction}'")
                # It reads the colours that the page asked for, not those that are painted when colours are forced.
                rules = {"color-contrast": {"enabled": look.forced == "none"}}
                results = page.evaluate("(rules) => axe.run(document, {resultTypes: ['violations'], rules})", rules)
                found += [f"{piece.key} {look}: {each['id']} {_where(each)}" for each in results["violations"]]
                if page.evaluate("document.documentElement.scrollWidth") > look.width:
                    found.append(f"{piece.key} {look}: wider than the page")
            shop.clear(page, number)
    return found


def _where(violation: dict[str, Any]) -> str:
    return str(violation["nodes"][0]["html"])[:120]


def leaks(browser: Browser, kinds: list[Piece]) -> list[str]:
    """Widgets of which a hostile page changes a computed style. What stands in the page itself takes on its colour."""
    looks: list[dict[str, list[str]]] = []
    for head in ("", HOSTILE):
        with browser.new_context(reduced_motion="reduce") as context:
            shop = Shopfront(context, head=head)
            page = shop.open()
            looks.append({piece.key: _look(shop, page, piece, number) for number, piece in enumerate(kinds)})
    plain, hostile = looks
    return [key for key, look in plain.items() if look != hostile[key]]


def _look(shop: Shopfront, page: Page, piece: Piece, number: int) -> list[str]:
    shop.show(page, piece)
    page.wait_for_timeout(250)  # the live region has its words
    look: list[str] = page.locator("dangol-widget .dg-frame, dangol-widget .dg-frame *").evaluate_all(STYLES)
    shop.clear(page, number)
    return look


def executions(browser: Browser, corpus: tuple[str, ...] = CORPUS) -> list[str]:
    """Hostile texts that ran, errors that reached the page, and policies that were violated, each text in every field
    of every widget."""
    found = []
    for words in corpus:
        with browser.new_context() as context:
            shop = Shopfront(context, headers={"Content-Security-Policy": STRICT})
            shop.head = "<link rel=preload as=image href=/v1/picture.png>"
            page = shop.open()
            for number, piece in enumerate(pieces(words)):
                shop.show(page, piece)
                shop.clear(page, number)
            found += [words] * page.evaluate("hits")
            found += [f"{words}: {what}" for what in page.evaluate("[...surfaced, ...broken]")]
    return found


def shifts(browser: Browser, kinds: list[Piece]) -> list[str]:
    """Widgets that move anything or become the page's largest paint."""
    found = []
    big = "<div style='height: 60vh; background: #ddd'><h1 style='font-size: 120px'>Big summer sale</h1></div>"
    for piece in kinds:
        with browser.new_context() as context:
            shop = Shopfront(context, body=f"<main>{big}<div id=place></div><p>More</p></main>")
            page = shop.open()
            page.wait_for_timeout(150)
            before = page.evaluate("lcp")
            shop.show(page, piece)
            page.wait_for_timeout(500)
            found += [f"{piece.key}: shift {page.evaluate('shift'):.4f}"] * (page.evaluate("shift") >= 0.0005)
            found += [f"{piece.key}: largest paint"] * (page.evaluate("lcp") != before)
    return found


LATENCY = (
    "window.slowest = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries())"
    " if (entry.interactionId) slowest = Math.max(slowest, entry.duration) })"
    ".observe({type: 'event', buffered: true, durationThreshold: 16})"
)


def latencies(browser: Browser, kinds: list[Piece], tries: int = 3) -> dict[str, float]:
    """The longer event duration of the press that opens a widget and the one that closes it, in ms; the best of some
    tries, as neighbours only make it longer."""
    asked = [kind for kind in kinds if kind.slot in ("dialog", "corner", "bar")]
    return {kind.key: min(_slowest(browser, kind) for _ in range(tries)) for kind in asked}


def _slowest(browser: Browser, piece: Piece) -> float:
    with browser.new_context() as context:
        button = "<button onclick=\"dangol('track', 'ready')\">Open</button>"
        shop = Shopfront(context, body=f"<main><h1>Shop</h1>{button}</main>")
        page = shop.open()
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.evaluate(LATENCY)
        shop.sheets |= piece.sheets
        shop.answers.append([piece.show()])
        page.get_by_text("Open", exact=True).click()
        page.locator(f"dangol-widget .dg-{piece.slot}").wait_for()
        page.wait_for_timeout(400)
        page.locator(".dg-close").click()
        page.wait_for_timeout(400)
        return float(page.evaluate("slowest"))


def _lines(browser: Browser) -> Iterator[tuple[str, list[str]]]:
    kinds = pieces()
    looked = views(browser, kinds, lambda number: LOOKS)
    yield f"violations and animations, {len(kinds)} widgets x {len(LOOKS)} looks", looked
    yield "computed styles that a hostile page changes", leaks(browser, kinds)
    yield f"executions and violations, {len(CORPUS)} texts in every field", executions(browser)
    yield "layout shifts and larger paints", shifts(browser, kinds)
    slow = latencies(browser, kinds)
    longest = max(slow.values())
    yield (
        f"openings and closings over {SLOWEST} ms (longest {longest:.0f} ms)",
        [f"{key}: {ms:.0f} ms" for key, ms in slow.items() if ms > SLOWEST],
    )


def main(executable: str) -> int:
    """Prints all figures; 1 where one isn't 0."""
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        for promise, found in _lines(browser):
            print(f"{len(found):4} {promise}", flush=True)
            print(*(f"       {line}" for line in found[:20]), sep="\n", end="\n" if found else "")
            failed |= bool(found)
        browser.close()
    return int(failed)


if __name__ == "__main__":
    import shutil

    sys.exit(main(shutil.which("chromium") or ""))
