"""Pages that show what the malls' pages show, written after what is publicly known of them, not copied from them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Server, Shop

CASES = Path(__file__).parent / "cases"

Told = list[tuple[str, dict[str, Any]]]


@dataclass
class Mall:
    """A shop's page in a browser, and what it made the collector hear."""

    page: Page
    shop: Shop
    collector: Server

    def open(self, path: str, script: str = "", count: int = 1, *, head: str = "", body: str = "<main></main>") -> Told:
        """The first `count` events of a page that runs `script` while it is parsed; 0: what its first request has."""
        before, bodies = len(self.all()), len(self.collector.bodies)
        self.shop.put(path.split("?")[0], head=head, body=f"<script>{script}</script>{body}")
        self.page.goto(self.shop.url + path)
        self.collector.wait(lambda: len(self.collector.bodies) > bodies)
        self._until(lambda: len(self.all()) >= before + count)
        return self.all()[before:]

    def then(self, script: str = "", count: int = 1) -> Told:
        """The next `count` events, after `script` has run in the page."""
        before = len(self.all())
        if script:
            self.page.evaluate(f"() => {{ {script} }}")
        self._until(lambda: len(self.all()) >= before + count)
        return self.all()[before:]

    def _until(self, met: Callable[[], bool]) -> None:
        for _ in range(200):
            if met():
                return
            self.page.wait_for_timeout(25)  # not asleep: a route of the test must be able to answer

    def nothing(self, script: str = "") -> None:
        """`script` makes the page tell nothing."""
        before = len(self.all())
        if script:
            self.page.evaluate(f"() => {{ {script} }}")
        self.page.wait_for_timeout(450)
        assert self.all()[before:] == []

    def all(self) -> Told:
        """Names and data of all events but page views, each once: what a page sends while it leaves may come again."""
        events = {event["id"]: event for event in self.collector.events() if event["name"] != "page_view"}
        return [(event["name"], event["data"]) for event in events.values()]

    def surfaced(self) -> list[str]:
        found: list[str] = self.page.evaluate("surfaced")
        return found


def item(
    id: str, name: str = "", price: float | None = None, quantity: int | None = None, **more: str
) -> dict[str, Any]:
    """A product line as it is sent."""
    fields = {"item_id": id, "item_name": name, "price": price, "quantity": quantity, **more}
    return {key: value for key, value in fields.items() if value not in ("", None)}


def cases(name: str) -> list[dict[str, Any]]:
    """Pages as `path`, `head` and `script`, and what they tell as [name, data]; of tests/browser/malls/cases."""
    found: list[dict[str, Any]] = json.loads((CASES / f"{name}.json").read_text())
    return found


def js(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def request(path: str, body: str, method: str = "xhr") -> str:
    """A form posted as jQuery does, or by fetch."""
    if method == "fetch":
        return f"fetch('{path}', {{method: 'POST', body: new URLSearchParams('{body}')}});"
    return f"const request = new XMLHttpRequest(); request.open('POST', '{path}'); request.send('{body}');"


@pytest.fixture
def mall(page: Page, shop: Shop, collector: Server) -> Mall:
    return Mall(page, shop, collector)
