"""What each kind of page tells, one after the other in one browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.browser.malls.conftest import cases, js

if TYPE_CHECKING:
    from tests.browser.malls.conftest import Mall

PRIVATE = ("kim", "010-1234", "c0ffee")


@pytest.mark.parametrize("name", ["cafe24", "godomall", "ifdo", "structured"])
def test_pages_tell_what_they_are_and_nothing_of_members(mall: Mall, name: str) -> None:
    for case in cases(name):
        path, told = case.get("path", "/"), [(name, data) for name, data in case["told"]]
        assert mall.open(path, case.get("script", ""), len(told), head=case.get("head", "")) == told, case
        mall.page.evaluate("localStorage.clear()")
    assert mall.surfaced() == []
    assert not any(word in js(mall.collector.bodies) for word in PRIVATE)


def test_every_form_of_every_push_is_read(mall: Mall) -> None:
    """Each on a page of its own, turned to without a load; the turn tells what the page before has pushed."""
    gtag = "window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments) }"
    mall.open("/", gtag, 0)
    pushed = cases("datalayer")
    turns = [f"history.pushState(null, '', '/{number}'); {case['script']}" for number, case in enumerate(pushed)]
    told = mall.then("\n".join(turns), len(pushed))
    for number, ((name, data), case) in enumerate(zip(told, pushed, strict=True)):
        place = data.pop("page_location", f"{mall.shop.url}/{number}")
        assert (place, [[name, data]]) == (f"{mall.shop.url}/{number}", case["told"])
    assert mall.surfaced() == []


def test_broken_pages_get_no_error_from_us_and_their_page_views_are_told(mall: Mall) -> None:
    warnings: list[str] = []
    mall.page.on("console", lambda message: warnings.append(message.text))
    for case in cases("hostile"):
        told = mall.open(case["path"], case["script"], 0)
        assert [name for name, _ in told] in ([], ["view_item"]), case
        assert mall.surfaced() == [], case
    assert len(mall.collector.events("page_view")) >= len(cases("hostile"))
    assert not [text for text in warnings if "dangol" in text]
