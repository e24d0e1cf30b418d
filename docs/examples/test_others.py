import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cart_companions import CartCompanions
from json_lines import JsonLines
from loyalty_points import LoyaltyPoints
from newsletter import Newsletter
from sms_gateway import SmsGateway
from wished_for import WishedFor

from dangol.plugin import Hook, Untrusted, templates
from dangol.testing import (
    Member,
    PluginFailure,
    consume,
    entry,
    event,
    fact,
    look_up,
    profile,
    push_request,
    recommend,
    render,
    send,
    submit,
    tally,
    told,
)

CARTS = [entry(event("view_cart", "tea", "cup")), entry(event("view_cart", "tea", "cup", "pot"))]
ORDERS = [entry(event("purchase", "tea", "cup")), entry(event("purchase", "tea", "cup", "pot"))]


def test_products_of_the_same_orders_are_recommended() -> None:
    found = recommend(CartCompanions(), ORDERS, seeds=["tea"])
    assert [(each.product, each.score) for each in found] == [("cup", 2), ("pot", 1)]


def test_a_cancelled_order_is_taken_back() -> None:
    refund = entry(event("refund", "tea", "cup", "pot", props={"placed": ORDERS[1].at}))
    found = recommend(CartCompanions(), [*ORDERS, refund], seeds=["tea"])
    assert [(each.product, each.score) for each in found] == [("cup", 1)]


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
    """Answers with `status` and `told`, and keeps what it heard."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.headers["Authorization"], json.loads(body)))  # type: ignore[attr-defined]
        self.do_GET()

    def do_GET(self) -> None:
        told = json.dumps(self.server.told).encode()  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Retry-After", "7")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("SMS_GATEWAY_KEY", "secret")
    monkeypatch.setenv("SMS_GATEWAY_HOOK_SECRET", "word")
    with HTTPServer(("127.0.0.1", 0), Provider) as server:
        monkeypatch.setenv("SMS_GATEWAY_URL", f"http://127.0.0.1:{server.server_port}")
        server.heard, server.status, server.told = [], 200, {}  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


NUMBER = {"number": "0212345678"}
TEXT = push_request(to="01012345678", content=templates.TextTemplate("hi", "Hello", form="sms"))


def test_a_text_is_handed_over_with_its_key(provider: Any) -> None:
    provider.told = {TEXT.key: {"state": "accepted", "number": "m-1"}}
    assert send(SmsGateway(), NUMBER, TEXT).provider_id == "m-1"
    message = {"id": TEXT.key, "from": "0212345678", "to": "01012345678", "text": "Hello"}
    assert provider.heard == [("Bearer secret", [message])]


@pytest.mark.parametrize(
    ("told", "state", "failure"),
    [
        ({"state": "failed", "code": "no_such_number"}, "failed", "bad_address"),
        ({"state": "failed", "code": "new"}, "failed", "other"),
        ({}, "unknown", "other"),
    ],
)
def test_the_providers_words_decide(provider: Any, told: dict[str, str], state: str, failure: str) -> None:
    provider.told = {TEXT.key: told}
    receipt = send(SmsGateway(), NUMBER, TEXT)
    assert (receipt.state, receipt.failure) == (state, failure)


def test_what_was_surely_not_taken_is_tried_again(provider: Any) -> None:
    provider.status = 429
    receipt = send(SmsGateway(), NUMBER, TEXT)
    assert (receipt.state, receipt.retry_after) == ("retry", 7)


def test_what_may_have_been_taken_is_looked_up(provider: Any) -> None:
    provider.status = 500
    with pytest.raises(PluginFailure, match="500"):
        send(SmsGateway(), NUMBER, TEXT)
    provider.status = 200
    assert [each and each.state for each in look_up(SmsGateway(), NUMBER, TEXT)] == ["retry"]
    provider.told = {TEXT.key: {"state": "delivered", "number": "m-1"}}
    assert [each and each.state for each in look_up(SmsGateway(), NUMBER, TEXT)] == ["delivered"]


def test_hooks_are_believed_by_their_signature_alone(provider: Any) -> None:
    body = json.dumps({TEXT.key: {"state": "failed", "code": "stopped"}}).encode()
    signature = hmac.new(b"word", body, "sha256").hexdigest()
    [said] = told(SmsGateway(), NUMBER, Hook({"x-signature": signature}, body))
    assert said.key == TEXT.key
    assert said.receipt is not None
    assert said.receipt.failure == "opted_out"
    with pytest.raises(Untrusted):
        told(SmsGateway(), NUMBER, Hook({"x-signature": signature}, body + b" "))
