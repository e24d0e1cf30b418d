"""Hints of pages, and which were followed."""

import pytest

from dangol.store import hints
from dangol.store.hints import Hint
from dangol.store.link import Link

pytestmark = pytest.mark.anyio


async def test_hints_are_taken_once_each_with_the_latest_page_of_a_product(link: Link) -> None:
    await hints.leave(link, "shop", [Hint("1", "/old"), Hint("2", "/2"), Hint("1", "/새")])
    taken = {await hints.take(link, "shop") for _ in range(3)}
    assert taken == {Hint("1", "/새"), Hint("2", "/2"), None}


async def test_no_more_hints_wait_than_may(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "MOST", 3)
    await hints.leave(link, "shop", [Hint(str(number), "/") for number in range(5)])
    assert await link.call("HLEN", "{cat:shop}hints") == 3


async def test_what_was_tried_is_remembered_until_it_is_found(link: Link) -> None:
    hint = Hint("1", "/p")
    await hints.tried(link, "shop", hint, 100, 60)
    assert await hints.marked(link, "shop", [hint, Hint("1", ""), Hint("1", "/other")]) == [100, None, None]
    await hints.found(link, "shop", hint, 200, 60)
    assert await hints.marked(link, "shop", [hint, Hint("1", "")]) == [None, 200]
    assert all([0 < await link.call("TTL", name) <= 60 for name in await link.call("KEYS", "*")])
    assert await hints.marked(link, "shop", []) == []
