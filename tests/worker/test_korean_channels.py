"""Texts and Alimtalk from a request in the outbox to the Korean providers, through what goes wrong on the way."""

from collections import Counter
from typing import Any

import pytest
from tests.conftest import Fakes

from dangol.definitions.model import MessageUse, Sender
from dangol.definitions.templates import AlimtalkTemplate, TextTemplate
from dangol.fakes.faults import Name
from dangol.plugin import Channel
from dangol.worker.outcomes import Policy
from dangol_plugins import http
from dangol_plugins.aligo import Aligo
from dangol_plugins.nhn import Nhn
from dangol_plugins.solapi import Solapi

pytestmark = pytest.mark.anyio

PATIENT = Policy(budget=9.0, tries=3, first=0.01, longest=0.02)
CHANNELS: list[type[Channel]] = [Solapi, Nhn, Aligo]
TEMPLATES = [
    AlimtalkTemplate("shipped", "SHIPPED", "#{이름}님, 상품이 출발했어요.", review="approved"),
    TextTemplate("text", "상품이 출발했어요.", ad=False),
]
SENT = 20


@pytest.fixture(params=CHANNELS, ids=lambda kind: kind.name)
def desk(request: Any, office: Any, fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A dispatcher with one of the channels and its sender "korea"."""
    for name, value in fakes.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(http, "SETTLED", 0.0)
    channel = request.param()
    profile = {"profile": "KA01PF"} if channel.name == "solapi" else {}
    sender = Sender("korea", channel.name, {"number": "0212345678", **profile})
    return office(channel, policy=PATIENT, templates=TEMPLATES, senders=[sender])


def shipped(pushed: Any, number: int, **more: Any) -> Any:
    use = MessageUse("korea", template="shipped", **more)
    to = f"0105555{number:04}"
    return pushed("ship", use=use, to=to, member="", variables={"이름": "김단골"}, language="ko")


@pytest.mark.parametrize("fault", [None, "timeout_after_accept", "garbled", "500", "429"])
async def test_each_message_arrives_once_whatever_goes_wrong(
    desk: Any, pushed: Any, fakes: Fakes, monkeypatch: pytest.MonkeyPatch, fault: Name | None
) -> None:
    if fault == "timeout_after_accept":
        monkeypatch.setattr(http, "WHOLE", 0.5)
    if fault:
        fakes.fault(fault, times=1, seconds=0 if fault == "429" else None)
    keys = await desk.enqueue(*(shipped(pushed, number) for number in range(1000, 1000 + SENT)))
    await desk.run(20)
    assert set(await desk.states(keys)) <= {"accepted", "delivered"}
    assert set(Counter(each.to for each in fakes.arrived()).values()) == {1}
    assert len(fakes.arrived()) == SENT
