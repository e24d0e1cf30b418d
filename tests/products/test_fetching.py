"""Feeds fetched from a real server."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.serving import Answer, Asked, packed, serving

from dangol.definitions.model import Feed, ProductRules, Site
from dangol.products import fetching
from dangol.products.fetching import AGAIN, due, fetch
from dangol.store import catalogue, feeds
from dangol.store.feeds import Outcome
from dangol.store.link import Link

pytestmark = pytest.mark.anyio

BODY = b"id,title,price\n1,A,5\n2,B,6\n3,C,x\n"


class Shop:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Callable[[Asked], Answer] | Answer = Answer(BODY)
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self.answer if isinstance(self.answer, Answer) else self.answer(asked)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def feed(shop: Shop) -> Iterator[Feed]:
    with serving(shop) as address:
        yield Feed(f"{address}/feed.csv")


async def fetched(link: Link, feed: Feed, **options: Any) -> Outcome:
    site = Site("shop", "public-key", "Shop", ["https://shop.example"], products=ProductRules(feed))
    outcome = await fetch(link, site, feed, lambda address: address == "127.0.0.1", **options)
    assert await feeds.read(link, "shop") == outcome
    return outcome


async def ids(link: Link) -> list[str]:
    return sorted([each.id async for batch in catalogue.scan(link, "shop") for each in batch if not each.hidden])


async def test_a_feed_is_put_in_force_and_its_refused_rows_are_told(
    link: Link, feed: Feed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    outcome = await fetched(link, feed)
    assert (outcome.rows, outcome.refused, outcome.added, outcome.problem) == (3, 1, 2, "")
    [(line, column, value, _)] = outcome.refusals
    assert (line, column, value, outcome.done, await ids(link)) == (4, "price", "x", outcome.at, ["1", "2"])
    assert "3 rows, 1 refused; 2 added, 0 changed, 0 hidden" in caplog.text


async def test_a_feed_that_has_not_changed_is_not_read_again(link: Link, feed: Feed, shop: Shop) -> None:
    def answer(asked: Asked) -> Answer:
        same = asked.headers.get("if-none-match") == '"v1"' and asked.headers.get("if-modified-since") == "Sun"
        return Answer(status=304) if same else Answer(BODY, headers={"ETag": '"v1"', "Last-Modified": "Sun"})

    shop.answer = answer
    await fetched(link, feed)
    await link.call("DEL", "{cat:shop}")
    again = await fetched(link, feed)
    assert (again.rows, again.refused, again.added, again.problem, await ids(link)) == (3, 1, 0, "", [])
    assert (await fetched(link, feed, force=True)).added == 2
    assert "if-none-match" not in shop.asked[-1].headers


async def test_a_feed_may_come_packed(link: Link, feed: Feed, shop: Shop) -> None:
    for answer in (Answer(packed(BODY)), Answer(packed(packed(BODY)), headers={"Content-Encoding": "gzip"})):
        shop.answer = answer
        assert (await fetched(link, feed)).rows == 3


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer(BODY, short=9), "peer closed connection"),
        (
            Answer(packed(BODY), short=4, headers={"Content-Length": str(len(packed(BODY)) - 4)}),
            "gzip file that is whole",
        ),
        (Answer(BODY[:-4]), "cut off here"),
        (Answer(b"id,title,price\n9,New,5\n"), "hides 2"),
        (Answer(b"id,title,price\n9,New,x\n"), "1 rows, all refused"),
        (Answer(b"id,title,price\n"), "0 rows, all refused"),
        (Answer(b"<html>", headers={"Content-Type": "text/html"}), "this looks like XML"),
        (Answer(BODY, status=404), "it was answered with status 404"),
        (Answer(BODY, status=304), "it was answered with status 304"),
        (Answer(status=302, headers={"Location": "http://10.0.0.1/"}), "10.0.0.1 is not reached over the internet"),
        (Answer(BODY, headers={"Content-Encoding": "br"}), "packs its pages as br"),
    ],
)
async def test_a_feed_that_is_not_whole_or_not_sound_changes_nothing(
    link: Link, feed: Feed, shop: Shop, answer: Answer, problem: str
) -> None:
    before = await fetched(link, feed)
    shop.answer = answer
    outcome = await fetched(link, feed)
    assert problem in outcome.problem
    assert (outcome.rows, outcome.done, await ids(link)) == (3, before.done, ["1", "2"])


async def test_what_hides_more_than_half_may_be_forced(link: Link, feed: Feed, shop: Shop) -> None:
    await fetched(link, feed)
    shop.answer = Answer(b"id,title,price\n9,New,5\n")
    assert (await fetched(link, feed, force=True)).hidden == 2
    assert await ids(link) == ["9"]


async def test_a_feed_is_bounded_in_size_and_time(link: Link, feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LARGEST", 20)
    assert "at most 20 bytes" in (await fetched(link, feed)).problem
    monkeypatch.setattr(fetching, "SECONDS", 0.0)
    assert (await fetched(link, feed)).problem == "no whole answer within 0 seconds"


def test_a_feed_is_due_by_its_hours_and_sooner_after_a_failure() -> None:
    feed = Feed("https://shop.example/feed", hours=2)
    done, failed = Outcome(feed.url, True, 1000), Outcome(feed.url, True, 1000, problem="away")
    assert due(feed, None, 0)
    assert due(feed, Outcome("https://shop.example/other", True, 1000), 1001)
    assert [due(feed, done, 1000 + 7200 + more) for more in (-1, 0)] == [False, True]
    assert [due(feed, failed, 1000 + AGAIN + more) for more in (-1, 0)] == [False, True]
    assert [due(feed, Outcome(feed.url, True, ahead), 1000) for ahead in (1060, 90_000)] == [False, True]
