import asyncio

import msgspec
import pytest

from dangol.protocol.event import Entry, Event
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.orders import GUEST, SECONDS, Claim, claim, settle

pytestmark = pytest.mark.anyio

ENTRY = Entry("shop", "", "", 1, [Event("order-1", "purchase", 1, key="1")])


async def logged(link: Link) -> list[Entry]:
    rows = await link.call("XRANGE", keys.log(keys.partition("1")), "-", "+")
    return [msgspec.msgpack.decode(fields[1], type=Entry) for _, fields in rows]


async def test_the_first_claim_owns_an_order_until_it_is_settled(link: Link) -> None:
    assert await claim(link, "shop", "1", "v1") == Claim("v1", first=True)
    assert await claim(link, "shop", "1", "v1") == Claim("v1")
    assert await claim(link, "shop", "1", "m2") == Claim("v1")
    await settle(link, "shop", "1", "v1", "v1")
    assert await claim(link, "shop", "1", "v1") == Claim("v1", settled=True)
    assert 0 < await link.call("TTL", keys.order("shop", "1")) <= SECONDS


async def test_an_order_may_be_settled_for_whom_its_owner_turned_out_to_be(link: Link) -> None:
    await claim(link, "shop", "1", "v1")
    await settle(link, "shop", "1", "v1", "m2")
    assert await claim(link, "shop", "1", "v1") == Claim("m2", settled=True)


async def test_of_many_claims_one_is_the_first(link: Link) -> None:
    claims = await asyncio.gather(*(claim(link, "shop", "1", f"v{number}") for number in range(20)))
    assert [one.first for one in claims].count(True) == 1
    assert len({one.owner for one in claims}) == 1


@pytest.mark.parametrize("settled", [True, False])
async def test_who_knows_better_takes_an_order_over_and_learns_whose_it_was(link: Link, settled: bool) -> None:
    await claim(link, "shop", "1", "v1")
    if settled:
        await settle(link, "shop", "1", "v1", "v1")
    for _ in range(2):  # until all is put right
        assert await claim(link, "shop", "1", "m2", take_over=True) == Claim("m2", former="v1")
    assert (await claim(link, "shop", "1", "v1")).owner == "m2"
    await settle(link, "shop", "1", "v1", "v1")  # comes too late
    await settle(link, "shop", "1", "m2", "m2")
    assert await claim(link, "shop", "1", "m2", take_over=True) == Claim("m2", settled=True)


async def test_sites_number_their_orders_for_themselves(link: Link) -> None:
    await claim(link, "shop", "1", "v1")
    assert (await claim(link, "other", "1", "v1")).first


async def test_a_guests_order_is_logged_once(link: Link) -> None:
    assert (await claim(link, "shop", "1", GUEST, entry=ENTRY)).first
    assert not (await claim(link, "shop", "1", GUEST, entry=ENTRY)).first
    assert await logged(link) == [ENTRY]


async def test_an_order_that_somebody_has_is_not_logged_for_a_guest(link: Link) -> None:
    await claim(link, "shop", "1", "v1")
    await claim(link, "shop", "1", GUEST, entry=ENTRY)
    assert await logged(link) == []


@pytest.mark.parametrize("number", ["주문 1", "a:b", "{00}", "x" * 100, "\"'"])
async def test_any_text_numbers_an_order(link: Link, number: str) -> None:
    assert (await claim(link, "shop", number, "v1")).first
    assert (await claim(link, "shop", number, "m2")).owner == "v1"
