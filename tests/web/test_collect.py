import asyncio
import time
from typing import Any

import httpx
import msgspec
import pytest
from prometheus_client import REGISTRY

from dangol.definitions import repository
from dangol.definitions.model import Segment

pytestmark = pytest.mark.anyio

ORIGIN = "https://shop.example"
POPCORN = {"id": "hello", "widget": {"use": "popcorn", "params": {"title": "Hello"}}, "holdout": 0}
ORDER: dict[str, Any] = {"transaction_id": "A-1", "value": 500, "items": [{"item_id": "a", "price": 500}]}


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_a_first_page_view_gets_a_visitor(browser: Any, event: Any) -> None:
    response = await browser.send(event())
    assert response.status_code == 200
    assert response.json() == {"visitor": browser.cookie}
    assert (await browser.profile()).page_views == 1


async def test_the_cookie_is_the_servers_and_lasts(browser: Any, event: Any) -> None:
    header = (await browser.send(event())).headers["set-cookie"]
    name, *attributes = header.split("; ")
    assert name == f"dg_shop={browser.cookie}"
    assert set(attributes) == {"HttpOnly", "Max-Age=34560000", "Path=/", "SameSite=None", "Secure"}


async def test_the_cookie_of_who_keeps_coming_is_renewed_with_each_visit_and_no_oftener(
    house: Any, browser: Any, event: Any, monkeypatch: Any
) -> None:
    await browser.send(event())
    token, clock = browser.cookie, [time.time()]
    monkeypatch.setattr(house, "now", lambda: clock[0])
    kept = []
    for minutes in (1, 29, 31, 1, 300 * 24 * 60):
        clock[0] += minutes * 60
        at = int(clock[0] * 1000)
        answer = await browser.send(event(at=at), event("view_cart", at=at), sent=at)
        assert answer.json() == {}  # the page's own copy of the token has no end
        kept.append(answer.headers.get("set-cookie", "").partition("; HttpOnly")[0])
    renewed = f"dg_shop={token}; Path=/; Max-Age=34560000"
    assert kept == ["", "", renewed, "", renewed]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, "Lax"),
        ({"Sec-Fetch-Site": "same-site"}, "Lax"),
        ({"Sec-Fetch-Site": "cross-site"}, "None"),
        ({"Host": "shop.example"}, "Lax"),
        ({"Host": "shop.example.evil"}, "None"),
    ],
)
async def test_the_cookie_may_only_cross_sites_where_it_must(
    browser: Any, event: Any, headers: dict[str, str], expected: str
) -> None:
    header = (await browser.send(event(), headers=headers)).headers["set-cookie"]
    assert f"SameSite={expected}; Secure" in header


async def test_the_cookie_has_at_most_64_bytes(
    new_house: Any, opened: Any, define: Any, new_browser: Any, event: Any
) -> None:
    browser = new_browser(await opened(new_house(define(id="s" * 40))))
    response = await browser.send(event())
    assert len(response.headers["set-cookie"].partition(";")[0]) == 64
    assert (await browser.send(event())).json() == {}


async def test_without_https_the_cookie_is_for_the_same_site(house: Any, new_browser: Any, event: Any) -> None:
    header = (await new_browser(house, scheme="http").send(event())).headers["set-cookie"]
    assert "SameSite=Lax" in header
    assert "Secure" not in header


async def test_the_next_page_view_is_the_same_visitors_and_says_nothing_new(browser: Any, event: Any) -> None:
    await browser.send(event())
    response = await browser.send(event())
    assert response.json() == {}
    assert "set-cookie" not in response.headers
    assert (await browser.profile()).page_views == 2


async def test_where_cookies_are_blocked_the_kept_token_will_do(browser: Any, event: Any) -> None:
    token = (await browser.send(event())).json()["visitor"]
    browser.http.cookies.clear()
    response = await browser.send(event(), visitor=token)
    assert response.json() == {}
    assert browser.cookie == token
    assert (await browser.profile()).page_views == 2


