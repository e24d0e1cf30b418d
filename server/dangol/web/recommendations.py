"""`POST /v1/recommendations`: what goes with products, a cart or a shopper, for the shop's own pages and letters."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.errors import Unavailable
from dangol.house import House
from dangol.profile.model import Profile
from dangol.protocol import tokens
from dangol.protocol.strict import decode
from dangol.recommend.question import Question, told, unknown, wish_of
from dangol.runtime import SiteRuntime
from dangol.web.body import json, read_body
from dangol.web.keyed import keyed

LONGEST_BODY = 65_536

_decode = msgspec.json.Decoder(Question).decode


def routes(house: House) -> list[Route]:
    """The route for server keys."""
    answer = Recommendations(house).answer
    return [Route("/v1/recommendations", keyed(house, "server", answer), methods=["POST"])]


class Recommendations:
    """The handler."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def answer(self, request: Request, runtime: SiteRuntime) -> Response:
        """The products with their price now, why and by whom; `unknown` are those asked about that the catalogue does
        not have."""
        question = decode(_decode, await read_body(request.scope, request.receive, LONGEST_BODY))
        site, now, offering = runtime.site, self._house.now(), self._house.engine.stage.offering
        offering.check(question.recommenders)
        if self._house.shelves.unread([site.id]):
            raise Unavailable("the catalogue is being read for the first time; see /readyz")
        wish = wish_of(question, await self._profile(question, runtime), site.currency, now)
        offered = await offering.offer(site, wish)
        items = told(offered, site, question.language, now)
        return json({"items": items, "unknown": unknown(question, self._house.shelves.of(site.id))})

    async def _profile(self, question: Question, runtime: SiteRuntime) -> Profile | None:
        """The shopper's, as it is now; an empty one where nothing is known."""
        if question.member:
            return await self._house.engine.look(runtime, tokens.member_profile(runtime.keys, question.member))
        if question.visitor:
            return await self._house.engine.look(runtime, question.visitor.partition(".")[0])
        return None
