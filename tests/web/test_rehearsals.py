import asyncio
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.anyio

PATH = "/v1/admin/rehearse"
POPCORN: dict[str, Any] = {"id": "hello", "widget": {"use": "popcorn", "params": {"title": "Hello"}}, "holdout": 0}
SITE: dict[str, Any] = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://shop.example"]}
NEW: dict[str, Any] = {"id": "new", "include": {"visits": {"eq": 1}}}
CANDIDATE: dict[str, Any] = {"site": SITE, "segments": [NEW], "campaigns": [POPCORN]}


async def test_an_administrator_sees_what_a_document_would_have_done(
    house: Any, new_browser: Any, event: Any, admin: httpx.AsyncClient
) -> None:
    for _ in range(2):
        browser = new_browser(house)
        await browser.send(event())
        await browser.http.aclose()
    answer = await admin.post(f"{PATH}?days=1&compare=1", json=CANDIDATE)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["candidate"]["segments"][0]["entered"] == {"visitors": 2, "joined": 0, "members": 0}
    assert told["candidate"]["campaigns"][0]["shown"] == 2
    assert told["in_force"] == {"segments": [], "campaigns": []}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "body", "where"),
    [
        ("days=x", CANDIDATE, "days"),
        ("days=nan", CANDIDATE, "days"),
        ("days=0", CANDIDATE, "days"),
        ("days=1e9", CANDIDATE, "days"),
        ("until=soon", CANDIDATE, "until"),
        ("until=0001-01-01", CANDIDATE, "until"),
        ("until=9999-12-31", CANDIDATE, "until"),
        ("", {**CANDIDATE, "segments": [{"id": "new", "include": {"vists": {"eq": 1}}}]}, "segments[0].include"),
        ("", {**CANDIDATE, "site": {**SITE, "id": "other"}}, "site.id"),
        ("", [], ""),
    ],
)
async def test_bad_questions_are_refused(admin: httpx.AsyncClient, query: str, body: Any, where: str) -> None:
    answer = await admin.post(f"{PATH}?{query}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(where)


async def test_without_the_admin_key_nothing_is_told(admin: httpx.AsyncClient) -> None:
    admin.headers["Authorization"] = "Bearer ak_wrong"
    assert (await admin.post(PATH, json=CANDIDATE)).status_code == 401


async def test_one_dry_run_happens_at_a_time(admin: httpx.AsyncClient) -> None:
    first, second = await asyncio.gather(*(admin.post(PATH, json=CANDIDATE) for _ in range(2)))
    assert sorted([first.status_code, second.status_code]) == [200, 429]
    assert (await admin.post(PATH, json=CANDIDATE)).status_code == 200
