from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

pytestmark = pytest.mark.anyio


async def test_conditions_are_told_with_all_that_a_form_needs(admin: httpx.AsyncClient) -> None:
    told = {each["id"]: each for each in (await admin.get("/v1/admin/conditions")).json()["conditions"]}
    total = told["cart_total"]
    assert total["label"] == {"ko": "장바구니 금액", "en": "total of the cart"}
    assert total["group"] == {"id": "cart", "ko": "장바구니", "en": "Cart"}
    assert total["unit"] == {"id": "money", "ko": "KRW", "en": "KRW"}
    assert total["operators"][-1] == {"id": "gte", "label": {"ko": "이상", "en": "is at least"}}
    assert total["example"] == {"cart_total": {"gte": 10_000, "lt": 50_000}}
    assert total["sentence"]["ko"] == "장바구니 금액 10,000원 이상 50,000원 미만"
    assert {each["source"] for each in told.values()} == {"profile", "request", "window"}


async def test_the_schema_that_is_served_takes_every_example(admin: httpx.AsyncClient) -> None:
    schema = (await admin.get("/v1/admin/conditions/schema")).json()
    Draft202012Validator.check_schema(schema)
    examples: list[Any] = [each["example"] for each in (await admin.get("/v1/admin/conditions")).json()["conditions"]]
    assert len(examples) > 50
    for example in examples:
        Draft202012Validator(schema).validate(example)


async def test_ready_made_segments_come_along(admin: httpx.AsyncClient) -> None:
    presets = (await admin.get("/v1/admin/conditions")).json()["presets"]
    schema = (await admin.get("/v1/admin/conditions/schema")).json()
    assert {"frequent", "birthday-today", "on-mobile"} <= {each["id"] for each in presets}
    for each in presets:
        Draft202012Validator(schema).validate(each["include"])
        assert all(each["outline"].values())
