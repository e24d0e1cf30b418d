"""The webhook channel against a real HTTP receiver."""

import asyncio
import base64
import hmac
import json
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from dangol.plugin import PushRequest, Receipt, templates
from dangol_plugins import outside, webhook
from dangol_plugins.webhook import ALLOW_PRIVATE, Webhook

pytestmark = pytest.mark.anyio

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
REQUEST = PushRequest("00ab", "shop", "welcome:ever", "m1", {"phone": "01012345678"}, {"name": "김단골"})


class Receiver:
    """A small HTTP server that keeps what it got and answers with `answer`."""

    def __init__(self) -> None:
        self.answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
        self.heads: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[1:-1]
        head = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.bodies.append(await reader.readexactly(int(head["content-length"])))
        self.heads.append(head)
        writer.write(self.answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@pytest.fixture
async def receiver(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    monkeypatch.setenv(ALLOW_PRIVATE, "1")
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made


def params(port: int, host: str = "127.0.0.1", **more: Any) -> Webhook.Params:
    return msgspec.convert(
        {"url": f"http://{host}:{port}/hook?a=1", "secret": "WEBHOOK_SECRET", **more}, Webhook.Params
    )


async def test_a_request_arrives_whole_and_signed(receiver: Receiver) -> None:
    assert await Webhook().send(params(receiver.port, data={"template": "welcome"}), REQUEST) == Receipt("accepted")
    [head], [body] = receiver.heads, receiver.bodies
    assert json.loads(body) == {
        "type": "push.requested",
        "data": {
            "key": "00ab",
            "site": "shop",
            "cause": "welcome:ever",
            "member": "m1",
            "recipient": {"phone": "01012345678"},
            "variables": {"name": "김단골"},
            "to": "",
            "content": None,
            "unsubscribe": "",
            "data": {"template": "welcome"},
        },
    }
    assert head["webhook-id"] == head["idempotency-key"] == "00ab"
    assert abs(int(head["webhook-timestamp"]) - time.time()) < 5
    signed = b".".join([b"00ab", head["webhook-timestamp"].encode(), body])
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    assert head["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


async def test_the_filled_template_goes_along(receiver: Receiver) -> None:
    content = templates.TextTemplate("hi", "(광고)단골 안녕하세요", form="sms")
    await Webhook().send(
        params(receiver.port), replace(REQUEST, to="01012345678", content=content, unsubscribe="https://d/u/1")
    )
    [body] = receiver.bodies
    told = json.loads(body)["data"]
    assert (told["to"], told["unsubscribe"]) == ("01012345678", "https://d/u/1")
    assert told["content"]["kind"] == "text"
    assert told["content"]["text"] == "(광고)단골 안녕하세요"


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the Standard Webhooks reference libraries' own tests."""
    signed = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    key = webhook.signing_key(SECRET)
    expected = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert base64.b64encode(hmac.digest(key, signed, "sha256")).decode() == expected


async def test_a_repeated_request_has_the_same_body_and_id(receiver: Receiver) -> None:
    for attempt in (1, 2):
        await Webhook().send(params(receiver.port), replace(REQUEST, attempt=attempt))
    assert receiver.bodies[0] == receiver.bodies[1]
    assert receiver.heads[0]["webhook-id"] == receiver.heads[1]["webhook-id"]


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, "accepted"), (301, "failed"), (400, "failed"), (410, "failed")]
    + [(status, "retry") for status in (408, 425, 429, 500, 503)],
)
async def test_the_status_decides(receiver: Receiver, status: int, state: str) -> None:
    location = b"Location: http://127.0.0.1:9/\r\nRetry-After: 7\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    receiver.answer = b"HTTP/1.1 %d X\r\n" % status + location
    told = await Webhook().send(params(receiver.port), REQUEST)
    assert (told.state, told.retry_after) == (state, 7.0 if state == "retry" else 0.0)
    assert len(receiver.heads) == 1


async def test_an_endless_answer_does_not_hold_it_up(receiver: Receiver) -> None:
    receiver.answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"ffff\r\n" + b"x" * 1000
    assert (await asyncio.wait_for(Webhook().send(params(receiver.port), REQUEST), 2)).state == "accepted"


async def test_nobody_listening_is_tried_again(receiver: Receiver) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        told = await Webhook().send(params(free.getsockname()[1]), REQUEST)
    assert told.state == "retry"
    assert "ConnectError" in told.reason


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200"])
async def test_a_broken_answer_is_tried_again(receiver: Receiver, answer: bytes) -> None:
    receiver.answer = answer
    assert (await Webhook().send(params(receiver.port), REQUEST)).state == "retry"


async def test_an_unknown_host_is_tried_again(receiver: Receiver) -> None:
    assert (await Webhook().send(params(1, "no-such-host.invalid"), REQUEST)).state == "retry"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "127.1", "0x7f.1"])
async def test_private_addresses_are_refused(receiver: Receiver, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.delenv(ALLOW_PRIVATE)
    told = await Webhook().send(params(receiver.port, host), REQUEST)
    assert told.state == "failed"
    assert "not public" in told.reason
    assert receiver.heads == []


async def test_the_checked_address_is_the_one_that_is_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that resolves to something else the second time: the second answer is never asked for."""
    monkeypatch.delenv(ALLOW_PRIVATE)
    monkeypatch.setattr(outside, "is_public", lambda address: address == "127.0.0.1")
    asked: list[str] = []

    async def getaddrinfo(host: Any, port: Any, **more: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1" if len(asked) == 1 else "192.0.2.1", port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    assert (await Webhook().send(params(receiver.port, "rebinding.example"), REQUEST)).state == "accepted"
    assert asked[0] == "rebinding.example"
    assert set(asked[1:]) <= {"127.0.0.1"}
    assert receiver.heads[0]["host"] == f"rebinding.example:{receiver.port}"


async def test_a_secret_that_is_not_set_or_broken_is_told(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", "whsec_*")
    assert (await Webhook().send(params(receiver.port), REQUEST)).state == "failed"
    monkeypatch.delenv("WEBHOOK_SECRET")
    told = await Webhook().send(params(receiver.port), REQUEST)
    assert told.state == "retry"
    assert "WEBHOOK_SECRET" in told.reason
    assert receiver.heads == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://shop.example/"},
        {"url": "https://user:secret@shop.example/"},
        {"url": "https://shop.example/\r\nX: y"},
        {"url": "/hook"},
        {"secret": "DANGOL_SECRET"},
        {"secret": "PATH"},
        {"colour": "red"},
    ],
)
def test_parameters_that_are_not_allowed(wrong: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"url": "https://shop.example/", "secret": "WEBHOOK_SECRET"} | wrong, Webhook.Params)
