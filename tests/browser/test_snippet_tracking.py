"""What the snippet sends, and when."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Page

if TYPE_CHECKING:
    from tests.browser.conftest import Server, Shop

STUB = f"<script>{(files('dangol') / 'static' / 'stub.js').read_text('utf-8')}</script>"
ID = re.compile(r"[0-9a-z]{9,24}")


def pages(collector: Server) -> list[str]:
    """Paths of the page views; an event of the page that its request comes from does not repeat the address."""
    return [
        event["data"].get("page_location", body["page"]).split("/", 3)[3]
        for body in collector.bodies
        for event in body["events"]
        if event["name"] == "page_view"
    ]


def test_a_page_view_is_one_request_without_a_preflight(page: Page, shop: Shop, collector: Server) -> None:
    page.goto(shop.url)
    collector.wait(collector.events)
    page.wait_for_timeout(300)
    posts = [(method, path) for method, path, _ in collector.requests if method != "GET"]
    assert posts == [("POST", "/v1/events")]
    body = collector.bodies[0]
    assert body["site"] == "pk_testing"
    assert body["lang"] == "ko"
    assert body["page"] == f"{shop.url}/"
    assert not {"visitor", "member", "logout", "open"} & body.keys()
    [event] = body["events"]
    assert ID.fullmatch(event["id"])
    assert abs(event["at"] - body["sent"]) < 5_000
    assert int(event["id"][:8], 36) == event["at"]
    assert event["data"] == {}


def test_calls_made_before_the_script_came_are_sent_in_order(page: Page, shop: Shop, collector: Server) -> None:
    calls = "<script>dangol('track', 'first', {n: 1}); dangol('nonsense'); dangol('track', 'second')</script>"
    shop.put("/", head=STUB + calls, body="<script>dangol('track', 'third')</script>")
    page.goto(shop.url)
    collector.wait(collector.events)
    assert [event["name"] for event in collector.bodies[0]["events"]] == ["page_view", "first", "second", "third"]
    assert collector.events("first")[0]["data"] == {"n": 1}
    assert page.evaluate("surfaced") == []


def test_history_changes_are_page_views_and_the_same_address_is_none(page: Page, shop: Shop, collector: Server) -> None:
    page.goto(shop.url)
    page.wait_for_function("window.dangol?.ready")
    page.evaluate("history.pushState(null, '', '/product/1?color=red')")
    page.evaluate("history.replaceState({scroll: 3}, '', location.href)")
    page.evaluate("history.pushState(null, '', '#reviews')")
    page.evaluate("history.replaceState(null, '', '/cart')")
    page.go_back()
    collector.wait(lambda: len(collector.events("page_view")) == 4)
    page.wait_for_timeout(200)
    assert pages(collector) == ["", "product/1?color=red", "cart", "product/1?color=red"]
    assert collector.events("page_view")[1]["data"]["page_referrer"] == f"{shop.url}/"


def test_without_the_navigation_api_history_is_followed_all_the_same(page: Page, shop: Shop, collector: Server) -> None:
    page.add_init_script("delete window.navigation; Object.defineProperty(window, 'navigation', {value: undefined})")
    page.goto(shop.url)
    page.wait_for_function("window.dangol?.ready")
    page.evaluate("history.pushState(null, '', '/one'); history.replaceState(null, '', '/two')")
    page.go_back()
    collector.wait(lambda: len(collector.events("page_view")) == 4)
    assert pages(collector) == ["", "one", "two", ""]


def test_a_page_whose_own_push_state_throws_gets_its_error_as_before(page: Page, shop: Shop, collector: Server) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'navigation', {value: undefined});"
        "history.pushState = () => { throw new Error('mine') }"
    )
    page.goto(shop.url)
    page.wait_for_function("window.dangol?.ready")
    assert (
        page.evaluate("(() => { try { history.pushState(null, '', '/x') } catch (e) { return e.message } })()")
        == "mine"
    )
    collector.wait(collector.events)
    assert pages(collector) == [""]


def test_a_return_from_the_back_forward_cache_is_a_page_view(browser: Browser, shop: Shop, collector: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(shop.url)
    collector.wait(lambda: len(collector.events("page_view")) == 1)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: false}))")
    collector.wait(lambda: len(collector.events("page_view")) == 2)
    page.wait_for_timeout(200)
    assert pages(collector) == ["", ""]
    context.close()


def test_a_prerendered_page_counts_when_it_is_looked_at(page: Page, shop: Shop, collector: Server) -> None:
    page.add_init_script("Object.defineProperty(Document.prototype, 'prerendering', {get: () => !window.seen})")
    shop.put("/", head=STUB + "<script>dangol('track', 'early')</script>")
    page.goto(shop.url)
    page.evaluate("dangol('track', 'late')")
    page.wait_for_timeout(300)
    assert collector.bodies == []
    assert page.evaluate("localStorage.length") == 0
    page.evaluate("window.seen = true; document.dispatchEvent(new Event('prerenderingchange'))")
    collector.wait(collector.events)
    assert [event["name"] for event in collector.events()] == ["page_view", "early", "late"]


def test_global_privacy_control_means_no_request_and_no_storage(page: Page, shop: Shop, collector: Server) -> None:
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})")
    page.goto(shop.url)
    page.wait_for_function("window.dangol?.ready")
    page.evaluate("dangol('track', 'add_to_cart', {}); dangol('member', 'x.y.z'); history.pushState(null, '', '/a')")
    page.wait_for_timeout(400)
    assert collector.bodies == []
    assert page.evaluate("Object.keys(localStorage)") == []


def test_the_script_twice_on_a_page_counts_once(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", head=f'<script async src="{shop.script}" data-site="pk_testing"></script>')
    page.goto(shop.url)
    collector.wait(collector.events)
    page.wait_for_timeout(300)
    assert pages(collector) == [""]


def test_the_visitor_token_is_kept_and_sent(page: Page, shop: Shop, collector: Server) -> None:
    collector.reply = lambda body: (200, {}, {} if "visitor" in body else {"visitor": "vAAAAAAAAAAAAAAA.signature"})
    page.goto(shop.url)
    collector.wait(lambda: page.evaluate("localStorage['dg.v']"))
    page.goto(f"{shop.url}/other")
    collector.wait(lambda: len(collector.bodies) == 2)
    assert collector.bodies[1]["visitor"] == "vAAAAAAAAAAAAAAA.signature"


def test_a_member_is_told_with_the_page_view_and_with_every_request_of_the_page(
    page: Page, shop: Shop, collector: Server
) -> None:
    shop.put("/", head=STUB + "<script>dangol('member', 'a.b.c')</script>")
    page.goto(shop.url)
    collector.wait(collector.events)
    page.evaluate("dangol('track', 'add_to_cart', {items: []})")
    collector.wait(lambda: collector.events("add_to_cart"))
    assert [body["member"] for body in collector.bodies] == ["a.b.c", "a.b.c"]
    assert "a.b.c" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_member_that_is_known_late_is_told_at_once(page: Page, shop: Shop, collector: Server) -> None:
    page.goto(shop.url)
    collector.wait(collector.events)
    page.evaluate("dangol('member', 'a.b.c'); dangol('member', 'a.b.c')")
    collector.wait(lambda: len(collector.bodies) == 2)
    page.wait_for_timeout(200)
    assert [(body.get("member"), len(body["events"])) for body in collector.bodies] == [(None, 1), ("a.b.c", 0)]


def test_logout_asks_for_a_new_visitor_and_without_a_login_does_nothing(
    page: Page, shop: Shop, collector: Server
) -> None:
    tokens = iter(["v1", "v2", "v3"])
    collector.reply = lambda body: (200, {}, {} if "visitor" in body else {"visitor": next(tokens)})
    shop.put("/in", head=STUB + "<script>dangol('member', 'a.b.c')</script>")
    shop.put("/out", head=STUB + "<script>dangol('logout')</script>")
    for path in ("/out", "/in", "/out", "/out"):
        page.goto(shop.url + path)
        collector.wait(lambda: page.evaluate("Object.keys(localStorage).every((key) => !key.startsWith('dg.e'))"))
    said = [(body.get("visitor"), body.get("member"), body.get("logout")) for body in collector.bodies]
    assert said == [(None, None, None), ("v1", "a.b.c", None), (None, None, True), ("v2", None, None)]


def test_a_logout_holds_in_every_tab(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/in", head=STUB + "<script>dangol('member', 'a.b.c')</script>")
    page.goto(f"{shop.url}/in")
    collector.wait(collector.events)
    other = page.context.new_page()
    other.goto(shop.url)
    other.wait_for_function("window.dangol?.ready")
    other.evaluate("dangol('logout')")
    collector.wait(lambda: any("logout" in body for body in collector.bodies))
    page.evaluate("dangol('track', 'search', {search_term: 'tea'})")
    collector.wait(lambda: collector.events("search"))
    assert collector.bodies[0]["member"] == "a.b.c"
    assert not [body for body in collector.bodies[1:] if "member" in body]


def test_traits_are_told_as_an_event_of_their_own(page: Page, shop: Shop, collector: Server) -> None:
    page.goto(shop.url)
    page.wait_for_function("window.dangol?.ready")
    page.evaluate("dangol('trait', {size: 'M', interests: ['tea'], since: '2026-01-01', points: 3, vip: true})")
    page.evaluate("dangol('track', 'last')")
    collector.wait(lambda: collector.events("last"))
    [event] = collector.events("traits")
    told = {"size": "M", "interests": ["tea"], "since": "2026-01-01", "points": 3, "vip": True}
    assert event["data"] == {"traits": told}
    assert page.evaluate("surfaced") == []
