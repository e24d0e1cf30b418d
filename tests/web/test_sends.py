"""Manual sends over HTTP: drafts, files, starts, cancels, tests, and what schedules did."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from dangol.definitions import document
from dangol.house import House
from dangol.messages import recipients
from dangol.protocol import tokens
from dangol.sends import uploading
from dangol.store import draws, keys, outbox, sends, slots
from dangol.web.app import create

pytestmark = pytest.mark.anyio

CSV = {"Content-Type": "text/csv"}


@pytest.fixture
async def house(new_house: Any, opened: Any, registry: Any) -> House:
    site = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://shop.example"]}
    campaign = {"id": "weekly", "schedule": {"every": "week", "at": "10:30", "on": ["mon"]}}
    definitions = document.check(
        {
            "site": site,
            "segments": [{"id": "gold", "include": {"grade": {"is": "gold"}}}],
            "campaigns": [{**campaign, "message": {"use": "log"}}],
        },
        "test",
        registry,
    )
    house: House = await opened(new_house(definitions))
    return house


async def draft(admin: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await admin.post("/v1/admin/sends", json={"message": {"use": "log"}, "name": "Sale", **fields})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def upload(admin: httpx.AsyncClient, id: str, text: str | bytes, **query: Any) -> httpx.Response:
    content = text.encode() if isinstance(text, str) else text
    return await admin.post(f"/v1/admin/sends/{id}/recipients", content=content, headers=CSV, params=query)


async def kept(house: House, file: str) -> list[sends.Recipient]:
    found = [await sends.rows(house.link, number, file, 0) or [] for number in range(keys.PARTITIONS)]
    return [row for rows in found for row in rows]


async def test_a_file_waits_in_its_partitions_until_the_send_is_started(admin: httpx.AsyncClient, house: House) -> None:
    made = await draft(admin)
    assert (made["state"], made["source"]) == ("draft", "rows")
    early = await admin.post(f"/v1/admin/sends/{made['id']}/start")
    assert early.status_code == 409
    answer = await upload(admin, made["id"], "phone,member,code\n010-1234-5678,,A1\n,kim,B2\n")
    assert answer.json() == {"encoding": "utf-8", "rows": 2, "refused": 0, "kept": 2, "problems": []}
    send = await sends.read(house.link, "shop", made["id"])
    assert send is not None
    assert [row.values for row in sorted(await kept(house, send.file), key=lambda row: row.member)] == [["A1"], ["B2"]]
    profile = tokens.member_profile(house.by_id["shop"].keys, "kim")
    assert (await sends.rows(house.link, keys.partition(profile), send.file, 0) or [])[0].member == "kim"
    assert await draws.under_way(house.link) == []
    started = (await admin.post(f"/v1/admin/sends/{made['id']}/start")).json()
    assert (started["state"], started["drawing"], started["rows"]) == ("started", True, 2)
    [draw] = await draws.under_way(house.link)
    assert (draw.campaign, draw.source) == (f"send:{made['id']}", "rows")
    assert (await admin.post(f"/v1/admin/sends/{made['id']}/start")).status_code == 200
    assert (await upload(admin, made["id"], "phone\n01012345678\n")).status_code == 409


async def test_nothing_is_kept_of_a_file_whose_send_is_started_meanwhile(
    admin: httpx.AsyncClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, keep, files = await draft(admin), uploading.keep, []
    await upload(admin, made["id"], "phone\n01012345678\n")

    async def start_then_keep(*given: Any) -> int:
        assert (await admin.post(f"/v1/admin/sends/{made['id']}/start")).status_code == 200
        files.append(given[4])
        return await keep(*given)

    monkeypatch.setattr(uploading, "keep", start_then_keep)
    assert (await upload(admin, made["id"], "phone\n01012345679\n")).status_code == 409
    assert await kept(house, files[0]) == []
    send = await sends.read(house.link, "shop", made["id"])
    assert [row.to for row in await kept(house, send.file if send else "")] == ["01012345678"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
async def test_both_encodings_of_korean_files_are_read(admin: httpx.AsyncClient, house: House, encoding: str) -> None:
    made = await draft(admin)
    answer = await upload(admin, made["id"], "휴대폰번호,이름\n010-1234-5678,김철수\n".encode(encoding))
    assert answer.json()["encoding"] == encoding.removesuffix("-sig")
    send = await sends.read(house.link, "shop", made["id"])
    assert [row.values for row in await kept(house, send.file if send else "")] == [["김철수"]]


async def test_refused_rows_are_told_by_line_and_keep_the_file_out(admin: httpx.AsyncClient, house: House) -> None:
    made = await draft(admin)
    text = "phone,code\n01012345678,=cmd()\n12,x\n010-1234-5678,again\n01012345679\n"
    answer = await upload(admin, made["id"], text)
    assert answer.status_code == 422
    told = [(each["line"], each["column"], each["value"]) for each in answer.json()["problems"]]
    assert told == [(3, "phone", "12"), (4, "", "01012345678"), (5, "", "1 cells")]
    assert (await sends.read(house.link, "shop", made["id"])).state == "draft"  # type: ignore[union-attr]
    answer = await upload(admin, made["id"], text, skip_refused="true")
    assert (answer.status_code, answer.json()["kept"]) == (200, 1)
    send = await sends.read(house.link, "shop", made["id"])
    assert send is not None
    assert [row.values for row in await kept(house, send.file)] == [["=cmd()"]]
    again = await upload(admin, made["id"], "phone\n01012345670\n")
    assert again.status_code == 200
    assert await kept(house, send.file) == []


async def test_one_row_too_many_refuses_the_whole_file(
    admin: httpx.AsyncClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert recipients.MOST == 1_000_000
    monkeypatch.setattr(uploading, "MOST", 3)
    made = await draft(admin)
    rows = [f"0101234567{number}\n" for number in range(4)]
    assert (await upload(admin, made["id"], "phone\n" + "".join(rows[:3]))).status_code == 200
    answer = await upload(admin, made["id"], "phone\n" + "".join(rows), skip_refused="true")
    assert answer.status_code == 400
    assert "line 5: expected a file of at most 3 rows" in answer.json()["error"]
    send = await sends.read(house.link, "shop", made["id"])
    assert len(await kept(house, send.file if send else "")) == 3


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"phone,cod\xff\n", "line 1"),
        (b"", "file"),
        (b"phone\n", "line 2"),
        (b"nobody\n1\n", "line 1"),
        (b'phone,x\n"01012345678\n01012345679\n', "lines 2 to 3"),
    ],
    ids=["no text", "empty", "no rows", "nobody to write to", "an open quote"],
)
async def test_a_file_that_is_none_is_refused_as_a_whole(admin: httpx.AsyncClient, body: bytes, place: str) -> None:
    answer = await upload(admin, (await draft(admin))["id"], body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(place)


async def test_a_send_to_an_audience_is_reserved_and_cancelled(admin: httpx.AsyncClient, house: House) -> None:
    made = await draft(admin, audience=["gold"])
    assert made["state"] == "ready"
    at = house.now() + 3600
    url = f"/v1/admin/sends/{made['id']}"
    for wrong in (house.now() - 3600, house.now() + 100 * 86_400):
        assert (await admin.post(f"{url}/start", json={"at": _iso(wrong)})).status_code == 400
    started = (await admin.post(f"{url}/start", json={"at": _iso(at)})).json()
    assert started["at"] == pytest.approx(at, abs=1)
    [draw] = await draws.under_way(house.link)
    assert (draw.source, draw.due) == ("columns", started["at"])
    cancelled = (await admin.post(f"{url}/cancel")).json()
    assert cancelled["state"] == "cancelled"
    assert await draws.under_way(house.link) == []
    assert (await admin.post(f"{url}/start")).status_code == 409
    assert [each["id"] for each in (await admin.get("/v1/admin/sends")).json()["sends"]] == [made["id"]]
    assert (await admin.get(url)).json()["results"]["requests"] == 0


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"audience": ["gol"]}, "audience[0]"),
        ({"message": {"use": "lag"}}, "message.use"),
        ({"message": {"use": "log", "template": "none"}}, "message.template"),
        ({"message": {"use": "log", "wait": 5}}, "message.wait"),
        ({"message": {"use": "log", "fill": {"code": "x"}}}, "message.fill"),
        ({"message": {"use": "log", "params": {"x": 1}}}, "message.params"),
        ({"massage": {}}, "massage"),
    ],
)
async def test_a_wrong_draft_is_refused_with_its_place(
    admin: httpx.AsyncClient, fields: dict[str, Any], where: str
) -> None:
    answer = await admin.post("/v1/admin/sends", json={"message": {"use": "log"}, **fields})
    assert answer.status_code == 400
    assert where in answer.json()["error"]
    assert (await admin.get("/v1/admin/sends")).json() == {"sends": []}


async def test_tests_go_to_five_people_at_most_and_bring_their_message(admin: httpx.AsyncClient, house: House) -> None:
    body: dict[str, Any] = {"message": {"use": "log"}, "to": ["010-1234-5678"], "members": ["kim"]}
    answer = await admin.post("/v1/admin/sends/test", json=body)
    assert answer.status_code == 202
    rows = await outbox.read_many(house.link, answer.json()["keys"])
    assert {(row.push.origin, row.push.member, row.push.to) for row in rows if row} == {
        ("test", "kim", ""),
        ("test", "", "01012345678"),
    }
    filled = {"message": {"use": "log", "fill": {"code": "x"}}, "members": ["kim"]}
    assert (await admin.post("/v1/admin/sends/test", json=filled)).status_code == 202
    by_campaign = await admin.post("/v1/admin/sends/test", json={"campaign": "weekly", "members": ["kim"]})
    [row] = await outbox.read_many(house.link, by_campaign.json()["keys"])
    assert row is not None
    assert (row.push.campaign, row.push.use) == ("weekly", None)


@pytest.mark.parametrize(
    "body",
    [
        {"message": {"use": "log"}},
        {"message": {"use": "log"}, "campaign": "weekly", "to": ["01012345678"]},
        {"campaign": "other", "to": ["01012345678"]},
        {"message": {"use": "log"}, "to": ["nobody"]},
        {"message": {"use": "log"}, "to": ["01012345678"] * 3, "members": ["a", "b", "c"]},
    ],
)
async def test_a_test_to_nobody_or_too_many_or_of_nothing_is_refused(
    admin: httpx.AsyncClient, body: dict[str, Any], house: House
) -> None:
    assert (await admin.post("/v1/admin/sends/test", json=body)).status_code == 400
    assert [key async for key in outbox.every(house.link)] == []


async def test_schedules_tell_their_next_slots_and_what_became_of_the_last(
    admin: httpx.AsyncClient, house: House
) -> None:
    record = await slots.adopt(house.link, "shop", "weekly", slots.Record(), "rule", 1)
    await slots.settle(house.link, "shop", "weekly", record, slots.Settled(100, "missed", 900.0), None)
    draw = draws.Draw("shop:weekly:200", "shop", "weekly", "columns", 0.0, 200)
    await slots.settle(house.link, "shop", "weekly", record._replace(since=100), slots.Settled(200, "run", 201.0), draw)
    await draws.finish(house.link, draw, 3, draws.Drawn(7, 2))
    [told] = (await admin.get("/v1/admin/schedules")).json()["schedules"]
    assert told["campaign"] == "weekly"
    assert all("10:30" in slot["local"] for slot in told["next"])
    assert len(told["next"]) == 5
    ran, missed = told["last"]
    assert (ran["state"], ran["matched"], ran["already"], ran["drawing"]) == ("run", 7, 2, True)
    assert (missed["slot"], missed["state"]) == (100, "missed")


async def test_unknown_sends_and_strangers_are_turned_away(admin: httpx.AsyncClient, shop: httpx.AsyncClient) -> None:
    assert (await admin.get("/v1/admin/sends/none")).status_code == 404
    assert (await admin.post("/v1/admin/sends/none/start")).status_code == 404
    assert (await upload(admin, "none", "phone\n")).status_code == 404
    for path in ("/v1/admin/sends", "/v1/admin/schedules"):
        assert (await shop.get(path)).status_code == 401


@pytest.fixture
async def templated(new_house: Any, opened: Any, registry: Any) -> House:
    """A shop with a template of two variables, a fallback of another one, and a sender."""
    template = {"id": "coupon", "kind": "text", "text": "#{name}, #{code}", "ad": False}
    instead = {"id": "short", "kind": "text", "text": "#{code} #{day}", "ad": False}
    senders = [{"id": "main", "use": "webhook", "params": {"url": "https://hooks.example/", "secret": "WEBHOOK_KEY"}}]
    site = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://shop.example"]}
    definitions = document.check({"site": site, "senders": senders, "templates": [template, instead]}, "test", registry)
    house: House = await opened(new_house(definitions))
    return house


MESSAGE = {"use": "main", "template": "coupon", "fallback": {"use": "main", "template": "short"}}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("phone,name,code,day\n01012345678,Kim,A1,mon\n", ""),
        ("phone,name,code\n01012345678,Kim,A1\n", "#{day}"),
        ("email,name,code,day\na@b.example,Kim,A1,mon\n", "a header with a column phone or member"),
        ("phone,name,code,day,colour\n01012345678,Kim,A1,mon,red\n", "or a variable of the template (name, code, day)"),
    ],
)
async def test_the_columns_are_those_of_the_template_and_its_fallback(
    templated: House, text: str, problem: str
) -> None:
    headers = {"Authorization": f"Bearer {templated.by_id['shop'].keys.admin}"}
    transport = httpx.ASGITransport(create(templated))
    async with httpx.AsyncClient(transport=transport, base_url="https://d.example", headers=headers) as admin:
        made = await draft(admin, message=MESSAGE)
        answer = await upload(admin, made["id"], text)
    assert answer.status_code == (400 if problem else 200)
    assert problem in answer.text
