"""The fakes of FCM, APNs and web push."""

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import http_ece
import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.conftest import Fakes

TOKEN = "ab" * 32
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def access(fakes: Fakes, **changed: Any) -> httpx.Response:
    file, now = fakes.world.accounts.service_account(fakes.url), int(time.time())
    claims = {
        "iss": file["client_email"],
        "aud": file["token_uri"],
        "scope": "https://www.googleapis.com/auth/firebase.messaging",
        "iat": now,
        "exp": now + 3600,
    } | changed
    form = {"grant_type": GRANT, "assertion": jwt.encode(claims, file["private_key"], "RS256")}
    return httpx.post(file["token_uri"], data=form)


def fcm(fakes: Fakes, message: dict[str, Any], token: str = "") -> httpx.Response:
    bearer = token or access(fakes).json()["access_token"]
    address = f"{fakes.url}/fcm/v1/projects/dangol-fake/messages:send"
    return httpx.post(address, json={"message": message}, headers={"Authorization": f"Bearer {bearer}"})


def test_fcm_takes_a_message_of_whom_google_knows(fakes: Fakes) -> None:
    message = {"token": "t", "notification": {"title": "안녕", "body": "주말"}, "data": {"key": "k1"}}
    assert fcm(fakes, message).json()["name"].startswith("projects/dangol-fake/messages/")
    assert [(a.title, a.text, a.key, a.to) for a in fakes.arrived("fcm")] == [("안녕", "주말", "k1", "t")]
    assert fcm(fakes, message, "wrong").status_code == 401


@pytest.mark.parametrize("changed", [{"iss": "x"}, {"aud": "x"}, {"scope": "x"}, {"exp": 1}, {"iat": 1}])
def test_google_looks_at_every_claim(fakes: Fakes, changed: dict[str, Any]) -> None:
    answer = access(fakes, **changed)
    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_grant", "invalid_scope")


@pytest.mark.parametrize(
    ("token", "status", "name"),
    [("dead1", 404, "UNREGISTERED"), ("foreign1", 403, "SENDER_ID_MISMATCH"), ("wrong1", 400, "INVALID_ARGUMENT")],
)
def test_fcm_tells_of_tokens_that_do_not_work(fakes: Fakes, token: str, status: int, name: str) -> None:
    answer = fcm(fakes, {"token": token})
    assert (answer.status_code, answer.json()["error"]["details"][0]["errorCode"]) == (status, name)
    assert not fakes.arrived()


def test_fcm_refuses_what_is_too_large_or_for_nobody(fakes: Fakes) -> None:
    assert fcm(fakes, {"token": "t", "data": {"a": "x" * 4096}}).status_code == 400
    assert fcm(fakes, {}).status_code == 400
    assert fcm(fakes, {"token": "t", "topic": "all"}).status_code == 400


def apns(
    fakes: Fakes, token: str = TOKEN, http2: bool = True, iat: int = 0, headers: dict[str, str] | None = None
) -> httpx.Response:
    accounts = fakes.world.accounts
    claims = {"iss": accounts.team, "iat": iat or int(time.time())}
    bearer = jwt.encode(claims, accounts.apple, "ES256", headers={"kid": accounts.key_id})
    given = {"authorization": f"bearer {bearer}", "apns-topic": accounts.topic, "apns-push-type": "alert"} | (
        headers or {}
    )
    with httpx.Client(http1=not http2, http2=http2) as client:
        payload = {"aps": {"alert": {"title": "안녕", "body": "주말"}}, "key": "k1"}
        return client.post(f"{fakes.url}/apns/3/device/{token}", json=payload, headers=given)


def test_apns_speaks_http_2_without_tls(fakes: Fakes) -> None:
    answer = apns(fakes, headers={"apns-id": "123e4567-e89b-12d3-a456-426655440000"})
    assert (answer.status_code, answer.http_version) == (200, "HTTP/2")
    assert answer.headers["apns-id"] == "123e4567-e89b-12d3-a456-426655440000"
    assert [(a.title, a.text, a.key) for a in fakes.arrived("apns")] == [("안녕", "주말", "k1")]
    assert apns(fakes, http2=False).status_code == 505