@pytest.mark.parametrize("beside", ['a={"x":1, "y":[2]}; ', "b[c]=x y; =; ;; é=1; ", 'quoted="a;b"; ', "dg_shop2=x; "])
async def test_the_shops_other_cookies_do_no_harm(browser: Any, event: Any, beside: str) -> None:
    token = (await browser.send(event())).json()["visitor"]
    browser.http.cookies.clear()
    header = f"{beside}dg_shop={token}; last=1".encode()
    response = await browser.http.post(
        "/v1/events",
        content=f'{{"site": "public-key", "sent": 1, "page": "{ORIGIN}/"}}',
        headers=[(b"Origin", ORIGIN.encode()), (b"Cookie", header)],
    )
    assert response.json() == {}


@pytest.mark.parametrize("with_events", [True, False])
async def test_a_login_keeps_the_history_and_a_logout_leaves_it(
    browser: Any, event: Any, member_token: Any, member_id: Any, with_events: bool
) -> None:
    await browser.send(event())
    events = [event("login")] if with_events else []
    response = await browser.send(*events, member=member_token("kim", name="Kim"))
    assert response.json()["visitor"].startswith(member_id("kim"))
    assert (await browser.profile()).page_views == 1
    response = await browser.send(event(), logout=True)
    assert response.json()["visitor"].startswith("v")
    fresh = await browser.profile()
    assert (fresh.page_views, fresh.member) == (1, None)
    assert (await browser.profile(member_id("kim"))).page_views == 1


async def test_a_member_on_two_devices_is_one_person(
    house: Any, new_browser: Any, event: Any, member_token: Any, member_id: Any
) -> None:
    devices = [new_browser(house), new_browser(house)]
    for device in devices:
        await device.send(event())
    await asyncio.gather(*(device.send(event(), member=member_token("kim")) for device in devices))
    assert (await devices[0].profile(member_id("kim"))).page_views == 4
    assert devices[0].cookie == devices[1].cookie


async def test_a_widget_comes_with_all_that_the_page_needs(
    new_house: Any, opened: Any, define: Any, new_browser: Any, event: Any
) -> None:
    widget = {**POPCORN["widget"], "position": "top-start", "effect": "slide"}  # type: ignore[dict-item]
    campaign = {**POPCORN, "widget": widget, "later": ["7d", "never"]}
    browser = new_browser(await opened(new_house(define(campaigns=[campaign]))))
    (shown,) = (await browser.send(event(), lang="ko-KR")).json()["show"]
    assert (shown["campaign"], shown["widget"], shown["slot"], shown["lang"]) == ("hello", "popcorn", "corner", "ko")
    assert (shown["position"], shown["effect"], shown["later"]) == ("top-start", "slide", ["7d", "never"])
    assert shown["exposure"]
    assert "Hello" in str(shown["tree"])
    (address,) = shown["style"]
    style = await browser.http.get(address)
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")


async def test_what_is_open_is_updated_in_place(
    new_house: Any, opened: Any, define: Any, new_browser: Any, event: Any
) -> None:
    capped = {**POPCORN, "caps": [{"times": 1, "per": "session"}]}
    browser = new_browser(await opened(new_house(define(campaigns=[capped]))))
    (first,) = (await browser.send(event())).json()["show"]
    assert "show" not in (await browser.send(event())).json()
    (again,) = (await browser.send(event(), open=["hello"])).json()["show"]
    assert (first["campaign"], again["campaign"]) == ("hello", "hello")
    assert len((await browser.profile()).leases) == 1


async def test_a_repeated_batch_counts_once(browser: Any, event: Any) -> None:
    batch = [event(), event("add_to_cart", items=[{"item_id": "a", "price": 5}])]
    for _ in range(3):
        assert (await browser.send(*batch)).status_code == 200
    profile = await browser.profile()
    assert (profile.page_views, profile.cart_total) == (1, 5)


