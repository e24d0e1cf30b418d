"""The servers that benchmarks measure.

python -m loadtests.bench.server echo PORT
python -m loadtests.bench.server dangol PORT STORE_URL SEGMENTS CAMPAIGNS cached|read|live
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from dangol.definitions import repository
from dangol.house import House
from dangol.settings import Settings
from dangol.store import profiles
from dangol.web.app import create, options
from loadtests.bench.definitions import make

SECRET = "a secret of the benchmark, long enough"
SETTINGS = Settings(secret=SECRET, rate_limit=1e9)


def echo() -> Starlette:
    """The baseline: decode JSON, return the same."""

    async def answer(request: Request) -> Response:
        return JSONResponse(await request.json())

    return Starlette(routes=[Route("/v1/events", answer, methods=["POST"])])


def dangol(url: str, segments: int, campaigns: int, kind: str) -> Starlette:
    """The real server with generated definitions. `read`: each page view reads its profile anew. `live`: it follows
    the definitions in the store."""
    if kind == "read":
        profiles.REMEMBERED = 0
    house = House(SETTINGS, url)
    inner = create(house)

    @asynccontextmanager
    async def lifespan(app: ASGIApp) -> AsyncIterator[None]:
        definitions = make(segments, campaigns)
        if kind == "live":
            await repository.save(house.link, definitions)
            await house.open()
            await house.loaded.wait()
        else:
            await house.adopt({"bench": (1, definitions)})
        yield
        await house.close()

    inner.router.lifespan_context = lifespan
    return inner


def main() -> None:
    """Serve until killed."""
    kind, port, *rest = sys.argv[1:]
    own: dict[str, Any] = {"host": "127.0.0.1", "port": int(port), "log_level": "warning"}
    if kind == "echo":
        uvicorn.run(echo(), access_log=False, server_header=False, proxy_headers=False, **own)
    else:
        app = dangol(rest[0], int(rest[1]), int(rest[2]), rest[3])
        uvicorn.run(app, **options(SETTINGS) | own)


if __name__ == "__main__":
    main()
