import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cart_companions import CartCompanions
from json_lines import JsonLines
from loyalty_points import LoyaltyPoints
from newsletter import Newsletter
from sms_gateway import SmsGateway
from wished_for import WishedFor

from dangol.testing import (
    Member,
    consume,
    entry,
    event,
    fact,
    profile,
    push_request,
    recommend,
    render,
    send,
    submit,
    tally,
)

CARTS = [entry(event("view_cart", "tea", "cup")), entry(event("view_cart", "tea", "cup", "pot"))]


def test_products_of_the_same_carts_are_recommended() -> None:
    found = recommend(CartCompanions(), CARTS, seeds=["tea", "pot"])
    assert [(each.product, each.score) for each in found] == [("cup", 5), ("pot", 2), ("tea", 1)]


def test_people_who_wish_for_a_product_are_counted() -> None:
    assert tally(WishedFor(), [entry(event("add_to_wishlist", "tea"))], "wished", product="tea") == 1


NEWS = {"consent": "Send me news"}


def test_an_address_and_a_consent_make_a_subscription() -> None:
    sent = submit(Newsletter(), NEWS, {"email": " kim@Shop.example", "agreed": "yes"})
    assert sent is not None
    assert [each.address for each in sent.subscriptions] == ["kim@shop.example"]
    thanks = render(Newsletter(), NEWS, submission=sent)
    assert thanks is not None
    assert thanks.text == "News from us Thank you!"


@pytest.mark.parametrize(("fields", "wrong"), [({"email": "kim@shop.example"}, "agreed"), ({"agreed": "yes"}, "email")])
def test_what_is_missing_is_told_at_its_place(fields: dict[str, str], wrong: str) -> None:
    sent = submit(Newsletter(), NEWS, fields)
    assert sent is not None
    assert list(sent.problems) == [wrong]
    again = render(Newsletter(), NEWS, submission=sent)
    assert again is not None
    assert "Please" in again.text


@pytest.mark.parametrize(
    ("member", "points"), [(None, None), (Member("m"), None), (Member("m", traits={"points": 1200}), 1200)]
)
def test_points_are_those_that_the_shop_gave(member: Member | None, points: int | None) -> None:
    assert fact(LoyaltyPoints(), profile(member=member)) == points


def test_the_log_becomes_json_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENTS_FILE", str(tmp_path / "events"))
    consume(JsonLines(), CARTS)
    consume(JsonLines(), [entry(event("login"), member="m")])
    lines = [json.loads(line) for line in (tmp_path / "events").read_text().splitlines()]
    assert [(line["name"], line["member"]) for line in lines] == [("view_cart", ""), ("view_cart", ""), ("login", "m")]


class Provider(BaseHTTPRequestHandler):
    """Answers as its path says: /200, /400, ..."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.headers["Idempotency-Key"], json.loads(body)))  # type: ignore[attr-defined]
        self.send_response(int(self.path[1:]))
        self.send_header("Message-Id", "m-1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[HTTPServer]:
    monkeypatch.setenv("SMS_GATEWAY_KEY", "secret")
    with HTTPServer(("127.0.0.1", 0), Provider) as server:
        server.heard = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("answer", "state"), [(200, "accepted"), (400, "failed"), (429, "retry"), (500, "retry")])
def test_the_providers_answer_decides(provider: HTTPServer, answer: int, state: str) -> None:
    params = {"address": f"http://127.0.0.1:{provider.server_port}/{answer}", "text": "Hi #{name}"}
    assert send(SmsGateway(), params).state == state
    told = {"to": "01012345678", "text": "Hi Kim"}
    assert provider.heard == [(push_request().key, told)]  # type: ignore[attr-defined]


def test_without_a_phone_number_nothing_is_sent(provider: HTTPServer) -> None:
    params = {"address": f"http://127.0.0.1:{provider.server_port}/200", "text": "Hi"}
    assert send(SmsGateway(), params, push_request(recipient={})).state == "failed"
    assert provider.heard == []  # type: ignore[attr-defined]
