"""Whole files into a real store."""

import asyncio
import io
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from dangol.definitions.model import Definitions
from dangol.errors import Invalid, Unavailable
from dangol.house import House
from dangol.members.columns import Refusal
from dangol.members.importing import Checked, check, write
from dangol.members.table import BLOCK
from dangol.profile.model import Member
from dangol.protocol import tokens
from dangol.protocol.tokens import Keys

pytestmark = pytest.mark.anyio

HEADER = "id,name,trait.points,likes\n"


@pytest.fixture
def definitions(define: Callable[..., Definitions]) -> Definitions:
    traits = [{"id": "points", "name": "", "type": "number"}, {"id": "likes", "name": "", "type": "list"}]
    return define(traits=traits)


@pytest.fixture
async def house(new_house: Any, opened: Any, definitions: Definitions) -> House:
    opened_house: House = await opened(new_house(definitions))
    return opened_house


def file_of(text: str) -> BinaryIO:
    return io.BytesIO((HEADER + text).encode())


class Import:
    """An import in steps, with what it told."""

    def __init__(self, house: House, definitions: Definitions) -> None:
        self.house, self.site = house, definitions.site
        self.keys = Keys.derive(house.master, "shop")
        self.refusals: list[Refusal] = []
        self.positions: list[int] = []

    async def check(self, file: BinaryIO) -> Checked:
        return await check(file, self.site, self.refusals.append, self.positions.append)

    async def write(self, file: BinaryIO, checked: Checked) -> int:
        return await write(file, self.site, checked, self.keys, self.house.engine, self.positions.append)

    async def member(self, id: str) -> Member | None:
        profile = await self.house.engine.look(self.house.by_id["shop"], tokens.member_profile(self.keys, id))
        return profile.member


@pytest.fixture
def importing(house: House, definitions: Definitions) -> Import:
    return Import(house, definitions)


async def test_rows_become_members(importing: Import) -> None:
    file = file_of("kim,Kim,5,tea;mugs\nlee,Lee,,\n")
    checked = await importing.check(file)
    assert (checked.rows, checked.refused, importing.refusals) == (2, 0, [])
    assert await importing.write(file, checked) == 2
    assert await importing.member("kim") == Member("kim", "Kim", traits={"points": 5.0, "likes": ["tea", "mugs"]})
    assert await importing.member("lee") == Member("lee", "Lee")


async def test_checking_changes_nothing_and_tells_every_refused_row(importing: Import) -> None:
    before = await importing.house.link.call("DBSIZE")
    checked = await importing.check(file_of('kim,Kim,many,tea\n,Lee,1,tea\n"a" b,c,d,e\npark,Park\nchoi,Choi,1,tea\n'))
    assert (checked.rows, checked.refused) == (5, 4)
    assert [refusal[:3] for refusal in importing.refusals] == [
        (2, "trait.points", "many"),
        (3, "id", ""),
        (4, "", ""),
        (5, "", "2 cells"),
    ]
    assert await importing.house.link.call("DBSIZE") == before


async def test_the_rows_that_were_not_refused_can_be_written(importing: Import) -> None:
    file = file_of("kim,Kim,many,tea\nlee,Lee,1,tea\n")
    assert await importing.write(file, await importing.check(file)) == 1
    assert await importing.member("kim") is None
    assert (await importing.member("lee")) == Member("lee", "Lee", traits={"points": 1.0, "likes": ["tea"]})


async def test_rows_of_one_member_are_taken_in_the_files_order(importing: Import) -> None:
    rows = [f"m{number % 7},Name {number},{number},\n" for number in range(1500)]
    file = file_of("".join(rows) + "m0,,,tea\n")
    assert await importing.write(file, await importing.check(file)) == 1501
    expected = Member("m0", "Name 1498", traits={"points": 1498.0, "likes": ["tea"]})
    assert await importing.member("m0") == expected


async def test_an_import_that_was_cut_off_is_finished_by_another(importing: Import) -> None:
    file = file_of("".join(f"m{number},Name,{number},\n" for number in range(3000)))
    checked = await importing.check(file)
    cut = asyncio.create_task(importing.write(file, checked))
    while await importing.house.link.call("DBSIZE") < 500:
        await asyncio.sleep(0.001)
    cut.cancel()
    await asyncio.gather(cut, return_exceptions=True)
    assert cut.cancelled()
    assert await importing.member("m2999") is None
    for _ in range(2):
        assert await importing.write(file, checked) == 3000
        for number in (0, 1500, 2999):
            assert await importing.member(f"m{number}") == Member(f"m{number}", "Name", traits={"points": number})


async def test_of_a_file_that_changed_after_the_check_nothing_that_changed_is_written(
    importing: Import, tmp_path: Path
) -> None:
    text = HEADER + "".join(f"m{number},{'Kim' * 20},{number},\n" for number in range(10_000))
    assert len(text) > 2 * BLOCK
    path = tmp_path / "members.csv"
    path.write_text(text)
    with path.open("rb") as file:
        checked = await importing.check(file)
        path.write_text(text.replace("m9999,Kim", "m9999,Eve").replace("m5000,Kim", "m5000,Eve"))
        with pytest.raises(Invalid, match="changed since"):
            await importing.write(file, checked)
    assert await importing.member("m0") is not None
    assert await importing.member("m5000") is None


@pytest.mark.parametrize("content", [b"", b"\n\n", b'"id"x,name\n', b"name\nKim\n", b"id\n\xff\xff\n"])
async def test_a_file_that_can_not_be_read_is_refused_whole(importing: Import, content: bytes) -> None:
    with pytest.raises(Invalid):
        await importing.check(io.BytesIO(content))


async def test_a_store_that_fails_is_told(importing: Import, mortal: Any, new_house: Any, definitions: Any) -> None:
    dying = Import(new_house(definitions, mortal.url), definitions)
    file = file_of("kim,Kim,5,tea\n")
    checked = await dying.check(file)
    mortal.stop()
    with pytest.raises(Unavailable):
        await dying.write(file, checked)
    await dying.house.close()


async def test_others_get_their_turn_while_a_file_is_checked(importing: Import) -> None:
    file = file_of("kim,Kim,many,tea;mugs\n" * 5_000 + "lee,Lee,1,tea\n" * 20_000)
    checking = asyncio.create_task(importing.check(file))
    longest, turns = 0.0, 0
    while not checking.done():
        before = time.thread_time()  # this thread's work, whatever else the machine does
        await asyncio.sleep(0)
        longest, turns = max(longest, time.thread_time() - before), turns + 1
    assert (await checking).refused == 5_000
    assert turns > 50
    assert longest < 0.05
    assert importing.positions == sorted(importing.positions)


async def test_a_large_file_is_checked_in_little_memory(importing: Import, tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    with path.open("w") as writing:
        writing.write(HEADER)
        writing.writelines(f'm{number},"Kim, {"Chul-soo" * 7}","1,000",tea;mugs;teapots\n' for number in range(20_000))
    assert path.stat().st_size > 1_800_000
    tracemalloc.start()
    try:
        with path.open("rb") as file:
            assert (await importing.check(file)).rows == 20_000
        assert tracemalloc.get_traced_memory()[1] < 1_500_000
    finally:
        tracemalloc.stop()
