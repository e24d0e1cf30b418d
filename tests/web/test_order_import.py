"""Past orders as uploads."""

import asyncio
import io

import httpx
import pyarrow as pa
import pytest
from pyarrow import parquet

from dangol.house import House
from dangol.orders.commands import Answer, Wrong
from dangol.plugin import Product
from dangol.store import catalogue
from dangol.store.generations import Generation, Loaded
from dangol.web import order_import
from dangol.web.order_import import answered

pytestmark = pytest.mark.anyio

PATH = "/v1/orders/import"
PARQUET = "application/vnd.apache.parquet"


async def upload(shop: httpx.AsyncClient, content: bytes, kind: str = "text/csv", **query: str) -> httpx.Response:
    return await shop.post(PATH, content=content, headers={"Content-Type": kind}, params=query, timeout=60)


@pytest.fixture(autouse=True)
async def _catalogue(house: House) -> None:
    await catalogue.put(house.link, "shop", [Product(id, id, 100) for id in ("mug", "tea")])


async def test_a_file_is_loaded_and_told_of(house: House, shop: httpx.AsyncClient) -> None:
    file = io.BytesIO()
    table = {"no": ["1", "1", "2"], "at": ["2024-01-02"] * 3, "product_id": ["mug", "tea", None], "quantity": [1, 2, 3]}
    parquet.write_table(pa.table(table), file)
    answer = await upload(shop, file.getvalue(), PARQUET, columns="order_id=no", skip_refused="true")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [(each["line"], each["column"]) for each in told["problems"]] == [(3, "product_id")]
    assert (told["loaded"]["orders"], told["loaded"]["lines"]) == (1, 2)
    assert (await catalogue.state(house.link, "shop")).orders == told["loaded"]["generation"]
    assert (await shop.get(PATH)).json() == {"in_force": told["loaded"], "loading": None, "left_behind": []}


async def test_one_refused_row_holds_back_all_and_one_file_is_loaded_at_a_time(shop: httpx.AsyncClient) -> None:
    bad = b"order_id,at,product_id\n1,2024-01-02,mug\n2,soon,mug\n"
    answers = await asyncio.gather(upload(shop, bad), upload(shop, bad))
    busy, refused = sorted(answers, key=lambda answer: answer.status_code)
    assert (busy.status_code, refused.status_code) == (409, 422)
    assert refused.json()["problems"] == [
        {"line": 3, "column": "at", "value": "soon", "expected": refused.json()["problems"][0]["expected"]}
    ]
    assert (await shop.get(PATH)).json() == {"in_force": None, "loading": None, "left_behind": []}


async def test_how_far_a_load_is_can_be_asked(house: House, shop: httpx.AsyncClient) -> None:
    async with Generation(house.link, "shop") as generation:
        await generation.report("learning", 40)
        told = (await shop.get(PATH)).json()["loading"]
    assert (told["generation"], told["stage"], told["percent"]) == (generation.name, "learning", 40)


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        (Answer(failed="invalid", wrong=[Wrong("file", "CSV")]), 400, "file: expected CSV"),
        (Answer(failed="busy", wrong=[Wrong("", "being loaded already")]), 409, "being loaded already"),
        (Answer(failed="other", wrong=[Wrong("", "the store is away")]), 503, "the store is away"),
    ],
)
async def test_a_load_that_failed_says_why(answer: Answer, status: int, error: str) -> None:
    told = answered(answer, skip_refused=False)
    assert (told.status_code, told.body) == (status, f'{{"error":"{error}","problems":[]}}'.encode())
    assert answered(Answer(Loaded(refused=1)), skip_refused=True).status_code == 200


@pytest.mark.parametrize(
    ("kind", "query", "error"),
    [
        ("application/json", {}, "Content-Type: expected text/csv or application/vnd.apache.parquet"),
        ("text/csv", {"dry_run": "1"}, "dry_run: expected true or false"),
        ("text/csv", {"dry-run": "true"}, "dry-run: expected one of dry_run, skip_refused, columns"),
        ("text/csv", {"columns": "<b>=no"}, "columns: expected one of order_id"),
        ("text/csv", {"columns": "order_id"}, "columns: expected field=name,field=name"),
    ],
)
async def test_bad_requests_are_refused(shop: httpx.AsyncClient, kind: str, query: dict[str, str], error: str) -> None:
    answer = await upload(shop, b"", kind, **query)
    assert (answer.status_code, answer.json()["error"][: len(error)]) == (400, error)
    assert "<b>" not in answer.text


async def test_a_file_has_a_largest_size_and_a_key(shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_import, "LARGEST", 10)
    assert (await upload(shop, b"order_id,at,product_id\n")).status_code == 413
    shop.headers["Authorization"] = "Bearer sk_wrong"
    assert (await upload(shop, b"")).status_code == 401
    assert (await shop.get(PATH)).status_code == 401
