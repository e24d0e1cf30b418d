"""The snippet, the modules that it loads on demand, and the widgets' styles."""

import gzip
import hashlib
from importlib.resources import files

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dangol.render.renderer import Renderer

SHORT = "public, max-age=3600, stale-while-revalidate=86400"
FOREVER = "public, max-age=31536000, immutable"
WORKER = "push-worker.js"


class Stamp(msgspec.Struct):
    """What the build has left beside the scripts: the version in the addresses of modules, and the scripts' digests."""

    version: str
    files: dict[str, str]


class Asset:
    """A file in memory, plain and compressed, with its tag. `version`: under `?v=` of it the file never changes."""

    def __init__(self, body: bytes, media_type: str, cache: str = SHORT, version: str = "") -> None:
        self.body = body
        self.packed = gzip.compress(body, 9, mtime=0)
        self.media_type = media_type
        self.version = version
        self.tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        self.headers = {
            "ETag": self.tag,
            "Cache-Control": cache,
            "Vary": "Accept-Encoding",
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        }

    def respond(self, request: Request) -> Response:
        """The file, its compressed form, or 304."""
        headers = self.headers
        # Servers of two versions may run side by side: what another one's snippet asks for is no file of ours for ever.
        if self.version and request.query_params.get("v") == self.version:
            headers = {**headers, "Cache-Control": FOREVER}
        if request.headers.get("if-none-match") == self.tag:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=self.media_type)
        return Response(self.body, headers=headers, media_type=self.media_type)


def routes(renderer: Renderer) -> list[Route]:
    """Raises FileNotFoundError where the snippet was not built."""
    static = files("dangol").joinpath("static")
    stamp = msgspec.json.decode(static.joinpath("snippet.json").read_bytes(), type=Stamp)
    assets = {
        name: Asset(static.joinpath(name).read_bytes(), "text/javascript; charset=utf-8", version=stamp.version)
        for name in stamp.files
    }
    # Where a shop serves dangol under a path of its own, the worker may look after the whole shop all the same.
    assets[WORKER].headers["Service-Worker-Allowed"] = "/"
    for address, css in renderer.sheets().items():
        assets[address.removeprefix("/v1/")] = Asset(css, "text/css; charset=utf-8", FOREVER)

    async def asset(request: Request) -> Response:
        found = assets.get(request.path_params["name"])
        return found.respond(request) if found else PlainTextResponse("no such file", 404)

    return [Route("/v1/{name:path}", asset, methods=["GET"])]
