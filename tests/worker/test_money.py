"""A budget in money, with several workers at once."""

import asyncio
import time
from collections import Counter
from typing import Any

import pytest

from dangol.definitions.model import Budget, Campaign, ContactPolicy, MessageUse, Sender
from dangol.definitions.templates import TextTemplate
from dangol.plugin import Receipt
from dangol.store import keys, money

pytestmark = pytest.mark.anyio

LIMIT = 250.0
PARTS: dict[str, Any] = {
    "senders": [Sender("texts", "batched", prices={"sms": 9})],
    "templates": [TextTemplate("note", "Your parcel is here.", ad=False)],
    "campaigns": [Campaign("sale", message=MessageUse("texts", template="note", once="event"))],
    "contact": ContactPolicy(budget=Budget(day=LIMIT)),
}


async def test_three_workers_spend_no_more_than_the_day_has(office: Any, pushed: Any, batched: Any) -> None:
    """The provider takes 9 a message at most; some cost less. Who finds money only reserved asks again."""

    async def answer(requests: Any) -> list[Receipt]:
        await asyncio.sleep(0.01)
        return [Receipt("accepted", price=8.0 if each.key[-1].isupper() else 9.0) for each in requests]

    channels = [batched(answer) for _ in range(3)]
    desks = [office(channel, **PARTS) for channel in channels]
    numbers = [f"010{number:08d}" for number in range(120)]
    made = await desks[0].enqueue(*(pushed("parcel", use=None, campaign="sale", member="", to=to) for to in numbers))
    end = time.monotonic() + 20
    while time.monotonic() < end:
        await asyncio.gather(*(desk.job.start(number) for desk in desks for number in range(keys.PARTITIONS)))
        await asyncio.gather(*(desk.job.close() for desk in desks))
        states = Counter(await desks[0].states(made))
        if not states["queued"]:
            break
        await asyncio.sleep(0.01)
    stand = await money.stand(desks[0].link, "shop", "Asia/Seoul", time.time())
    sent = sum(len(channel.got) for channel in channels)
    assert (sent, set(states)) == (states["accepted"], {"accepted", "held"})
    assert LIMIT - 9 < stand.day / money.THOUSANDTHS <= LIMIT
    assert stand.day_held == 0
    prices = [(await desks[0].row(key)).price for key in made]
    assert sum(prices) == stand.day
    assert len({each.key for channel in channels for each in channel.got}) == sent
