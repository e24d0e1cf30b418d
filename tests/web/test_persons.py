"""What is kept of a person, over HTTP."""

from typing import Any

import pytest

pytestmark = pytest.mark.anyio


async def test_an_administrator_sees_and_deletes_a_person(browser: Any, event: Any, admin: Any) -> None:
    await browser.send(event())
    asked = {"visitor": browser.cookie}
    assert (await admin.post("/v1/admin/person", json=asked)).json()["known"]["page_views"] == 1
    assert (await admin.post("/v1/admin/person/forget", json=asked)).json() == {"profiles": 1, "messages": 0}
    assert (await admin.post("/v1/admin/person", json=asked)).json()["known"]["page_views"] == 0


@pytest.mark.parametrize("body", [{}, {"member": "", "visitor": ""}, {"member": "a", "visitor": "b"}, {"x": 1}, []])
async def test_it_takes_one_person(admin: Any, body: Any) -> None:
    for path in ("/v1/admin/person", "/v1/admin/person/forget"):
        assert (await admin.post(path, json=body)).status_code == 400


async def test_nobody_else_may(shop: Any, browser: Any) -> None:
    for http in (shop, browser.http):
        assert (await http.post("/v1/admin/person/forget", json={"member": "kim"})).status_code == 401
