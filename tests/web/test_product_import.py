"""Product feeds as uploads."""

import gzip
from typing import Any

import httpx
import pytest

from dangol.house import House
from dangol.store import catalogue

pytestmark = pytest.mark.anyio

FEED = b"id,title,price,tax\n1,A,5,\n2,B,6 KRW,\n"
WRONG = FEED + b"3,C,x,\n"


async def upload(shop: httpx.AsyncClient, content: Any, kind: str = "text/csv", **flags: str) -> httpx.Response:
    headers = {"Content-Type": kind}
    return await shop.post("/v1/products/import", content=content, headers=headers, params=flags, timeout=60)


async def ids(house: House) -> list[str]:
    found = [each async for batch in catalogue.scan(house.link, "shop") for each in batch]
    return sorted(each.id for each in found if not each.hidden)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (FEED, "text/csv; charset=utf-8"),
        (FEED.replace(b",", b"\t"), "text/tab-separated-values"),
        (gzip.compress(FEED, mtime=0), "application/gzip"),
        (
            b'{"products": [{"id": 1, "title": "A", "price": 5}, {"id": 2, "name": "B", "price": 6}]}',
            "application/json",
        ),
    ],
)
async def test_a_feed_is_imported(house: House, shop: httpx.AsyncClient, content: bytes, kind: str) -> None:
    told = (await upload(shop, content, kind)).json()
    ignored = [] if b"{" in content else ["tax"]
    counts = {"rows": 2, "refused": 0, "added": 2, "changed": 0, "hidden": 0}
    assert told == {"encoding": "utf-8", "ignored": ignored, "problems": [], **counts}
    assert await ids(house) == ["1", "2"]


async def test_one_refused_row_holds_back_the_whole_feed_unless_it_may_be_skipped(
    house: House, shop: httpx.AsyncClient
) -> None:
    answer = await upload(shop, WRONG)
    assert answer.status_code == 422
    [problem] = answer.json()["problems"]
    assert (problem["line"], problem["column"], problem["value"]) == (4, "price", "x")
    assert (await upload(shop, WRONG, dry_run="true", skip_refused="true")).json()["added"] == 0
    assert (await upload(shop, WRONG, dryrun="true", skip_refused="true")).status_code == 400
    assert await ids(house) == []
    assert (await upload(shop, WRONG, skip_refused="true")).json()["added"] == 2
    assert await ids(house) == ["1", "2"]


async def test_a_feed_replaces_the_catalogue_but_hides_no_more_than_half_unforced(
    house: House, shop: httpx.AsyncClient
) -> None:
    await upload(shop, FEED)
    answer = await upload(shop, b"id,title,price\n9,New,5\n", replace="true")
    assert (answer.status_code, await ids(house)) == (400, ["1", "2"])
    assert "hides at most half of the 2 products" in answer.json()["error"]
    assert (await upload(shop, b"id,title,price\n9,New,5\n", replace="true", force="true")).json()["hidden"] == 2
    assert await ids(house) == ["9"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (FEED[:-9], "text/csv", 400),
        (gzip.compress(FEED, mtime=0)[:-3], "application/gzip", 400),
        (b'[{"id": 1, "title": "A", "price": 5}', "application/json", 400),
        (b"<rss>", "text/csv", 400),
        (FEED, "text/html", 400),
    ],
)
async def test_a_feed_that_is_cut_off_or_none_changes_nothing(
    house: House, shop: httpx.AsyncClient, content: bytes, kind: str, status: int
) -> None:
    assert (await upload(shop, content, kind, skip_refused="true")).status_code == status
    assert await ids(house) == []


async def test_a_feed_is_bounded(shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def body() -> Any:
        for _ in range(3):
            yield FEED

    monkeypatch.setattr("dangol.web.product_import.LARGEST", 40)
    assert (await upload(shop, FEED)).status_code == 200
    assert (await upload(shop, FEED * 2)).status_code == 413
    assert (await upload(shop, body())).status_code == 413


async def test_an_import_needs_the_server_key(admin: httpx.AsyncClient) -> None:
    assert (await upload(admin, FEED)).status_code == 401
