"""A browser and a shop's server that talk to a house over HTTP."""

import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from loadtests.browser import DESKTOP

from dangol.house import House
from dangol.profile.model import Profile
from dangol.protocol import tokens
from dangol.web.app import create

ORIGIN = "https://shop.example"


class Browser:
    """Sends envelopes as the snippet does, and keeps cookies as browsers do."""

    def __init__(self, house: House, scheme: str = "https") -> None:
        transport = httpx.ASGITransport(create(house))
        self.house = house
        self.http = httpx.AsyncClient(
            transport=transport, base_url=f"{scheme}://dangol.example", headers={"User-Agent": DESKTOP}
        )

    async def send(
        self, *events: dict[str, Any], headers: dict[str, str] | None = None, **fields: Any
    ) -> httpx.Response:
        """POST /v1/events."""
        envelope = {"site": "public-key", "sent": now(), "page": f"{ORIGIN}/", "events": events, **fields}
        return await self.raw(httpx.Request("POST", "/", json=envelope).content, headers)

    async def raw(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        """POST any body to /v1/events."""
        given = {"Origin": ORIGIN, "Content-Type": "text/plain", **(headers or {})}
        return await self.http.post("/v1/events", content=body, headers={k: v for k, v in given.items() if v})

    @property
    def cookie(self) -> str:
        """The visitor token, empty before the first answer."""
        return self.http.cookies.get("dg_shop") or ""

    async def profile(self, profile_id: str = "") -> Profile:
        """What the house knows of this browser, or of any profile."""
        return await self.house.engine.look(self.house.by_id["shop"], profile_id or self.cookie.partition(".")[0])


def now() -> int:
    return int(time.time() * 1000)


@pytest.fixture
async def browser(house: House) -> AsyncIterator[Browser]:
    """A browser on a page of the shop without campaigns."""
    browser = Browser(house)
    yield browser
    await browser.http.aclose()


@pytest.fixture
def new_browser() -> type[Browser]:
    """For more than one of them: `new_browser(house)`."""
    return Browser


@pytest.fixture
def event() -> Any:
    """Makes an event as a page sends it: `event("view_item", items=[...])`."""

    def make(name: str = "page_view", /, id: str = "", at: int = 0, **data: Any) -> dict[str, Any]:
        return {"id": id or str(uuid4()), "name": name, "at": at or now(), "data": data}

    return make


@pytest.fixture
def member_token(house: House) -> Any:
    """Signs an identity as the shop does: `member_token("kim", name="Kim")`."""

    def make(member: str = "kim", key: str = "", **claims: Any) -> str:
        secret = key or house.by_id["shop"].keys.identity
        return jwt.encode({"sub": member, "exp": int(time.time()) + 600, **claims}, secret, "HS256")

    return make


@pytest.fixture
def member_id(house: House) -> Any:
    """The profile id of a member."""
    return lambda member: tokens.member_profile(house.by_id["shop"].keys, member)


@pytest.fixture
async def shop(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """The shop's server, with its key."""
    key = house.by_id["shop"].keys.server
    async with _client(house, key) as client:
        yield client


@pytest.fixture
async def admin(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """An administrator, with the admin key."""
    key = house.by_id["shop"].keys.admin
    async with _client(house, key) as client:
        yield client


def _client(house: House, key: str) -> httpx.AsyncClient:
    transport, headers = httpx.ASGITransport(create(house)), {"Authorization": f"Bearer {key}"}
    return httpx.AsyncClient(transport=transport, base_url="https://dangol.example", headers=headers)
