import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from dangol.definitions import repository
from dangol.house import House
from dangol.preview import ticket

pytestmark = pytest.mark.anyio

HELLO: dict[str, Any] = {"id": "hello", "widget": {"use": "popcorn", "params": {"title": "Hello"}}}
ASKED: dict[str, Any] = {"campaign": HELLO, "url": "https://shop.example/product/1?color=red"}


def token_of(made: httpx.Response) -> str:
    link: str = made.json()["link"]
    return parse_qs(urlsplit(link).query)["dg_preview"][0]


async def test_a_link_leads_to_the_page_with_a_token_that_holds_for_its_hours(
    house: House, admin: httpx.AsyncClient
) -> None:
    made = await admin.post("/v1/admin/preview", json={**ASKED, "hours": 2})
    assert made.status_code == 200
    assert made.json()["link"].startswith("https://shop.example/product/1?color=red&dg_preview=")
    found = ticket.read(house.by_id["shop"].keys, token_of(made))
    assert found is not None
    assert found.id == made.json()["preview"]
    assert abs(found.until - time.time() - 7200) < 60


async def test_nothing_is_put_in_force(house: House, admin: httpx.AsyncClient) -> None:
    before = await repository.version(house.link)
    await admin.post("/v1/admin/preview", json=ASKED)
    assert await repository.version(house.link) == before


async def test_a_token_opens_the_preview_at_its_site_until_its_time(house: House, admin: httpx.AsyncClient) -> None:
    shop, made = house.by_id["shop"], await admin.post("/v1/admin/preview", json={**ASKED, "hours": 1})
    opened = await house.previews.open(shop, token_of(made), house.now())
    assert opened is not None
    assert [each.id for each in opened.honest.definitions.campaigns] == ["hello"]
    assert await house.previews.open(shop, token_of(made), house.now() + 3601) is None
    assert await house.previews.open(shop, token_of(made)[:-1] + "*", house.now()) is None


async def test_a_preview_can_be_taken_away(house: House, admin: httpx.AsyncClient) -> None:
    made = await admin.post("/v1/admin/preview", json=ASKED)
    assert (await admin.delete(f"/v1/admin/preview/{made.json()['preview']}")).status_code == 200
    assert await house.previews.open(house.by_id["shop"], token_of(made), house.now()) is None
    assert (await admin.delete(f"/v1/admin/preview/{made.json()['preview']}")).status_code == 400


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b'{"campaign":' * 10_000, b'{"campaign": {}, "url": "x"}', b"\xff"]
)
async def test_what_is_no_request_is_refused(admin: httpx.AsyncClient, body: bytes) -> None:
    response = await admin.post("/v1/admin/preview", content=body)
    assert (response.status_code, "problems" in response.json()) == (400, True)


async def test_a_request_that_is_too_long_is_refused(admin: httpx.AsyncClient) -> None:
    assert (await admin.post("/v1/admin/preview", content=b" " * 300_000)).status_code == 413


async def test_the_servers_key_makes_no_preview(shop: httpx.AsyncClient) -> None:
    assert (await shop.post("/v1/admin/preview", json=ASKED)).status_code == 401
    assert (await shop.delete("/v1/admin/preview/x")).status_code == 401
