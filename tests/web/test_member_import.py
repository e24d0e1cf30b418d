"""Member files as uploads."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from dangol.house import House
from dangol.profile.model import Member
from dangol.web import member_import

pytestmark = pytest.mark.anyio

HEADER = b"id,name,phone,points\n"


@pytest.fixture
async def house(new_house: Any, opened: Any, define: Any) -> House:
    opened_house: House = await opened(new_house(define(traits=[{"id": "points", "name": "", "type": "number"}])))
    return opened_house


async def upload(shop: httpx.AsyncClient, content: Any, kind: str = "text/csv", **flags: str) -> httpx.Response:
    headers = {"Content-Type": kind}
    return await shop.post("/v1/members/import", content=content, headers=headers, params=flags, timeout=60)


async def test_a_file_is_imported(browser: Any, shop: httpx.AsyncClient, member_id: Any) -> None:
    answer = await upload(shop, HEADER + "kim,김철수,010-1,5\nlee,Lee,,\n".encode(), "text/csv; charset=utf-8")
    assert answer.json() == {"encoding": "utf-8", "rows": 2, "refused": 0, "written": 2, "problems": []}
    told = (await browser.profile(member_id("kim"))).member
    assert told == Member("kim", "김철수", phone="010-1", traits={"points": 5.0})


async def test_one_refused_row_holds_back_the_whole_file(house: House, shop: httpx.AsyncClient) -> None:
    before = await house.link.call("DBSIZE")
    answer = await upload(shop, HEADER + b"kim,Kim,,5\nlee,Lee,,many\n")
    told = answer.json()
    assert (answer.status_code, told["rows"], told["refused"], told["written"]) == (422, 2, 1, 0)
    [problem] = told["problems"]
    assert (problem["line"], problem["column"], problem["value"]) == (3, "points", "many")
    assert problem["expected"].startswith("a number from")
    assert await house.link.call("DBSIZE") == before


async def test_refused_rows_are_skipped_on_demand_and_a_dry_run_writes_nothing(shop: httpx.AsyncClient) -> None:
    content = HEADER + b"kim,Kim,,5\nlee,Lee,,many\n"
    for flags, written, status in (
        ({"skip_refused": "true"}, 1, 200),
        ({"dry_run": "true"}, 0, 422),
        ({"dry_run": "true", "skip_refused": "true"}, 0, 200),
    ):
        answer = await upload(shop, content, **flags)
        assert (answer.status_code, answer.json()["written"]) == (status, written)


async def test_of_many_refusals_the_first_thousand_are_told(shop: httpx.AsyncClient) -> None:
    told = (await upload(shop, HEADER + b"kim,Kim,,many\n" * 1_500)).json()
    assert (told["refused"], len(told["problems"]), told["problems"][-1]["line"]) == (1_500, 1_000, 1_001)


BAD = {
    "an unknown column": (b"id,<b>\nkim,x\n", "line 1, column 2: expected one of id, name"),
    "no header": (b"", "file: expected a header and rows; there is nothing in it"),
    "another encoding": (b"id\n\xff\xff\n", "line 2: expected text in UTF-8"),
    "an open quote": (b'id\n"kim\n' + b"lee\n" * 99, "lines 2 to"),
    "a huge cell": (b'id\n"' + b"x" * 10_000_000, "line 2: expected a record of at most 1000000 characters"),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_file_that_can_not_be_read_is_refused_whole(house: House, shop: httpx.AsyncClient, case: str) -> None:
    content, error = BAD[case]
    before = await house.link.call("DBSIZE")
    answer = await upload(shop, content, skip_refused="true")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(error)
    assert "<b>" not in answer.text
    assert await house.link.call("DBSIZE") == before


async def test_only_csv_with_known_flags_is_taken(shop: httpx.AsyncClient) -> None:
    assert (await upload(shop, HEADER, "application/json")).json()["error"] == "Content-Type: expected text/csv"
    assert (await upload(shop, HEADER, dry_run="1")).json()["error"] == "dry_run: expected true or false"
    misspelt = await upload(shop, HEADER, dryrun="true")
    assert misspelt.json()["error"] == "dryrun: expected one of dry_run, skip_refused"


async def test_too_large_a_file_is_refused_whether_it_says_so_or_not(
    shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member_import, "LARGEST", 100_000)

    async def drops() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 10_000

    assert (await upload(shop, b"x" * 100_001)).status_code == 413
    assert (await upload(shop, drops())).status_code == 413


async def test_a_file_that_does_not_come_ends_the_wait(
    shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member_import, "LONGEST_UPLOAD", 0.05)

    async def stuck() -> AsyncIterator[bytes]:
        yield HEADER
        await asyncio.sleep(5)

    answer = await upload(shop, stuck())
    assert answer.json()["error"] == "body: expected all of it within 0.05 seconds"


async def test_one_file_at_a_time_while_page_views_go_on(
    house: House, browser: Any, event: Any, shop: httpx.AsyncClient
) -> None:
    content = HEADER + b"".join(b"m%d,Kim,,5\n" % number for number in range(8_000))
    importing = asyncio.create_task(upload(shop, content))
    views, longest = 0, 0.0
    refused = None
    while not importing.done():
        before = time.thread_time()  # the thread's own work between two turns
        assert (await browser.send(event())).status_code == 200
        longest, views = max(longest, time.thread_time() - before), views + 1
        refused = refused or await upload(shop, HEADER)
    assert (await importing).json()["written"] == 8_000
    assert refused is not None
    assert (refused.status_code, refused.headers["Retry-After"]) == (409, "30")
    assert views > 20
    assert longest < 0.25
    assert (await upload(shop, HEADER)).status_code == 200


async def test_the_key_of_another_role_imports_nothing(admin: httpx.AsyncClient) -> None:
    assert (await upload(admin, HEADER)).status_code == 401


async def test_nothing_of_a_member_gets_into_the_logs(
    shop: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await upload(shop, HEADER + b"kim,Kim-Private,010-private,5\nlee,Lee-Private,,private-points\n")
    await upload(shop, HEADER + b"kim,Kim-Private,010-private,5\n", skip_refused="true")
    row = {"id": "kim", "name": "Kim-Private", "traits": {"points": "private-points"}}
    await shop.post("/v1/members", json={"members": [row]})
    assert "rivate" not in caplog.text
