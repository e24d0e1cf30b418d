"""GET /v1/admin/templates and POST /v1/admin/templates/preview; what becomes of a review when words change."""

from typing import Any

import httpx
import msgspec
import pytest

from dangol.definitions import repository
from dangol.house import House

pytestmark = pytest.mark.anyio

ORDERED = {"id": "ordered", "kind": "alimtalk", "code": "A1", "text": "#{이름}님, 고맙습니다", "review": "approved"}
HELLO = {"id": "hello", "kind": "text", "text": "{name|고객}님, 안녕하세요"}
PARTS: dict[str, Any] = {
    "senders": [{"id": "main", "use": "log", "prices": {"sms": 9, "alimtalk": 8}}],
    "templates": [ORDERED, HELLO],
    "contact": {"company": "단골", "opt_out": "080-123-4567"},
}


async def saved(house: House, admin: httpx.AsyncClient, **parts: Any) -> httpx.Response:
    """What PUT definitions answers, once the change is in force."""
    now = msgspec.to_builtins(house.by_id["shop"].definitions)
    answer = await admin.put("/v1/admin/definitions", json={**now, **PARTS, **parts})
    assert answer.status_code == 200, answer.text
    found = await repository.read(house.link, "shop")
    assert found is not None
    await house.adopt({"shop": found})
    return answer


async def preview(admin: httpx.AsyncClient, **asked: Any) -> Any:
    answer = await admin.post("/v1/admin/templates/preview", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_templates_are_told_with_their_review_and_who_uses_them(house: House, admin: httpx.AsyncClient) -> None:
    message = {"use": "main", "template": "ordered", "fill": {"이름": "{name|고객}"}}
    await saved(house, admin, campaigns=[{"id": "thanks", "message": message}])
    ordered, hello = (await admin.get("/v1/admin/templates")).json()["templates"]
    assert (ordered["kind"], ordered["review"], ordered["variables"]) == ("alimtalk", "approved", ["이름"])
    assert (ordered["campaigns"], ordered["problems"]) == (["thanks"], [])
    assert (hello["kind"], hello["forms"], hello["campaigns"]) == ("text", ["sms", "lms"], [])
    assert "review" not in hello


async def test_a_preview_shows_the_filled_text_its_bytes_and_its_price(house: House, admin: httpx.AsyncClient) -> None:
    await saved(house, admin)
    told = await preview(admin, id="hello", sender="main")
    assert told["content"]["text"] == "(광고)단골\n고객님, 안녕하세요\n무료수신거부 080-123-4567"
    assert (told["form"], told["price"], told["problems"]) == ("sms", 9.0, [])
    assert told["size"] == {"bytes": len(told["content"]["text"].encode("euc-kr")), "most": 90}


async def test_a_preview_of_what_is_not_saved_tells_all_its_problems(house: House, admin: httpx.AsyncClient) -> None:
    await saved(house, admin)
    told = await preview(admin, template={**ORDERED, "text": "가" * 1301 + "#{번호}", "review": "draft"})
    assert [each["where"] for each in told["problems"]] == ["variables.번호", "review", "text"]
    assert told["content"]["text"].endswith("#{번호}")
    told = await preview(admin, template=ORDERED, variables={"이름": "민지"})
    assert (told["content"]["text"], told["problems"]) == ("민지님, 고맙습니다", [])
    assert (told["size"], told["variables"]) == ({"characters": 10, "most": 1300}, {"이름": "민지"})


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"id": "helo"}, "id"),
        ({"id": "hello", "sender": "mian"}, "sender"),
        ({"template": {"kind": "txt"}}, "template.kind"),
        ({"template": {"kind": "text", "id": "x"}}, "template.text"),
        ({"id": "hello", "langauge": "ko"}, "langauge"),
        ({"variables": {"a": 1}}, "variables"),
        ([], ""),
    ],
)
async def test_what_is_no_preview_is_refused(house: House, admin: httpx.AsyncClient, asked: Any, where: str) -> None:
    await saved(house, admin)
    answer = await admin.post("/v1/admin/templates/preview", json=asked)
    assert answer.status_code == 400
    assert where in [each["where"] for each in answer.json()["problems"]]


async def test_words_that_were_not_approved_make_a_draft_of_a_template(house: House, admin: httpx.AsyncClient) -> None:
    assert "drafts" not in (await saved(house, admin)).json()
    other = {**ORDERED, "text": "#{이름}님, 감사합니다"}
    assert (await saved(house, admin, templates=[other, HELLO])).json()["drafts"] == ["ordered"]
    assert (await admin.get("/v1/admin/templates")).json()["templates"][0]["review"] == "draft"
    kept = await saved(house, admin, templates=[{**other, "code": "A2", "text": "#{이름}님!"}, HELLO])
    assert "drafts" not in kept.json()
