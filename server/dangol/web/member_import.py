"""`POST /v1/members/import`: a member file as the body of a request, for consoles.

The file waits on the disk, since it is read more than once; page views get their turn all the time.
"""

import asyncio
import tempfile
from typing import BinaryIO

from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import Response

from dangol.errors import Invalid, Problem
from dangol.host.eager import Overrun, within
from dangol.house import House
from dangol.members.columns import Refusal
from dangol.members.importing import check, write
from dangol.members.report import brief
from dangol.runtime import SiteRuntime
from dangol.web import query
from dangol.web.body import TooLarge, json

LARGEST = 200 << 20
MOST_TOLD = 1_000
LONGEST_UPLOAD = 600.0
"""Seconds for the whole file."""

PAUSE = 0.001
"""Seconds that page views have the server to themselves, again and again."""


class Told(Struct):
    """The answer: what the file is in, how many rows it has, how many were refused and written, and why the first
    `MOST_TOLD` were refused."""

    encoding: str
    rows: int
    refused: int
    written: int
    problems: list[dict[str, str | int]] = field(default_factory=list)


class MemberImport:
    """The handler. One import at a time: it is the disk and the store that are slow."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._busy = asyncio.Lock()

    async def __call__(self, request: Request, runtime: SiteRuntime) -> Response:
        """Check the file, and write it unless a row is refused; `dry_run` never writes, `skip_refused` writes the
        others."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "text/csv":
            raise Invalid([Problem("Content-Type", kind, "text/csv")])
        query.only(request, "dry_run", "skip_refused")
        dry_run, skip_refused = (flag(request, name) for name in ("dry_run", "skip_refused"))
        if self._busy.locked():
            return json({"error": "another import is under way; try again after it"}, 409, {"Retry-After": "30"})
        async with self._busy:
            with tempfile.TemporaryFile() as file:
                await receive(request, file, LARGEST)
                return await self._import(file, runtime, dry_run, skip_refused)

    async def _import(self, file: BinaryIO, runtime: SiteRuntime, dry_run: bool, skip_refused: bool) -> Response:
        problems: list[dict[str, str | int]] = []

        def refuse(refusal: Refusal) -> None:
            if len(problems) < MOST_TOLD:
                problems.append({**refusal._asdict(), "value": brief(refusal.value)})

        site = runtime.site
        checked = await check(file, site, refuse, _silent, PAUSE)
        stopped = checked.refused > 0 and not skip_refused
        written = 0
        if not dry_run and not stopped:
            written = await write(file, site, checked, runtime.keys, self._house.engine, _silent, PAUSE)
        encoding = checked.encoding.removesuffix("-sig")
        return json(Told(encoding, checked.rows, checked.refused, written, problems), 422 if stopped else 200)


async def receive(request: Request, file: BinaryIO, largest: int) -> None:
    """Put the body into the file, off the event loop. Raises `TooLarge`, and `Invalid` for one that takes too long."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > largest:
        raise TooLarge([Problem("body", length, f"at most {largest} bytes long")])
    try:
        await within(LONGEST_UPLOAD, _spool(request, file, largest))
    except Overrun:
        raise Invalid([Problem("body", "a part", f"all of it within {LONGEST_UPLOAD:g} seconds")]) from None


async def _spool(request: Request, file: BinaryIO, largest: int) -> None:
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise TooLarge([Problem("body", "a file", f"at most {largest} bytes long")])
        await asyncio.to_thread(file.write, part)


def flag(request: Request, name: str) -> bool:
    """A parameter that is true or false."""
    given = request.query_params.get(name, "false")
    if given not in ("true", "false"):
        raise Invalid([Problem(name, given, "true or false")])
    return given == "true"


def _silent(position: int) -> None:
    """Nobody watches."""
