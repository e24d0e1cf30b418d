"""A channel that hands push requests to an address of the shop's choice."""

import asyncio
import base64
import binascii
import hmac
import os
import socket
import time
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Any, ClassVar

import httpx
import msgspec
from msgspec import Meta, Struct, field

from dangol.plugin import Channel, PushRequest, Receipt, is_public
from dangol_plugins.http import seconds

ALLOW_PRIVATE = "DANGOL_ALLOW_PRIVATE_WEBHOOKS"
LATER = frozenset({408, 425, 429})
TIMEOUT = httpx.Timeout(8.0, connect=3.0)
MOST_ADDRESSES = 3
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

    def __init__(self) -> None:
        self._tls = httpx.create_ssl_context(trust_env=False)

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
            addresses = await resolve(url)
            return await self._post_to_any(url, addresses, headers, content)
        except (Refused, httpx.InvalidURL) as error:
            return Receipt("failed", str(error))
        except (OSError, httpx.TransportError) as error:
            return Receipt("retry", f"{type(error).__name__}: {error}")

    async def _post_to_any(
        self, url: httpx.URL, addresses: Sequence[str], headers: dict[str, str], content: bytes
    ) -> Receipt:
        """The first address that can be connected to gets it."""
        for address in addresses[:-1]:
            try:
                return await self._post(url, address, headers, content)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._post(url, addresses[-1], headers, content)

    async def _post(self, url: httpx.URL, address: str, headers: dict[str, str], content: bytes) -> Receipt:
        """Connect to the address that was checked, not to whatever the name resolves to by now. Each request has its
        own connection: a pool would share one between names that live on the same address."""
        target = url.copy_with(host=address)
        own = {**headers, "host": url.netloc.decode("ascii")}
        extensions = {"sni_hostname": url.raw_host.decode("ascii")}
        async with (
            httpx.AsyncClient(verify=self._tls, timeout=TIMEOUT, trust_env=False) as client,
            client.stream("POST", target, headers=own, content=content, extensions=extensions) as response,
        ):
            return receipt(response.status_code, response.headers.get("retry-after", ""), time.time())


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


async def resolve(url: httpx.URL) -> list[str]:
    """The addresses of the host. Raises `Refused` if any of them is not public, OSError where there is none."""
    port = url.port or (443 if url.scheme == "https" else 80)
    host = url.raw_host.decode("ascii")
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))[:MOST_ADDRESSES]
    if os.environ.get(ALLOW_PRIVATE, "").lower() in ("1", "true"):
        return addresses
    for address in addresses:
        if not is_public(address):
            raise Refused(f"{host} has the address {address}, which is not public; {ALLOW_PRIVATE}=1 allows it")
    return addresses


def receipt(status: int, retry_after: str, now: float) -> Receipt:
    """What an HTTP status means for the request."""
    if 200 <= status < 300:
        return Receipt("accepted")
    reason = f"the receiver answered {status}"
    if status >= 500 or status in LATER:
        return Receipt("retry", reason, retry_after=seconds(retry_after, now))
    return Receipt("failed", reason)
