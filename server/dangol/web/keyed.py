"""Routes for holders of a site's key: the shop's server, or an administrator."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Literal

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.errors import Invalid, Unavailable
from dangol.house import House
from dangol.runtime import SiteRuntime
from dangol.web.body import json, refusal

Handler = Callable[[Request, SiteRuntime], Awaitable[Response]]
Role = Literal["server", "admin"]


def keyed(house: House, role: Role, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that finds the site by the bearer key, and answers every refusal in JSON."""

    async def endpoint(request: Request) -> Response:
        try:
            if not house.loaded.is_set():
                raise Unavailable("the definitions are not loaded yet")
            runtime = _holder(house, role, request.headers.get("authorization", ""))
            if runtime is None and house.unserved:
                raise Unavailable("the definitions of a site can't be read or compiled; see /readyz")
            if runtime is None:
                return json({"error": f"Authorization: expected 'Bearer' and a site's {role} key"}, 401)
            return await handler(request, runtime)
        except Invalid as error:
            return refusal(error, told=role == "admin")
        except Unavailable as error:
            return json({"error": str(error)}, 503, {"Retry-After": "2"})
        except ClientDisconnect:
            return json({"error": "body: expected all of it"}, 400)  # nobody reads it

    return endpoint


def admin_route(house: House, path: str, handler: Handler, method: str = "GET") -> Route:
    """A route for holders of the admin key."""
    return Route(path, keyed(house, "admin", handler), methods=[method])


def _holder(house: House, role: Role, header: str) -> SiteRuntime | None:
    scheme, _, secret = header.partition(" ")
    given = secret.encode("latin-1", "replace") if scheme.lower() == "bearer" else b""
    holder = None
    for runtime in house.by_id.values():  # all of them, so that the time tells nothing
        key = runtime.keys.server if role == "server" else runtime.keys.admin
        if hmac.compare_digest(given, key.encode()):
            holder = runtime
    return holder
