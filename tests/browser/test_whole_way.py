"""From a page through the real server and the real store to a widget on the page, and back."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

import jwt
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.trees import OPEN, SHIFTS

from dangol.protocol.tokens import Keys

# The widgets live in closed shadow roots; the tests look into them by opening them up.
CSP = (
    "default-src 'self'; img-src 'self' data:; script-src 'self' {0} 'unsafe-inline'; connect-src {0}; "
    "style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    context.add_init_script(OPEN)
    return context.new_page()


def popcorn(**changes: Any) -> dict[str, Any]:
    """A campaign for everyone, without a holdout."""
    params = {"title": {"ko": "다시 오셨네요", "en": "Welcome back"}, "body": "{name|friend}, hello"}
    return {"id": "hello", "widget": {"use": "popcorn", "params": params}, "holdout": 0, **changes}


def site(origin: str, *campaigns: dict[str, Any], segments: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    about = {"id": "testing", "key": "pk_testing", "name": "Testing", "origins": [origin], "language": "en"}
    return {"site": about, "segments": segments or [], "campaigns": list(campaigns)}


def widget(page: Page) -> Any:
    return page.locator("dangol-widget")


def post(dangol: Any, kind: str, path: str, body: Any) -> Any:
    """What dangol answers to the holder of a key, "server" or "admin"."""
    key = getattr(Keys.derive(dangol.environment["DANGOL_SECRET"].encode(), "testing"), kind)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urlopen(Request(f"{dangol.url}{path}", json.dumps(body).encode(), headers)) as answer:
        return json.load(answer)


def explain(dangol: Any, member: str) -> dict[str, Any]:
    keys = dangol.run("keys", "testing").split()
    key = next(word for word in keys if word.startswith("ak_"))
    request = Request(f"{dangol.url}/v1/admin/explain?member={member}", headers={"Authorization": f"Bearer {key}"})
    with urlopen(request) as answer:
        told: dict[str, Any] = json.load(answer)
    return told


def identity(dangol: Any, **claims: Any) -> str:
    secret = next(word for word in dangol.run("keys", "testing").split() if word.startswith("id_"))
    return jwt.encode({"exp": _soon(), **claims}, secret, "HS256")


def _soon() -> int:
    return int(time.time()) + 600


def test_a_page_view_shows_a_widget_and_closing_it_counts(dangol: Any, front: Any, page: Page) -> None:
    dangol.apply(site(front.url, popcorn(caps=[{"times": 1, "per": "session"}])))
    page.goto(front.url)
    expect(widget(page).get_by_text("다시 오셨네요").first).to_be_visible()
    expect(widget(page).get_by_text("friend, hello").first).to_be_visible()
    page.wait_for_timeout(1500)  # seen for a second, told, confirmed
    page.goto(f"{front.url}/other")
    page.wait_for_timeout(800)
    expect(widget(page)).to_have_count(0)


def test_see_later_keeps_its_word(dangol: Any, front: Any, page: Page) -> None:
    dangol.apply(site(front.url, popcorn(id="later", later=["session", "never"])))
    page.goto(front.url)
    widget(page).locator(".dg-later summary").click()
    widget(page).locator(".dg-later button").last.click()
    expect(widget(page)).to_have_count(0)
    page.wait_for_timeout(300)
    page.reload()
    page.wait_for_timeout(800)
    expect(widget(page)).to_have_count(0)


def test_two_tabs_never_both_take_the_last_allowed_view(dangol: Any, front: Any, context: BrowserContext) -> None:
    dangol.apply(site(front.url, popcorn(id="once", caps=[{"times": 1, "per": "lifetime"}])))
    context.add_init_script(OPEN)
    first = context.new_page()
    first.goto(f"{front.url}/other")  # both tabs are one visitor from here on
    first.wait_for_timeout(500)
    assert widget(first).count() == 1
    tabs = [context.new_page() for _ in range(3)]
    for tab in tabs:
        tab.goto(front.url)
    tabs[0].wait_for_timeout(800)
    assert [widget(tab).count() for tab in tabs] == [0, 0, 0]


def test_a_signed_member_is_greeted_by_name_and_brings_the_history_along(dangol: Any, front: Any, page: Page) -> None:
    members = {"id": "members", "include": {"logged_in": True}}
    dangol.apply(site(front.url, popcorn(id="greeting", audience=["members"]), segments=[members]))
    page.goto(front.url)
    page.evaluate("dangol('track', 'view_item', {items: [{item_id: 'p1', item_name: 'Mug', price: 9.5}]})")
    page.wait_for_timeout(500)
    expect(widget(page)).to_have_count(0)
    token = identity(dangol, sub="anna", name="Anna <b>")
    front.put("/in", head=f"<script>{STUB}dangol('member', {json.dumps(token)})</script>")
    page.goto(f"{front.url}/in")
    expect(widget(page).get_by_text("Anna <b>, hello").first).to_be_visible()
    facts = explain(dangol, "anna")["facts"]
    assert [seen["id"] for seen in facts["viewed"]] == ["p1"]


def test_a_forged_member_stays_a_stranger(dangol: Any, front: Any, page: Page) -> None:
    members = {"id": "members", "include": {"logged_in": True}}
    dangol.apply(site(front.url, popcorn(id="greeting", audience=["members"]), segments=[members]))
    forged = jwt.encode(
        {"sub": "anna", "name": "Mallory", "exp": _soon()}, "not the identity secret, but long", "HS256"
    )
    front.put("/in", head=f"<script>{STUB}dangol('member', {json.dumps(forged)})</script>")
    page.goto(f"{front.url}/in")
    page.wait_for_timeout(800)
    expect(widget(page)).to_have_count(0)


def test_a_click_on_a_recommended_product_arrives_with_it(dangol: Any, front: Any, page: Page) -> None:
    use = {"use": "recommendation_strip", "at": "#recommended", "params": {"recommenders": ["new_arrivals"]}}
    dangol.apply(site(front.url, {"id": "strip", "holdout": 0, "widget": use}))
    cup = {"id": "a:컵", "name": "Cup", "price": 9.5, "url": f"{front.url}/other"}
    post(dangol, "server", "/v1/products", {"products": [cup, {**cup, "id": "p1", "name": "Mug"}]})
    front.put("/product/1", body='<main><div id="recommended" style="min-height: 600px"></div></main>')
    page.wait_for_timeout(1_000)  # the shelf is as fresh as that
    page.goto(f"{front.url}/product/1")
    link = widget(page).get_by_role("link", name="Cup")
    expect(link).to_be_visible()
    page.wait_for_timeout(1_500)  # seen for a second
    link.click()
    page.wait_for_url("**/other")
    page.wait_for_timeout(1_000)
    token = next(each["value"] for each in page.context.cookies(dangol.url) if each["name"] == "dg_testing")
    known = post(dangol, "admin", "/v1/admin/person", {"visitor": token})["known"]
    assert [(pick["product"], pick["campaign"], pick["arm"]) for pick in known["picks"]] == [("a:컵", "strip", "on")]
    assert (known["contacts"]["strip"]["views"], known["contacts"]["strip"]["clicks"]) == (1, 1)


def test_a_strip_follows_the_cart_to_its_goal_and_comes_back_with_the_gap(dangol: Any, front: Any, page: Page) -> None:
    use = {"use": "recommendation_strip", "at": "#fill", "params": {"fill_gap_goal": 50_000, "count": 1}}
    dangol.apply(site(front.url, {"id": "fill", "holdout": 0, "widget": use, "on": ["page_view", *CART]}))
    rows = [{"id": f"p{price}", "name": f"For {price}", "price": price, "url": "/"} for price in (11_000, 22_000)]
    post(dangol, "server", "/v1/products", {"products": rows})
    front.put("/", body='<main><div id="fill" style="min-height: 600px"></div></main>')
    page.wait_for_timeout(1_000)  # the shelf is as fresh as that
    page.add_init_script(SHIFTS)
    page.goto(front.url)
    strip = widget(page).locator(".strip")
    track(page, "add_to_cart", price=30_000)
    expect(strip).to_contain_text("20,000원만 더 담으면 무료배송이에요")
    expect(strip.get_by_role("link")).to_have_text("For 22000")
    track(page, "add_to_cart", price=10_000)
    expect(strip).to_contain_text("10,000원만 더 담으면 무료배송이에요")
    expect(strip.get_by_role("link")).to_have_text("For 11000")
    track(page, "add_to_cart", price=10_000)
    page.mouse.click(5, 5)  # nothing on the page moves before the shopper does something
    expect(strip).to_have_count(0)
    track(page, "remove_from_cart", price=10_000)
    expect(strip.get_by_role("link")).to_have_text("For 11000")
    assert page.evaluate("[shift < 0.0005, surfaced.length]") == [True, 0]


CART = ("add_to_cart", "remove_from_cart", "view_cart")


def track(page: Page, name: str, price: int) -> None:
    items = [{"item_id": f"in-cart-{price}", "item_name": "Held", "price": price, "quantity": 1}]
    page.evaluate("([name, items]) => dangol('track', name, {items})", [name, items])


def test_hostile_words_are_shown_as_words_under_a_strict_policy(dangol: Any, front: Any, page: Page) -> None:
    hostile = "<img src=x onerror=alert(1)></script>{{7*7}}"
    params = {"title": hostile, "body": "javascript:alert(1)"}
    dangol.apply(site(front.url, popcorn(id="hostile", widget={"use": "popcorn", "params": params})))
    front.put("/strict", headers={"Content-Security-Policy": CSP.format(dangol.url)})
    violations: list[str] = []
    page.on("console", lambda message: violations.append(message.text) if "Content Security" in message.text else None)
    page.on("dialog", lambda dialog: violations.append(dialog.message))
    page.goto(f"{front.url}/strict")
    words = "<img src=x onerror=alert(1)></script>{7*7}"  # {{ writes a brace
    expect(widget(page).get_by_text(words).first).to_be_visible()
    assert violations == []


def test_definitions_are_followed_without_a_reload_of_the_server(dangol: Any, front: Any, page: Page) -> None:
    dangol.apply(site(front.url))
    page.goto(front.url)
    page.wait_for_timeout(500)
    expect(widget(page)).to_have_count(0)
    dangol.apply(site(front.url, popcorn(id="new")))
    page.goto(f"{front.url}/other")
    expect(widget(page)).to_have_count(1)


def test_while_the_store_is_down_the_page_goes_on_and_nothing_is_lost(
    dangol: Any, front: Any, page: Page, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    members = {"id": "members", "include": {"logged_in": True}}
    dangol.apply(site(front.url, popcorn(id="greeting", audience=["members"]), segments=[members]))
    token = identity(dangol, sub="outage", name="Outage")
    front.put("/in", head=f"<script>{STUB}dangol('member', {json.dumps(token)})</script>")
    page.goto(f"{front.url}/in")
    eventually(lambda: explain(dangol, "outage")["facts"]["page_views"] == 1)
    dangol.store.kill()
    dangol.wait(ready=False)
    status, why = dangol.get("/readyz")
    assert status == 503
    assert "store" in why
    page.goto(f"{front.url}/in?while=down")
    page.evaluate("dangol('track', 'search', {search_term: 'candle'})")
    page.wait_for_timeout(500)
    assert page.evaluate("surfaced") == []
    assert page.get_by_role("heading", name="Shop").is_visible()
    dangol.store.start()
    dangol.wait()
    page.goto(f"{front.url}/in?again=up")
    eventually(lambda: explain(dangol, "outage")["facts"]["page_views"] == 3)
    assert explain(dangol, "outage")["facts"]["visit"]["searches"] == ["candle"]


STUB = "window.dangol=window.dangol||function(){(dangol.q=dangol.q||[]).push(arguments)};"


@pytest.fixture
def eventually(page: Page) -> Callable[[Callable[[], bool]], None]:
    """Waits in the page's own time, so that its timers run on."""

    def wait(met: Callable[[], bool]) -> None:
        for _ in range(150):
            try:
                if met():
                    return
            except OSError:
                pass
            page.wait_for_timeout(100)
        raise AssertionError("not within 15 s")

    return wait


