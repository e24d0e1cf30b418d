"""A channel that hands push requests to an address of the shop's choice."""

import base64
import binascii
import hmac
import os
import time
from hashlib import sha256
from typing import Annotated, Any, ClassVar

import httpcore
import httpx
import msgspec
from msgspec import Meta, Struct, field

from dangol.plugin import Channel, PushRequest, Receipt
from dangol_plugins.http import seconds, tls
from dangol_plugins.outside import NotPublic, PublicOnly

ALLOW_PRIVATE = "DANGOL_ALLOW_PRIVATE_WEBHOOKS"
LATER = frozenset({408, 425, 429})
LIMITS = {"timeout": httpx.Timeout(8.0, connect=3.0).as_dict()}
PREFIX = "whsec_"


class Refused(Exception):
    """A request that must not be made; a repetition changes nothing."""


class Webhook(Channel):
    """POSTs each request as JSON, signed as the Standard Webhooks specification says (standardwebhooks.com): headers
    ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``. The id is the request's key and stays the same
    when it is sent again; the receiver drops what it has already. The filled template goes along as ``content``, its
    kind as ``content.kind``; it is null where the campaign has none.

    2xx means accepted; 408, 425, 429, 5xx and network errors are tried again; anything else, redirects included, has
    failed. Addresses that are not public are refused, unless DANGOL_ALLOW_PRIVATE_WEBHOOKS is set.
    """

    name = "webhook"
    api = 1
    version = "1"
    title = {"ko": "웹훅", "en": "Webhook"}  # noqa: RUF012
    idempotent: ClassVar[bool] = True
    kinds = ("custom", "text", "alimtalk", "brand", "email")
    keeps_trying: ClassVar[bool] = False

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """`secret` names the environment variable that holds the signing secret (``whsec_`` and base64, or any text).
        `data` goes along as it is, such as the name of a template."""

        url: Annotated[str, Meta(pattern=r"^https?://[^\s\\/@?#]+([/?#][^\s\\]*)?\Z", max_length=2000)]
        secret: Annotated[str, Meta(pattern=r"^WEBHOOK_[A-Z0-9_]{1,56}\Z")]
        data: dict[str, Annotated[str, Meta(max_length=2000)]] = field(default_factory=dict)

    async def send(self, params: Any, request: PushRequest) -> Receipt:
        """One POST, answered by its status; the response's body is not read."""
        secret = os.environ.get(params.secret, "")
        if not secret:
            return Receipt(
                "retry", f"the environment variable {params.secret} is not set; set it to the signing secret"
            )
        try:
            url = httpx.URL(params.url)
            headers, content = message(request, params.data, signing_key(secret), int(time.time()))
            return await post(url, headers, content)
        except (Refused, httpx.InvalidURL) as error:
            return Receipt("failed", str(error))
        except NotPublic:
            return Receipt("failed", f"{url.host} has an address that is not public; {ALLOW_PRIVATE}=1 allows it")
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            return Receipt("retry", f"{type(error).__name__}: {error}")


def signing_key(secret: str) -> bytes:
    """The key's bytes."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise Refused("the signing secret begins with whsec_, but base64 does not follow") from None


def message(request: PushRequest, data: dict[str, str], key: bytes, now: int) -> tuple[dict[str, str], bytes]:
    """The headers and the body of one attempt; the body is the same for all attempts."""
    body = {
        "type": "push.requested",
        "data": {
            **{name: getattr(request, name) for name in ("key", "site", "cause", "member")},
            "recipient": dict(request.recipient),
            "variables": dict(request.variables),
            "to": request.to,
            "content": request.content,
            "unsubscribe": request.unsubscribe,
            "data": data,
        },
    }
    content = msgspec.json.encode(body)
    signed = b"%s.%d.%s" % (request.key.encode(), now, content)
    signature = base64.b64encode(hmac.digest(key, signed, sha256)).decode()
    headers = {
        "content-type": "application/json",
        "idempotency-key": request.key,
        "webhook-id": request.key,
        "webhook-timestamp": str(now),
        "webhook-signature": f"v1,{signature}",
        "user-agent": "dangol",
    }
    return headers, content


async def post(url: httpx.URL, headers: dict[str, str], content: bytes) -> Receipt:
    """One POST over a connection of its own; the response's body is not read. Raises `NotPublic` and httpcore's errors
    of the network."""
    is_any = os.environ.get(ALLOW_PRIVATE, "").lower() in ("1", "true")
    backend = httpcore.AnyIOBackend() if is_any else PublicOnly()
    own: list[tuple[str | bytes, str | bytes]] = [("host", url.netloc), *headers.items()]
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    async with (
        httpcore.AsyncConnectionPool(tls(), network_backend=backend) as pool,
        pool.stream("POST", target, headers=own, content=content, extensions=LIMITS) as response,
    ):
        told = {name.lower(): value for name, value in response.headers}
        return receipt(response.status, told.get(b"retry-after", b"").decode("latin-1"), time.time())


def receipt(status: int, retry_after: str, now: float) -> Receipt:
    """What an HTTP status means for the request."""
    if 200 <= status < 300:
        return Receipt("accepted")
    reason = f"the receiver answered {status}"
    if status >= 500 or status in LATER:
        return Receipt("retry", reason, retry_after=seconds(retry_after, now))
    return Receipt("failed", reason)
