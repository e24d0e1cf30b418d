"""The eight situations in which trackers lose events. In each a shopper does one thing, and something goes wrong."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from playwright.async_api import BrowserContext, Error, Page

from loadtests.relay import Road

SHOP = "http://shop.test"
ELSEWHERE = "http://elsewhere.test/"
COLD = 0.3
OUTAGE = 2.0
CRASH = 0.2
BOUNCE = 0.3
READY = "window.dangol && dangol.ready"
DELIVERED = "!Object.keys(localStorage).some((key) => key.startsWith('dg.e.'))"
ACT = "dangol('track', 'probe', {try: location.pathname})"
FULL = """for (let n = 20; n >= 0; n--)
  try { for (;;) localStorage["x" + localStorage.length] = "x".repeat(2 ** n) } catch {}"""


@dataclass
class Try:
    """One shopper in a browser of their own. `path` is the page that the event must be told of."""

    context: BrowserContext
    road: Road
    path: str

    async def arrive(self, ready: bool = True) -> Page:
        """The shop's page, with the tracker on it."""
        page = await self.context.new_page()
        await page.goto(SHOP + self.path, wait_until="load" if ready else "commit")
        if ready:
            await page.wait_for_function(READY)
        return page

    async def close(self, page: Page) -> None:
        """The shopper closes the tab; the browser stays open."""
        await self.context.new_page()
        async with page.expect_event("close"):
            await page.close(run_before_unload=True)

    async def settle(self, page: Page) -> None:
        """Until the page view has arrived; then the connection is cold, as after a minute."""
        await page.wait_for_function(DELIVERED)
        self.road.delay = COLD
        self.road.cut()

    async def come_back(self) -> None:
        """The shopper opens the shop again, later."""
        page = await self.context.new_page()
        await page.goto(f"{SHOP}{self.path}/later")
        await page.wait_for_function(READY)
        await page.wait_for_function(
            "!Object.keys(localStorage).some((key) => key.startsWith('dg.e.'))", timeout=15_000
        )


async def navigation(one: Try) -> None:
    """The page goes to another site in the moment of the event, and the collector must be connected to first."""
    page = await one.arrive()
    await one.settle(page)
    await page.evaluate(f"{ACT}; location.href = '{ELSEWHERE}'")
    await page.wait_for_url(ELSEWHERE)


async def closing(one: Try) -> None:
    """The tab is closed in the moment of the event; another one stays open."""
    page = await one.arrive()
    await one.settle(page)
    await page.evaluate(ACT)
    await one.close(page)


async def outage(one: Try) -> None:
    """The collector answers 503; the shopper leaves, and comes back when it is there again."""
    await _gone_while(one, "away")


async def dropped(one: Try) -> None:
    """As `outage`, but every connection breaks."""
    await _gone_while(one, "broken")


async def _gone_while(one: Try, state: str) -> None:
    page = await one.arrive()
    await one.settle(page)
    one.road.state = "away" if state == "away" else "broken"
    await page.evaluate(ACT)
    await asyncio.sleep(OUTAGE / 2)
    await page.goto(ELSEWHERE)
    await asyncio.sleep(OUTAGE / 2)
    one.road.state = "open"
    await page.close()
    await one.come_back()


async def crash(one: Try) -> None:
    """The page's process is killed 200 ms after the event; the shopper opens the shop again."""
    page = await one.arrive()
    await one.settle(page)
    await page.evaluate(ACT)
    await asyncio.sleep(CRASH)
    session = await one.context.new_cdp_session(page)
    with suppress(Error, asyncio.TimeoutError):
        await asyncio.wait_for(session.send("Page.crash"), 0.5)
    await one.come_back()


async def offline(one: Try) -> None:
    """The network is gone when it happens, the tab is closed, and the shopper comes back with a network."""
    page = await one.arrive()
    await one.settle(page)
    await one.context.set_offline(True)
    await page.evaluate(ACT)
    await asyncio.sleep(OUTAGE / 2)
    await one.close(page)
    await one.context.set_offline(False)
    await one.come_back()


async def full(one: Try) -> None:
    """The shop's own scripts have filled the storage, and the page goes in the moment of the event."""
    page = await one.arrive()
    await one.settle(page)
    await page.evaluate(FULL)
    await page.evaluate(f"{ACT}; location.href = '{ELSEWHERE}'")
    await page.wait_for_url(ELSEWHERE)


async def bounce(one: Try) -> None:
    """The shopper leaves before the script has come; the shop's page itself has told one thing."""
    one.road.hold = 10
    page = await one.arrive(ready=False)
    await page.wait_for_function("window.dangol")
    await page.evaluate(ACT)
    await asyncio.sleep(BOUNCE)
    await page.goto(ELSEWHERE)


SITUATIONS: dict[str, Callable[[Try], Awaitable[None]]] = {
    act.__name__: act for act in (navigation, closing, outage, dropped, crash, offline, full, bounce)
}
