"""Nothing is sent or stored that the shopper has not agreed to, and what they take back is gone."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page

if TYPE_CHECKING:
    from tests.browser.conftest import Server, Shop

STUB = f"<script>{(files('dangol') / 'static' / 'stub.js').read_text('utf-8')}</script>"
TOKEN = "vAAAAAAAAAAAAAAA.signature"
STORED = "Object.keys(localStorage).filter((key) => key.startsWith('dg.')).sort()"


def answer(body: dict[str, Any]) -> Any:
    """A token for whoever has none and is no stranger by choice."""
    known = "visitor" in body or "anonymous" in body or "forget" in body
    return 200, {}, {} if known else {"visitor": TOKEN}


@pytest.fixture(autouse=True)
def tokens(collector: Server) -> None:
    collector.reply = answer


def test_without_the_grant_there_is_no_request_and_no_storage(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", head=STUB + "<script>window.dataLayer = []; dangol('track', 'early')</script>", attributes=OFF)
    page.goto(shop.url)
    page.wait_for_function("window.dangol?.ready")
    page.evaluate("dangol('track', 'late'); dangol('member', 'a.b.c'); dangol('logout'); dangol('consent', 'off')")
    page.goto(f"{shop.url}/#part")
    page.wait_for_timeout(1_300)
    assert [path for method, path, _ in collector.requests] == ["/v1/dangol.js"]
    assert page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0


OFF = 'data-consent="off"'


def test_what_happened_before_the_grant_is_told_after_it(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", head=STUB + "<script>dangol('track', 'early')</script>", attributes=OFF)
    page.goto(shop.url)
    page.wait_for_function("window.dangol?.ready")
    page.evaluate("dangol('consent', 'full')")
    collector.wait(lambda: page.evaluate(STORED) == ["dg.c", "dg.v"])
    assert [event["name"] for event in collector.events()] == ["page_view", "early"]
    shop.put("/other", attributes=OFF)
    page.goto(f"{shop.url}/other")
    collector.wait(lambda: len(collector.events("page_view")) == 2)
    assert collector.bodies[-1]["visitor"] == TOKEN


def test_a_member_named_before_the_grant_is_told_after_it(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", head=STUB + "<script>dangol('member', 'a.b.c')</script>", attributes=OFF)
    page.goto(shop.url)
    page.wait_for_function("window.dangol?.ready")
    assert page.evaluate("localStorage.length") == 0
    page.evaluate("dangol('consent', 'full')")
    collector.wait(lambda: collector.bodies)
    assert collector.bodies[0]["member"] == "a.b.c"


def test_an_anonymous_page_stores_nothing_and_names_nobody(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", attributes='data-consent="anonymous"')
    page.goto(shop.url)
    page.wait_for_function("window.dangol?.ready")
    page.evaluate("dangol('member', 'a.b.c'); dangol('track', 'add_to_cart', {value: 1})")
    collector.wait(lambda: collector.events("add_to_cart"))
    assert all(body["anonymous"] and not {"visitor", "member"} & body.keys() for body in collector.bodies)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_withdrawal_wipes_what_was_kept_and_asks_to_be_forgotten(page: Page, shop: Shop, collector: Server) -> None:
    page.goto(shop.url)
    collector.wait(lambda: page.evaluate(STORED) == ["dg.v"])
    collector.reply = lambda body: (503, {"Retry-After": "60"}, {})
    page.evaluate("dangol('member', 'a.b.c'); dangol('track', 'waiting')")
    collector.wait(lambda: len(collector.bodies) == 2)
    page.evaluate("dangol('consent', 'off')")
    assert page.evaluate(STORED) == ["dg.c", "dg.o"]
    collector.bodies.clear()
    collector.reply = answer
    page.evaluate("dangol('track', 'never'); dispatchEvent(new Event('online'))")
    collector.wait(lambda: page.evaluate(STORED) == ["dg.c"])
    [body] = collector.bodies
    assert (body["visitor"], body["forget"], body["events"]) == (TOKEN, True, [])
    assert "member" not in body


def test_who_wants_to_be_forgotten_is_when_the_collector_is_back(page: Page, shop: Shop, collector: Server) -> None:
    page.goto(shop.url)
    collector.wait(lambda: page.evaluate(STORED) == ["dg.v"])
    collector.reply = lambda body: None
    page.evaluate("dangol('consent', 'off')")
    page.goto(f"{shop.url}/other")
    collector.bodies.clear()
    collector.reply = answer
    page.goto(shop.url)
    collector.wait(lambda: page.evaluate(STORED) == ["dg.c"])
    assert {(body["forget"], tuple(body["events"])) for body in collector.bodies} == {(True, ())}
    collector.bodies.clear()
    page.goto(f"{shop.url}/other")
    page.wait_for_timeout(300)
    assert collector.bodies == []


def test_a_new_grant_after_a_withdrawal_begins_anew(page: Page, shop: Shop, collector: Server) -> None:
    page.goto(shop.url)
    collector.wait(lambda: page.evaluate(STORED) == ["dg.v"])
    page.evaluate("dangol('consent', 'off'); dangol('track', 'between'); dangol('consent', 'full')")
    page.evaluate("dangol('track', 'after')")
    collector.wait(lambda: collector.events("after"))
    assert [(body.get("forget"), body.get("visitor")) for body in collector.bodies] == [
        (None, None), (True, TOKEN), (None, None),
    ]  # fmt: skip
    assert not collector.events("between")


def test_global_privacy_control_starts_as_off_and_a_grant_goes_before_it(
    page: Page, shop: Shop, collector: Server
) -> None:
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})")
    page.goto(shop.url)
    page.wait_for_function("window.dangol?.ready")
    page.wait_for_timeout(300)
    assert collector.bodies == []
    page.evaluate("dangol('consent', 'full')")
    collector.wait(lambda: collector.events("page_view"))


def test_a_mode_that_nobody_knows_counts_as_off(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", attributes='data-consent="yes please"')
    page.goto(shop.url)
    page.wait_for_function("window.dangol?.ready")
    page.wait_for_timeout(300)
    assert collector.bodies == []
