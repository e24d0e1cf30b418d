"""Results, lists and single messages over HTTP, and what the shop's server asks for."""

import csv
import io
import time
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from dangol.definitions.model import MessageUse
from dangol.house import House
from dangol.messages.push import Push
from dangol.store import outbox
from dangol.store.outbox import Outcome

pytestmark = pytest.mark.anyio

SENDERS = [{"id": "desk", "use": "webhook", "params": {"url": "https://desk.example/", "secret": "WEBHOOK_DESK"}}]
TEMPLATES = [{"kind": "push", "id": "note", "title": "Hello", "text": "There is news.", "ad": False}]
CAMPAIGNS = [
    {"id": "sale", "message": {"use": "log"}},
    {"id": "pop", "widget": {"use": "popcorn", "params": {"title": "Hi"}}},
]
NOW = time.time()


@pytest.fixture
async def house(new_house: Any, opened: Any, define: Any) -> House:
    """A shop with a campaign that sends, in Seoul."""
    made: House = await opened(new_house(define(campaigns=CAMPAIGNS, senders=SENDERS, templates=TEMPLATES)))
    return made


def push(number: int = 1, campaign: str = "sale", site: str = "shop", **more: Any) -> Push:
    profile = f"m{number:015d}"
    cause = f"campaign:{campaign}"
    return Push(outbox.key_of(site, cause, profile), site, cause, "trigger", campaign, profile=profile, **more)


async def enqueue(house: House, *pushes: Push, **more: Any) -> list[str]:
    made = await outbox.enqueue(house.link, pushes, NOW, NOW, zone="Asia/Seoul", **more)
    return [each.key for each in made]


async def outcome(house: House, key: str, state: Any, **more: Any) -> None:
    """What becomes of a message, as a worker writes it down."""
    number = outbox.partition(key)
    assert number is not None
    await outbox.claim(house.link, number, NOW, 15.0, "t", 500)
    await outbox.mark_sending(house.link, [(key, "01012345678")], "solapi", "sms", NOW, 15.0, "t")
    assert await outbox.settle(house.link, "t", [Outcome(key, state, **more)], NOW) == [True]


async def test_results_tell_states_failures_and_money_by_channel_and_day(
    house: House, admin: httpx.AsyncClient
) -> None:
    keys = await enqueue(house, *(push(number) for number in range(4)))
    await outcome(house, keys[0], "delivered", price=8400)
    await outcome(house, keys[1], "failed", failure="blocked", reason="blocked")
    await outbox.click(house.link, keys[0], NOW)
    told = (await admin.get("/v1/admin/messages/report?campaign=sale")).json()
    assert (told["requests"], told["spent"], told["clicks"], told["currency"]) == (4, 8.4, 1, "KRW")
    waiting, sent = told["channels"]
    assert (waiting["channel"], waiting["states"]) == ("", {"queued": 2})
    assert (sent["channel"], sent["states"], sent["failures"]) == (
        "solapi",
        {"delivered": 1, "failed": 1},
        {"blocked": 1},
    )
    assert [day["channels"] for day in told["days"]] == [told["channels"]]


async def test_the_sum_of_states_is_the_number_of_requests_of_all_campaigns(
    house: House, admin: httpx.AsyncClient
) -> None:
    keys = await enqueue(house, *(push(number, campaign) for number in range(6) for campaign in ("sale", "send:9")))
    await enqueue(house, push(1, site="other"), push(2, ""))
    await outcome(house, keys[0], "accepted", price=1000)
    told = (await admin.get("/v1/admin/messages/report")).json()["campaigns"]
    assert {each["campaign"]: each["requests"] for each in told} == {"sale": 6, "send:9": 6, "trigger": 1}
    direct = (await admin.get("/v1/admin/messages/report?campaign=send:9")).json()
    assert (direct["requests"], direct["channels"][0]["states"]) == (6, {"queued": 6})


