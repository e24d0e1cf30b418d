"""From what browsers tell to what a ticker says, over the log and a worker's hands."""

from typing import Any

import msgspec
import pytest
from tests.conftest import Define, NewHouse, Open
from tests.web.conftest import Browser

from dangol.protocol.event import Entry
from dangol.store.keys import PARTITIONS, log
from dangol.worker.follow import Logged
from dangol.worker.learners import Teller
from dangol_plugins.people import People

pytestmark = pytest.mark.anyio
SAYS = {"action": "viewed", "text": {"ko": "{count}명", "en": "{count} people"}, "least": 3}
TICKER = {
    "id": "ticker",
    "widget": {"use": "social_ticker", "params": {"messages": [SAYS]}},
    "on": ["view_item"],
    "holdout": 0,
}


async def test_people_are_told_of_once_enough_have_looked(
    new_house: NewHouse, opened: Open, define: Define, event: Any
) -> None:
    house = await opened(new_house(define([], [TICKER])))
    tea = {"items": [{"item_id": "tea", "price": 9000}]}
    said = []
    for _ in range(5):
        browser = Browser(house)
        shown = (await browser.send(event("view_item", **tea))).json().get("show", [])
        await browser.send(event("view_item", **tea))  # who looks twice is still one
        said.append(shown[0]["label"] if shown else "")
        await browser.http.aclose()
        for number in range(PARTITIONS):
            rows = await house.link.call("XRANGE", log(number), "-", "+")
            batch = [Logged(id.decode(), msgspec.msgpack.decode(fields[1], type=Entry)) for id, fields in rows]
            await Teller(house.link, house.guard, People(), house.shelves)(number, batch)
    assert said == ["", "", "", "3 people", "4 people"]
