from typing import Any

import httpx
import pytest

from dangol.store import keys, known

pytestmark = pytest.mark.anyio

POPCORN: dict[str, Any] = {"id": "hello", "widget": {"use": "popcorn", "params": {"title": "Hello"}}, "holdout": 0}


@pytest.fixture
async def busy(new_house: Any, opened: Any, define: Any) -> Any:
    """A house with campaigns that are shown, not shown, and switched off."""
    campaigns = [
        POPCORN,
        {**POPCORN, "id": "second", "audience": ["fans"], "priority": -1},
        {**POPCORN, "id": "off", "active": False},
        {**POPCORN, "id": "elsewhere", "pages": {"only": ["/cart"]}},
    ]
    segments = [
        {"id": "readers", "name": {"ko": "구독자", "en": "Readers"}, "include": {"page_views": {"gte": 1}}},
        {"id": "fans", "include": {"segment": "readers"}, "exclude": {"page_now": {"starts": "/cart"}}},
    ]
    return await opened(new_house(define(campaigns=campaigns, segments=segments, manners={"gap": 0})))


@pytest.fixture
def ask(busy: Any, new_browser: Any, event: Any) -> Any:
    """Why, of a visitor who has seen one page; with the visitor's browser."""

    async def ask(**query: str) -> tuple[Any, httpx.Response]:
        browser = new_browser(busy)
        await browser.send(event())
        headers = {"Authorization": f"Bearer {busy.by_id['shop'].keys.admin}"}
        query = {"visitor": browser.cookie, "url": "https://shop.example/mugs", **query}
        return browser, await browser.http.get("/v1/admin/explain", params=query, headers=headers)

    return ask


async def test_explain_gives_a_reason_for_every_campaign(ask: Any) -> None:
    browser, response = await ask()
    answer = response.json()
    reasons = {one["campaign"]: (one["verdict"], one["reason"]) for one in answer["campaigns"]}
    assert reasons == {
        "hello": ("show", "shown"),
        "second": ("no", "slot_taken"),
        "off": ("no", "inactive"),
        "elsewhere": ("no", "page"),
    }
    assert all(set(one["words"]) == {"ko", "en"} and all(one["words"].values()) for one in answer["campaigns"])
    assert answer["profile"] == browser.cookie.partition(".")[0]
    assert "seed" not in answer["facts"]
    assert (await browser.profile()).page_views == 1


async def test_explain_tells_one_segment_in_json_and_in_words(ask: Any) -> None:
    _, response = await ask(segment="fans")
    answer = response.json()
    [fans] = answer["segments"]
    [both] = fans["parts"]
    readers, elsewhere = both["parts"]
    assert (fans["segment"], fans["held"], readers["segment"], elsewhere["kind"]) == ("fans", True, "readers", "not")
    assert readers["parts"][0] | {"sentence": ""} == {
        "kind": "leaf", "held": True, "condition": "page_views", "asked": {"gte": 1}, "value": 1, "sentence": "",
    }  # fmt: skip
    assert answer["campaigns"] == []
    assert answer["words"]["ko"].splitlines() == [
        "[충족] 세그먼트 ‘fans’에 속함:",
        "  [충족] 다음을 모두 충족:",
        "    [충족] 세그먼트 ‘구독자’에 속함:",
        f"      [충족] {readers['parts'][0]['sentence']['ko']}",
        "    [충족] 다음에 해당하지 않음:",
        "      [미충족] 현재 페이지가 ‘/cart’로 시작함 (현재 ‘/mugs’)",
    ]
    assert "[not held] page on screen starts with “/cart” (now “/mugs”)" in answer["words"]["en"]


async def test_explain_tells_one_campaign_with_the_trees_of_its_audience(ask: Any) -> None:
    _, response = await ask(campaign="second", url="https://shop.example/cart?step=2")
    answer = response.json()
    [second] = answer["campaigns"]
    assert (second["campaign"], second["audience"], second["reason"]) == ("second", ["fans"], "audience")
    assert all(second["words"].values())
    assert [(tree["segment"], tree["held"]) for tree in answer["segments"]] == [("fans", False)]


