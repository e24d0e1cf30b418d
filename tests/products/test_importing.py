"""Whole feeds into a real store."""

import gzip
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dangol.definitions.model import Site
from dangol.errors import Invalid, Unavailable
from dangol.members.columns import Refusal
from dangol.members.table import BLOCK
from dangol.plugin import Product
from dangol.products import importing
from dangol.products.importing import Checked, check, guard, unpacked, write
from dangol.store import catalogue
from dangol.store.link import Link
from dangol.store.staging import Swapped

pytestmark = pytest.mark.anyio

SHOP = Site("shop", "public-key", "Shop", ["https://shop.example"])
HEADER = "id,title,price\n"


def silent(position: int) -> None:
    pass


class Import:
    """An import in steps, with what it told."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.refusals: list[Refusal] = []

    async def check(self, file: Any) -> Checked:
        return await check(file, SHOP, self.refusals.append, silent)

    async def write(self, file: Any, checked: Checked, replace: bool = True) -> Swapped:
        return await write(self.link, file, SHOP, checked, silent, replace=replace)

    async def whole(self, rows: str, replace: bool = True) -> Swapped:
        file = io.BytesIO((HEADER + rows).encode())
        return await self.write(file, await self.check(file), replace)

    async def catalogue(self) -> dict[str, Product]:
        return {each.id: each async for batch in catalogue.scan(self.link, "shop") for each in batch}


@pytest.fixture
def importing_(link: Link) -> Import:
    return Import(link)


def rows(ids: Sequence[int], price: int = 5) -> str:
    return "".join(f"p{id},Product {id},{price}\n" for id in ids)


async def test_a_feed_becomes_the_catalogue(importing_: Import) -> None:
    assert await importing_.whole(rows(range(1200))) == (1200, 0, 0)
    assert await importing_.whole(rows(range(1, 1200), 6) + "new,New,7\n") == (1, 1199, 1)
    products = await importing_.catalogue()
    assert (len(products), products["p0"].hidden, products["p9"].price) == (1201, True, 6)


async def test_without_replace_what_a_feed_does_not_name_stays(importing_: Import) -> None:
    await importing_.whole(rows([1, 2]))
    assert await importing_.whole(rows([2], 6), replace=False) == (0, 1, 0)
    products = await importing_.catalogue()
    assert [(products[id].price, products[id].hidden) for id in ("p1", "p2")] == [(5, False), (6, False)]


async def test_checking_changes_nothing_and_tells_every_refused_row(importing_: Import) -> None:
    checked = await importing_.check(io.BytesIO(f"{HEADER}1,A,x\n,B,5\n3,C,5\n3,D,5\n5,E,6\n".encode()))
    assert (checked.rows, checked.refused, set(checked.ids)) == (5, 3, {"3", "5"})
    assert [each[:3] for each in importing_.refusals] == [(2, "price", "x"), (3, "id", ""), (5, "id", "3")]
    assert await importing_.link.call("DBSIZE") == 0


async def test_the_rows_that_were_not_refused_can_be_written(importing_: Import) -> None:
    assert await importing_.whole("1,A,x\n2,B,5\n") == (1, 0, 0)
    assert list(await importing_.catalogue()) == ["2"]


async def test_of_a_file_that_changed_after_the_check_nothing_is_written(importing_: Import, tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    text = HEADER + rows(range(3000)).replace("Product", "P" * 180)
    assert len(text) > 2 * BLOCK
    path.write_text(text)
    with path.open("rb") as file:
        checked = await importing_.check(file)
        path.write_text(text[:-2] + "4\n")
        with pytest.raises(Invalid, match="changed since"):
            await importing_.write(file, checked)
    assert await importing_.link.call("DBSIZE") == 0


async def test_a_feed_that_would_hide_more_than_half_is_told(importing_: Import) -> None:
    await importing_.whole(rows(range(10)))
    await guard(importing_.link, "shop", {f"p{id}" for id in range(5)})
    with pytest.raises(Invalid, match="at most half of the 10 products on show"):
        await guard(importing_.link, "shop", {f"p{id}" for id in range(4)})
    await importing_.whole(rows(range(4)))
    await guard(importing_.link, "shop", {"p0", "p1"})  # of the four that are left


async def test_a_store_that_fails_is_told(importing_: Import, mortal: Any) -> None:
    dying = Import(Link(mortal.url))
    file = io.BytesIO(f"{HEADER}1,A,5\n".encode())
    checked = await dying.check(file)
    mortal.stop()
    with pytest.raises(Unavailable):
        await dying.write(file, checked)
    dying.link.close()


def test_a_packed_feed_is_unpacked_once_or_twice() -> None:
    plain = b"id,title,price\n"
    for content in (
        plain,
        gzip.compress(plain),
        gzip.compress(gzip.compress(plain)),
        gzip.compress(b"id") + gzip.compress(b",title,price\n"),
    ):
        with unpacked(io.BytesIO(content)) as file:
            assert file.read() == plain


@pytest.mark.parametrize("end", [-1, -8, -12, 3])
def test_a_packed_feed_that_ends_early_is_refused(end: int) -> None:
    with pytest.raises(Invalid, match="a gzip file that is whole"):
        unpacked(io.BytesIO(gzip.compress(b"id,title,price\n1,A,5\n")[:end]))


def test_a_packed_feed_may_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "LARGEST", 1 << 20)
    with pytest.raises(Invalid, match="at most 1 MB, unpacked"):
        unpacked(io.BytesIO(gzip.compress(bytes(2 << 20))))
