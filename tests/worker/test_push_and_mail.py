"""Notifications and e-mail from a request in the outbox to the browser and the mailbox, and what comes back of them."""

import json
import time
from typing import Any

import httpx
import pytest
from tests.conftest import Fakes
from tests.post import listening

from dangol.definitions.model import ContactPolicy, MessageUse, Sender
from dangol.definitions.templates import EmailTemplate, PushTemplate
from dangol.profile.model import Device, Member, Profile, Subscription
from dangol.protocol.tokens import member_profile
from dangol.web.app import create
from dangol.worker.outcomes import Policy
from dangol_plugins.smtp import Smtp
from dangol_plugins.webpush import WebPush

pytestmark = pytest.mark.anyio

PATIENT = Policy(budget=9.0, tries=3, first=0.01, longest=0.02, public_url="https://dangol.example")


def browser(fakes: Fakes) -> str:
    return json.dumps(httpx.post(f"{fakes.url}/webpush/subscriptions", json={}).json())


async def test_a_notification_reaches_the_browser_and_a_dead_one_leaves_the_profile(
    office: Any, pushed: Any, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in fakes.environment.items():
        monkeypatch.setenv(name, value)
    sale = PushTemplate(id="parcel", title="온기", text="{name|고객}님, 배송이 시작됐어요", ad=False)
    desk = office(WebPush(), policy=PATIENT, templates=[sale], senders=[Sender("web", "webpush")])
    alive, dead, now = browser(fakes), browser(fakes), int(time.time())
    httpx.delete(json.loads(dead)["endpoint"])
    devices = [Device("webpush", alive, now), Device("webpush", dead, now)]
    kim = member_profile(desk.runtime.keys, "kim")
    await desk.meet(kim, Profile(member=Member("kim", "김단골"), devices=devices))
    [key] = await desk.enqueue(pushed(profile=kim, use=MessageUse("web", template="parcel"), language="ko"))
    await desk.run(10)
    assert (await desk.row(key)).state == "accepted"
    assert [(each.text, each.key) for each in fakes.arrived("webpush")] == [("김단골님, 배송이 시작됐어요", key)]
    assert [each.token for each in (await desk.engine.look(desk.runtime, kim)).devices] == [alive]


async def test_an_advertisement_by_mail_carries_a_button_that_ends_the_consent(
    office: Any, pushed: Any, new_house: Any, opened: Any, define: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await opened(new_house(define()))
    news = EmailTemplate(id="news", subject="새 상품", text="{name|고객}님, 안녕하세요")
    contact, senders = (
        ContactPolicy(company="온기", contact="1588-0000"),
        [Sender("mail", "smtp", {"from": "온기 <hello@shop.example>"})],
    )
    desk = office(Smtp(), policy=PATIENT, templates=[news], senders=senders, contact=contact)
    kim, now = member_profile(desk.runtime.keys, "kim"), int(time.time())
    consent = Subscription("kim@mail.example", now - 60, "News?")
    await desk.meet(kim, Profile(member=Member("kim", "김단골"), subscriptions={"email": consent}))
    async with listening() as (post, port):
        monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("SMTP_PORT", str(port))
        [key] = await desk.enqueue(pushed(profile=kim, use=MessageUse("mail", template="news"), language="ko"))
        await desk.run(10)
        assert (await desk.row(key)).state == "accepted"
        [(envelope, letter)] = post.letters
        assert (envelope.rcpt_tos, letter["Message-ID"]) == (["kim@mail.example"], f"<{key}@shop.example>")
        assert letter["Subject"].startswith("(광고)")
        address = letter["List-Unsubscribe"].strip("<>")
        transport = httpx.ASGITransport(create(house))
        async with httpx.AsyncClient(transport=transport, headers={"Accept-Language": "ko"}) as program:
            # As a mail program does when its own button is pressed (RFC 8058 §3.2).
            assert (await program.post(address, data={"List-Unsubscribe": "One-Click"})).status_code == 200
        withdrawn = (await desk.engine.look(desk.runtime, kim)).subscriptions["email"].withdrawn_at
        assert withdrawn >= now
        [again] = await desk.enqueue(pushed("again", profile=kim, use=MessageUse("mail", template="news")))
        await desk.run(10)
        assert (await desk.row(again)).state == "refused"
        assert len(post.letters) == 1
