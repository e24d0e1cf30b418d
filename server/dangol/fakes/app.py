"""The app of all fake providers: their routes, the switches, and what arrived."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from dangol.fakes import screen
from dangol.fakes.aligo_kakao import Talk
from dangol.fakes.aligo_texts import Texts
from dangol.fakes.apns import Apns
from dangol.fakes.arrival import Shown
from dangol.fakes.door import Refused, body_of, json
from dangol.fakes.faults import PROVIDERS, Fault, Provider
from dangol.fakes.fcm import Fcm
from dangol.fakes.hooks import Hooks
from dangol.fakes.nhn_kakao import Kakao
from dangol.fakes.nhn_sms import Sms
from dangol.fakes.numbers import digits
from dangol.fakes.solapi import Solapi
from dangol.fakes.templates import Registered
from dangol.fakes.webpush import WebPush
from dangol.fakes.world import World

HOSTS = ["127.0.0.1", "localhost", "::1"]


class HookAddress(Struct, forbid_unknown_fields=True):
    """Where a provider tells results; empty: nowhere."""

    provider: Provider
    url: Annotated[str, Meta(pattern=r"^(http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?/\S*)?\Z")]


class OfTemplate(Struct, forbid_unknown_fields=True):
    """A template that a provider shall know."""

    provider: Provider
    template: Registered


class OfBalance(Struct, forbid_unknown_fields=True):
    """What is left on a provider's account, in won."""

    provider: Provider
    balance: Annotated[float, Meta(ge=0)]


class Refusal(Struct, forbid_unknown_fields=True):
    """Somebody has called the free number so as to get no more advertisements."""

    number: Annotated[str, Meta(pattern=r"^[0-9-]{9,16}\Z")]
    free: Annotated[str, Meta(pattern=r"^080[0-9-]{7,10}\Z")] = "0801234567"


def create(world: World | None = None, *, pause: float = 1.0) -> Starlette:
    """The app for `world`, a new one where it is None. `pause` is the seconds before a hook is tried again."""
    world = world or World()
    hooks = Hooks(world, pause)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await hooks.close()

    sms = Sms(world, hooks)
    routes: list[BaseRoute] = [
        Mount("/solapi", routes=Solapi(world, hooks).routes()),
        Mount("/nhn", routes=[*Kakao(world, hooks).routes(), *sms.routes()]),
        Mount("/aligo", routes=[*Texts(world).routes(), *Talk(world).routes()]),
        Mount("/fcm", routes=Fcm(world).routes()),
        Mount("/apns", routes=Apns(world).routes()),
        Mount("/webpush", routes=WebPush(world).routes()),
        *Switches(world, hooks, sms).routes(),
        *screen.routes(world),
    ]
    # Another host name than these is a page of somewhere else that has found out about the port.
    app = Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(TrustedHostMiddleware, HOSTS)])
    app.state.world = world
    return app


class Switches:
    """What a test or the page asks and sets."""

    def __init__(self, world: World, hooks: Hooks, sms: Sms) -> None:
        self.world, self.hooks, self.sms = world, hooks, sms

    def routes(self) -> list[Route]:
        """Under `/`."""
        return [
            Route("/arrived", self.arrived, methods=["GET"]),
            Route("/arrived", self.forget, methods=["DELETE"]),
            Route("/counts", self.counts, methods=["GET"]),
            Route("/faults", self.faults, methods=["GET"]),
            Route("/faults", self.clear, methods=["DELETE"]),
            self._setting("/faults", Fault, self.world.faults.add),
            self._setting("/hooks", HookAddress, self._hook),
            self._setting("/templates", OfTemplate, self._template),
            self._setting("/balance", OfBalance, self._balance),
            self._setting("/refusals", Refusal, self._refuse),
        ]

    def _setting(self, path: str, shape: type[Struct], keep: object) -> Route:
        async def endpoint(request: Request) -> Response:
            # Only JSON: another site's page can't send that without being asked first.
            if request.headers.get("content-type", "").partition(";")[0] != "application/json":
                return json({"error": "Content-Type: expected application/json"}, 415)
            try:
                keep(msgspec.json.decode(await body_of(request), type=shape))  # type: ignore[operator]
            except Refused as refused:
                return json({"error": str(refused)}, refused.status)
            except (msgspec.DecodeError, ValueError) as error:
                return json({"error": f"body: {error}"}, 400)
            return Response(status_code=204)

        return Route(path, endpoint, methods=["POST"])

    def _hook(self, wanted: HookAddress) -> None:
        self.world.hooks.pop(wanted.provider, None)
        if wanted.url:
            self.world.hooks[wanted.provider] = wanted.url

    def _template(self, wanted: OfTemplate) -> None:
        if wanted.provider not in self.world.templates:
            raise ValueError(f"{wanted.provider} keeps no templates")
        self.world.templates[wanted.provider].register(wanted.template)

    def _balance(self, wanted: OfBalance) -> None:
        if wanted.provider not in self.world.balance:
            raise ValueError(f"{wanted.provider} has no balance")
        self.world.balance[wanted.provider] = wanted.balance

    def _refuse(self, wanted: Refusal) -> None:
        self.world.refused.add(digits(wanted.number))
        self.hooks.post("nhn", lambda count: self.sms.refused(digits(wanted.number), wanted.free))

    async def arrived(self, request: Request) -> Response:
        """Each message once, the oldest first; with `limit` the latest of them."""
        provider = request.query_params.get("provider")
        if provider is not None and provider not in PROVIDERS:
            return json({"error": f"provider: expected one of {', '.join(PROVIDERS)}"}, 400)
        limit, now = request.query_params.get("limit", ""), self.world.clock()
        found = self.world.of(provider)
        latest = found[-max(int(limit), 1) :] if limit.isascii() and limit.isdigit() and len(limit) < 9 else found
        return json([Shown(arrival, arrival.state(now)) for arrival in latest])

    async def counts(self, request: Request) -> Response:
        """How many have arrived at each, also of those that are forgotten."""
        return json({provider: self.world.counts[provider] for provider in PROVIDERS})

    async def forget(self, request: Request) -> Response:
        """Empty the phones."""
        self.world.arrived.clear()
        self.world.counts.clear()
        return Response(status_code=204)

    async def faults(self, request: Request) -> Response:
        """What is switched on."""
        return json(self.world.faults.on)

    async def clear(self, request: Request) -> Response:
        """Switch everything off."""
        self.world.faults.clear()
        return Response(status_code=204)