async def test_a_report_as_csv_begins_with_its_heads(house: House, admin: httpx.AsyncClient) -> None:
    await enqueue(house, push(1))
    answer = await admin.get("/v1/admin/messages/report?campaign=sale&format=csv")
    day, total = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert (day["requests"], day["queued"], day["campaign"]) == ("1", "1", "sale")
    assert (total["day"], total["requests"]) == ("total", "1")


WRONG = {
    "?campaign=sael": (404, "campaign: expected a campaign or manual send of this site; did you mean 'sale'?"),
    "?campaign=pop": (404, "campaign"),
    "?from=2026-02-30": (400, "from"),
    "?from=2026-01-02&to=2026-01-01": (400, "from"),
    "?from=2020-01-01": (400, "from"),
    "?campaign=sale&from=2020-01-01": (400, "from"),
    "?format=xls": (400, "format"),
    "?x=1": (400, "x"),
}


@pytest.mark.parametrize("query", WRONG)
async def test_a_report_that_can_not_be_is_refused(admin: httpx.AsyncClient, query: str) -> None:
    status, told = WRONG[query]
    answer = await admin.get(f"/v1/admin/messages/report{query}")
    assert (answer.status_code, answer.json()["error"][: len(told)]) == (status, told)


async def test_a_span_leaves_other_days_out(house: House, admin: httpx.AsyncClient) -> None:
    await enqueue(house, push(1))
    day = date.fromtimestamp(NOW) - timedelta(days=9)
    told = await admin.get(f"/v1/admin/messages/report?campaign=sale&from={day}&to={day}")
    assert told.json()["requests"] == 0


async def test_a_span_ends_where_the_calendar_does(admin: httpx.AsyncClient) -> None:
    told = (await admin.get("/v1/admin/messages/report?to=0001-01-02")).json()
    assert (told["from"], told["to"]) == ("0001-01-01", "0001-01-02")


async def test_what_waits_is_listed_page_by_page(house: House, admin: httpx.AsyncClient) -> None:
    keys = await enqueue(house, *(push(number) for number in range(7)), push(8, "other"), push(1, site="other"))
    found, cursor = [], ""
    for _ in range(20):
        page = (await admin.get(f"/v1/admin/messages?state=queued&campaign=sale&limit=3&cursor={cursor}")).json()
        found += [each["key"] for each in page["messages"]]
        assert len(page["messages"]) <= 3
        if not (cursor := page.get("cursor", "")):
            break
    assert sorted(found) == sorted(keys[:7])


async def test_other_states_are_found_as_well(house: House, admin: httpx.AsyncClient) -> None:
    keys = await enqueue(house, *(push(number) for number in range(5)))
    await outcome(house, keys[0], "unknown", reason="no_answer")
    await outcome(house, keys[1], "parked", reason="poison", detail="KeyError")
    for state, key in (("unknown", keys[0]), ("parked", keys[1])):
        [found] = (await admin.get(f"/v1/admin/messages?state={state}")).json()["messages"]
        assert (found["key"], found["state"]) == (key, state)
    assert len((await admin.get("/v1/admin/messages")).json()["messages"]) == 5


@pytest.mark.parametrize("query", ["state=sent", "cursor=x", "state=held&cursor=1", "limit=0", "limit=501", "limit=²"])
async def test_a_list_that_can_not_be_is_refused(admin: httpx.AsyncClient, query: str) -> None:
    assert (await admin.get(f"/v1/admin/messages?{query}")).status_code == 400


async def test_a_message_is_told_whole_with_its_reason_in_both_languages(house: House, admin: Any) -> None:
    [key] = await enqueue(house, push(1, to="01012345678", variables={"name": "김단골"}))
    await outcome(house, key, "failed", reason="blocked", detail="3107", failure="blocked", code="3107")
    told = (await admin.get(f"/v1/admin/messages/{key}")).json()
    assert (told["state"], told["failure"], told["to"], told["campaign"]) == (
        "failed",
        "blocked",
        "01012345678",
        "sale",
    )
    assert "차단" in told["reason"]["ko"]
    assert "blocked" in told["reason"]["en"]
    assert told["variables"] == {"name": "김단골"}


