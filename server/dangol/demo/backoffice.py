"""The marketers' way to dangol: the admin API, which a real shop's console asks in the same way."""

from typing import Any

import httpx
from starlette.responses import Response

from dangol.demo.settings import ShopSettings
from dangol.web.body import json

TIMEOUT = 10.0


class BackOffice:
    """The clients of all of the demo's desks. They have the admin's and the server's key, which no page ever sees."""

    def __init__(self, settings: ShopSettings) -> None:
        self._api = settings.api(settings.admin_key, TIMEOUT)
        self._shop = settings.api(settings.server_key, TIMEOUT)

    async def close(self) -> None:
        """Give the connections back."""
        await self._api.aclose()
        await self._shop.aclose()

    async def ask(self, method: str, path: str, **parts: Any) -> Response:
        """What dangol answers under ``/v1/admin/``; 503 where it is away."""
        return await _answer(self._api, method, f"admin/{path}", **parts)

    async def ask_shop(self, method: str, path: str, content: bytes) -> Response:
        """The same under ``/v1/``, with the server's key."""
        return await _answer(self._shop, method, path, content=content)


async def _answer(api: httpx.AsyncClient, method: str, path: str, **parts: Any) -> Response:
    try:
        answer = await api.request(method, f"/v1/{path}", **parts)
    except httpx.HTTPError as error:
        return json({"error": f"dangol is away: {error!r}"}, 503)
    return Response(answer.content, answer.status_code, media_type="application/json")
