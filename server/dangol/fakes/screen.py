"""The page that shows what has arrived as phones would."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dangol.fakes.world import World

TYPES = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
NAMES = ("phone.html", "phone.css", "phone.js", "cards.js", "words.js")
IMAGES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n": "image/png", b"GIF8": "image/gif"}
"""What files begin with; whatever else was uploaded is not shown."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: http: data:;"
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


def routes(world: World) -> list[Route]:
    """The page, its scripts and its style, and the images that providers were given."""
    folder = files("dangol.fakes").joinpath("static")
    bodies = {name: folder.joinpath(name).read_bytes() for name in NAMES}

    async def asset(request: Request) -> Response:
        name = request.path_params.get("name", "phone.html")
        if name not in bodies:
            return PlainTextResponse("no such file", 404)
        return Response(bodies[name], headers=HEADERS, media_type=TYPES[name.rpartition(".")[2]])

    async def image(request: Request) -> Response:
        content = world.files.get(request.path_params["name"])
        kind = next((kind for start, kind in IMAGES.items() if content and content.startswith(start)), "")
        if content is None or not kind:
            return PlainTextResponse("no such image", 404)
        return Response(content, headers=HEADERS, media_type=kind)

    return [
        Route("/", asset, methods=["GET"]),
        Route("/screen/{name}", asset, methods=["GET"]),
        Route("/files/{name}", image, methods=["GET"]),
    ]
