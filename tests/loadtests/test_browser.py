"""What a load test's browser sends is what the collector takes, and what it is answered is checked."""

import random
from collections.abc import Iterator

import msgspec
import pytest
from loadtests.browser import Answer, Browser, Events, Show, WrongAnswer, read, uuid7
from loadtests.day import Step, load

from dangol.demo.history import sample
from dangol.protocol import envelope
from dangol.web import visit

DAY, PRODUCTS, NOW = load(), list(sample().products.values()), 1_780_000_000_000
SHOW = Show("c", "e", "popcorn", "corner", "en", "Hello", ["/v1/style/0.css"], ["section", {}])


@pytest.fixture
def browser() -> Browser:
    fresh = Browser(DAY, PRODUCTS, random.Random(1))
    fresh.enter(returning=False)
    return fresh


def walk(browser: Browser, steps: int) -> Iterator[tuple[Step, Events]]:
    """A journey of the day's shares that does not end."""
    at: Step = "enter"
    for _ in range(steps):
        at = DAY.after(at, browser.chance)
        if at == "leave":
            at = "view"
        at, told = browser.step(at)
        yield at, told


def test_the_collector_takes_every_step_of_a_long_journey(browser: Browser) -> None:
    met = set()
    for step, told in walk(browser, 2000):
        met.add(step)
        body, ids = browser.envelope("pk_load_test_shop", told, NOW)
        taken, dropped = envelope.events(envelope.read(body), "/", "GBP", NOW)
        assert [event.id for event in taken] == ids
        assert not dropped
    assert met == set(DAY.next) - {"enter"}


def test_an_order_takes_the_cart_with_it(browser: Browser) -> None:
    browser.step("product")
    browser.step("add")
    _, told = browser.step("order")
    assert [name for name, _ in told] == ["page_view", "purchase"]
    assert len(told[1][1]["items"]) == 1
    assert not browser.cart


@pytest.mark.parametrize("step", ["remove", "checkout", "order"])
def test_without_a_cart_the_shopper_sees_the_empty_cart(browser: Browser, step: Step) -> None:
    assert browser.step(step)[0] == "cart"


def test_who_enters_does_so_by_a_page(browser: Browser) -> None:
    browser.enter(returning=True)
    step, told = browser.step("add")
    assert step == "product"
    assert "utm_campaign=letter-2" in told[0][1]["page_location"]


def test_a_widget_is_seen_once_until_the_next_page(browser: Browser) -> None:
    browser.step("view")
    assert browser.see(Answer("token", show=[SHOW])) == [("widget_view", {"campaign": "c", "exposure": "e"})]
    assert browser.see(Answer(show=[SHOW])) == []
    assert (browser.token, browser.open) == ("token", ["c"])
    browser.step("view")
    assert browser.open == []


def test_all_that_the_collector_may_answer_is_known() -> None:
    """But for what a preview is told."""
    assert set(Answer.__struct_fields__) == set(visit.Answer.__struct_fields__) - {"why"}


def test_a_good_answer_is_read() -> None:
    assert read(200, msgspec.json.encode({"show": [SHOW]})) == Answer(show=[SHOW])


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (503, b'{"error": "away"}', "status 503"),
        (0, b"", "status 0"),
        (200, b"<html>", "answer"),
        (200, b'{"shown": []}', "answer"),
        (200, b'{"dropped": 2}', "dropped: 2"),
        (200, msgspec.json.encode({"show": [msgspec.structs.replace(SHOW, tree=[])]}), "show"),
    ],
)
def test_a_wrong_answer_is_refused(status: int, body: bytes, told: str) -> None:
    with pytest.raises(WrongAnswer, match=told):
        read(status, body)


def test_ids_are_uuids_that_sort_by_time() -> None:
    first, second = uuid7(NOW), uuid7(NOW + 1)
    assert first[:13] < second[:13]
    assert [len(part) for part in first.split("-")] == [8, 4, 4, 4, 12]