async def test_other_sites_messages_are_unknown(house: House, admin: httpx.AsyncClient) -> None:
    [key] = await enqueue(house, push(1, site="other"))
    for path in (key, "x", "%00" * 12):
        assert (await admin.get(f"/v1/admin/messages/{path}")).status_code == 404
    for act in ("release", "cancel"):
        assert (await admin.post(f"/v1/admin/messages/{key}/{act}")).status_code == 404
    row = await outbox.read(house.link, key)
    assert row
    assert row.state == "queued"


async def test_a_parked_message_begins_anew_once(house: House, admin: httpx.AsyncClient) -> None:
    [key] = await enqueue(house, push(1))
    await outcome(house, key, "parked", reason="poison")
    assert (await admin.post(f"/v1/admin/messages/{key}/release")).json()["state"] == "queued"
    again = await admin.post(f"/v1/admin/messages/{key}/release")
    assert (again.status_code, again.json()["error"]) == (
        409, "state: expected a request that is parked; this one is queued",
    )  # fmt: skip


async def test_a_message_that_waits_is_cancelled_and_never_claimed(house: House, admin: httpx.AsyncClient) -> None:
    queued, held, sent = await enqueue(house, push(1), push(2), push(3))
    await outcome(house, sent, "delivered")
    for key in (queued, held):
        told = (await admin.post(f"/v1/admin/messages/{key}/cancel")).json()
        assert (told["state"], told["reason"]["code"]) == ("refused", "cancelled")
    assert (await admin.post(f"/v1/admin/messages/{sent}/cancel")).status_code == 409
    assert sum([await outbox.waiting(house.link, number) for number in range(16)]) == 0
    told = (await admin.get("/v1/admin/messages/report?campaign=sale")).json()
    states = {name: number for each in told["channels"] for name, number in each["states"].items()}
    assert states == {"refused": 2, "delivered": 1}


async def test_recipients_come_as_csv_that_no_spreadsheet_runs(house: House, admin: httpx.AsyncClient) -> None:
    key, _ = await enqueue(house, push(1, to="+821012345678", member="=HYPERLINK(1)"), push(2, "other"))
    await outcome(house, key, "delivered", price=8400)
    answer = await admin.get("/v1/admin/messages/export?campaign=sale&language=ko&bom=1")
    assert answer.text.startswith("\ufeffkey,campaign,asked")
    [row] = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert (row["key"], row["state"], row["price"]) == (key, "delivered", "8.4")
    assert row["member"] == "'=HYPERLINK(1)"
    assert (await admin.get("/v1/admin/messages/export")).status_code == 400


async def test_a_shop_may_name_a_sender_a_template_and_an_address(house: House, shop: httpx.AsyncClient) -> None:
    row = {"id": "p2", "channel": "desk", "to": "01012345678", "recipient": {"who": "Kim"}, "variables": {"n": "1"}}
    key = (await shop.post("/v1/push", json=row)).json()["key"]
    made = await outbox.read(house.link, key)
    assert made
    assert made.push.use == MessageUse("desk")
    assert (made.push.to, made.push.variables) == ("01012345678", {"who": "Kim", "n": "1"})
    wrong = await shop.post("/v1/push", json={**row, "id": "p3", "template": "note"})
    assert wrong.json()["error"].startswith("template: expected one that webhook can send")
    fits = await shop.post("/v1/push", json={"id": "p4", "channel": "log", "member": "kim", "template": "note"})
    assert fits.status_code == 202


async def test_nobody_else_may(shop: httpx.AsyncClient) -> None:
    for path in ("", "/report", "/export?campaign=sale", "/key"):
        assert (await shop.get(f"/v1/admin/messages{path}")).status_code == 401
