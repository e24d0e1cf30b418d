"""A running server in a fresh environment shows a third party's widget, and goes on without one that fails."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from loadtests.browser import DESKTOP

from dangol.protocol.tokens import Keys

SECRET = "a secret of the tests, long enough"
ORIGIN = "http://shop.example"


def campaign(use: str, params: dict[str, Any]) -> dict[str, Any]:
    return {"id": use, "widget": {"use": use, "params": params}, "holdout": 0}


SITE = {
    "site": {"id": "third", "key": "pk_third_party", "name": "Third", "origins": [ORIGIN], "language": "en"},
    "segments": [{"id": "empty-cart", "include": {"cart_pieces": {"lt": 1}}}],
    "campaigns": [
        campaign("broken_raising", {}) | {"priority": 9},
        campaign("hello", {"text": "Good day"}) | {"audience": ["empty-cart"]},
    ],
}


@pytest.fixture(scope="module")
def server(environment: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a server in the environment, and its admin key."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "site.yaml").write_text(json.dumps(SITE))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {"DANGOL_PORT": str(port), "DANGOL_DATA_DIR": str(folder), "DANGOL_SECRET": SECRET}
    variables = {name: value for name, value in os.environ.items() if not name.startswith("DANGOL_")} | given
    dangol = [str(environment.python), "-m", "dangol"]
    process = subprocess.Popen([*dangol, "serve"], env=variables, cwd=folder)
    try:
        url = f"http://127.0.0.1:{port}"
        eventually(lambda: httpx.get(f"{url}/readyz").status_code == 200)
        apply = subprocess.run(
            [*dangol, "apply", "site.yaml"], env=variables, cwd=folder, capture_output=True, text=True
        )
        assert apply.returncode == 0, apply.stderr
        key = Keys.derive(SECRET.encode(), "third").admin
        eventually(lambda: httpx.get(f"{url}/v1/admin/definitions", headers=bearer(key)).status_code == 200)
        yield url, key
    finally:
        process.terminate()
        process.wait(20)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def eventually(met: Callable[[], bool]) -> None:
    """Within a minute: a fresh environment compiles the kernels first."""
    end = time.monotonic() + 60
    while True:
        try:
            if met():
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < end, "not within a minute"
        time.sleep(0.1)


def page_view(url: str, number: int) -> dict[str, Any]:
    now = time.time_ns() // 1_000_000
    event = {"id": f"event-{number:04}", "name": "page_view", "at": now, "data": {}}
    body = {"site": "pk_third_party", "sent": now, "page": f"{ORIGIN}/", "events": [event]}
    answer = httpx.post(f"{url}/v1/events", content=json.dumps(body), headers={"Origin": ORIGIN, "User-Agent": DESKTOP})
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def test_the_server_shows_a_third_partys_widget_to_whom_its_condition_holds(server: tuple[str, str]) -> None:
    (shown,) = page_view(server[0], 1)["show"]
    assert shown["widget"] == "hello"
    assert shown["tree"][:3] == ["section", {"class": "hello"}, ["p", {}, "Good day"]]
    (style,) = shown["style"]
    assert httpx.get(server[0] + style).headers["content-type"].startswith("text/css")


def test_a_widget_that_always_fails_is_switched_off_and_told_to_the_operator(server: tuple[str, str]) -> None:
    url, key = server
    for number in range(2, 10):
        assert [shown["widget"] for shown in page_view(url, number)["show"]] == ["hello"]
    told = httpx.get(f"{url}/v1/admin/plugins", headers=bearer(key)).json()["plugins"]
    (broken,) = [status for status in told if status["name"] == "broken_raising"]
    assert broken["state"] == "off"
    assert "ZeroDivisionError" in broken["detail"]
    assert broken["calls"]["raised"] == 5
