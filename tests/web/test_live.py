"""Editing live: a changed segment takes effect within a second, while page views go on and none is dropped."""

import asyncio
import time
from collections.abc import Callable
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
import pytest
from loadtests.browser import DESKTOP

from dangol.definitions import repository
from dangol.definitions.model import Definitions
from dangol.house import House
from dangol.store.link import Link

ORIGIN = "https://shop.example"
OTHERS = [{"id": f"s{number}", "include": {"visits": {"gte": number}}} for number in range(500)]
CAMPAIGN = {"id": "hello", "audience": ["now"], "widget": {"use": "popcorn", "params": {"title": "x"}}, "holdout": 0}


class Visitors(Thread):
    """New visitors one after the other; `answers` are when each was answered, the status, and whether it was shown
    something."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.answers: list[tuple[float, int, bool]] = []
        self.leaving = False

    def run(self) -> None:
        with httpx.Client(headers={"Origin": ORIGIN, "User-Agent": DESKTOP}, timeout=10) as client:
            while not self.leaving:
                client.cookies.clear()
                now = int(time.time() * 1000)
                event = {"id": str(uuid4()), "name": "page_view", "at": now}
                sent = {"site": "public-key", "sent": now, "page": f"{ORIGIN}/", "events": [event]}
                answer = client.post(f"{self.url}/v1/events", json=sent)
                self.answers.append((time.monotonic(), answer.status_code, "show" in answer.json()))


def save(address: str, definitions: Definitions) -> float:
    """Put definitions in force; when it was done."""

    async def work() -> None:
        link = Link(address)
        await repository.save(link, definitions)
        link.close()

    asyncio.run(work())
    return time.monotonic()


@pytest.mark.parametrize("new", [{"all": []}, {"page_now": {"is": "/"}}])
def test_a_changed_segment_takes_effect_within_a_second_and_no_request_is_dropped(
    new: dict[str, Any], define: Callable[..., Definitions], new_house: Callable[..., House], served: Any
) -> None:
    def segments(now: dict[str, Any]) -> list[dict[str, Any]]:
        return [*OTHERS, {"id": "now", "include": now}]

    house = new_house(define(segments({"visits": {"gte": 99}}), [CAMPAIGN]))
    visitors = Visitors(served(house))
    visitors.start()
    time.sleep(0.3)
    saved = save(f"unix://{house.link.address}", define(segments(new), [CAMPAIGN]))
    time.sleep(1.5)
    visitors.leaving = True
    visitors.join()
    assert {status for _, status, _ in visitors.answers} == {200}
    assert len(visitors.answers) > 15
    shown = [at for at, _, show in visitors.answers if show]
    assert 0 < shown[0] - saved < 1
    assert all(show for at, _, show in visitors.answers if at > shown[0])