async def test_good_events_beside_bad_ones_are_taken(browser: Any, event: Any) -> None:
    before = counted("dangol_events_dropped_total", site="shop", reason="data")
    bad = event("purchase", value=1)
    assert (await browser.send(bad, event())).json()["dropped"] == 1
    assert (await browser.profile()).page_views == 1
    assert counted("dangol_events_dropped_total", site="shop", reason="data") == before + 1


@pytest.mark.parametrize("wrong_by", [-20 * 365 * 86_400_000, 20 * 365 * 86_400_000])
async def test_a_browser_whose_clock_is_wrong_by_years_is_served(browser: Any, event: Any, wrong_by: int) -> None:
    at = event()["at"]
    assert "dropped" not in (await browser.send(event(at=at + wrong_by), sent=at + wrong_by)).json()
    assert abs((await browser.profile()).last_seen - at // 1000) <= 2


@pytest.mark.parametrize("age", [8 * 86_400_000, -20_000])
async def test_events_from_the_far_past_or_future_are_dropped_and_counted(browser: Any, event: Any, age: int) -> None:
    at = event()["at"]
    assert (await browser.send(event(at=at - age), sent=at)).json()["dropped"] == 1
    assert (await browser.profile()).page_views == 0


async def test_pages_of_the_shop_may_read_answers_and_refusals(browser: Any, event: Any) -> None:
    for response in (await browser.send(event()), await browser.raw(b"nonsense"), await browser.raw(b"x" * 70_000)):
        assert response.headers["access-control-allow-origin"] == ORIGIN
        assert response.headers["access-control-allow-credentials"] == "true"
        assert response.headers["vary"] == "Origin"
        assert "Retry-After" in response.headers["access-control-expose-headers"]


FOREIGN = ["https://evil.example", "null", "http://shop.example", "https://shop.example.evil", ""]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_other_pages_may_neither_send_nor_read(browser: Any, event: Any, origin: str) -> None:
    response = await browser.send(event(), headers={"Origin": origin})
    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers
    assert "set-cookie" not in response.headers


async def test_an_unknown_site_is_refused(browser: Any, event: Any) -> None:
    response = await browser.send(event(), site="another-key")
    assert (response.status_code, list(response.json())) == (403, ["error"])


async def test_a_fast_address_is_told_to_wait(new_house: Any, opened: Any, new_browser: Any, event: Any) -> None:
    browser = new_browser(await opened(new_house(rate_limit=1)))
    responses = [await browser.send(event()) for _ in range(8)]
    assert [each.status_code for each in responses[:4]] == [200] * 4
    assert responses[-1].status_code == 429
    assert int(responses[-1].headers["retry-after"]) >= 1
    assert responses[-1].headers["access-control-allow-origin"] == ORIGIN
    assert (await browser.profile()).page_views == len([each for each in responses if each.status_code == 200])


@pytest.mark.parametrize(("setting", "known"), [("CF-IPCountry", "KR"), ("X-Country", ""), ("", "")])
async def test_a_country_is_believed_from_the_header_that_the_operator_names(
    new_house: Any, opened: Any, new_browser: Any, event: Any, setting: str, known: str
) -> None:
    browser = new_browser(await opened(new_house(country_header=setting)))
    await browser.send(event(), headers={"CF-IPCountry": "KR"})
    assert (await browser.profile()).environment.country == known


async def report(browser: Any, event: Any, **more: Any) -> httpx.Response:
    response: httpx.Response = await browser.send(event("purchase", **ORDER), **more)
    return response


async def told(shop: httpx.AsyncClient, number: str = "A-1", **more: Any) -> dict[str, int]:
    order = {"id": number, "at": "2026-01-05T10:00:00", "items": ORDER["items"], "total": 500, "member": "kim", **more}
    response = await shop.post("/v1/orders", json={"orders": [order]})
    assert response.status_code == 200
    answer: dict[str, int] = response.json()
    return answer


async def test_an_order_reported_by_the_browser_and_then_the_server_counts_once(
    browser: Any, event: Any, shop: httpx.AsyncClient, member_token: Any, member_id: Any
) -> None:
    await report(browser, event, member=member_token("kim"))
    assert await told(shop) == {"accepted": 0, "known": 1}
    profile = await browser.profile(member_id("kim"))
    assert (profile.orders, profile.spent) == (1, 500)


async def test_an_order_reported_by_the_server_and_then_the_browser_counts_once(
    browser: Any, event: Any, shop: httpx.AsyncClient, member_token: Any, member_id: Any
) -> None:
    assert await told(shop) == {"accepted": 1, "known": 0}
    for fields in ({}, {"member": member_token("kim")}):
        await report(browser, event, **fields)
    profile = await browser.profile(member_id("kim"))
    assert (profile.orders, profile.spent) == (1, 500)


async def test_an_order_of_an_anonymous_browser_goes_to_the_member_whom_the_server_names(
    browser: Any, event: Any, shop: httpx.AsyncClient, member_id: Any, member_token: Any
) -> None:
    await report(browser, event)
    assert (await browser.profile()).orders == 1
    assert await told(shop) == {"accepted": 1, "known": 0}
    assert await told(shop) == {"accepted": 0, "known": 1}
    await report(browser, event)
    visitor = await browser.profile()
    assert (visitor.orders, visitor.spent) == (0, 0)
    await browser.send(event("login"), member=member_token("kim"))
    profile = await browser.profile(member_id("kim"))
    assert (profile.orders, profile.spent) == (1, 500)


async def test_an_order_reported_before_the_login_and_told_after_it_counts_once(
    browser: Any, event: Any, shop: httpx.AsyncClient, member_id: Any, member_token: Any
) -> None:
    await report(browser, event)
    await browser.send(event("login"), member=member_token("kim"))
    assert await told(shop) == {"accepted": 0, "known": 1}
    await report(browser, event)
    assert (await browser.profile(member_id("kim"))).orders == 1


async def test_many_reports_of_one_order_at_once_count_once(
    house: Any, new_browser: Any, event: Any, shop: httpx.AsyncClient, member_token: Any, member_id: Any
) -> None:
    browsers = [new_browser(house) for _ in range(4)]
    await asyncio.gather(
        *(report(each, event, member=member_token("kim")) for each in browsers), *(told(shop) for _ in range(4))
    )
    assert (await browsers[0].profile(member_id("kim"))).orders == 1


async def test_an_order_counts_once_however_many_came_since(
    browser: Any, shop: httpx.AsyncClient, member_id: Any
) -> None:
    numbers = [f"N-{number}" for number in range(100)]
    for number in numbers:
        await told(shop, number)
    assert await told(shop, numbers[0]) == {"accepted": 0, "known": 1}
    assert (await browser.profile(member_id("kim"))).orders == 100


@pytest.mark.parametrize("unread", [["other"], []])
async def test_events_of_a_site_whose_definitions_can_not_be_used_wait(
    browser: Any, event: Any, unread: list[str]
) -> None:
    """They may be those of a newer version, or name what this one has no more: no reason to lose events."""
    house, [(site, stored)] = browser.house, (await repository.read_all(browser.house.link)).items()
    gone = msgspec.structs.replace(stored[1], segments=[Segment("old", {"gone": {"gte": 1}})])
    await house.adopt({}, unread=[site])
    assert (await browser.send(event())).status_code == 503
    house.by_id = {}
    await house.adopt({site: (9, gone)}, unread=unread)
    answer = await browser.send(event())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert site in (await house.troubles())["definitions"]
    await house.adopt({site: stored})
    assert (await browser.send(event())).status_code == 200
