"""The message desk: a template is changed and seen filled, sent to one's own phone, and what became of all messages is
told."""

import re

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.definitions import document, notation
from dangol.definitions.model import Campaign, Definitions
from dangol.demo.backoffice import BackOffice
from dangol.demo.front import Front
from dangol.demo.words import scripted
from dangol.errors import Invalid
from dangol.web.body import json

LATEST = 30
VARIABLE = re.compile(r"#\{([^{}\n]+)\}")
STATES = ("queued", "held", "sending", "accepted", "delivered", "failed", "refused", "unknown", "parked")
FORMS = ("alimtalk", "brand", "push", "email")
ORIGINS = ("manual", "api", "test")
SPOKEN = ("campaign", "asked", "spent", "clicks", "price", "bytes", "characters", "nothing", "tested")
SAID = (*SPOKEN, *STATES, *FORMS, *ORIGINS)
"""What the page's script says."""


class Post:
    """The handlers."""

    def __init__(self, front: Front, office: BackOffice) -> None:
        self._front = front
        self._office = office

    def routes(self) -> list[Route]:
        """The page, and what its script asks for."""
        return [
            Route("/messages", self.page, methods=["GET"]),
            Route("/messages/templates", self.templates, methods=["GET"]),
            Route("/messages/preview", self.preview, methods=["POST"]),
            Route("/messages/test", self.test, methods=["POST"]),
            Route("/messages/results", self.results, methods=["GET"]),
            Route("/messages/latest", self.latest, methods=["GET"]),
        ]

    async def page(self, request: Request) -> Response:
        """The desk."""
        visit = self._front.visit(request)
        return self._front.page(visit, "post.html", said=scripted(visit.language, "post", SAID))

    async def templates(self, request: Request) -> Response:
        """The templates that campaigns use, as they are written, with the campaign that a test of each stands for."""
        definitions = await self._definitions()
        if isinstance(definitions, Response):
            return definitions
        by_template = {each.message.template: each for each in definitions.campaigns if each.message is not None}
        return json(
            [
                {
                    "id": one.id,
                    "name": one.name,
                    "text": notation.dump(document.written(one)),
                    "currency": definitions.site.currency,
                    **_used(by_template[one.id]),
                }
                for one in definitions.templates
                if one.id in by_template
            ]
        )

    async def preview(self, request: Request) -> Response:
        """The posted template filled as for this browser's language, and what is wrong with it. Each variable has its
        own name as its value: the cause would bring others."""
        visit = self._front.visit(request)
        form = await visit.form()
        try:
            template = notation.load(form.get("template", ""))
        except Invalid as error:
            return json({"error": str(error)}, 400)
        named = {name: name for name in VARIABLE.findall(form["template"])}
        asked = {"template": template, "variables": named, "language": visit.language, "sender": form.get("sender", "")}
        return await self._office.ask("POST", "templates/preview", content=msgspec.json.encode(asked))

    async def test(self, request: Request) -> Response:
        """Send a campaign's message, as it is saved, to a number."""
        visit = self._front.visit(request)
        form = await visit.form()
        asked = {"campaign": form.get("campaign", ""), "to": [form.get("to", "")], "language": visit.language}
        return await self._office.ask("POST", "sends/test", content=msgspec.json.encode(asked))

    async def results(self, request: Request) -> Response:
        """What became of each campaign's messages, and what the campaigns are called."""
        definitions, answer = await self._definitions(), await self._office.ask("GET", "messages/report")
        if isinstance(definitions, Response) or answer.status_code != 200:
            return definitions if isinstance(definitions, Response) else answer
        names = {each.id: each.name for each in definitions.campaigns if each.name}
        return json({**msgspec.json.decode(answer.body), "names": names})

    async def latest(self, request: Request) -> Response:
        """The latest requests."""
        return await self._office.ask("GET", "messages", params={"limit": LATEST})

    async def _definitions(self) -> Definitions | Response:
        """Those in force, or what dangol says instead."""
        answer = await self._office.ask("GET", "definitions")
        if answer.status_code != 200:
            return answer
        return msgspec.convert(msgspec.json.decode(answer.body)["definitions"], Definitions)


def _used(campaign: Campaign) -> dict[str, str]:
    assert campaign.message is not None  # it is one of those with a template
    return {"campaign": campaign.id, "sender": campaign.message.use}
