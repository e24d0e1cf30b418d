"""Links of campaigns as the page gets them."""

from typing import Any

import pytest

from dangol.errors import Invalid

pytestmark = pytest.mark.anyio

LINKED = {
    "id": "tea",
    "widget": {"use": "popcorn", "params": {"title": "Tea", "button": "Go", "link": "/tea#mine"}},
    "holdout": 0,
    "link": {"params": {"promo": "a"}, "login": True},
}
LOGIN = {"url": "/login", "parameter": "back"}


async def test_a_campaigns_links_lead_through_the_login_until_the_shopper_is_logged_in(
    new_house: Any, opened: Any, define: Any, new_browser: Any, event: Any, member_token: Any
) -> None:
    browser = new_browser(await opened(new_house(define(campaigns=[LINKED], login=LOGIN))))
    assert '"href":"/login?back=%2Ftea%3Fpromo%3Da%26dg_c%3Dtea%23mine"' in (await browser.send(event())).text
    (shown,) = (await browser.send(event(), open=["tea"], member=member_token("kim"))).json()["show"]
    assert "'/tea?promo=a&dg_c=tea#mine'" in str(shown["tree"])
    assert "'data-dg': 'click'" in str(shown["tree"])


@pytest.mark.parametrize(
    ("link", "site", "where"),
    [
        ({"login": True}, {}, "campaigns[0].link.login"),
        ({"params": {"dg_c": "x"}}, {}, "campaigns[0].link.params"),
        ({"params": {"a b": "x"}}, {}, "campaigns[0].link.params"),
    ],
)
def test_faulty_link_rules_are_told(define: Any, link: dict[str, Any], site: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as refused:
        define(campaigns=[{**LINKED, "link": link}], **site)
    assert where in str(refused.value)


async def test_who_stays_anonymous_is_asked_for_no_address(
    new_house: Any, opened: Any, define: Any, new_browser: Any, event: Any
) -> None:
    form = {"fields": [{"type": "text", "name": "size", "label": "Size"}]}
    use = {"use": "form", "at": "main", "params": {"title": "News", "form": form}}
    asking = {"id": "news", "widget": use, "holdout": 0}
    browser = new_browser(await opened(new_house(define(campaigns=[asking]))))
    assert "show" in (await browser.send(event())).json()
    assert "show" not in (await browser.send(event(), anonymous=True)).json()


async def test_an_administrator_asks_where_a_link_leads(admin: Any) -> None:
    told = (await admin.post("/v1/admin/links", json={"url": "http://127.0.0.1:8000/metrics"})).json()
    assert told == {
        "url": "http://127.0.0.1:8000/metrics",
        "address": "http://127.0.0.1:8000/metrics",
        "problem": "127.0.0.1 is not reached over the internet",
    }
    for body in ({}, {"url": ""}, {"url": 1}, {"url": "/", "x": 1}):
        assert (await admin.post("/v1/admin/links", json=body)).status_code == 400


async def test_only_an_administrator_may_have_links_followed(shop: Any, browser: Any) -> None:
    for http in (shop, browser.http):
        assert (await http.post("/v1/admin/links", json={"url": "/"})).status_code == 401
