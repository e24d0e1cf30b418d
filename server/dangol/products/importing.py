"""The import of a product feed: read it for its encoding, then to check it all, then to make it ready, and put it in
force in one step. What is written is what was checked, and what fails on the way changes nothing."""

import asyncio
import gzip
import tempfile
import zlib
from collections.abc import Callable, Collection, Sequence
from typing import BinaryIO, Final, cast

from msgspec import Struct

from dangol.definitions.model import Site
from dangol.errors import Invalid, Problem
from dangol.members.columns import Refusal
from dangol.members.importing import Progress, Turns, look
from dangol.members.table import BLOCK
from dangol.products.formats import Rows
from dangol.products.product import Product
from dangol.store import catalogue
from dangol.store.link import Link
from dangol.store.staging import Staging, Swapped

LARGEST: Final = 200 << 20
"""Bytes of a feed, unpacked."""

AT_ONCE: Final = 100
"""Products that are made ready at once: no more than a page view may wait for."""

GZIP: Final = b"\x1f\x8b"
MOST_PACKINGS: Final = 2
"""A packed file that is sent packed."""


class Checked(Struct, frozen=True):
    """What a feed holds: its `encoding`, the `digests` of its blocks, its number of `rows` and of those `refused`, the
    `ids` of its products, and the columns of a table that are `ignored`."""

    encoding: str
    digests: Sequence[bytes]
    rows: int
    refused: int
    ids: Collection[str]
    ignored: Sequence[str]


def unwatched(position: int) -> None:
    """The progress that nobody is told of."""


def unpacked(file: BinaryIO) -> BinaryIO:
    """The file itself or, of one that is packed by gzip, a temporary one with what is in it. Raises `Invalid` where it
    ends early or has more in it than a feed may."""
    given = file
    for _ in range(MOST_PACKINGS):
        file.seek(0)
        if file.read(len(GZIP)) != GZIP:
            break
        file.seek(0)
        inside = _unpack(file)
        if file is not given:
            file.close()
        file = inside
    file.seek(0)
    return file


def _unpack(file: BinaryIO) -> BinaryIO:
    target = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115  # the caller's to close
    try:
        with gzip.GzipFile(fileobj=file) as packed:
            while block := packed.read(BLOCK):
                if target.tell() + len(block) > LARGEST:
                    raise Invalid([Problem("feed", ..., f"at most {LARGEST >> 20} MB, unpacked")])
                target.write(block)
    except BaseException as error:
        target.close()
        if isinstance(error, EOFError | OSError | zlib.error):
            raise Invalid([Problem("feed", ..., f"a gzip file that is whole ({error})")]) from None
        raise
    return target


async def check(
    file: BinaryIO, site: Site, refuse: Callable[[Refusal], None], progress: Progress = unwatched, pause: float = 0
) -> Checked:
    """Check a whole feed and change nothing; each thing that is wrong with a row goes to `refuse`. Raises `Invalid` for
    one that can't be read to its end, was cut off, or has no columns that are needed."""
    looked = await look(file, Turns(pause))
    rows = await asyncio.to_thread(Rows, file, looked.encoding, site, looked.digests)  # reads all of a JSON document
    turns, count, refused = Turns(pause), 0, 0
    for row in rows:
        count += 1
        if isinstance(row, list):
            refused += 1
            for refusal in row:
                refuse(refusal)
        if await turns.give():
            progress(rows.position)
    return Checked(looked.encoding, looked.digests, count, refused, rows.ids, rows.ignored)


async def lost(link: Link, site: str, ids: Collection[str]) -> tuple[int, int]:
    """How many products on show a feed of these would hide, and how many there are."""
    hidden = shown = 0
    async for products in catalogue.scan(link, site):
        on_show = [each.id for each in products if not each.hidden]
        shown += len(on_show)
        hidden += sum(id not in ids for id in on_show)
    return hidden, shown


async def guard(link: Link, site: str, ids: Collection[str]) -> None:
    """Raises `Invalid` where a feed that replaces the catalogue would hide more than half of what is on show: one that
    was cut off at a line's end looks whole."""
    hidden, shown = await lost(link, site, ids)
    if 2 * hidden > shown:
        expected = f"one that hides at most half of the {shown} products on show; this one hides {hidden}"
        raise Invalid([Problem("feed", ..., f"{expected}. Force it where that is meant")])


async def write(
    link: Link,
    file: BinaryIO,
    site: Site,
    checked: Checked,
    progress: Progress = unwatched,
    *,
    replace: bool,
    pause: float = 0,
) -> Swapped:
    """Put the rows that are not refused in force, all in one step; with `replace` what they don't name is hidden.
    Raises `Invalid` where the file has changed since it was `checked`, `Unavailable` where the store fails; then
    nothing is changed."""
    rows = await asyncio.to_thread(Rows, file, checked.encoding, site, checked.digests)
    turns = Turns(pause)
    waiting: list[Product] = []
    async with Staging(link, site.id) as staging:
        for row in rows:
            if isinstance(row, Product):
                waiting.append(row)
            if len(waiting) >= AT_ONCE:
                await staging.add(waiting)
                waiting = []
                progress(rows.position)
            await turns.give()
        await staging.add(waiting)
        return await staging.swap(hide_others=replace)
