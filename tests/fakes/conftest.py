"""A receiver of the fake providers' hooks."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.fakes.serve import running


@dataclass
class Receiver:
    """Its address, what came, and the statuses that it still answers with before 200."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server that keeps what is posted to it."""
    receiver = Receiver()

    async def take(request: Request) -> Response:
        receiver.got.append((dict(request.headers), await request.body()))
        return Response(status_code=receiver.answers.pop(0) if receiver.answers else 200)

    with running(Starlette(routes=[Route("/hook", take, methods=["POST"])])) as url:
        receiver.url = f"{url}/hook"
        yield receiver
