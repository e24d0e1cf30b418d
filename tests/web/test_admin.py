import json
from typing import Any

import httpx
import msgspec
import pytest

from dangol.definitions import repository

pytestmark = pytest.mark.anyio

POPCORN: dict[str, Any] = {"id": "hello", "widget": {"use": "popcorn", "params": {"title": "Hello"}}, "holdout": 0}


@pytest.mark.parametrize(
    "path", ["explain?visitor=v000000000000001", "plugins", "definitions", "conditions", "conditions/schema"]
)
@pytest.mark.parametrize("key", ["", "Bearer ak_wrong", "ak"])
async def test_without_the_admin_key_nothing_is_told(admin: httpx.AsyncClient, path: str, key: str) -> None:
    admin.headers["Authorization"] = key
    response = await admin.get(f"/v1/admin/{path}")
    assert (response.status_code, list(response.json())) == (401, ["error"])


async def test_plugins_are_told_with_their_state(admin: httpx.AsyncClient) -> None:
    told = {one["name"] for one in (await admin.get("/v1/admin/plugins")).json()["plugins"]}
    assert {"popcorn", "rich_popup", "cart_gauge", "recommendation_strip", "webhook", "log"} <= told


async def test_definitions_go_out_and_in(house: Any, admin: httpx.AsyncClient) -> None:
    told = (await admin.get("/v1/admin/definitions")).json()
    told["definitions"]["campaigns"] = [POPCORN]
    response = await admin.put(f"/v1/admin/definitions?version={told['version']}", json=told["definitions"])
    assert response.status_code == 200
    stored = await repository.read(house.link, "shop")
    assert stored is not None
    version, definitions = stored
    assert version == response.json()["version"] > told["version"]
    assert [campaign.id for campaign in definitions.campaigns] == ["hello"]


def changed(**fields: Any) -> dict[str, Any]:
    site = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://shop.example"]}
    return {"site": site, "campaigns": [POPCORN], **fields}


BAD: dict[str, tuple[Any, str]] = {
    "no JSON": (b"{", ""),
    "deep nesting": (b"[" * 50_000, ""),
    "a bomb of negations": (
        b'{"segments": [{"id": "s", "include": ' + b'{"not":' * 100_000 + b"1" + b"}" * 100_000 + b"}]}",
        "",
    ),
    "segments in a circle": (changed(segments=[{"id": "a", "include": {"segment": "a"}}]), ""),
    "a range of nothing": (changed(segments=[{"id": "a", "include": {"visits": {"gte": 3, "lt": 3}}}]), ""),
    "a pattern that is none": (changed(segments=[{"id": "a", "include": {"page_now": {"matches": "("}}}]), ""),
    "a list": ([], ""),
    "another site": (changed(site={**changed()["site"], "id": "other"}), ""),
    "an unknown field": (changed(x=1), ""),
    "an unknown widget": (changed(campaigns=[{**POPCORN, "widget": {"use": "nothing"}}]), ""),
    "wrong parameters": (changed(campaigns=[{**POPCORN, "widget": {"use": "popcorn", "params": {"title": 1}}}]), ""),
    "an unknown audience": (changed(campaigns=[{**POPCORN, "audience": ["nobody"]}]), ""),
    "a script for a link": (
        changed(
            campaigns=[{**POPCORN, "widget": {"use": "popcorn", "params": {"title": "a", "link": "javascript:x"}}}]
        ),
        "",
    ),
    "a version that is none": (changed(), "?version=x"),
    "a version of another digit": (changed(), "?version=\u0661x"),
    "a version that is longer than any": (changed(), f"?version={'9' * 5_000}"),
    "a version that passed": (changed(), "?version=999"),
    "too large a body": (b" " * (2 << 20), ""),
}


@pytest.mark.parametrize("case", BAD)
async def test_bad_definitions_change_nothing(house: Any, admin: httpx.AsyncClient, case: str) -> None:
    body, query = BAD[case]
    before = await repository.read(house.link, "shop")
    content = body if isinstance(body, bytes) else json.dumps(body)
    response = await admin.put(f"/v1/admin/definitions{query}", content=content)
    assert response.status_code in (400, 409, 413)
    assert response.json()["error"]
    assert await repository.read(house.link, "shop") == before
    assert msgspec.json.encode(before)


async def test_a_refusal_tells_path_value_and_what_was_expected(admin: httpx.AsyncClient) -> None:
    segment = {"id": "often", "include": {"not": {"visits": {"gte": "ten"}}}}
    response = await admin.put("/v1/admin/definitions", json=changed(segments=[segment]))
    [problem] = response.json()["problems"]
    assert problem["where"] == "segments[0].include.not.visits.gte"
    assert "'ten'" in problem["message"]
    assert problem["expected"].startswith("a number")
