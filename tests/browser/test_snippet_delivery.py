"""No event is lost, none is sent for ever: the collector away, storage that refuses, pages that go."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route

from dangol.tag import stub

if TYPE_CHECKING:
    from tests.browser.conftest import Server, Shop

OUTBOX = "Object.keys(localStorage).filter((key) => key.startsWith('dg.e.')).length"


def ids(collector: Server) -> list[str]:
    return [event["id"] for event in collector.events()]


def outbox_is_empty(page: Page) -> bool:
    return bool(page.evaluate(f"{OUTBOX} === 0"))


@pytest.mark.parametrize(
    "away", [None, (503, {}, {"error": "store away"}), (429, {}, {})], ids=["no network", "503", "429"]
)
def test_what_the_collector_missed_it_gets_when_it_is_back(
    page: Page, shop: Shop, collector: Server, away: Any
) -> None:
    collector.reply = lambda body: away
    page.goto(shop.url)
    page.wait_for_function("window.dangol?.ready")
    page.evaluate("dangol('track', 'add_to_cart', {value: 1})")
    page.goto(f"{shop.url}/other")
    page.wait_for_function(f"{OUTBOX} === 3")
    collector.bodies.clear()
    collector.reply = lambda body: (200, {}, {})
    collector.wait(lambda: outbox_is_empty(page))
    names = [event["name"] for event in collector.events()]
    assert names == ["page_view", "add_to_cart", "page_view"]
    assert len(set(ids(collector))) == 3
    assert collector.events("add_to_cart")[0]["data"]["page_location"] == f"{shop.url}/"


def test_the_collector_decides_how_long_to_wait(page: Page, shop: Shop, collector: Server) -> None:
    collector.reply = lambda body: (429, {"Retry-After": "3"}, {})
    page.goto(shop.url)
    collector.wait(lambda: collector.bodies)
    page.evaluate("dangol('track', 'add_to_cart', {})")
    page.wait_for_timeout(2_000)
    assert len(collector.bodies) == 1
    collector.reply = lambda body: (200, {}, {})
    collector.wait(lambda: outbox_is_empty(page))
    assert [len(body["events"]) for body in collector.bodies] == [1, 2]


def test_a_page_that_leaves_tries_once_more(page: Page, shop: Shop, collector: Server) -> None:
    collector.reply = lambda body: (503, {"Retry-After": "60"}, {})
    page.goto(shop.url)
    collector.wait(lambda: collector.bodies)
    page.wait_for_timeout(200)
    collector.reply = lambda body: (200, {}, {})
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    collector.wait(lambda: outbox_is_empty(page), 3)
    assert len(collector.bodies) == 2


def test_when_the_network_is_back_nothing_waits(page: Page, shop: Shop, collector: Server) -> None:
    collector.reply = lambda body: (429, {"Retry-After": "60"}, {})
    page.goto(shop.url)
    collector.wait(lambda: collector.bodies)
    collector.reply = lambda body: (200, {}, {})
    page.evaluate("dispatchEvent(new Event('online'))")
    collector.wait(lambda: outbox_is_empty(page), 3)


def test_a_refused_batch_is_dropped_and_the_next_goes(page: Page, shop: Shop, collector: Server) -> None:
    collector.reply = lambda body: (400, {}, {"error": "events: …"})
    page.goto(shop.url)
    collector.wait(lambda: collector.bodies and outbox_is_empty(page))
    collector.reply = lambda body: (200, {}, {})
    page.evaluate("dangol('track', 'add_to_cart', {})")
    collector.wait(lambda: collector.events("add_to_cart"))
    assert len(collector.bodies) == 2


def test_an_event_of_the_last_moment_arrives(page: Page, shop: Shop, collector: Server) -> None:
    page.goto(shop.url)
    collector.wait(collector.events)
    page.evaluate("dangol('track', 'add_to_cart', {}); location.href = 'about:blank'")
    collector.wait(lambda: collector.events("add_to_cart"), 3)


def test_a_hidden_page_sends_at_once_and_only_once(page: Page, shop: Shop, collector: Server) -> None:
    page.goto(shop.url)
    collector.wait(collector.events)
    page.evaluate(
        "dangol('track', 'add_to_cart', {}); document.dispatchEvent(new Event('visibilitychange', {bubbles: true}));"
        "dispatchEvent(new PageTransitionEvent('pagehide'))"
    )
    collector.wait(lambda: outbox_is_empty(page))
    assert len(collector.events("add_to_cart")) == 1


REFUSALS = {
    "storage full": "for (let n = 20; n >= 0; n--)"
    " try { for (;;) localStorage['x' + localStorage.length] = 'x'.repeat(2 ** n) } catch {}",
    "storage blocked": "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('blocked') }})",
    "no storage": "Object.defineProperty(window, 'localStorage', {value: null})",
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=list(REFUSALS))
def test_without_storage_events_are_kept_for_the_page(page: Page, shop: Shop, collector: Server, refusal: str) -> None:
    page.add_init_script(refusal)
    collector.reply = lambda body: (503, {}, {})
    page.goto(shop.url)
    collector.wait(lambda: collector.bodies)
    collector.bodies.clear()
    collector.reply = lambda body: (200, {}, {"visitor": "v1"})
    page.evaluate("dangol('track', 'add_to_cart', {}); dispatchEvent(new Event('online'))")
    collector.wait(lambda: collector.events("add_to_cart"))
    page.evaluate("dangol('track', 'search', {search_term: 'tea'})")
    collector.wait(lambda: collector.events("search"))
    assert [event["name"] for event in collector.events()] == ["page_view", "add_to_cart", "search"]
    assert collector.bodies[-1]["visitor"] == "v1"
    assert page.evaluate("surfaced") == []


def test_the_outbox_is_bounded_and_gives_up_the_oldest(page: Page, shop: Shop, collector: Server) -> None:
    collector.reply = lambda body: (503, {"Retry-After": "60"}, {})
    page.goto(shop.url)
    collector.wait(lambda: collector.bodies)
    page.evaluate("for (let n = 0; n < 250; n++) dangol('track', 'step', {n})")
    assert page.evaluate(OUTBOX) == 200
    page.evaluate("for (let n = 0; n < 20; n++) dangol('track', 'large', {n, text: '가'.repeat(9000)})")
    size = "Object.entries(localStorage).reduce((sum, [key, text]) => sum + text.length, 0)"
    assert page.evaluate(size) < 64_200
    page.evaluate("dangol('track', 'too_large', {text: 'x'.repeat(20000)})")
    collector.bodies.clear()
    collector.reply = lambda body: (200, {}, {})
    page.evaluate("dispatchEvent(new Event('online'))")
    collector.wait(lambda: outbox_is_empty(page))
    assert [event["data"]["n"] for event in collector.events("large")] == list(range(13, 20))
    assert not collector.events("too_large")


def test_batches_are_bounded_and_follow_each_other(page: Page, shop: Shop, collector: Server) -> None:
    collector.reply = lambda body: (503, {"Retry-After": "60"}, {})
    page.goto(shop.url)
    collector.wait(lambda: collector.bodies)
    page.evaluate("for (let n = 0; n < 120; n++) dangol('track', 'step', {n, text: '가'.repeat(300)})")
    collector.bodies.clear()
    collector.reply = lambda body: (200, {}, {})
    page.evaluate("dispatchEvent(new Event('online'))")
    collector.wait(lambda: outbox_is_empty(page))
    assert max(len(body["events"]) for body in collector.bodies) <= 50
    lengths = [int(headers["Content-Length"]) for method, _, headers in collector.requests if method == "POST"]
    assert max(lengths) <= 60_000
    assert [event["data"]["n"] for event in collector.events("step")] == list(range(120))


def test_what_is_old_or_broken_in_the_outbox_harms_nothing(page: Page, shop: Shop, collector: Server) -> None:
    page.add_init_script(
        "const time = (Date.now() - 8 * 864e5).toString(16).padStart(12, '0').replace(/.{8}/, '$&-');"
        "localStorage[`dg.e.${time}-7000-8000-000000000000`] = JSON.stringify({ name: 'old', data: {} });"
        "localStorage['dg.e.zz'] = '{}'; localStorage['dg.e.' + 'f'.repeat(36)] = '{broken'; localStorage.mine = '1'"
    )
    page.goto(shop.url)
    collector.wait(lambda: collector.bodies and outbox_is_empty(page))
    assert [event["name"] for event in collector.events()] == ["page_view"]
    assert page.evaluate("localStorage.mine") == "1"


def test_wrong_calls_are_told_and_spoil_nothing(page: Page, shop: Shop, collector: Server) -> None:
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(shop.url)
    page.wait_for_function("window.dangol?.ready")
    page.evaluate(
        "(() => { const circle = {}; circle.circle = circle; dangol('track', 'circle', circle);"
        "dangol('track', 'Not A Name'); dangol('track'); dangol('track', 'text', 'text');"
        "dangol('track', 'n', {n: 1n}); dangol('member', null); dangol('member', 7); dangol(); dangol('explode') })()"
    )
    page.evaluate("dangol('track', 'fine', {})")
    collector.wait(lambda: collector.events("fine"))
    assert [event["name"] for event in collector.events()] == ["page_view", "fine"]
    assert len([text for text in told if text.startswith("dangol:")]) == 9
    assert page.evaluate("surfaced") == []


STUB = f"<script>{stub()}</script>"
CALLS = "<script>dangol('track', 'first', {n: 1}); dangol('member', 'a.b.c'); dangol('track', 'second')</script>"
LEAVE = "dispatchEvent(new PageTransitionEvent('pagehide'))"


def test_a_visit_that_ends_before_the_script_has_come_is_told(page: Page, shop: Shop, collector: Server) -> None:
    shop.put("/", head=STUB + CALLS)
    page.route("**/dangol.js", lambda route: None)
    page.goto(shop.url, wait_until="commit")
    page.wait_for_function("window.dangol?.q.length === 3")
    page.goto("about:blank")
    collector.wait(collector.events)
    [body] = collector.bodies
    assert body["page"] == f"{shop.url}/"
    assert [event["name"] for event in body["events"]] == ["page_view", "first", "second"]


def test_what_the_stub_has_told_comes_under_the_same_ids_from_the_core(
    page: Page, shop: Shop, collector: Server
) -> None:
    shop.put("/", head=STUB + CALLS)
    held: list[Route] = []
    page.route("**/dangol.js", lambda route: held.append(route))
    page.goto(shop.url, wait_until="commit")
    page.wait_for_function("window.dangol?.q.length === 3")
    page.evaluate(LEAVE)
    collector.wait(collector.events)
    held[0].continue_()
    collector.wait(lambda: len(collector.bodies) == 2)
    told, again = ([(event["id"], event["name"], event["at"]) for event in body["events"]] for body in collector.bodies)
    assert told == again
    page.evaluate(LEAVE)
    page.wait_for_timeout(200)
    assert len(collector.bodies) == 2


@pytest.mark.parametrize(
    ("attributes", "setting"),
    [('data-consent="off"', ""), ('data-consent="anonymous"', ""), ("", "localStorage['dg.c'] = 'off'")],
    ids=["not asked", "anonymous", "refused"],
)
def test_the_stub_tells_nothing_without_full_consent(
    page: Page, shop: Shop, collector: Server, attributes: str, setting: str
) -> None:
    page.add_init_script(setting)
    shop.put("/", head=STUB, attributes=attributes)
    page.route("**/dangol.js", lambda route: None)
    page.goto(shop.url, wait_until="commit")
    page.wait_for_function("window.dangol?.q")
    page.evaluate(LEAVE)
    page.wait_for_timeout(200)
    assert collector.bodies == []
    assert page.evaluate("surfaced") == []


def test_what_happened_offline_arrives_with_the_next_page(
    context: BrowserContext, shop: Shop, collector: Server
) -> None:
    page = context.new_page()
    page.goto(shop.url)
    collector.wait(lambda: outbox_is_empty(page))
    context.set_offline(True)
    page.evaluate("dangol('track', 'add_to_cart', {})")
    page.wait_for_timeout(200)
    page.close()
    context.set_offline(False)
    context.new_page().goto(f"{shop.url}/other")
    collector.wait(lambda: collector.events("add_to_cart"))


def test_what_a_killed_page_could_not_send_the_next_one_does(
    context: BrowserContext, shop: Shop, collector: Server
) -> None:
    page = context.new_page()
    page.goto(shop.url)
    collector.wait(lambda: outbox_is_empty(page))
    collector.reply = lambda body: None
    page.evaluate("dangol('track', 'add_to_cart', {})")
    page.wait_for_timeout(200)
    with contextlib.suppress(Error):
        page.goto("chrome://crash")
    collector.reply = lambda body: (200, {}, {})
    context.new_page().goto(f"{shop.url}/other")
    collector.wait(lambda: collector.events("add_to_cart"))


def test_with_full_storage_an_event_goes_at_once(page: Page, shop: Shop, collector: Server) -> None:
    page.add_init_script(REFUSALS["storage full"])
    shop.put("/", body="<script src='/never'></script>")
    page.route("**/never", lambda route: None)
    page.goto(shop.url, wait_until="commit")
    collector.wait(lambda: collector.events("page_view"))
    [body] = collector.bodies
    assert body["sent"] - body["events"][0]["at"] < 500  # and not after the second that a page may take to be parsed