async def told(new_house: Any, opened: Any, define: Any, new_browser: Any, *campaigns: Any, **parts: Any) -> Any:
    house = await opened(new_house(define(campaigns=campaigns, **parts)))
    browser = new_browser(house)

    async def ask(**query: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {house.by_id['shop'].keys.admin}"}
        response = await browser.http.get(
            "/v1/admin/explain", params={"visitor": browser.cookie, **query}, headers=headers
        )
        return {one["campaign"]: one for one in response.json()["campaigns"]}

    return browser, ask


async def test_explain_tells_what_a_campaign_waits_for_and_what_its_moment_would_bring(
    new_house: Any, opened: Any, define: Any, new_browser: Any, event: Any
) -> None:
    variants = [{"id": "a"}, {"id": "b"}]
    late = {**POPCORN, "delay": 5, "scroll": 50, "pages": {"kinds": ["cart"]}, "variants": variants}
    browser, ask = await told(new_house, opened, define, new_browser, late)
    await browser.send(event())
    assert (await ask())["hello"]["words"]["en"] == "It is not for pages of this kind (home)."
    waiting = (await ask(kind="cart"))["hello"]
    assert (waiting["verdict"], waiting["delay"]) == ("wait", 5)
    assert waiting["words"] == {
        "ko": "5초가 지난 뒤 페이지를 50%까지 내릴 때를 기다립니다.",
        "en": "It waits for 5 seconds to pass and then for 50% of the page to be scrolled.",
    }
    shown = (await ask(kind="cart", due="hello"))["hello"]
    assert (shown["verdict"], shown["arm"] in ("a", "b")) == ("show", True)
    assert (await browser.profile()).leases == []


async def test_explain_names_the_group_and_the_limit(
    new_house: Any, opened: Any, define: Any, new_browser: Any, event: Any
) -> None:
    groups = [{"id": "rare", "caps": [{"times": 1, "per": "7d"}]}]
    manners = {"gap": 60, "budget": [{"times": 1, "per": "day"}]}
    campaigns = [
        {**POPCORN, "id": id, "group": group} for id, group in (("one", "rare"), ("two", "rare"), ("last", ""))
    ]
    browser, ask = await told(new_house, opened, define, new_browser, *campaigns, groups=groups, manners=manners)
    (shown,) = (await browser.send(event())).json()["show"]
    await browser.send(event("widget_view", campaign="one", exposure=shown["exposure"]))
    answers = await ask()
    assert (answers["two"]["detail"], answers["two"]["limit"]) == ("rare", {"times": 1, "per": "7d"})
    assert answers["two"]["words"]["en"] == "The limit of the group 'rare', 1 in 7 days, is reached."
    assert answers["two"]["words"]["ko"] == "그룹 'rare'의 캠페인을 합해 7일 동안 1번까지로 한 만큼 이미 받았습니다."
    assert answers["last"]["words"]["en"] == "The contact budget over widgets and messages, 1 a day, is used up."


@pytest.mark.parametrize("query", [{"segment": "fan"}, {"campaign": "secnd"}, {"kind": "crt"}])
async def test_explain_refuses_names_that_nothing_has(ask: Any, query: dict[str, str]) -> None:
    _, response = await ask(**query)
    assert response.status_code == 400
    assert "did you mean" in response.json()["error"]


async def test_explain_finds_members_by_their_own_id(
    house: Any, admin: httpx.AsyncClient, shop: httpx.AsyncClient, member_id: Any
) -> None:
    await shop.post("/v1/members", json={"members": [{"id": "kim"}]})
    response = await admin.get("/v1/admin/explain", params={"member": "kim"})
    assert (response.status_code, response.json()["profile"]) == (200, member_id("kim"))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"visitor": "v999999999999999"}, 404),
        ({"member": "nobody"}, 404),
        ({"visitor": "x" * 5000}, 404),
        ({"visitor": "v000000000000001", "url": "javascript:alert(1)"}, 400),
    ],
)
async def test_explain_refuses_what_it_can_not_find(
    browser: Any, event: Any, admin: httpx.AsyncClient, query: dict[str, str], status: int
) -> None:
    if "url" in query:
        await browser.send(event())
        query = {**query, "visitor": browser.cookie}
    assert (await admin.get("/v1/admin/explain", params=query)).status_code == status


@pytest.mark.parametrize("events", ["purchase", "view_item", "nonsense,<b>", ",", "search,refund,widget_view"])
async def test_explain_imagines_any_event(browser: Any, event: Any, admin: httpx.AsyncClient, events: str) -> None:
    await browser.send(event())
    response = await admin.get("/v1/admin/explain", params={"visitor": browser.cookie, "events": events})
    assert response.status_code == 200


async def test_explain_says_since_when_behaviour_is_known(
    new_house: Any, opened: Any, define: Any, new_browser: Any, event: Any
) -> None:
    often = {"id": "often", "include": {"did": {"event": "page_view", "gte": 1, "within": "7d"}}}
    late = {"id": "late", "include": {"not": {"did": {"event": "search", "within": "7d"}}}}
    house = await opened(new_house(define(segments=[often, late, {"id": "all", "include": {"all": []}}])))
    streams = house.by_id["shop"].watching.streams.values()
    [views] = [each.key for each in streams if each.pattern.name == "page_view"]
    for number in range(keys.PARTITIONS):
        await known.learn(house.link, number, "shop", [views], number)
    browser = new_browser(house)
    await browser.send(event())
    headers = {"Authorization": f"Bearer {house.by_id['shop'].keys.admin}"}
    answer = (await browser.http.get("/v1/admin/explain", params={"visitor": browser.cookie}, headers=headers)).json()
    assert answer["since"] == {"often": keys.PARTITIONS - 1, "late": None}
    assert [len(seconds) for seconds in answer["facts"]["behaviours"].values()] == [1]
    [leaf] = answer["segments"][0]["parts"]
    assert leaf["sentence"]["en"] == "viewed a page once or more in the last 7 days (now once)"
