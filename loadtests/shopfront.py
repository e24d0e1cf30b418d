"""A shop's page in a real browser, with every built-in widget at hand: no server, the browser's requests are answered
here."""

import json
from base64 import b64decode
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route

from loadtests.gallery import Piece

ORIGIN = "http://shop.test"
PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
META = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
PLACE = "<style>#place { min-height: 1200px }</style>"
BODY = "<main><h1>Shop</h1><p>Products</p><div id=place></div></main>"
STRICT = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; media-src 'self';"
    " style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
)

WATCH = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (init) { return attach.call(this, { ...init, mode: 'open' }) };
window.hits = 0; window.hit = window.alert = () => { hits++ };
window.broken = []; window.surfaced = []; window.shift = 0; window.lcp = 0;
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  blockedURI === 'data' || broken.push(violatedDirective + ' ' + blockedURI));
addEventListener('error', (event) => surfaced.push(event.message));
addEventListener('unhandledrejection', (event) => surfaced.push(String(event.reason)));
new PerformanceObserver((list) => { for (const entry of list.getEntries())
  if (!entry.hadRecentInput) shift += entry.value }).observe({ type: 'layout-shift', buffered: true });
new PerformanceObserver((list) => { for (const entry of list.getEntries()) lcp = entry.size })
  .observe({ type: 'largest-contentful-paint', buffered: true });
"""
"""Opens shadow roots, and counts what must not happen: `hits` of hostile texts, policy violations, errors, shifts."""


@dataclass
class Shopfront:
    """One page of the shop; `head`, `body` and `headers` are the shop's own."""

    context: BrowserContext
    head: str = ""
    body: str = BODY
    headers: dict[str, str] = field(default_factory=dict)
    answers: list[list[dict[str, Any]]] = field(default_factory=list)
    sheets: dict[str, bytes] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.add_init_script(WATCH)
        self.context.route(f"{ORIGIN}/**", self._answer)

    def open(self, path: str = "/") -> Page:
        """A fresh page."""
        page = self.context.new_page()
        page.goto(ORIGIN + path)
        if self.headers:  # as the shop's stylesheet would do it; a style element is forbidden
            page.evaluate("document.querySelector('#place').style.minHeight = '1200px'")
        return page

    def show(self, page: Page, piece: Piece, language: str = "ko") -> None:
        """The next event brings the widget; back when it stands on the page."""
        self.sheets |= piece.sheets
        self.answers.append([piece.show(language)])
        page.evaluate("dangol('track', 'ready')")
        page.locator(f"dangol-widget .dg-{piece.slot}").wait_for(state="attached")

    def clear(self, page: Page, number: int) -> None:
        """Another page of the shop, without a load: what was shown ends."""
        page.evaluate(f"history.pushState(null, '', '/page/{number}')")
        page.mouse.click(3, 3)  # an inline widget goes when it moves nothing
        page.locator("dangol-widget").first.wait_for(state="detached")

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).split("?")[0]
        if path == "/v1/events":
            self.told += [event["name"] for event in json.loads(route.request.post_data or "{}")["events"]]
            asked = "ready" in self.told and self.answers
            route.fulfill(json={"show": self.answers.pop(0)} if asked else {})
        elif path in self.sheets:
            route.fulfill(body=self.sheets[path], content_type="text/css")
        elif path.endswith(".js"):
            route.fulfill(
                body=(files("dangol") / "static" / path.split("/")[-1]).read_bytes(), content_type="text/javascript"
            )
        elif path.endswith(".png"):
            route.fulfill(body=PIXEL, content_type="image/png")
        else:
            line = '<script async src="/v1/dangol.js" data-site="pk_testing"></script>'
            head = META + "<title>Shop</title>" + ("" if self.headers else PLACE) + self.head + line
            html = f'<html lang="ko"><head>{head}</head><body>{self.body}</body></html>'
            route.fulfill(body="<!doctype html>" + html, content_type="text/html; charset=utf-8", headers=self.headers)
