"""Limits right across tabs and devices, over real sockets and on a real store."""

import asyncio
import time
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest

pytestmark = pytest.mark.anyio

ORIGIN = "https://shop.example"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
TABS = 50


def campaign(id: str, use: str = "popcorn", caps: int = 0, **more: Any) -> dict[str, Any]:
    widget = {"use": use, "params": {"text" if use == "welcome_bar" else "title": id}}
    limited = {"caps": [{"times": caps, "per": "session"}]} if caps else {}
    return {"id": id, "widget": widget, "holdout": 0, **limited, **more}


CAMPAIGNS = [
    campaign("first", caps=1, group="few", priority=3),
    campaign("second", "rich_popup", group="few", priority=2),
    campaign("third", delay=0.5, interrupts=True, priority=1),
    campaign("quiet", caps=2, interrupts=False),
]


class Tabs:
    """Many tabs of one shopper, on two servers that share a store."""

    def __init__(self, urls: list[str]) -> None:
        limits = httpx.Limits(max_connections=TABS)
        headers = {"Origin": ORIGIN, "User-Agent": AGENT}
        self.clients = [httpx.AsyncClient(base_url=url, limits=limits, headers=headers) for url in urls]
        self.seen: list[tuple[str, float]] = []
        self.token = ""

    async def send(self, tab: int, *events: dict[str, Any], **fields: Any) -> dict[str, Any]:
        told = [{"id": str(uuid4()), "at": int(time.time() * 1000), **event} for event in events]
        body = {"site": "public-key", "sent": int(time.time() * 1000), "page": f"{ORIGIN}/", "events": told, **fields}
        if self.token:
            body["visitor"] = self.token
        response = await self.clients[tab % 2].post("/v1/events", json=body)
        while response.status_code == 503:  # too many at the same profile; the snippet tries again too
            await asyncio.sleep(0.1)
            response = await self.clients[tab % 2].post("/v1/events", json=body)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def look(self, tab: int) -> None:
        """A page view, what it waits for and what it shows."""
        answer = await self.send(tab, {"name": "page_view"})
        shown = answer.get("show", [])
        if waits := [one["campaign"] for one in answer.get("wait", [])]:
            shown += (await self.send(tab, due=waits)).get("show", [])
        for one in shown:
            seen = {"campaign": one["campaign"], "exposure": one["exposure"]}
            self.seen.append((one["campaign"], time.time()))
            await self.send(tab, {"name": "widget_view", "data": seen})

    async def all_look(self, tabs: int = TABS) -> None:
        await asyncio.gather(*(self.look(tab) for tab in range(tabs)))

    def count(self, *campaigns: str) -> int:
        return sum(name in campaigns for name, _ in self.seen)


@pytest.fixture
async def open_tabs(new_house: Any, served: Any, define: Any, anyio_backend: str) -> AsyncIterator[Any]:
    """Opens the tabs of a visitor in front of a shop with these manners."""
    opened: list[Tabs] = []

    async def make(group: list[dict[str, Any]], **manners: Any) -> Tabs:
        groups = [{"id": "few", "caps": group}]
        first = new_house(define(campaigns=CAMPAIGNS, groups=groups, manners=manners))
        second = type(first)(first.settings, f"unix://{first.link.address}", first.registry)
        tabs = Tabs([served(first), served(second)])
        opened.append(tabs)
        tabs.token = (await tabs.send(0, {"name": "login"}))["visitor"]
        return tabs

    yield make
    for tabs in opened:
        for client in tabs.clients:
            await client.aclose()


async def test_fifty_tabs_never_show_more_than_the_limits(open_tabs: Any) -> None:
    caps = [{"times": 5, "per": "session"}, {"times": 6, "per": "7d"}]
    tabs = await open_tabs([{"times": 3, "per": "day"}], caps=caps, gap=0)
    for _ in range(3):
        await tabs.all_look()
    assert tabs.count("first") == 1
    assert tabs.count("first", "second") == 3
    assert tabs.count("first", "second", "third") == 5
    assert tabs.count("quiet") == 2


async def test_fifty_tabs_keep_their_distance(open_tabs: Any) -> None:
    tabs = await open_tabs([{"times": 9, "per": "lifetime"}], gap=1, budget=[{"times": 3, "per": "30d"}])
    await tabs.all_look()
    until = time.time() + 20
    while tabs.count("first", "second", "third") < 3 and time.time() < until:
        await tabs.all_look(5)
        await asyncio.sleep(0.1)
    times = [at for name, at in tabs.seen if name != "quiet"]
    assert len(times) == 3
    assert min(after - before for before, after in pairwise(times)) >= 1
    await tabs.all_look()
    assert tabs.count("first", "second", "third") == 3


@pytest.fixture
async def devices(new_house: Any, opened: Any, define: Any, new_browser: Any) -> Any:
    """Two browsers of one member, and what logs one of them in."""
    later = ["session", "7d", "never"]
    campaigns = [campaign("box", caps=2, later=later), campaign("bar", "welcome_bar", later=later)]
    house = await opened(new_house(define(campaigns=campaigns, manners={"gap": 0})))
    claims = {"sub": "kim", "exp": int(time.time()) + 600}
    return new_browser(house), new_browser(house), jwt.encode(claims, house.by_id["shop"].keys.identity, "HS256")


async def seen(browser: Any, event: Any, **fields: Any) -> list[str]:
    """What a page view shows, all of it looked at."""
    shown = (await browser.send(event(), **fields)).json().get("show", [])
    told = [event("widget_view", campaign=one["campaign"], exposure=one["exposure"]) for one in shown]
    await browser.send(*told, **fields)
    return [one["campaign"] for one in shown]


async def test_a_limit_holds_for_the_person_and_not_for_the_device(devices: Any, event: Any) -> None:
    phone, desktop, kim = devices
    assert "box" in await seen(phone, event)
    assert "box" in await seen(desktop, event)
    await phone.send(event("login"), member=kim)
    assert "box" in await seen(phone, event, member=kim)  # of two a visit the phone has had one
    await desktop.send(event("login"), member=kim)
    profile = await desktop.profile()
    assert (profile.contacts["box"].session, profile.tallies[""].views) == (3, 3)
    for device in (phone, desktop):
        assert "box" not in await seen(device, event, member=kim)


@pytest.mark.parametrize("choice", ["session", "7d", "never"])
async def test_see_later_holds_on_every_device(devices: Any, event: Any, choice: str) -> None:
    phone, desktop, kim = devices
    for device in devices[:2]:
        await device.send(event("login"), member=kim)
    (bar,) = (one for one in (await phone.send(event(), member=kim)).json()["show"] if one["campaign"] == "bar")
    put_off = event("widget_later", campaign="bar", exposure=bar["exposure"], choice=choice)
    await phone.send(put_off, member=kim)
    assert "bar" not in await seen(desktop, event, member=kim)
