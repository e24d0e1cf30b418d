"""The recommendation desk: every recommender's answer to the same basket, and how it follows what the shop changes."""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.demo import stock
from dangol.demo.backoffice import BackOffice
from dangol.demo.carts import FREE_FROM
from dangol.demo.front import Front, whose
from dangol.demo.history import sample
from dangol.demo.pages import shown
from dangol.demo.replay import product_row
from dangol.demo.words import scripted
from dangol.web.body import json

RECOMMENDERS = (
    "bought_together",
    "viewed_together",
    "similar",
    "popular",
    "personal",
    "recently_viewed",
    "new_arrivals",
)
CAMPAIGN = "bought-together"
OFFERED = 4
CHIPS = 12
MOST_CHOSEN = 10
SAID = (
    *RECOMMENDERS,
    *stock.CHANGES,
    *("sale", "state", "nothing", "gap", "free", "arm", "exposures", "clicks", "rate", "orders", "revenue", "none_yet"),
)
"""What the page's script says."""


class Adviser:
    """The handlers."""

    def __init__(self, front: Front, office: BackOffice) -> None:
        self._front = front
        self._office = office

    def routes(self) -> list[Route]:
        """The page, and what its script asks for."""
        return [
            Route("/recommendations", self.page, methods=["GET"]),
            Route("/recommendations/changed", self.changed, methods=["GET"]),
            Route("/recommendations/ask", self.ask, methods=["POST"]),
            Route("/recommendations/change", self.change, methods=["POST"]),
            Route("/recommendations/strip", self.strip, methods=["GET"]),
        ]

    async def page(self, request: Request) -> Response:
        """The desk."""
        visit = self._front.visit(request)
        said = scripted(visit.language, "adviser", SAID)
        return self._front.page(visit, "adviser.html", said=said, chips=shown()[:CHIPS])

    async def changed(self, request: Request) -> Response:
        """The products that are not as usual."""
        return json([{"id": one.id, "name": one.title, "state": state} for one, state in stock.changed()])

    async def ask(self, request: Request) -> Response:
        """What each recommender offers to the posted basket; with `gap` what closes the gap to free delivery."""
        visit = self._front.visit(request)
        form = await visit.form()
        chosen = [one for one in form.get("products", "").split() if one in sample().products][:MOST_CHOSEN]
        goods = sum(sample().products[one].price for one in chosen)
        asked = {"cart": chosen, "count": OFFERED, "language": visit.language}
        if form.get("gap") and 0 < goods < FREE_FROM:
            asked["gap"] = (FREE_FROM - goods) / 100
        asked |= whose(visit)
        bodies = [msgspec.json.encode({**asked, "recommenders": [name]}) for name in RECOMMENDERS]
        answers = await asyncio.gather(*(self._office.ask_shop("POST", "recommendations", each) for each in bodies))
        wrong = next((one for one in answers if one.status_code != 200), None)
        if wrong is not None:
            return wrong
        offered = {
            name: msgspec.json.decode(one.body)["items"] for name, one in zip(RECOMMENDERS, answers, strict=True)
        }
        return json({"goods": goods, "gap": max(FREE_FROM - goods, 0), "offered": offered})

    async def change(self, request: Request) -> Response:
        """A product is sold out, put away, put on sale or as usual again, and dangol is told."""
        form = await self._front.visit(request).form()
        product = stock.change(form.get("product", ""), form.get("what", ""))
        if product is None:
            return json({"error": "product, what: expected a product of this shop and a change that there is"}, 400)
        row = product_row(product, self._front.settings.base_url)
        return await self._office.ask_shop("POST", "products", msgspec.json.encode({"products": [row]}))

    async def strip(self, request: Request) -> Response:
        """What the product page's strip has done, by recommender."""
        return await self._office.ask("GET", f"campaigns/{CAMPAIGN}/strip")