def test_a_public_trait_brings_a_shopper_into_a_segment_and_a_private_one_does_not(
    dangol: Any, front: Any, page: Page
) -> None:
    campaigns = [
        popcorn(id="tea", audience=["tea"]),
        popcorn(id="vips", audience=["vips"], priority=1, widget={"use": "popcorn", "params": {"title": "Dear VIP"}}),
    ]
    segments = [
        {"id": "tea", "include": {"all": [{"trait.size": {"is": "M"}}, {"trait.likes": {"has_any": ["tea"]}}]}},
        {"id": "vips", "include": {"trait.vip": True}},
    ]
    definitions = site(front.url, *campaigns, segments=segments)
    definitions["site"]["traits"] = [
        {"id": "size", "name": "size", "type": "text", "choices": ["S", "M"], "public": True},
        {"id": "likes", "name": "likes", "type": "list", "public": True},
        {"id": "vip", "name": "VIP", "type": "boolean"},
    ]
    dangol.apply(definitions)
    traits = "{size: 'M', likes: ['Tea', 'mugs'], vip: true, size_of_shoes: 42}"
    front.put("/", head=f"<script>{STUB}dangol('trait', {traits})</script>")
    page.goto(front.url)
    expect(widget(page).get_by_text("friend, hello").first).to_be_visible()
    expect(widget(page).get_by_text("Dear VIP")).to_have_count(0)
    front.put("/in", head=f"<script>{STUB}dangol('member', {json.dumps(identity(dangol, sub='tea-lover'))})</script>")
    page.goto(f"{front.url}/in")
    page.wait_for_timeout(500)
    facts = explain(dangol, "tea-lover")["facts"]
    assert (facts["traits"], facts["member"]["traits"]) == ({"size": "M", "likes": ["Tea", "mugs"]}, {})
