"""What needs a real connection: bodies in pieces, a store that goes away, many at once."""

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from loadtests.browser import DESKTOP

from dangol.store.embedded import EmbeddedStore

ORIGIN = "https://shop.example"


def envelope(*events: dict[str, Any]) -> dict[str, Any]:
    now = int(time.time() * 1000)
    return {"site": "public-key", "sent": now, "page": f"{ORIGIN}/", "events": list(events)}


def view() -> dict[str, Any]:
    return {"id": str(uuid4()), "name": "page_view", "at": int(time.time() * 1000)}


@pytest.fixture
def url(new_house: Any, served: Any) -> str:
    """A served shop."""
    address: str = served(new_house())
    return address


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """A browser's connections."""
    with httpx.Client(headers={"Origin": ORIGIN, "User-Agent": DESKTOP}, timeout=10) as client:
        yield client


def test_a_page_view_goes_through_a_real_socket(url: str, client: httpx.Client) -> None:
    first = client.post(f"{url}/v1/events", json=envelope(view()))
    assert first.status_code == 200
    assert first.headers["content-type"] == "application/json"
    assert first.headers["x-content-type-options"] == "nosniff"
    second = client.post(f"{url}/v1/events", json=envelope(view()))
    assert (second.status_code, second.json()) == (200, {})
    assert client.cookies["dg_shop"] == first.json()["visitor"]


def test_a_body_in_pieces_is_put_together(url: str, client: httpx.Client) -> None:
    body = json.dumps(envelope(view())).encode()
    pieces = iter([body[:7], body[7:8], body[8:]])
    assert client.post(f"{url}/v1/events", content=pieces).status_code == 200


@pytest.mark.parametrize("size", [65_537, 1 << 20])
def test_a_large_body_is_refused_with_its_length_and_without(url: str, client: httpx.Client, size: int) -> None:
    assert client.post(f"{url}/v1/events", content=b"x" * size).status_code == 413
    assert refused_in_pieces(url, size) == 413
    assert client.post(f"{url}/v1/events", json=envelope(view())).status_code == 200


def refused_in_pieces(url: str, size: int) -> int:
    """The status that a chunked body of `size` bytes gets, read even if the server stops listening half way."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.putrequest("POST", "/v1/events")
    connection.putheader("Origin", ORIGIN)
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    try:
        for _ in range(size // 8192 + 1):
            connection.send(b"2000\r\n" + b"x" * 8192 + b"\r\n")
        connection.send(b"0\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has answered already
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_browser_that_leaves_half_way_harms_nobody(url: str, client: httpx.Client) -> None:
    for path in ("/v1/events", "/v1/orders"):
        with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port)) as raw:
            raw.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{{".encode())
    assert client.post(f"{url}/v1/events", json=envelope(view())).status_code == 200


def test_preflights_and_other_methods_are_refused(url: str, client: httpx.Client) -> None:
    for method in ("GET", "PUT", "DELETE"):
        response = client.request(method, f"{url}/v1/events")
        assert response.status_code in (404, 405)
        assert "access-control-allow-origin" not in response.headers


def test_operators_see_health_readiness_and_numbers(url: str, client: httpx.Client) -> None:
    client.post(f"{url}/v1/events", json=envelope(view(), {**view(), "name": "purchase"}))
    assert client.get(f"{url}/healthz").json() == {"ok": True}
    until(lambda: client.get(f"{url}/readyz").json() == {"ready": True})
    numbers = client.get(f"{url}/metrics")
    assert numbers.headers["content-type"].startswith("text/plain")
    for line in (
        'dangol_event_requests_total{outcome="ok"}',
        'dangol_events_total{site="shop"}',
        'dangol_events_dropped_total{reason="data",site="shop"}',
        "dangol_event_seconds_bucket",
        "dangol_lost_races_total",
    ):
        assert line in numbers.text


@pytest.mark.parametrize("path", ["/", "/v1/", "/docs", "/v1/admin", "/metrics/x", "/v1/push"])
def test_what_is_not_there_is_not_found(url: str, client: httpx.Client, path: str) -> None:
    assert client.get(f"{url}{path}").status_code == 404


def until(said: Callable[[], bool]) -> None:
    """Wait until `said` holds."""
    deadline = time.monotonic() + 20
    while not said():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_while_the_store_is_away_browsers_are_told_to_come_back(
    mortal: EmbeddedStore, new_house: Any, served: Any, client: httpx.Client
) -> None:
    url = served(new_house(url=mortal.url))
    before = client.post(f"{url}/v1/events", json=envelope(view()))
    mortal.kill()
    lost = envelope(view())
    for _ in range(3):
        response = client.post(f"{url}/v1/events", json=lost)
        assert response.status_code == 503
        assert int(response.headers["retry-after"]) >= 1
        assert response.headers["access-control-allow-origin"] == ORIGIN
        assert "valkey" not in response.text
    ready = client.get(f"{url}/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (503, False)
    assert "can't be reached" in ready.json()["store"]
    assert client.get(f"{url}/healthz").status_code == 200
    mortal.start()
    until(lambda: client.get(f"{url}/readyz").status_code == 200)
    for _ in range(2):
        assert client.post(f"{url}/v1/events", json=lost).json() == {}
    assert client.cookies["dg_shop"] == before.json()["visitor"]


def test_a_server_without_definitions_is_not_ready(new_house: Any, served: Any, mortal: EmbeddedStore) -> None:
    house = new_house(url=mortal.url)
    url = served(house)
    house.loaded.clear()
    assert httpx.get(f"{url}/readyz").json() == {"ready": False, "definitions": "not loaded and compiled yet"}
    response = httpx.post(f"{url}/v1/events", json=envelope(view()), headers={"Origin": ORIGIN})
    assert (response.status_code, "Retry-After" in response.headers) == (503, True)
    house.loaded.set()


def test_a_change_of_definitions_is_in_force_within_a_second(
    new_house: Any, served: Any, define: Any, client: httpx.Client
) -> None:
    house = new_house()
    url = served(house)
    headers = {"Authorization": f"Bearer {house.by_id['shop'].keys.admin}"}
    wanted = client.get(f"{url}/v1/admin/definitions", headers=headers).json()["definitions"]
    wanted["campaigns"] = [{"id": "hello", "widget": {"use": "popcorn", "params": {"title": "Hi"}}, "holdout": 0}]
    assert client.put(f"{url}/v1/admin/definitions", headers=headers, json=wanted).status_code == 200
    started = time.monotonic()
    until(lambda: "show" in client.post(f"{url}/v1/events", json=envelope(view())).json())
    assert time.monotonic() - started < 5  # a second on a quiet machine
