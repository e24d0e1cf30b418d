"""The page that shows what has arrived as phones would."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

TYPES = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
NAMES = ("phone.html", "phone.css", "phone.js", "cards.js", "words.js")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src https: http: data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script';"
    " trusted-types 'none'"
)
"""Messages are anybody's words, so the page runs nothing but its own scripts; their pictures come from anywhere."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def routes() -> list[Route]:
    """The page, its scripts and its style."""
    folder = files("dangol.fakes").joinpath("static")
    bodies = {name: folder.joinpath(name).read_bytes() for name in NAMES}

    async def asset(request: Request) -> Response:
        name = request.path_params.get("name", "phone.html")
        if name not in bodies:
            return PlainTextResponse("no such file", 404)
        return Response(bodies[name], headers=HEADERS, media_type=TYPES[name.rpartition(".")[2]])

    return [Route("/", asset, methods=["GET"]), Route("/screen/{name}", asset, methods=["GET"])]
