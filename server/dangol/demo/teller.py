"""Tells dangol, from the shop's server, of new members, of orders and of what becomes of them."""

import asyncio
import logging
import zlib
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec

from dangol.demo.accounts import Account
from dangol.demo.calls import items, money
from dangol.demo.carts import Placed
from dangol.demo.settings import ShopSettings

TIMEOUT = 2.0
SHIPPED_AFTER = 20.0
"""Seconds from an order to its parcel; other shops need a day."""

AGREED_TO = ("sms", "kakao")

logger = logging.getLogger(__name__)


def invoice(order: str) -> str:
    """The parcel's number for an order's: digits alone, by which KakaoTalk finds it in the text."""
    return f"{zlib.crc32(order.encode()):012}"


class Teller:
    """Calls of dangol's server API. A shop sells on when its marketing is away, so they log and never raise."""

    def __init__(self, settings: ShopSettings) -> None:
        self._api = settings.api(settings.server_key, TIMEOUT)
        self._parcels: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Give the connections back; parcels that are not on their way yet stay."""
        for parcel in self._parcels:
            parcel.cancel()
        await asyncio.gather(*self._parcels, return_exceptions=True)
        await self._api.aclose()

    async def member(self, account: Account, agreed: str) -> None:
        """Someone signed up and `agreed` to advertisements in these words, or did not where they are empty."""
        now = datetime.now(UTC).isoformat()
        row = {"id": account.id, "name": account.name, "email": account.email, "grade": account.grade}
        known = {"phone": account.phone} if account.phone else {}
        await self._post("members", [{**row, **known, "joined_at": now}])
        act = {"member": account.id, "act": "agreed", "at": now, "wording": agreed, "source": "sign-up"}
        if agreed:
            await self._post("consents", [{**act, "channel": channel} for channel in AGREED_TO])
        await self._post("notices", [{"id": f"joined-{account.id}", "notice": "joined", "member": account.id}])

    async def order(self, placed: Placed) -> None:
        """Someone ordered. The browser tells the same, and dangol counts it once by its number; of a guest's order it
        alone knows whose it is. The receipt and, later, the parcel are told to everyone who left a number."""
        row = {"id": placed.number, "member": placed.member, "at": placed.at.isoformat(), "total": money(placed.goods)}
        if placed.member:
            await self._post("orders", [{**row, "items": items(placed.cart.lines())}])
        if placed.member or placed.phone:
            await self._notice("paid", placed)
            parcel = asyncio.create_task(self._ship(placed))
            self._parcels.add(parcel)
            parcel.add_done_callback(self._parcels.discard)

    async def _ship(self, placed: Placed) -> None:
        await asyncio.sleep(SHIPPED_AFTER)
        await self._notice("shipped", placed)

    async def _notice(self, kind: str, placed: Placed) -> None:
        whom = {"member": placed.member} if placed.member else {"phone": placed.phone}
        goods = list(placed.cart.lines())
        said = {
            "이름": placed.name,
            "주문번호": placed.number,
            "상품": f"{goods[0][0].title} ({len(goods)})",
            "금액": f"GBP {money(placed.goods + placed.shipping):.2f}",  # EUC-KR has no £
            "택배사": "온기택배",
            "송장번호": invoice(placed.number),
        }
        await self._post("notices", [{"id": f"{kind}-{placed.number}", "notice": kind, **whom, "variables": said}])

    async def _post(self, kind: str, rows: list[dict[str, Any]]) -> None:
        try:
            answer = await self._api.post(f"/v1/{kind}", content=msgspec.json.encode({kind: rows}))
        except httpx.HTTPError as error:
            logger.warning("dangol was not told of %s: %r", kind, error)
            return
        if answer.is_error:
            logger.warning("dangol refused %s: %s %s", kind, answer.status_code, answer.text[:300])
