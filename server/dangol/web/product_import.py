"""`POST /v1/products/import`: a product feed as the body of a request.

The file waits on the disk, since it is read more than once; page views get their turn all the time.
"""

import asyncio
import tempfile
from typing import BinaryIO, cast

from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import Response

from dangol.errors import Invalid, Problem
from dangol.house import House
from dangol.members.columns import Refusal
from dangol.members.report import brief
from dangol.products.importing import LARGEST, check, guard, unpacked, write
from dangol.runtime import SiteRuntime
from dangol.web import query
from dangol.web.body import json
from dangol.web.member_import import MOST_TOLD, PAUSE, flag, receive

TYPES = (
    *("text/csv", "text/tab-separated-values", "application/json", "application/x-ndjson", "application/gzip"),
    "application/octet-stream",
)


class Told(Struct):
    """The answer: what the feed is in, how many rows it has, how many were refused and why the first `MOST_TOLD` were,
    which columns are `ignored`, and how many products were added, changed and hidden."""

    encoding: str
    rows: int
    refused: int
    ignored: list[str]
    added: int = 0
    changed: int = 0
    hidden: int = 0
    problems: list[dict[str, str | int]] = field(default_factory=list)


class ProductImport:
    """The handler. One import at a time: it is the disk and the store that are slow."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._busy = asyncio.Lock()

    async def __call__(self, request: Request, runtime: SiteRuntime) -> Response:
        """Check the feed, and put it in force unless a row is refused; `dry_run` never does, `skip_refused` does with
        the others. With `replace` what it does not name is hidden, more than half of the catalogue only with `force`.
        """
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in TYPES:
            raise Invalid([Problem("Content-Type", kind, f"one of {', '.join(TYPES)}")])
        names = ("dry_run", "skip_refused", "replace", "force")
        query.only(request, *names)
        flags = {name: flag(request, name) for name in names}
        if self._busy.locked():
            return json({"error": "another import is under way; try again after it"}, 409, {"Retry-After": "30"})
        async with self._busy:
            with tempfile.TemporaryFile() as file:
                await receive(request, file, LARGEST)
                with await asyncio.to_thread(unpacked, cast(BinaryIO, file)) as whole:
                    return await self._import(whole, runtime, **flags)

    async def _import(
        self, file: BinaryIO, runtime: SiteRuntime, *, dry_run: bool, skip_refused: bool, replace: bool, force: bool
    ) -> Response:
        problems: list[dict[str, str | int]] = []

        def refuse(refusal: Refusal) -> None:
            if len(problems) < MOST_TOLD:
                problems.append({**refusal._asdict(), "value": brief(refusal.value)})

        site, link = runtime.site, self._house.link
        checked = await check(file, site, refuse, pause=PAUSE)
        encoding = checked.encoding.removesuffix("-sig")
        told = Told(encoding, checked.rows, checked.refused, list(checked.ignored), problems=problems)
        if checked.refused and not skip_refused:
            return json(told, 422)
        if replace and not force:
            await guard(link, site.id, checked.ids)
        if not dry_run:
            done = await write(link, file, site, checked, replace=replace, pause=PAUSE)
            told.added, told.changed, told.hidden = done
        return json(told)
