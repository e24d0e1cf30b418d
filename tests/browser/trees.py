"""What tests of widgets on the page have in common: answers of the collector, and looking into shadow roots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import Locator, Page, Response

if TYPE_CHECKING:
    from tests.browser.conftest import Server

OPEN = (
    "const attach = Element.prototype.attachShadow; window.modes = [];"
    "Element.prototype.attachShadow = function (init) { modes.push(init.mode);"
    " return attach.call(this, { ...init, mode: 'open' }) }"
)
"""Opens shadow roots, so that tests may look in; `modes` has those that were asked for."""

SHIFTS = (
    "window.shift = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries())"
    " if (!entry.hadRecentInput) shift += entry.value }).observe({type: 'layout-shift', buffered: true})"
)
"""Adds up in `shift` what Core Web Vitals call cumulative layout shift."""

BUTTON: list[Any] = ["button", {"type": "button", "data-dg": "click"}, "Yes"]
TREE: list[Any] = ["section", {"class": "w"}, ["h2", {}, "Hello"], ["p", {}, "Free shipping today"], BUTTON]


def shown(campaign: str = "c1", slot: str = "corner", **more: Any) -> dict[str, Any]:
    """One widget of an answer."""
    return {"campaign": campaign, "exposure": f"x-{campaign}", "widget": "w", "slot": slot, "tree": TREE, **more}


def answering(collector: Server, *widgets: dict[str, Any], **more: Any) -> None:
    """Every page view is answered with these."""
    on_track(collector, "page_view", *widgets, **more)


def on_track(collector: Server, name: str, *widgets: dict[str, Any], **more: Any) -> None:
    """Each request with an event of that name is answered with these, and with `more`."""

    def reply(body: dict[str, Any]) -> Any:
        named = any(event["name"] == name for event in body["events"])
        return 200, {}, {"show": list(widgets), **more} if named else {}

    collector.reply = reply


def frame(page: Page, slot: str = "corner") -> Locator:
    """The frames of that slot."""
    return page.locator(f"dangol-widget .dg-{slot}")


def reaction(collector: Server, name: str) -> dict[str, Any]:
    """The data of the first event of that name, once there is one."""
    collector.wait(lambda: collector.events(name))
    data: dict[str, Any] = collector.events(name)[0]["data"]
    return data


def visited(page: Page, address: str) -> dict[str, Any]:
    """The answer to the page view that opening the address tells."""

    def is_ours(answer: Response) -> bool:
        sent = answer.request.post_data or ""
        return "/v1/events" in answer.url and '"page_view"' in sent and f'"page":"{address}"' in sent

    with page.expect_response(is_ours) as seen:
        page.goto(address)
    return seen.value.json()  # type: ignore[no-any-return]


def campaigns(answer: dict[str, Any]) -> set[str]:
    """Those that an answer shows, or lets the page wait for."""
    return {each["campaign"] for part in ("show", "wait") for each in answer.get(part, [])}
