"""`POST /v1/orders/import`: past orders as the body of a request; `GET` tells how far they are, and what is in force.

The file waits on the disk, and a process of its own loads it: no page view waits for that.
"""

import asyncio
import tempfile
from typing import BinaryIO, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from dangol.errors import Invalid, Problem
from dangol.house import House
from dangol.orders.columns import named
from dangol.orders.commands import Answer
from dangol.runtime import SiteRuntime
from dangol.store.generations import status
from dangol.web import query
from dangol.web.beside import run
from dangol.web.body import json
from dangol.web.member_import import flag, receive

KINDS: Final = ("text/csv", "application/vnd.apache.parquet")
LARGEST: Final = 1 << 30
LONGEST: Final = 3600.0
"""Seconds that a load may take."""

HINT: Final = "load parts of it with `dangol orders import`, which takes several files and any time"
STATUS: Final = {"invalid": 400, "busy": 409, "other": 503}


class OrderImport:
    """The handlers. One import at a time, which the store sees to for all servers."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._busy = asyncio.Lock()

    async def load(self, request: Request, runtime: SiteRuntime) -> Response:
        """Load the file, unless a row is refused: `skip_refused` loads the others, `dry_run` changes nothing, `columns`
        are names of columns as ``field=name,field=name``."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in KINDS:
            raise Invalid([Problem("Content-Type", kind, " or ".join(KINDS))])
        query.only(request, "dry_run", "skip_refused", "columns")
        columns = request.query_params.get("columns", "")
        named(columns)
        flags = [f"--{name.replace('_', '-')}" for name in ("dry_run", "skip_refused") if flag(request, name)]
        if self._busy.locked():
            return json({"error": "another import is under way; try again after it"}, 409, {"Retry-After": "30"})
        async with self._busy:
            with tempfile.TemporaryFile() as file:
                await receive(request, file, LARGEST)
                return await self._load(runtime.site.id, file, [*flags, f"--columns={columns}"])

    async def _load(self, site: str, file: BinaryIO, options: list[str]) -> Response:
        file.seek(0)
        command = ["orders", "import", site, "-", "--json", "--nice", *options]
        answer = msgspec.json.decode(await run(self._house, command, file, LONGEST, HINT), type=Answer)
        return answered(answer, "--skip-refused" in options)

    async def tell(self, request: Request, runtime: SiteRuntime) -> Response:
        """What is in force, and how far what is being loaded is."""
        in_force, making, left_behind = await status(self._house.link, runtime.site.id)
        making_told = making and making._asdict()
        return json({"in_force": in_force, "loading": making_told, "left_behind": left_behind})


def answered(answer: Answer, skip_refused: bool) -> Response:
    """What the shop is told."""
    if answer.loaded is None:
        parts = (f"{each.where}: expected {each.expected}" if each.where else each.expected for each in answer.wrong)
        told = {"error": "; ".join(parts), "problems": answer.problems}
        return json(told, STATUS[answer.failed], {} if answer.failed == "invalid" else {"Retry-After": "30"})
    stopped = answer.loaded.refused > 0 and not skip_refused
    return json({"loaded": answer.loaded, "problems": answer.problems}, 422 if stopped else 200)
