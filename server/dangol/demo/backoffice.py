"""The marketers' way to dangol: the admin API, which a real shop's console asks in the same way."""

from typing import Any

import httpx
from starlette.responses import Response

from dangol.demo.settings import ShopSettings
from dangol.web.body import json

TIMEOUT = 10.0


class BackOffice:
    """One client for all of the demo's desks. It has the admin key, which the shop's pages never see."""

    def __init__(self, settings: ShopSettings) -> None:
        self._api = settings.api(settings.admin_key, TIMEOUT)

    async def close(self) -> None:
        """Give the connections back."""
        await self._api.aclose()

    async def ask(self, method: str, path: str, **parts: Any) -> Response:
        """What dangol answers under ``/v1/admin/``; 503 where it is away."""
        try:
            answer = await self._api.request(method, f"/v1/admin/{path}", **parts)
        except httpx.HTTPError as error:
            return json({"error": f"dangol is away: {error!r}"}, 503)
        return Response(answer.content, answer.status_code, media_type="application/json")
