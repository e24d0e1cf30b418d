"""The marketer's desk: a segment is written here, its size told while typing, and why this shopper is in it or not."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.definitions import notation
from dangol.demo.backoffice import BackOffice
from dangol.demo.front import Front, whose
from dangol.demo.settings import ShopSettings
from dangol.demo.words import scripted
from dangol.errors import Invalid
from dangol.web.body import json

STARTERS = {
    "desk_regulars": """\
include:
  all:
    - orders: {gte: 3}
    - spent: {gte: 10000}   # pence
exclude:
  days_since_last_order: {lte: 7}
""",
    "desk_window": """\
include:
  all:
    - did: {event: view_item, gte: 3, within: 7d}
    - not: {did: {event: add_to_cart, gte: 1, within: 7d}}
""",
    "desk_cart": """\
include:
  all:
    - cart_total: {gte: 2000, lt: 5000}
    - did_but_not:
        first: {event: add_to_cart}
        then: {event: purchase}
        within: 30m
        last: 7d
""",
    "desk_landing": """\
include:
  any:
    - utm_source: {is: newsletter}
    - landing_page: {starts: /category/}
exclude:
  logged_in: true
""",
}
"""Segments to begin with, by the key of their name in words.yaml."""

SAID = ("took", "looking", "nobody", "held", "failed", "all", "any", "not")
"""What the page's script says."""


class Desk:
    """The handlers."""

    def __init__(self, front: Front, settings: ShopSettings, office: BackOffice) -> None:
        self._front = front
        self._settings = settings
        self._office = office

    def routes(self) -> list[Route]:
        """The page, and what its script asks for."""
        return [
            Route("/segments", self.page, methods=["GET"]),
            Route("/segments/size", self.size, methods=["POST"]),
            Route("/segments/saved", self.saved, methods=["GET"]),
            Route("/segments/why", self.why, methods=["GET"]),
        ]

    async def page(self, request: Request) -> Response:
        """The desk, with a segment to begin with."""
        visit = self._front.visit(request)
        said = scripted(visit.language, "desk", SAID)
        return self._front.page(visit, "desk.html", starters=STARTERS, said=said)

    async def size(self, request: Request) -> Response:
        """How many shoppers the posted segment holds for, or what is wrong with it."""
        visit = self._front.visit(request)
        try:
            written = notation.load((await visit.form()).get("segment", ""))
        except Invalid as error:
            return json({"error": str(error)}, 400)
        return await self._office.ask("POST", "segments/size", content=msgspec.json.encode(written))

    async def saved(self, request: Request) -> Response:
        """The segments in force, with their sizes."""
        return await self._office.ask("GET", "segments")

    async def why(self, request: Request) -> Response:
        """Which conditions of a saved segment hold for this very shopper."""
        visit = self._front.visit(request)
        query = {"segment": visit.asked.get("segment", ""), "url": f"{self._settings.base_url}/", **whose(visit)}
        return await self._office.ask("GET", "explain", params=query)
