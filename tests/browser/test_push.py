"""Notifications in a real browser: asked for, told of, shown and pressed.

Chromium subscribes only at its own push service, which tests do not reach: `PushManager` is the test's own. From
the arrival on everything is real but two things. The protocol hands the message over already decrypted, and nothing in
it can press a notification: the test tells the worker of that, and it stands in for the window that would open.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, Worker

from dangol.plugin import templates
from dangol_plugins.webpush import payload_of

ROOT = Path(__file__).parents[2]
SUBSCRIPTION = {
    "endpoint": "https://push.example.net/send/abc",
    "expirationTime": None,
    "keys": {
        "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
        "auth": "tBHItJI5svbpez7KI4CCXg",
    },
}
KEY = SUBSCRIPTION["keys"]["p256dh"]  # type: ignore[index]
SERVICE = """
  const given = GIVEN;
  let held = null;
  const answer = (options) => ({
    endpoint: given.endpoint, options, toJSON: () => given, unsubscribe: async () => { held = null; return true; }
  });
  PushManager.prototype.getSubscription = async () => held;
  PushManager.prototype.subscribe = async (options) => (window.asked = options, held = answer({
    applicationServerKey: options.applicationServerKey.buffer
  }));
"""
BUTTON = """<button onclick="import('BASE/v1/push.js')
  .then((push) => push.ask({wording: 'Offers at night?', night: true}))
  .then((state) => (window.state = state), (error) => (window.state = String(error)))">Notify me</button>"""
CALL = "(name) => import('BASE/v1/push.js').then((push) => push[name]())"
LINK = "https://dangol.example/l/abc"
SALE = templates.PushTemplate(id="s", title="(광고) 단골 가게", text="주말 세일", link=LINK, collapse="sale")


@pytest.fixture
def pages(shop: Any, collector: Any) -> Any:
    """The shop with a button, and a worker that imports dangol's."""
    collector.routes["/v1/push-key"] = ("application/json", json.dumps({"key": KEY}), {})
    shop.routes["/push-worker.js"] = ("text/javascript", f"importScripts('{collector.url}/v1/push-worker.js')", {})
    shop.put("/", body=BUTTON.replace("BASE", collector.url))
    return shop


def opened(page: Page, pages: Any) -> None:
    page.add_init_script(SERVICE.replace("GIVEN", json.dumps(SUBSCRIPTION)))
    page.goto(pages.url)


def call(page: Page, collector: Any, name: str) -> Any:
    return page.evaluate(CALL.replace("BASE", collector.url), name)


def press(page: Page) -> str:
    page.evaluate("window.state = ''")
    page.get_by_role("button").click()
    page.wait_for_function("window.state")
    return str(page.evaluate("window.state"))


def test_a_shopper_who_agrees_is_subscribed_and_dangol_hears_the_words(
    page: Page, context: BrowserContext, pages: Any, collector: Any
) -> None:
    context.grant_permissions(["notifications"])
    opened(page, pages)
    assert call(page, collector, "state") == "askable"
    assert press(page) == "subscribed"
    collector.wait(lambda: collector.events("push_subscribe"))
    [event] = collector.events("push_subscribe")
    assert event["data"]["subscription"] == SUBSCRIPTION
    assert (event["data"]["agreed"], event["data"]["wording"], event["data"]["night"]) == (
        True,
        "Offers at night?",
        True,
    )
    assert page.evaluate("[asked.userVisibleOnly, asked.applicationServerKey.length]") == [True, 65]
    assert call(page, collector, "state") == "subscribed"
    assert page.evaluate("surfaced") == []


@pytest.mark.parametrize("language", ["docs", "docs/ko"])
def test_the_lines_that_the_docs_show_do_it(
    page: Page, context: BrowserContext, pages: Any, collector: Any, language: str
) -> None:
    context.grant_permissions(["notifications"])
    [lines] = re.findall(r"```html\n(.*?)```", (ROOT / language / "push.md").read_text(), re.DOTALL)
    pages.put("/", body=lines.replace("https://dangol.example", collector.url))
    opened(page, pages)
    page.get_by_role("checkbox").check()
    page.get_by_role("button").click()
    collector.wait(lambda: collector.events("push_subscribe"))
    [event] = collector.events("push_subscribe")
    assert event["data"]["wording"] == page.locator("#words").text_content()
    page.get_by_role("button").wait_for(state="hidden")
    page.reload()
    page.get_by_role("checkbox").wait_for()
    assert page.evaluate("surfaced") == []


def test_a_subscription_is_told_again_but_not_on_every_page(
    page: Page, context: BrowserContext, pages: Any, collector: Any
) -> None:
    context.grant_permissions(["notifications"])
    opened(page, pages)
    press(page)
    call(page, collector, "renew")
    page.evaluate("localStorage['dg.n'] = `${Date.now() - 864e5 - 1} ${localStorage['dg.n'].split(' ')[1]}`")
    call(page, collector, "renew")
    call(page, collector, "renew")
    collector.wait(lambda: len(collector.events("push_subscribe")) == 2)
    assert "agreed" not in collector.events("push_subscribe")[1]["data"]
    call(page, collector, "stop")
    call(page, collector, "stop")
    call(page, collector, "renew")
    collector.wait(lambda: collector.events("push_unsubscribe"))
    page.wait_for_timeout(200)
    assert (len(collector.events("push_subscribe")), len(collector.events("push_unsubscribe"))) == (2, 1)
    assert call(page, collector, "state") == "askable"


