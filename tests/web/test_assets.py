import gzip
import json
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import httpx
import pytest

from dangol.web.app import create

pytestmark = pytest.mark.anyio


@pytest.fixture
async def page(house: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Any page of the web."""
    headers = {"Accept-Encoding": "identity"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create(house)), base_url="http://d", headers=headers
    ) as it:
        yield it


@pytest.fixture
def assets(house: Any) -> list[str]:
    """All that pages load."""
    scripts = [path.name for path in files("dangol").joinpath("static").iterdir() if path.name.endswith(".js")]
    return [*(f"/v1/{name}" for name in scripts), *house.engine.stage.renderer.sheets()]


async def test_every_asset_may_be_loaded_by_any_page_and_is_what_it_says(
    page: httpx.AsyncClient, assets: list[str]
) -> None:
    assert len(assets) >= 6
    for path in assets:
        response = await page.get(path)
        assert (response.status_code, response.headers["x-content-type-options"]) == (200, "nosniff")
        kind = "text/css" if path.endswith(".css") else "text/javascript"
        assert response.headers["content-type"] == f"{kind}; charset=utf-8"
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["cross-origin-resource-policy"] == "cross-origin"
        assert ("immutable" in response.headers["cache-control"]) == ("/style/" in path)


async def test_an_asset_travels_compressed_where_it_may(page: httpx.AsyncClient, assets: list[str]) -> None:
    for path in assets:
        plain = await page.get(path)
        packed = await page.get(path, headers={"Accept-Encoding": "br, gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["vary"] == "Accept-Encoding"
        assert "content-encoding" not in plain.headers
        assert packed.content == plain.content
        assert int(packed.headers["content-length"]) <= len(gzip.compress(plain.content))


async def test_an_asset_that_is_known_is_not_sent_again(page: httpx.AsyncClient, assets: list[str]) -> None:
    for path in assets:
        tag = (await page.get(path)).headers["etag"]
        known = await page.get(path, headers={"If-None-Match": tag})
        assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)
        assert (await page.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_a_module_under_the_version_of_the_build_is_kept_for_ever(page: httpx.AsyncClient) -> None:
    """Another server's version, in a roll-out, must not make of this one's file what it is not."""
    version = json.loads(files("dangol").joinpath("static", "snippet.json").read_text())["version"]
    kept = {query: (await page.get(f"/v1/widgets.js{query}")).headers["cache-control"] for query in ("", "?v=0badc0de")}
    assert not any("immutable" in policy for policy in kept.values())
    assert "immutable" in (await page.get(f"/v1/widgets.js?v={version}")).headers["cache-control"]


NOT_OURS = ["/v1/other.js", "/v1/style/popcorn.css", "/v1/../pyproject.toml", "/v1/%2e%2e/secret"]


@pytest.mark.parametrize("path", NOT_OURS)
async def test_nothing_else_is_served(page: httpx.AsyncClient, path: str) -> None:
    response = await page.request("GET", path)
    assert response.status_code == 404
    assert path not in response.text


async def test_the_worker_may_look_after_more_than_the_path_that_it_is_served_under(page: httpx.AsyncClient) -> None:
    assert (await page.get("/v1/push-worker.js")).headers["service-worker-allowed"] == "/"
    assert "service-worker-allowed" not in (await page.get("/v1/push.js")).headers
