"""The campaign desk: a campaign is changed and looked at on the shop's own page before it is in force, and what the
others have done so far is told."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.definitions import document, notation
from dangol.definitions.model import Campaign
from dangol.demo.backoffice import BackOffice
from dangol.demo.front import Front
from dangol.demo.settings import ShopSettings
from dangol.demo.words import scripted
from dangol.errors import Invalid
from dangol.web.body import json

PAGES = {"home": "/", "product": "/product/22423", "category": "/category/table", "cart": "/cart"}
"""Pages to look at a campaign on, by the key of their name in words.yaml."""

SAID = ("arm", "arm_holdout", "arm_on", "entered", "seen", "clicked", "orders", "revenue", "nothing")
"""What the page's script says."""


class Board:
    """The handlers."""

    def __init__(self, front: Front, settings: ShopSettings, office: BackOffice) -> None:
        self._front = front
        self._settings = settings
        self._office = office

    def routes(self) -> list[Route]:
        """The page, and what its script asks for."""
        return [
            Route("/campaigns", self.page, methods=["GET"]),
            Route("/campaigns/saved", self.saved, methods=["GET"]),
            Route("/campaigns/preview", self.preview, methods=["POST"]),
            Route("/campaigns/results", self.results, methods=["GET"]),
        ]

    async def page(self, request: Request) -> Response:
        """The desk."""
        visit = self._front.visit(request)
        said = scripted(visit.language, "board", SAID)
        return self._front.page(visit, "board.html", pages=PAGES, said=said)

    async def saved(self, request: Request) -> Response:
        """The campaigns with a widget that are in force, as they are written."""
        answer = await self._office.ask("GET", "definitions")
        if answer.status_code != 200:
            return answer
        campaigns = msgspec.convert(msgspec.json.decode(answer.body)["definitions"]["campaigns"], list[Campaign])
        return json(
            [
                {"id": one.id, "name": one.name, "text": notation.dump(document.written(one))}
                for one in campaigns
                if one.widget is not None
            ]
        )

    async def preview(self, request: Request) -> Response:
        """A link on which this browser alone sees the posted campaign, or what is wrong with it."""
        visit = self._front.visit(request)
        form = await visit.form()
        try:
            campaign = notation.load(form.get("campaign", ""))
        except Invalid as error:
            return json({"error": str(error)}, 400)
        page = PAGES.get(form.get("page", ""), "/")
        asked = {"campaign": campaign, "url": f"{self._settings.base_url}{page}", "language": visit.language}
        return await self._office.ask("POST", "preview", content=msgspec.json.encode(asked))

    async def results(self, request: Request) -> Response:
        """What every campaign has done."""
        visit = self._front.visit(request)
        return await self._office.ask("GET", "campaigns/report", params={"language": visit.language})
