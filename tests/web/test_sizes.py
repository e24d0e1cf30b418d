"""Sizes over HTTP are what a look at every profile in the store says, while events come in."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from dangol.definitions.model import Segment
from dangol.house import House
from dangol.plugin import Request
from dangol.profile.model import Profile
from dangol.segments.calendar import DAY
from dangol.segments.language import behaviour
from dangol.segments.language.reader import parse
from dangol.segments.twin import holds
from dangol.store import asker, changes, keys, known
from dangol.store.link import Link
from dangol.worker.census import Census
from dangol.worker.loop import Timing, Worker

pytestmark = pytest.mark.anyio

SEGMENTS: list[dict[str, Any]] = [
    {"id": "viewers", "include": {"viewed_products": {"has_any": ["p1", "p2"]}}},
    {"id": "members", "include": {"logged_in": True}},
    {"id": "spenders", "include": {"spent": {"gte": 1000}}, "exclude": {"segment": "members"}},
    {"id": "asked", "include": {"logged_in": True}},
    {"id": "doers", "include": {"did": {"event": "view_item", "gte": 2, "within": "1h"}}},
]


@pytest.fixture
async def house(new_house: Any, opened: Any, define: Any) -> House:
    """A shop with segments."""
    opened_house: House = await opened(new_house(define(segments=SEGMENTS)))
    return opened_house


def census(house: House) -> Worker:
    """A worker whose only work of interest is to count."""
    job = Census(house.link, lambda: house.by_id)
    return Worker(
        house.link, house.registry, house.guard, lambda *_: None, house.profiles.read,  # type: ignore[arg-type]
        timing=Timing(lease=1.0, beat=0.1), others=[job],
    )  # fmt: skip


@pytest.fixture
async def working(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Worker]:
    monkeypatch.setattr(asker, "AGAIN", 0.1)
    worker = census(house)
    running = asyncio.create_task(worker.run())
    yield worker
    await worker.stop()
    await running


async def everyone(link: Link) -> dict[str, Profile]:
    """All profiles of the store but aliases."""
    cursor, found = b"0", {}
    while True:
        cursor, names = await link.call("SCAN", cursor, "MATCH", keys.PROFILES, "COUNT", 1000)
        for name in names:
            [(stored, _)] = await changes.read(link, [name.decode()])
            found[keys.profile_of(name.decode())[2]] = stored.profile()
        if cursor == b"0":
            return {id: each for id, each in found.items() if not each.alias}


async def brute_force(house: House, segment: Segment, now: float) -> dict[str, int]:
    scope = house.by_id["shop"].scope
    held = [each for each in (await everyone(house.link)).values() if holds(segment, each, Request(now=now), scope)]
    return {
        "all": len(held),
        "day": sum(each.last_seen >= now - DAY for each in held),
        "week": sum(each.last_seen >= now - 7 * DAY for each in held),
        "members": sum(each.member is not None for each in held),
    }


async def told(admin: httpx.AsyncClient, method: str, path: str, **given: Any) -> Any:
    """The answer, as soon as the worker has read the profiles."""
    for _ in range(200):
        response = await admin.request(method, f"/v1/admin/segments{path}", **given)
        if response.status_code != 503:
            assert response.status_code == 200, response.text
            return response.json()
        await asyncio.sleep(0.05)
    raise AssertionError(response.text)


async def test_sizes_are_what_is_in_the_store_while_events_come_in(
    house: House, working: Worker, admin: httpx.AsyncClient, new_browser: Any, event: Any, member_token: Any
) -> None:
    browsers = [new_browser(house) for _ in range(12)]
    for turn in range(3):
        for number, browser in enumerate(browsers):
            item = {"item_id": f"p{(number + turn) % 5}", "price": 9}
            login = {"member": member_token(f"m{number}")} if number % 3 == turn else {}
            await browser.send(event("view_item", items=[item]), event("page_view"), **login)
            if number == turn:
                await browser.send(event("purchase", transaction_id=f"o{number}", value=50, items=[item]))
        answer = await told(admin, "GET", "")
        assert [each["id"] for each in answer["segments"]] == [each["id"] for each in SEGMENTS]
        for each, written in zip(answer["segments"], SEGMENTS, strict=True):
            truth = await brute_force(house, Segment(**written), answer["fresh"])
            assert {name: each[name] for name in truth} == truth
    for browser in browsers:
        await browser.http.aclose()


async def test_a_page_view_that_was_acknowledged_is_counted(
    house: House, working: Worker, admin: httpx.AsyncClient, browser: Any, event: Any
) -> None:
    body = {"include": {"page_views": {"gte": 1}}}
    assert (await told(admin, "POST", "/size", json=body))["all"] == 0
    for views in range(1, 15):
        await browser.send(event())
        body = {"include": {"page_views": {"eq": views}}}
        answer = await told(admin, "POST", "/size", json=body)
        assert (answer["all"], answer["day"], answer["members"]) == (1, 1, 0)
        [seen] = answer["sample"]
        assert seen["profile"] == browser.cookie.partition(".")[0]
        assert seen["page_views"] == views


async def test_what_the_shop_tells_of_a_member_is_counted_too(
    house: House, working: Worker, admin: httpx.AsyncClient, shop: httpx.AsyncClient
) -> None:
    body = {"include": {"grade": {"is": "vip"}}}
    assert (await told(admin, "POST", "/size", json=body))["members"] == 0
    await shop.post("/v1/members", json={"members": [{"id": "kim", "grade": "VIP"}, {"id": "lee", "grade": "gold"}]})
    assert (await told(admin, "POST", "/size", json=body))["members"] == 1


async def test_the_overlap_of_two_segments(
    house: House, working: Worker, admin: httpx.AsyncClient, new_browser: Any, event: Any, member_token: Any
) -> None:
    for number in range(4):
        browser = new_browser(house)
        login = {"member": member_token(f"m{number}")} if number else {}
        await browser.send(event("view_item", items=[{"item_id": "p1" if number < 3 else "p9"}]), **login)
        await browser.http.aclose()
    answer = await told(admin, "GET", "/overlap?a=viewers&b=members")
    assert [answer[name]["all"] for name in ("a", "b", "both")] == [3, 3, 2]


async def test_conditions_on_the_open_page_are_noted(
    house: House, working: Worker, admin: httpx.AsyncClient, browser: Any, event: Any
) -> None:
    await browser.send(event())
    body = {
        "include": {"any": [{"page_now": {"starts": "/"}}, {"page_views": {"gte": 1}}]},
        "exclude": {"product_now": {"is": "p1"}},
    }
    answer = await told(admin, "POST", "/size", json=body)
    assert [note["condition"] for note in answer["notes"]] == ["page_now", "product_now"]
    assert answer["all"] == 1


async def test_behaviour_that_is_not_known_yet_is_noted(
    house: House, working: Worker, admin: httpx.AsyncClient
) -> None:
    deeds = [{"did": {"event": name, "within": "7d"}} for name in ("view_item", "search", "purchase")]
    [known_one, *_] = behaviour.streams([parse(deeds[0], house.by_id["shop"].scope)])
    for number in range(keys.PARTITIONS):
        await known.learn(house.link, number, "shop", [known_one.key], 1_000 + number)
    answer = await told(admin, "POST", "/size", json={"include": {"all": deeds}})
    assert [(note["label"]["en"], note["reason"]) for note in answer["notes"]] == [
        ("searched", "looking"), ("bought", "looking"),
    ]  # fmt: skip
    assert answer["since"] == 1_000 + keys.PARTITIONS - 1


BAD: dict[str, Any] = {
    "no JSON": b"{",
    "no include": b"{}",
    "an unknown field": b'{"include": {"all": []}, "x": 1}',
    "an unknown condition": b'{"include": {"vists": {"gte": 1}}}',
    "a bomb": b'{"include": ' + b'{"not":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
    "a circle": b'{"include": {"segment": "nobody"}}',
}


@pytest.mark.parametrize("case", BAD)
async def test_bad_definitions_are_refused_with_every_problem(admin: httpx.AsyncClient, case: str) -> None:
    response = await admin.post("/v1/admin/segments/size", content=BAD[case])
    assert response.status_code == 400
    assert {"where", "expected", "message"} == set(response.json()["problems"][0])


async def test_all_problems_are_told_at_once(admin: httpx.AsyncClient) -> None:
    body = {"include": {"all": [{"vists": {"gte": 1}}, {"visits": {"gte": "x"}}]}, "exclude": {"device": {"is": "tv"}}}
    response = await admin.post("/v1/admin/segments/size", json=body)
    where = [problem["where"] for problem in response.json()["problems"]]
    assert where == ["include.all[0]", "include.all[1].visits.gte", "exclude.device.is"]


@pytest.mark.usefixtures("working")
async def test_a_definition_that_is_not_saved_may_name_any_segment(
    browser: Any, event: Any, admin: httpx.AsyncClient
) -> None:
    await browser.send(event())
    for name in [segment["id"] for segment in SEGMENTS]:
        answer = await told(admin, "POST", "/size", json={"include": {"not": {"segment": name}}})
        assert answer["all"] == 1


async def test_without_a_worker_the_answer_says_so(admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dangol.web.sizes.PATIENCE", 0.3)
    response = await admin.post("/v1/admin/segments/size", json={"include": {"all": []}})
    assert response.status_code == 503
    assert "no worker runs" in response.json()["error"]
    assert (await admin.get("/v1/admin/segments")).status_code == 503


async def test_the_latest_typing_wins(house: House, admin: httpx.AsyncClient) -> None:
    body = {"include": {"all": []}, "asker": "field"}
    first = asyncio.create_task(admin.post("/v1/admin/segments/size", json=body))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(admin.post("/v1/admin/segments/size", json=body))
    assert (await first).status_code == 409
    second.cancel()


async def test_an_unknown_segment_has_no_overlap(admin: httpx.AsyncClient) -> None:
    response = await admin.get("/v1/admin/segments/overlap?a=viewers&b=vewers")
    assert response.status_code == 400
    assert "'viewers'" in response.json()["error"]


@pytest.mark.parametrize("path", ["", "/overlap?a=viewers&b=members"])
async def test_without_the_admin_key_no_size_is_told(admin: httpx.AsyncClient, path: str) -> None:
    admin.headers["Authorization"] = "Bearer ak_wrong"
    assert (await admin.get(f"/v1/admin/segments{path}")).status_code == 401
    assert (await admin.post("/v1/admin/segments/size", json={"include": {"all": []}})).status_code == 401
