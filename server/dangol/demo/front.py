"""The shop's front: which shopper asks, and the page that is the answer."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jinja2
import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dangol.demo.calls import Call
from dangol.demo.carts import FREE_FROM, SHIPPING
from dangol.demo.categories import Language, categories
from dangol.demo.sessions import Session, Sessions
from dangol.demo.settings import ShopSettings
from dangol.demo.words import LANGUAGES, pounds, preferred, speaker
from dangol.errors import Invalid, Problem
from dangol.tag import stub, stub_source
from dangol.web.body import read_body

LONGEST_FORM = 8_192
MOST_FIELDS = 20
YEAR = 365 * 86_400


@dataclass(slots=True)
class Visit:
    """A request, in its shopper's session and language."""

    request: Request
    language: Language
    session: Session
    asked: Mapping[str, str] = field(default_factory=dict)

    async def form(self) -> dict[str, str]:
        """The fields of a posted form. Raises Invalid for one that is too large."""
        body = await read_body(self.request.scope, self.request.receive, LONGEST_FORM)
        try:
            return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS))
        except ValueError:
            raise Invalid([Problem("body", "a form", f"at most {MOST_FIELDS} fields")]) from None

    def in_language(self, language: str) -> str:
        """This page's address, in another language."""
        query = {**self.asked, "lang": language}
        return f"{self.request.url.path}?{urlencode(query)}"


class Front:
    """Sessions, templates and cookies, the same for all pages."""

    def __init__(self, settings: ShopSettings, sessions: Sessions) -> None:
        self.settings = settings
        self.sessions = sessions
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("dangol.demo"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self._templates.filters["pounds"] = pounds
        self._templates.globals.update(
            settings=settings, stub=stub(), categories=categories(), free_from=FREE_FROM, usual_shipping=SHIPPING
        )

    def visit(self, request: Request) -> Visit:
        """Who asks."""
        asked = request.query_params
        accepted = request.headers.get("accept-language", "")
        language = preferred(asked.get("lang", ""), request.cookies.get("lang", ""), accepted)
        return Visit(request, language, self.sessions.find(request.cookies.get("ongi", "")), asked)

    def page(
        self, visit: Visit, template: str, calls: Sequence[Call] = (), status: int = 200, **values: Any
    ) -> Response:
        """A page, with dangol's script and the calls that it makes."""
        session = visit.session
        told: list[Call] = []
        if status == 200:  # a page that is missing may be a picture, which makes no calls
            told, session.told = session.told, told
        spoken = speaker(visit.language)
        body = self._templates.get_template(template).render(
            t=spoken,
            language=visit.language,
            other=next(one for one in LANGUAGES if one != visit.language),
            visit=visit,
            session=session,
            phone_url=self.settings.phone_url,
            events=embedded([*self._identity(session), *told, *calls]),
            **values,
        )
        return self.keep(visit, HTMLResponse(body, status))

    def redirect(self, visit: Visit, to: str, task: BackgroundTask | None = None) -> Response:
        """Go on at another page of the shop."""
        return self.keep(visit, RedirectResponse(to, 303, background=task))

    def keep(self, visit: Visit, response: Response) -> Response:
        """The response with the cookies that the visit needs; it is nobody else's."""
        response.headers["Cache-Control"] = "no-store"
        if not visit.session.empty:
            self._cookie(response, "ongi", self.sessions.keep(visit.session))
        if visit.asked.get("lang") == visit.language:
            self._cookie(response, "lang", visit.language, YEAR)
        return response

    def _cookie(self, response: Response, name: str, value: str, life: int | None = None) -> None:
        secure = self.settings.base_url.startswith("https:")
        response.set_cookie(name, value, max_age=life, httponly=True, samesite="lax", secure=secure)

    def _identity(self, session: Session) -> list[Call]:
        if session.account is None:
            return []
        return [["member", session.account.token(self.settings.identity_secret, time.time())]]


def whose(visit: Visit) -> dict[str, str]:
    """By what dangol knows who is there."""
    if visit.session.account is not None:
        return {"member": visit.session.account.id}
    return {"visitor": visit.request.cookies.get("dg_demo", "")}  # a cookie does not tell ports apart


def embedded(calls: Sequence[Call]) -> str:
    """JSON that can't end the script element it stands in."""
    return msgspec.json.encode(calls).decode().replace("<", "\\u003c")


def policy(settings: ShopSettings) -> str:
    """The Content-Security-Policy: this shop and dangol, and no inline code but the stub."""
    dangol = settings.dangol_url
    return (
        f"default-src 'none'; script-src 'self' {dangol} {stub_source()}; connect-src 'self' {dangol}; "
        f"style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
