"""Where notifications go: the tokens of apps and browsers in one form, and what a page tells of its own. Pure.

Apps have registration tokens of Firebase (fcm) or Apple (apns); a browser's is its push subscription as JSON
(W3C Push API, PushSubscription.toJSON).
"""

import re
from base64 import urlsafe_b64decode
from binascii import Error
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Raw, Struct

from dangol.errors import Invalid, Problem
from dangol.protocol.text import clean
from dangol.protocol.tokens import encoded

SUBSCRIBED = "push_subscribe"
UNSUBSCRIBED = "push_unsubscribe"
EVENTS = frozenset({SUBSCRIBED, UNSUBSCRIBED})
"""What a page tells of its own notifications; the log gets their names and nothing of what they say."""

EXPECTED = {
    "fcm": "a registration token of Firebase Cloud Messaging",
    "apns": "a device token of APNs in hexadecimal digits",
    "webpush": "a push subscription as JSON, with an https endpoint and the keys p256dh and auth",
}
LONGEST_TOKEN = 2_000
LONGEST_ENDPOINT = 1_000
LONGEST_WORDING = 500
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

FCM = re.compile(r"[A-Za-z0-9_:%.-]{20,1000}")
APNS = re.compile(r"([0-9a-f]{2}){32,100}")
VISIBLE = re.compile(r"[!-\[\]-~]+")


class Secrets(Struct, frozen=True, forbid_unknown_fields=True):
    """What a message to the browser is encrypted with (RFC 8291): its public point and the secret, in base64url."""

    p256dh: str
    auth: str


class Subscribed(Struct, frozen=True):
    """A browser's push subscription; what else the browser says of it is nobody's business."""

    endpoint: str
    keys: Secrets


class PageData(Struct):
    """The data of both events. With `agreed` the shopper wants advertisements as well, in the words of `wording`, at
    `night` too or not: the browser's own permission is no such consent."""

    subscription: Raw
    agreed: bool = False
    wording: str = ""
    night: bool = False


class DeviceTold(Struct, frozen=True):
    """What a page has told by the event `id`, at the unix time `at`: `gone` when it wants no more notifications."""

    id: str
    at: float
    token: str
    gone: bool = False
    agreed: bool = False
    wording: str = ""
    night: bool = False


_page_data = msgspec.json.Decoder(PageData).decode
_subscribed = msgspec.json.Decoder(Subscribed).decode


def normal(kind: str, written: str) -> str | None:
    """The one form of a token; None for what is none of the kind's."""
    if len(written) > LONGEST_TOKEN:
        return None
    if kind == "fcm":
        return written if FCM.fullmatch(written) else None
    if kind == "apns":
        return written.lower() if APNS.fullmatch(written.lower()) else None
    return _browser(written) if kind == "webpush" else None


def page_told(id: str, name: str, at: float, data: Raw) -> DeviceTold:
    """What the event says. Raises `Invalid` for a subscription that is none; msgspec.DecodeError for other data."""
    said = _page_data(data)
    token = normal("webpush", bytes(said.subscription).decode())
    if token is None:
        raise Invalid([Problem(f"{name}.subscription", "another", EXPECTED["webpush"])])
    wording = clean(said.wording, LONGEST_WORDING)
    agreed = said.agreed and bool(wording)
    return DeviceTold(id, at, token, name == UNSUBSCRIBED, agreed, wording, agreed and said.night)


def _browser(written: str) -> str | None:
    try:
        told = _subscribed(written.encode())
        point, auth = _raw(told.keys.p256dh), _raw(told.keys.auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (msgspec.DecodeError, Error, ValueError, RecursionError):
        return None
    if len(auth) != 16 or not _may_be_called(told.endpoint):
        return None
    kept = Subscribed(told.endpoint, Secrets(encoded(point), encoded(auth)))
    return msgspec.json.encode(kept).decode()


def _raw(text: str) -> bytes:
    """The bytes of base64, of either alphabet and with or without padding."""
    plain = text.translate(str.maketrans("+/", "-_")).rstrip("=")
    return urlsafe_b64decode(plain + "=" * (-len(plain) % 4))


def _may_be_called(endpoint: str) -> bool:
    """Whether it has the form of a push service's address. Where it leads is for the channel to see; on this machine
    alone it may be plain, for trying things out."""
    if len(endpoint) > LONGEST_ENDPOINT or not VISIBLE.fullmatch(endpoint):
        return False
    try:
        parts = urlsplit(endpoint)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    is_fine = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    return bool(host) and is_fine and "@" not in parts.netloc and not parts.fragment
