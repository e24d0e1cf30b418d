"""Hooks as the fake providers post them: late, doubled and forged."""

import time
from collections.abc import Iterator, Sequence

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tests.conftest import Fakes
from tests.plugins import contents
from tests.plugins.contents import request

from dangol.fakes.faults import Provider
from dangol.fakes.serve import running
from dangol.plugin import Channel, Hook, Told, Untrusted
from dangol_plugins.aligo import Aligo
from dangol_plugins.nhn import Nhn
from dangol_plugins.solapi import Solapi

pytestmark = pytest.mark.anyio

PARAMS = {"solapi": Solapi.Params(number="0212345678", profile="KA01PF"), "nhn": Nhn.Params(number="0212345678")}
CHANNELS: dict[Provider, type[Channel]] = {"solapi": Solapi, "nhn": Nhn}
SENT = [request(contents.SMS, "01012345678", "k1"), request(contents.ALIMTALK, "01012340000", "k2", 이름="김단골")]
BOTH: list[Provider] = ["solapi", "nhn"]


@pytest.fixture
def hooks(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Hook]]:
    """What the fakes have posted."""
    got: list[Hook] = []

    async def take(request: Request) -> Response:
        got.append(Hook(dict(request.headers), await request.body()))
        return Response()

    for name, value in fakes.environment.items():
        monkeypatch.setenv(name, value)
    with running(Starlette(routes=[Route("/hook", take, methods=["POST"])])) as url:
        for provider in BOTH:
            fakes.hook(provider, f"{url}/hook")
        yield got


def after(hooks: Sequence[Hook], count: int) -> None:
    end = time.monotonic() + 5
    while len(hooks) < count:
        assert time.monotonic() < end, f"{len(hooks)} hooks came"
        time.sleep(0.01)


def told(provider: Provider, hooks: Sequence[Hook]) -> list[Told]:
    channel = CHANNELS[provider]()
    return [each for hook in hooks for each in channel.told(PARAMS[provider], hook)]


@pytest.mark.parametrize("provider", BOTH)
async def test_results_come_with_our_keys_and_the_providers_ids(
    fakes: Fakes, hooks: list[Hook], provider: Provider
) -> None:
    receipts = await CHANNELS[provider]().send_many(PARAMS[provider], SENT)
    after(hooks, 2 if provider == "nhn" else 1)
    found = {each.key: each for each in told(provider, hooks)}
    assert {key: each.receipt and each.receipt.state for key, each in found.items()} == {
        "k1": "delivered",
        "k2": "failed",
    }
    assert [found[key].provider_id for key in ("k1", "k2")] == [each.provider_id for each in receipts]


@pytest.mark.parametrize("provider", BOTH)
async def test_a_hook_that_comes_twice_tells_the_same_twice(
    fakes: Fakes, hooks: list[Hook], provider: Provider
) -> None:
    fakes.fault("double_hook", provider)
    await CHANNELS[provider]().send_many(PARAMS[provider], SENT[:1])
    after(hooks, 2)
    assert told(provider, hooks[:1]) == told(provider, hooks[1:])


@pytest.mark.parametrize("provider", BOTH)
async def test_a_late_hook_still_tells(fakes: Fakes, hooks: list[Hook], provider: Provider) -> None:
    fakes.fault("late_hook", provider, seconds=0.2)
    await CHANNELS[provider]().send_many(PARAMS[provider], SENT[:1])
    assert not hooks
    after(hooks, 1)
    assert [each.key for each in told(provider, hooks)] == ["k1"]


@pytest.mark.parametrize("provider", BOTH)
async def test_a_hook_with_another_secret_is_not_believed(
    fakes: Fakes, hooks: list[Hook], provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    await CHANNELS[provider]().send_many(PARAMS[provider], SENT[:1])
    after(hooks, 1)
    name = f"{provider.upper()}_HOOK_SECRET"
    monkeypatch.setenv(name, "another")
    with pytest.raises(Untrusted) as refused:
        told(provider, hooks)
    assert "hook-secret" not in str(refused.value)
    monkeypatch.delenv(name)
    with pytest.raises(Untrusted, match=name):
        told(provider, hooks)


def test_aligo_takes_no_hooks() -> None:
    with pytest.raises(Untrusted):
        Aligo().told(Aligo.Params(), Hook({}, b"{}"))
