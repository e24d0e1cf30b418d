import asyncio

import msgspec
import pytest

from dangol.protocol.event import Entry, Event
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.orders import GUEST, SECONDS, claim

pytestmark = pytest.mark.anyio

ENTRY = Entry("shop", "", "", 1, [Event("order-1", "purchase", 1, key="1")])


async def logged(link: Link) -> list[Entry]:
    rows = await link.call("XRANGE", keys.log(keys.partition("1")), "-", "+")
    return [msgspec.msgpack.decode(fields[1], type=Entry) for _, fields in rows]


async def test_the_first_claim_finds_nobody_and_the_next_finds_the_first(link: Link) -> None:
    assert await claim(link, "shop", "1", "v1") == ""
    assert await claim(link, "shop", "1", "v1") == "v1"
    assert await claim(link, "shop", "1", "m2") == "v1"
    assert 0 < await link.call("TTL", keys.order("shop", "1")) <= SECONDS


async def test_of_many_claims_one_is_the_first(link: Link) -> None:
    owners = await asyncio.gather(*(claim(link, "shop", "1", f"v{number}") for number in range(20)))
    assert owners.count("") == 1
    assert len(set(owners)) == 2


async def test_who_knows_better_takes_an_order_over_and_learns_whose_it_was(link: Link) -> None:
    await claim(link, "shop", "1", "v1")
    assert await claim(link, "shop", "1", "m2", take_over=True) == "v1"
    assert await claim(link, "shop", "1", "v1") == "m2"


async def test_sites_number_their_orders_for_themselves(link: Link) -> None:
    await claim(link, "shop", "1", "v1")
    assert await claim(link, "other", "1", "v1") == ""


async def test_a_guests_order_is_logged_once(link: Link) -> None:
    assert await claim(link, "shop", "1", GUEST, entry=ENTRY) == ""
    assert await claim(link, "shop", "1", GUEST, entry=ENTRY) == GUEST
    assert await logged(link) == [ENTRY]


async def test_an_order_that_somebody_has_is_not_logged_for_a_guest(link: Link) -> None:
    await claim(link, "shop", "1", "v1")
    await claim(link, "shop", "1", GUEST, entry=ENTRY)
    assert await logged(link) == []


@pytest.mark.parametrize("number", ["주문 1", "a:b", "{00}", "x" * 100, "\"'"])
async def test_any_text_numbers_an_order(link: Link, number: str) -> None:
    assert await claim(link, "shop", number, "v1") == ""
    assert await claim(link, "shop", number, "m2") == "v1"
