"""Whole feeds: in force in one step or not at all, and never over what is newer."""

from typing import Any

import pytest
from msgspec.structs import replace

from dangol.errors import Unavailable
from dangol.plugin import Product
from dangol.store import catalogue, keys
from dangol.store.link import Link
from dangol.store.staging import Staging, Swapped
from dangol.store.wire import Argument

pytestmark = pytest.mark.anyio

NOW = 1_782_874_800
MUG, CUP, PEN = (Product(id, id, 100, added=NOW) for id in ("mug", "cup", "pen"))


async def everything(link: Link) -> dict[str, Product]:
    return {each.id: each async for batch in catalogue.scan(link, "shop") for each in batch}


async def swap(link: Link, *products: Product, hide: bool = True) -> Swapped:
    async with Staging(link, "shop", NOW) as staging:
        for each in products:
            await staging.add([each])
        return await staging.swap(hide_others=hide)


async def test_a_feed_fills_an_empty_catalogue(link: Link) -> None:
    assert await swap(link, replace(MUG, added=0), CUP) == (2, 0, 0)
    assert await everything(link) == {"mug": MUG, "cup": CUP}
    assert await link.call("TTL", keys.catalogue("shop")) == -1


async def test_what_a_whole_feed_no_longer_names_stays_hidden(link: Link) -> None:
    await catalogue.put(link, "shop", [MUG, CUP], now=NOW)
    await catalogue.put(link, "shop", [PEN], source="page", now=NOW)
    assert await swap(link, replace(MUG, price=1)) == (0, 1, 2)
    hidden = {"cup": replace(CUP, hidden=True), "pen": replace(PEN, hidden=True)}
    assert await everything(link) == {"mug": replace(MUG, price=1), **hidden}
    assert await swap(link, replace(MUG, price=1)) == (0, 0, 0)
    assert await swap(link, MUG, CUP, hide=False) == (0, 2, 0)
    assert (await everything(link))["cup"] == CUP


async def test_a_part_of_the_products_leaves_the_others_alone(link: Link) -> None:
    await catalogue.put(link, "shop", [MUG, CUP], now=NOW)
    assert await swap(link, replace(MUG, price=1), PEN, hide=False) == (1, 1, 0)
    assert await everything(link) == {"mug": replace(MUG, price=1), "cup": CUP, "pen": PEN}


async def test_nothing_is_in_force_before_the_swap_and_nothing_is_left_without_one(link: Link) -> None:
    async with Staging(link, "shop", NOW) as staging:
        await staging.add([MUG])
        assert await everything(link) == {}
        [staged] = await link.call("KEYS", "*")
        assert 0 < await link.call("TTL", staged) <= 3600
    assert await link.call("KEYS", "*") == []


async def test_what_is_killed_at_any_step_goes_by_itself(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    call, kept = link.call, set[int]()

    async def watched(*command: Argument) -> Any:
        answer = await call(*command)
        kept.update([await call("TTL", each) for each in await call("KEYS", "*staged*")])
        return answer

    monkeypatch.setattr(link, "call", watched)
    async with Staging(link, "shop", NOW) as staging:
        await staging.add([MUG])
        await staging.add([CUP])
    assert kept == {3600}


async def test_what_was_held_back_stays_hidden(link: Link) -> None:
    await catalogue.put(link, "shop", [MUG], now=NOW)
    await catalogue.hold(link, "shop", ["mug"], True)
    await swap(link, replace(MUG, price=1))
    assert await everything(link) == {"mug": replace(MUG, price=1, hidden=True, held=True)}


async def test_what_others_change_in_the_meantime_stays(link: Link) -> None:
    await catalogue.put(link, "shop", [MUG, CUP], now=NOW)
    async with Staging(link, "shop", NOW) as staging:
        await staging.add([replace(MUG, price=1), replace(CUP, price=1)])
        await catalogue.put(link, "shop", [replace(MUG, stock=0), PEN], now=NOW)
        await catalogue.remove(link, "shop", ["cup"])
        await staging.swap(hide_others=True)
    assert await everything(link) == {"mug": replace(MUG, stock=0), "pen": PEN}


async def test_a_feed_all_of_whose_products_are_removed_in_the_meantime_brings_none_back(link: Link) -> None:
    await catalogue.put(link, "shop", [MUG], now=NOW)
    async with Staging(link, "shop", NOW) as staging:
        await staging.add([replace(MUG, price=90)])
        await catalogue.remove(link, "shop", ["mug"])
        await staging.swap(hide_others=True)
    assert await everything(link) == {}


async def test_those_who_follow_are_told_of_a_swap(link: Link) -> None:
    await catalogue.put(link, "shop", [MUG, CUP], now=NOW)
    before = (await catalogue.state(link, "shop")).version
    await swap(link, MUG, PEN)
    changes = await catalogue.changes(link, "shop", before)
    assert changes is not None
    assert set(changes.ids) == {"pen", "cup"}
    await swap(link, *(Product(f"p{number}", "", 1) for number in range(3)))
    assert await catalogue.changes(link, "shop", before) is not None


async def test_after_too_many_changes_all_is_read_again(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dangol.store.staging.MOST_TOLD", 1)
    await catalogue.put(link, "shop", [MUG], now=NOW)
    before = (await catalogue.state(link, "shop")).version
    await swap(link, CUP, PEN)
    assert await catalogue.changes(link, "shop", before) is None


async def test_a_feed_that_was_given_up_changes_nothing(link: Link) -> None:
    await catalogue.put(link, "shop", [MUG], now=NOW)
    async with Staging(link, "shop", NOW) as staging:
        await staging.add([CUP])
        await link.call("DEL", *await link.call("KEYS", "*staged*"))
        await staging.add([PEN])
        with pytest.raises(Unavailable, match="nothing was changed"):
            await staging.swap(hide_others=True)
    assert await everything(link) == {"mug": MUG}
