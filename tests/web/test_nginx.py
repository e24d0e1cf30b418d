"""dangol under a path of the shop, behind a real nginx that runs the very configuration of docs/privacy.md."""

import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from loadtests.browser import DESKTOP

ROOT = Path(__file__).parents[2]
OTHERS = "127.0.0.2", "127.0.0.3"
PAGE = 'location / { return 404; } location = / { default_type text/html; return 200 "the shop"; }'

Front = Callable[..., str]


@pytest.fixture
def front(new_house: Any, define: Any, served: Any, nginx: Any) -> Front:
    """The shop's address, with dangol under /dg/: `url = front(rate_limit=1)`."""

    def start(**settings: Any) -> str:
        given = {"trusted_proxies": "127.0.0.1", **settings}
        campaign = {"id": "hello", "widget": {"use": "popcorn", "params": {"title": "Hello"}}, "holdout": 0}
        nginx.serve(served(new_house(define(campaigns=[campaign], origins=[nginx.url]), **given)), PAGE)
        url: str = nginx.url
        return url

    return start


def browser(url: str, address: str = "127.0.0.1", **headers: str) -> httpx.Client:
    """A browser on a page of the shop, whose requests come from `address`."""
    given = {"Origin": url, "User-Agent": DESKTOP, "Sec-Fetch-Site": "same-origin", **headers}
    return httpx.Client(base_url=url, headers=given, transport=httpx.HTTPTransport(local_address=address))


def view(url: str) -> dict[str, Any]:
    now = int(time.time() * 1000)
    event = {"id": str(uuid4()), "name": "page_view", "at": now}
    return {"site": "public-key", "sent": now, "page": f"{url}/", "events": [event]}


def send(client: httpx.Client, **headers: str) -> httpx.Response:
    return client.post("/dg/v1/events", json=view(str(client.base_url)), headers=headers)


def test_script_chunks_styles_and_events_come_from_the_shops_own_address(front: Front) -> None:
    with browser(front()) as client:
        first = send(client)
        (shown,) = first.json()["show"]
        stamp = json.loads((ROOT / "server/dangol/static/snippet.json").read_text())
        addresses = [*(f"/dg/v1/{name}" for name in stamp["files"]), *(f"/dg{address}" for address in shown["style"])]
        answers = [client.get(address) for address in addresses]
        assert [(each.status_code, each.headers["content-encoding"]) for each in answers] == [(200, "gzip")] * len(
            answers
        )
        assert answers[0].headers["cache-control"].startswith("public, max-age=")
        assert "immutable" in answers[-1].headers["cache-control"]
        again = client.get(addresses[0], headers={"If-None-Match": answers[0].headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_the_cookie_is_the_shops_own_and_comes_back(front: Front) -> None:
    with browser(front()) as client:
        first = send(client)
        name, *attributes = first.headers["set-cookie"].split("; ")
        assert set(attributes) == {"HttpOnly", "Max-Age=34560000", "Path=/", "SameSite=Lax"}
        assert len(name) <= 64
        second = send(client)
        assert "visitor" not in second.json()
        assert "set-cookie" not in second.headers


def test_a_scheme_is_believed_from_the_proxy_alone(front: Front) -> None:
    """nginx says http, whatever the browser claims."""
    with browser(front()) as client:
        assert "Secure" not in send(client, **{"X-Forwarded-Proto": "https"}).headers["set-cookie"]


def test_every_shopper_has_a_limit_of_their_own(front: Front) -> None:
    url = front(rate_limit=0.5)
    with browser(url, OTHERS[0]) as one, browser(url, OTHERS[1]) as other:
        statuses = [send(one, **{"X-Forwarded-For": f"192.0.2.{number}"}).status_code for number in range(4)]
        assert statuses == [200, 200, 429, 429]
        assert send(other).status_code == 200


def test_without_a_trusted_proxy_all_are_the_proxy(front: Front) -> None:
    url = front(rate_limit=0.5, trusted_proxies="192.0.2.1")
    with browser(url, OTHERS[0]) as one, browser(url, OTHERS[1]) as other:
        assert [send(one).status_code, send(one).status_code, send(other).status_code] == [200, 200, 429]


def test_large_bodies_end_at_the_proxy_and_others_pass_packed_or_not(front: Front) -> None:
    url = front()
    with browser(url) as client:
        assert client.post("/dg/v1/events", content=b"x" * 65_537).status_code == 413
        body = json.dumps(view(url)).encode()
        assert client.post("/dg/v1/events", content=body + b" " * (65_536 - len(body))).status_code == 200
        assert client.post("/dg/v1/events", content=gzip.compress(body)).status_code == 400


def test_providers_hooks_pass_up_to_a_megabyte(front: Front) -> None:
    with browser(front()) as client:
        sizes = {100_000: 403, (1 << 20) - 1: 403, (1 << 20) + 1: 413}
        found = {size: client.post("/dg/v1/hooks/shop/texts", content=b"x" * size).status_code for size in sizes}
        assert found == sizes


def test_what_is_not_the_shoppers_stays_inside_and_what_is_out_of_the_log(front: Front, tmp_path: Path) -> None:
    with browser(front()) as client:
        send(client)
        for path in ("/dg/metrics", "/dg/readyz", "/dg/v1/admin/definitions", "/dg/v1/%2e%2e/metrics", "/metrics"):
            assert client.get(path).status_code == 404
        client.get("/dg/v1/dangol.js?secret=1")
    assert "/dg/v1/dangol.js" not in (tmp_path / "access.log").read_text()
    assert "/dg/v1/events" not in (tmp_path / "access.log").read_text()
