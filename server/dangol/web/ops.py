"""What operators' tools ask: alive, ready, and the numbers."""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.house import House
from dangol.web.body import json


def routes(house: House) -> list[Route]:
    """/healthz, /readyz and /metrics."""

    async def healthz(request: Request) -> Response:
        return json({"ok": True})

    async def readyz(request: Request) -> Response:
        troubles = await house.troubles()
        return json({"ready": not troubles, **troubles}, 503 if troubles else 200)

    async def metrics(request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
