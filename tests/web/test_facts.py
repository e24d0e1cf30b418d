"""From what pages and the shop's server send to the conditions that ask for it."""

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.anyio

PAGE = "https://shop.example/product/detail.html?product_no=7&utm_source=naver&utm_medium=cpc&n_media=1"
MUG = {"item_id": "mug", "price": 4500, "item_category": "Mugs", "item_brand": "Denby"}
HELD: dict[str, dict[str, Any]] = {
    "channel": {"is": "paid_search"},
    "ad_platform": {"is": "naver"},
    "referrer_page": {"is": "https://search.naver.com/search"},
    "landing_page": {"is": "/product/detail.html?product_no=7"},
    "views_of_page": {"key": "/product/detail.html?product_no=7", "eq": 2},
    "viewed_brands": {"has_any": ["denby"]},
    "last_viewed_price": {"eq": 4500},
    "cart_categories": {"has_any": ["mugs"]},
    "hours_since_cart": {"lt": 1},
    "country": {"is": "kr"},
    "coupons": {"has_any": ["W1"]},
    "days_until_coupon_expires": {"gte": 300},
    "rfm_grade": {"is": "loyal"},
    "lifetime_revenue": {"gte": 120_000},
    "joined_on": {"on": "2026-01-01"},
}
NOW: dict[str, dict[str, Any]] = {
    "product_now": {"is": "mug"},
    "brand_now": {"is": "denby"},
    "category_now": {"is": "mugs"},
    "price_now": {"gte": 4500},
    "search_now": {"contains": "red"},
    "page_now": {"is": "/product/detail.html?product_no=7"},
}


@pytest.fixture
async def house(new_house: Any, opened: Any, define: Any) -> Any:
    """A shop with a segment for each condition, and a campaign for those that hold on the page."""
    segments = [{"id": name.replace("_", "-"), "include": {name: asked}} for name, asked in {**HELD, **NOW}.items()]
    audience = [name.replace("_", "-") for name in NOW]
    campaign = {"id": "c", "widget": {"use": "popcorn", "params": {"title": "Hi"}}, "holdout": 0, "audience": audience}
    return await opened(new_house(define(segments, [campaign]), country_header="CF-IPCountry"))


async def test_what_is_sent_can_be_asked_for(
    house: Any, browser: Any, shop: httpx.AsyncClient, admin: httpx.AsyncClient, event: Any, member_token: Any
) -> None:
    worth = {"rfm": {"grade": "Loyal"}, "revenue": 120_000, "joined_at": "2026-01-01T00:00:00+09:00"}
    kim = {"id": "kim", "coupons": [{"id": "W1", "expires": "2099-01-01T00:00:00Z"}], **worth}
    assert (await shop.post("/v1/members", json={"members": [kim]})).status_code == 200
    views = [event(page_referrer="https://search.naver.com/search?q=mug"), event("view_item", items=[MUG])]
    more = [event(), event("add_to_cart", items=[MUG])]
    headers = {"CF-IPCountry": "KR"}
    await browser.send(*views, *more, headers=headers, page=PAGE, member=member_token("kim"))
    for name in HELD:
        query = {"member": "kim", "segment": name.replace("_", "-")}
        [segment] = (await admin.get("/v1/admin/explain", params=query)).json()["segments"]
        assert segment["held"], segment


async def test_what_is_on_screen_decides_at_once(house: Any, browser: Any, event: Any) -> None:
    found = [event(), event("search", search_term="Red mug"), event("view_item", items=[MUG])]
    assert "show" not in (await browser.send(event(), page=PAGE)).json()
    [shown] = (await browser.send(*found, page=PAGE)).json()["show"]
    assert shown["campaign"] == "c"
