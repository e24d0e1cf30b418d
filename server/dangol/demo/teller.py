"""Tells dangol, from the shop's server, of new members and orders."""

import logging
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec

from dangol.demo.accounts import Account
from dangol.demo.calls import items, money
from dangol.demo.carts import Placed
from dangol.demo.settings import ShopSettings

TIMEOUT = 2.0

logger = logging.getLogger(__name__)


class Teller:
    """Calls of dangol's server API. A shop sells on when its marketing is away, so they log and never raise."""

    def __init__(self, settings: ShopSettings) -> None:
        headers = {"Authorization": f"Bearer {settings.server_key}"}
        self._api = httpx.AsyncClient(base_url=settings.dangol_url, headers=headers, timeout=TIMEOUT, trust_env=False)

    async def close(self) -> None:
        """Give the connections back."""
        await self._api.aclose()

    async def member(self, account: Account) -> None:
        """Someone signed up."""
        joined_at = datetime.now(UTC).isoformat()
        row = {"id": account.id, "name": account.name, "email": account.email, "grade": account.grade}
        await self._post("members", [{**row, "joined_at": joined_at}])

    async def order(self, placed: Placed) -> None:
        """Someone ordered; the browser tells the same, and dangol counts it once by its number."""
        row = {"id": placed.number, "member": placed.member, "at": placed.at.isoformat(), "total": money(placed.goods)}
        await self._post("orders", [{**row, "items": items(placed.cart.lines())}])

    async def _post(self, kind: str, rows: list[dict[str, Any]]) -> None:
        try:
            answer = await self._api.post(f"/v1/{kind}", content=msgspec.json.encode({kind: rows}))
        except httpx.HTTPError as error:
            logger.warning("dangol was not told of %s: %r", kind, error)
            return
        if answer.is_error:
            logger.warning("dangol refused %s: %s %s", kind, answer.status_code, answer.text[:300])
