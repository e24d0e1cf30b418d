"""What operators' tools learn of messages: sums, and nobody's address."""

from typing import Any

import pytest
from prometheus_client import REGISTRY, generate_latest

from dangol.definitions.model import Sender
from dangol.plugin import Receipt

pytestmark = pytest.mark.anyio

SPENT = ("dangol_push_spent_total", {"site": "shop", "channel": "scripted"})
REFUSED = ("dangol_push_reasons_total", {"state": "refused", "reason": "inactive"})


async def test_what_was_spent_and_why_others_were_refused_is_counted(office: Any, pushed: Any, scripted: Any) -> None:
    before = [REGISTRY.get_sample_value(*each) or 0.0 for each in (SPENT, REFUSED)]
    desk = office(scripted(Receipt("accepted", price=8.4)), senders=[Sender("texts", "scripted", prices={"custom": 9})])
    sent = pushed(channel="texts", to="01012345678")
    gone = pushed("gone", use=None, campaign="nothing", to="01087654321")
    await desk.enqueue(sent, gone)
    await desk.run()
    after = [REGISTRY.get_sample_value(*each) or 0.0 for each in (SPENT, REFUSED)]
    assert [round(now - then, 6) for now, then in zip(after, before, strict=True)] == [8.4, 1.0]
    told = generate_latest().decode()
    assert not [each for each in (sent.key, gone.key, "01012345678", "01087654321", "kim") if each in told]
