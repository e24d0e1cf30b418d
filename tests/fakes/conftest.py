"""A receiver of the fake providers' hooks."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

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

    def read(self) -> list[Any]:
        """The bodies as JSON."""
        return [json.loads(body) for _, body in self.got]


def until(found: Callable[[], Any]) -> Any:
    """Wait for something that happens soon; gives what it is."""
    end = time.monotonic() + 5
    while not (value := found()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
    return value


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
