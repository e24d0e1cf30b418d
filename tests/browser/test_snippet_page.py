"""The page belongs to the shop: its caches, its policies, and modules that come only when they are needed."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.conftest import FLAGS, find_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import Server, Shop

WIDGET: dict[str, Any] = {
    "campaign": "hello",
    "exposure": "x1",
    "widget": "w",
    "slot": "corner",
    "tree": ["p", {}, "Hi"],
}
EXISTING = """[...document.querySelectorAll('script')].map((script) => script.src).join()"""


@pytest.fixture
def returning(browser: Browser) -> Iterator[Page]:
    """A page in a browser that keeps pages for going back, which Playwright turns off."""
    off = ["--disable-back-forward-cache"]
    kept = browser.browser_type.launch(executable_path=find_chromium(), args=FLAGS, ignore_default_args=off)
    yield kept.new_page()
    kept.close()


def test_a_page_is_kept_for_going_back_and_counts_once_more(returning: Page, shop: Shop, collector: Server) -> None:
    returning.goto(shop.url)
    collector.wait(lambda: len(collector.events("page_view")) == 1)
    returning.evaluate("window.same = true")
    returning.goto(f"{shop.url}/other")
    collector.wait(lambda: len(collector.events("page_view")) == 2)
    returning.go_back(wait_until="commit")
    collector.wait(lambda: len(collector.events("page_view")) == 3)
    assert returning.evaluate("window.same") is True
    assert returning.evaluate("performance.getEntriesByType('navigation')[0].notRestoredReasons") is None


def test_a_page_kept_from_before_a_logout_names_the_member_no_more(
    returning: Page, shop: Shop, collector: Server
) -> None:
    returning.goto(shop.url)
    returning.wait_for_function("window.dangol?.ready")
    returning.evaluate("dangol('member', 'a.b.c'); window.same = true")
    collector.wait(lambda: any("member" in body for body in collector.bodies))
    returning.goto(f"{shop.url}/other")
    returning.wait_for_function("window.dangol?.ready")
    returning.evaluate("dangol('logout')")
    collector.wait(lambda: any("logout" in body for body in collector.bodies))
    returning.go_back(wait_until="commit")
    collector.wait(lambda: len(collector.events("page_view")) == 3)
    assert returning.evaluate("window.same") is True
    assert "member" not in collector.bodies[-1]


def test_the_core_may_be_pinned_by_its_digest(page: Page, shop: Shop, collector: Server) -> None:
    _, script, _ = collector.routes["/v1/dangol.js"]
    digest = base64.b64encode(hashlib.sha384(script.encode() if isinstance(script, str) else script).digest()).decode()
    shop.put("/", attributes=f'integrity="sha384-{digest}" crossorigin')
    page.goto(shop.url)
    collector.wait(lambda: collector.events("page_view"))


def test_the_strictest_policies_stop_nothing(page: Page, shop: Shop, collector: Server) -> None:
    policy = (
        f"default-src 'none'; script-src {collector.url}; connect-src {collector.url};"
        " style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    shop.put("/", headers={"Content-Security-Policy": policy}, body="<script type='application/ld+json'>{}</script>")
    page.add_init_script(
        "window.against = []; addEventListener('securitypolicyviolation', (e) => against.push(e.blockedURI))"
    )
    collector.reply = lambda body: (200, {}, {"show": [WIDGET], "wait": [{"campaign": "later", "scroll": 50}]})
    page.goto(shop.url)
    page.wait_for_selector("dangol-widget", state="attached")
    loaded = {path.partition("?")[0] for method, path, _ in collector.requests if method == "GET"}
    assert {"/v1/dangol.js", "/v1/malls.js", "/v1/widgets.js", "/v1/moments.js"} <= loaded
    assert page.evaluate("[against, surfaced]") == [["data"], []]  # the page's own icon
    assert page.evaluate(EXISTING) == f"{shop.script},"


def test_modules_come_under_the_version_of_the_build(page: Page, shop: Shop, collector: Server) -> None:
    collector.reply = lambda body: (200, {}, {"show": [WIDGET]})
    page.goto(shop.url)
    page.wait_for_selector("dangol-widget", state="attached")
    asked = [path for _, path, _ in collector.requests if path.startswith("/v1/widgets.js")]
    assert len(asked) == 1
    assert len(asked[0].partition("?v=")[2]) == 8


def test_a_widgets_style_comes_while_the_rest_of_the_runtime_does(page: Page, shop: Shop, collector: Server) -> None:
    page.route("**/around.js*", lambda route: None)
    collector.routes["/v1/style/w.css"] = ("text/css", "", {})
    collector.reply = lambda body: (200, {}, {"show": [WIDGET | {"style": ["/v1/style/w.css"]}]})
    page.goto(shop.url)
    collector.wait(lambda: any(path == "/v1/style/w.css" for _, path, _ in collector.requests))


def test_a_page_that_tells_what_it_shows_is_one_request(page: Page, shop: Shop, collector: Server) -> None:
    item = '{"item_id": "P1", "item_name": "Tea", "price": 9000}'
    push = f"window.dataLayer = [{{event: 'view_item', ecommerce: {{items: [{item}]}}}}]"
    shop.put("/", head=f"<script>{push}</script>")
    page.goto(shop.url)
    collector.wait(lambda: collector.events("view_item"))
    assert [[event["name"] for event in body["events"]] for body in collector.bodies] == [["page_view", "view_item"]]


def test_a_module_that_does_not_come_holds_nothing_up(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", head="<script>window.dataLayer = []</script>")
    page.route("**/malls.js*", lambda route: None)
    page.goto(shop.url)
    collector.wait(lambda: collector.events("page_view"), 3)
    [body] = collector.bodies
    assert body["sent"] - body["events"][0]["at"] < 1_500
    assert page.evaluate("surfaced") == []


def test_what_a_page_is_about_is_said_again_until_the_path_changes(page: Page, shop: Shop, collector: Server) -> None:
    about = {"product": "P1", "price": 9000}
    replies = iter([{"now": about}])
    collector.reply = lambda body: (200, {}, next(replies, {}))
    page.goto(shop.url)
    collector.wait(lambda: collector.bodies)
    page.wait_for_timeout(100)
    for step in ("dangol('track', 'one')", "history.pushState(0, '', '?tab=2')", "history.pushState(0, '', '/next')"):
        page.evaluate(step)
        page.wait_for_timeout(200)
    assert [body.get("now") for body in collector.bodies] == [None, about, about, None]


def test_a_page_view_without_answerable_parts_is_small_and_alone(page: Page, shop: Shop, collector: Server) -> None:
    collector.reply = lambda body: (200, {}, {"visitor": "vAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAA"})
    page.goto(shop.url)
    collector.wait(lambda: page.evaluate("localStorage['dg.v']"))
    shop.put("/product/tea-of-the-first-flush")
    page.goto(f"{shop.url}/product/tea-of-the-first-flush", referer=f"{shop.url}/category/12")
    collector.wait(lambda: len(collector.bodies) == 2)
    page.wait_for_timeout(300)
    lengths = [int(headers["Content-Length"]) for method, _, headers in collector.requests if method == "POST"]
    assert max(lengths) <= 400
    assert {path for method, path, _ in collector.requests if method == "GET"} == {"/v1/dangol.js"}