@pytest.mark.parametrize(
    ("how", "status", "reason"),
    [
        ({"token": "dead" * 16}, 410, "Unregistered"),
        ({"token": "e0e0" * 16}, 410, "ExpiredToken"),
        ({"token": "short"}, 400, "BadDeviceToken"),
        ({"token": "f0f0" * 16}, 400, "DeviceTokenNotForTopic"),
        ({"headers": {"apns-topic": "other.app"}}, 400, "DeviceTokenNotForTopic"),
        ({"headers": {"apns-priority": "7"}}, 400, "BadPriority"),
        ({"headers": {"apns-collapse-id": "x" * 65}}, 400, "BadCollapseId"),
        ({"headers": {"authorization": ""}}, 403, "MissingProviderToken"),
        ({"headers": {"authorization": "bearer a.b.c"}}, 403, "InvalidProviderToken"),
        ({"iat": 1}, 403, "ExpiredProviderToken"),
    ],
)
def test_apns_says_what_is_wrong(fakes: Fakes, how: dict[str, Any], status: int, reason: str) -> None:
    answer = apns(fakes, **how)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)
    assert not fakes.arrived()


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class Shop:
    """An application server with its key."""

    def __init__(self, fakes: Fakes) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.public = encoded(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
        self.url = fakes.url

    def subscription(self) -> dict[str, Any]:
        told: dict[str, Any] = httpx.post(f"{self.url}/webpush/subscriptions", json={"key": self.public}).json()
        return told

    def push(self, told: dict[str, Any], aud: str = "", body: bytes | None = None, headers: Any = None) -> int:
        claims = {"aud": aud or self.url, "exp": int(time.time()) + 3600, "sub": "mailto:shop@example.com"}
        vapid = f"vapid t={jwt.encode(claims, self.key, 'ES256')}, k={self.public}"
        keys = {name: urlsafe_b64decode(value + "==") for name, value in told["keys"].items()}
        sealed = http_ece.encrypt(
            b'{"title": "a", "text": "b"}', private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=keys["p256dh"], auth_secret=keys["auth"],
        )  # fmt: skip
        given = {"Authorization": vapid, "TTL": "60", "Content-Encoding": "aes128gcm"} | (headers or {})
        return httpx.post(told["endpoint"], content=sealed if body is None else body, headers=given).status_code


@pytest.fixture
def shop(fakes: Fakes) -> Shop:
    return Shop(fakes)


def test_a_browser_reads_what_was_encrypted_for_it(fakes: Fakes, shop: Shop) -> None:
    assert shop.push(shop.subscription()) == 201
    assert [(a.title, a.text) for a in fakes.arrived("webpush")] == [("a", "b")]


def test_the_push_service_looks_at_the_signature_and_the_headers(fakes: Fakes, shop: Shop) -> None:
    told = shop.subscription()
    assert shop.push(told, aud="https://elsewhere.example") == 403
    assert shop.push(told, headers={"Authorization": "vapid t=a.b.c, k=" + shop.public}) == 403
    assert shop.push(told, headers={"Authorization": "WebPush x"}) == 401
    assert Shop(fakes).push(told) == 403
    assert shop.push(told, headers={"TTL": "soon"}) == 400
    assert shop.push(told, headers={"Content-Encoding": "aesgcm"}) == 415
    assert shop.push(told, body=b"x" * 5000) == 413
    assert shop.push(told, body=b"x" * 100) == 400
    assert not fakes.arrived()


def test_a_subscription_ends(fakes: Fakes, shop: Shop) -> None:
    told = shop.subscription()
    assert httpx.delete(told["endpoint"]).status_code == 204
    assert shop.push(told) == 410
    assert shop.push(told | {"endpoint": f"{fakes.url}/webpush/unknown"}) == 404
