"""A channel that notifies browsers: Web Push (RFC 8030), encrypted for one browser (RFC 8291), signed (RFC 8292)."""

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

import http_ece
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from httpx import InvalidURL
from msgspec import Meta, Struct

from dangol.plugin import Channel, Device, Failure, PushRequest, Receipt, templates
from dangol_plugins.accounts import Unset, address, secret
from dangol_plugins.http import Way, call, ordinary
from dangol_plugins.notify import dead, notify, place_of
from dangol_plugins.outside import NotPublic, public

LONGEST_PAYLOAD = 3_072
"""Bytes before encryption; a push service must take 4,096 after it (RFC 8030 §7.2), and some take less."""
BLOCK = 1_024
LONGEST_ANSWER = 65_536
LIFE = 12 * 3600
"""Seconds that a signature is good for; 24 hours are the most (RFC 8292 §2). Half of it is used."""
WINDOWS = ".notify.windows.com"


class Keys(Struct):
    """What the browser's subscription is encrypted with."""

    p256dh: str
    auth: str


class Subscription(Struct):
    """A browser's push subscription, as the device's token has it."""

    endpoint: str
    keys: Keys


class WebPush(Channel):
    """Notifies browsers. The account's environment: ``<account>_PRIVATE_KEY``, which `dangol push-keys` makes, and
    ``<account>_SUBJECT``, an https: or mailto: address at which push services reach the shop. ``<account>_URL`` names
    one push service that may be anywhere, for trying things out; all others have public addresses and https.
    """

    name = "webpush"
    api = 1
    version = "1"
    title = {"ko": "웹 푸시", "en": "Web push"}  # noqa: RUF012
    kinds = ("push",)
    device = "webpush"
    most: ClassVar[int] = 50
    keeps_trying: ClassVar[bool] = False

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """`account` is the prefix of the environment variables. `icon` and `badge` are pictures of the shop: colours,
        and white on nothing for Android's status bar."""

        account: Annotated[str, Meta(pattern=r"^WEBPUSH(_[A-Z0-9_]{1,40})?\Z")] = "WEBPUSH"
        icon: Annotated[str, Meta(pattern=r"^(https://[^\s\\]+)?\Z", max_length=2000)] = ""
        badge: Annotated[str, Meta(pattern=r"^(https://[^\s\\]+)?\Z", max_length=2000)] = ""

    async def send_many(self, params: Any, requests: Sequence[PushRequest]) -> Sequence[Receipt]:
        """One POST for each browser."""
        try:
            signer = Signer.of(params.account)
            near = address(params.account, "")
        except Unset as error:
            return [Receipt("retry", str(error), failure="account")] * len(requests)

        async def one(request: PushRequest, content: templates.PushTemplate, device: Device) -> Receipt:
            payload = payload_of(request.key, content, params.icon, params.badge)
            if len(payload) > LONGEST_PAYLOAD:
                reason = f"the payload has {len(payload)} bytes; expected at most {LONGEST_PAYLOAD}"
                return Receipt("failed", reason, failure="content")
            try:
                told = msgspec.json.decode(device.token, type=Subscription)
                body = sealed(payload, told.keys)
            except (msgspec.DecodeError, ValueError):
                return dead(device, "the subscription can't be encrypted for")
            headers = headers_of(content) | {"Authorization": signer.authorization(told.endpoint, time.time())}
            if _host(told.endpoint).endswith(WINDOWS):
                headers["X-WNS-Type"] = "wns/raw"
            way = ordinary if near and told.endpoint.startswith(f"{near}/") else public
            return await deliver(way, told.endpoint, headers, body, device)

        return await notify(requests, self.device, one)

    def public_key(self, params: Any) -> str:
        """The account's, "" where it is not set up."""
        try:
            return Signer.of(params.account).public
        except Unset:
            return ""