def test_another_key_of_the_site_makes_a_new_subscription(
    page: Page, context: BrowserContext, pages: Any, collector: Any
) -> None:
    context.grant_permissions(["notifications"])
    opened(page, pages)
    press(page)
    assert page.evaluate("asked.applicationServerKey[64]") == 0x43
    collector.routes["/v1/push-key"] = ("application/json", json.dumps({"key": KEY[:-1] + "A"}), {})
    assert press(page) == "subscribed"
    assert page.evaluate("asked.applicationServerKey[64]") == 0x40


def test_who_has_refused_is_not_subscribed(page: Page, context: BrowserContext, pages: Any, collector: Any) -> None:
    opened(page, pages)
    page.evaluate("Notification.requestPermission = async () => 'denied'")
    assert press(page) == "denied"
    page.evaluate("delete PushManager.prototype.subscribe; delete window.PushManager")
    assert press(page) == "unsupported"
    assert call(page, collector, "renew") is None
    assert collector.events("push_subscribe") == []


@pytest.mark.parametrize("consent", ["off", "anonymous"])
def test_who_is_not_to_be_known_is_not_asked(
    page: Page, context: BrowserContext, pages: Any, collector: Any, consent: str
) -> None:
    context.grant_permissions(["notifications"])
    pages.put("/", body=BUTTON.replace("BASE", collector.url), attributes=f'data-consent="{consent}"')
    opened(page, pages)
    assert call(page, collector, "state") == press(page) == "unsupported"
    call(page, collector, "renew")
    assert page.evaluate("[window.asked, localStorage['dg.n']]") == [None, None]
    page.evaluate("dangol('consent', 'full')")
    assert press(page) == "subscribed"


def test_a_site_without_web_push_says_so(page: Page, context: BrowserContext, pages: Any, collector: Any) -> None:
    context.grant_permissions(["notifications"])
    collector.routes["/v1/push-key"] = ("application/json", '{"error": "web push is not set up"}', {"Status": "404"})
    opened(page, pages)
    assert press(page) == "Error: dangol: web push is not set up"


@pytest.fixture
def worker(page: Page, context: BrowserContext, pages: Any) -> Iterator[tuple[Worker, CDPSession, str]]:
    """The service worker that the shop's page has registered, a way to hand messages to it, and its registration."""
    context.grant_permissions(["notifications"])
    session = context.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(each["registrationId"] for each in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    opened(page, pages)
    with context.expect_event("serviceworker") as found:
        press(page)
    yield found.value, session, registrations[0]
    session.detach()


def deliver(page: Page, pages: Any, session: CDPSession, registration: str, data: str) -> None:
    session.send(
        "ServiceWorker.deliverPushMessage", {"origin": pages.url, "registrationId": registration, "data": data}
    )


NOTIFICATIONS = """() => registration.getNotifications().then((all) => all.map(
  ({ title, body, tag, data }) => ({ title, body, tag, data })))"""


def test_what_arrives_is_shown_and_the_newer_takes_the_place_of_the_older(page: Page, pages: Any, worker: Any) -> None:
    service, session, registration = worker
    for text in ("곧 시작해요", "주말 세일"):
        content = templates.PushTemplate(**{**{n: getattr(SALE, n) for n in SALE.__struct_fields__}, "text": text})
        deliver(page, pages, session, registration, payload_of("key", content).decode())
    page.wait_for_timeout(300)
    assert service.evaluate(NOTIFICATIONS) == [
        {"title": SALE.title, "body": "주말 세일", "tag": "sale", "data": {"link": LINK}}
    ]


def test_what_is_not_ours_or_hostile_does_no_harm(page: Page, pages: Any, worker: Any) -> None:
    service, session, registration = worker
    for data in ("", "no JSON", "{}", "[]", '{"title": "x", "link": "javascript:alert(1)"}'):
        deliver(page, pages, session, registration, data)
    page.wait_for_timeout(300)
    shown = service.evaluate(NOTIFICATIONS)
    assert {"title": "x", "body": "", "tag": "", "data": {"link": None}} in shown
    assert not [each for each in shown if "javascript" in json.dumps(each)]


PRESS = """async (link) => {
  const opened = [];
  clients.openWindow = async (url) => void opened.push(url);
  const focused = [];
  WindowClient.prototype.focus = async function () { focused.push(this.url); };
  const work = [];
  const event = new Event("notificationclick");
  let closed = false;
  event.notification = { data: { link }, close: () => (closed = true) };
  event.waitUntil = (each) => work.push(each);
  dispatchEvent(event);
  await Promise.all(work);
  return { opened, focused, closed };
}"""


def test_a_press_opens_the_link_or_the_tab_that_has_it_open(page: Page, pages: Any, worker: Any) -> None:
    service, _, _ = worker
    assert service.evaluate(PRESS, LINK) == {"opened": [LINK], "focused": [], "closed": True}
    here = f"{pages.url}/"
    assert service.evaluate(PRESS, here) == {"opened": [], "focused": [here], "closed": True}
    assert service.evaluate(PRESS, None) == {"opened": [], "focused": [], "closed": True}