async def deliver(way: Way, endpoint: str, headers: dict[str, str], content: bytes, device: Device) -> Receipt:
    """One message to one browser. An endpoint is whatever a browser has said: nothing of its answer goes into the
    receipt but the status. Raises `Unreached`, `Lost`."""
    if way is public and not endpoint.startswith("https://"):
        return Receipt("failed", "the endpoint is not https", failure="bad_address")
    try:
        answer = await call("POST", endpoint, headers=headers, content=content, longest=LONGEST_ANSWER, way=way)
    except NotPublic:
        return dead(device, "the endpoint's address is not public")
    except (InvalidURL, UnicodeError):
        return dead(device, "the endpoint's address is none that can be called")
    return receipt(answer.status, answer.retry_after, device)


def receipt(status: int, retry_after: float, device: Device) -> Receipt:
    """What a push service's status means (RFC 8030 §5, §7.2 to 7.3 and §8.4; RFC 8292 §4.2)."""
    code, reason = str(status), f"the push service answered {status}"
    if 200 <= status < 300:
        return Receipt("accepted", code=code)
    if status in (404, 410):
        return dead(device, reason, code)
    if status == 429 or status >= 500:
        failure: Failure = "too_fast" if status == 429 else "provider"
        return Receipt("retry", reason, retry_after=retry_after, failure=failure, code=code)
    if status in (401, 403):
        return Receipt(
            "failed",
            f"{reason}: the signature, or another key than the browser subscribed with",
            failure="account",
            code=code,
        )
    return Receipt("failed", reason, failure="content" if status == 413 else "provider", code=code)


def payload_of(key: str, content: templates.PushTemplate, icon: str = "", badge: str = "") -> bytes:
    """What the service worker is told, as JSON. Blanks make all short ones equally long: an encrypted message tells its
    length to whoever carries it."""
    said = {
        "title": content.title, "text": content.text, "image": content.image, "link": content.link,
        "icon": icon, "badge": badge, "tag": place_of(key, content), "key": key, "data": content.data,
    }  # fmt: skip
    plain = msgspec.json.encode({name: value for name, value in said.items() if value})
    return plain.ljust(-(-len(plain) // BLOCK) * BLOCK)


def headers_of(content: templates.PushTemplate) -> dict[str, str]:
    """How long and how urgently it is to be delivered, and which earlier message it takes the place of."""
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(content.life),
        "Urgency": "high" if content.urgent else "normal",
    }
    if content.collapse:
        headers["Topic"] = place_of("", content)
    return headers


def sealed(payload: bytes, keys: Keys) -> bytes:
    """The payload so that only the browser can read it, each time under a key of its own."""
    sealed: bytes = http_ece.encrypt(
        payload, private_key=ec.generate_private_key(ec.SECP256R1()), dh=_raw(keys.p256dh), auth_secret=_raw(keys.auth)
    )
    return sealed


@dataclass(frozen=True)
class Signer:
    """Signs for one account, which is known to push services by `public` and to people by `subject`."""

    private: ec.EllipticCurvePrivateKey
    public: str
    subject: str

    @classmethod
    def of(cls, account: str) -> "Signer":
        """The account's, from the environment. Raises `Unset`."""
        subject = secret(account, "SUBJECT")
        if not subject.startswith(("https:", "mailto:")):
            raise Unset(f"the environment variable {account}_SUBJECT is no https: or mailto: address")
        try:
            return _signer(secret(account, "PRIVATE_KEY"), subject)
        except ValueError:  # what it says may have a part of the key
            raise Unset(f"the environment variable {account}_PRIVATE_KEY: `dangol push-keys` makes one") from None

    def authorization(self, endpoint: str, now: float) -> str:
        """The header for a push service; the same for half a signature's life."""
        parts = urlsplit(endpoint)
        return _authorization(self, f"{parts.scheme}://{parts.netloc}", int(now) // (LIFE // 2))


@lru_cache(16)
def _signer(private: str, subject: str) -> Signer:
    """Raises ValueError."""
    if len(raw := _raw(private)) != 32:
        raise ValueError("expected 32 bytes")
    key = ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return Signer(key, _encoded(public), subject)


@lru_cache(1024)
def _authorization(signer: Signer, audience: str, period: int) -> str:
    claims = {"aud": audience, "exp": (period + 2) * (LIFE // 2), "sub": signer.subject}
    return f"vapid t={jwt.encode(claims, signer.private, 'ES256')}, k={signer.public}"


def _host(endpoint: str) -> str:
    return urlsplit(endpoint).hostname or ""


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
