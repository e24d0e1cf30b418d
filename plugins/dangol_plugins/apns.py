"""A channel that notifies Apple's devices without a detour: APNs
(developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns)."""

import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid5

import jwt
import msgspec
from msgspec import Meta, Struct

from dangol.plugin import Channel, Device, Failure, PushRequest, Receipt, templates
from dangol_plugins.accounts import Unset, address, document, secret
from dangol_plugins.http import Answer, call, http2
from dangol_plugins.notify import dead, notify, place_of

SERVER = "https://api.push.apple.com"
LONGEST_PAYLOAD = 4_096
RENEWED = 2_400
"""Seconds after which a token is made anew: Apple takes none older than an hour, and no new one every 20 minutes."""
SPACE = UUID("6f1a4b0e-6b5c-5d0e-9c7a-2f3f5a1d8e10")

DEAD = frozenset({"BadDeviceToken", "DeviceTokenNotForTopic", "Unregistered", "ExpiredToken"})
FAILED: dict[str, Failure] = {
    "PayloadTooLarge": "content",
    "PayloadEmpty": "content",
    "BadMessageId": "provider",
    "BadTopic": "account",
    "MissingTopic": "account",
    "TopicDisallowed": "account",
}


class Told(Struct):
    """The body of a refusal; `timestamp` is when Apple knew that the token was gone, in milliseconds."""

    reason: str = ""
    timestamp: int = 0


class Apns(Channel):
    """Notifies a member's devices of Apple. The account's environment: ``<account>_KEY``, the .p8 file by its path or
    as it is, ``<account>_KEY_ID`` and ``<account>_TEAM_ID``. ``<account>_URL`` stands in for Apple's address, such as
    https://api.sandbox.push.apple.com for apps under development.
    """

    name = "apns"
    api = 1
    version = "1"
    title = {"ko": "앱 푸시 (APNs)", "en": "App push (APNs)"}  # noqa: RUF012
    kinds = ("push",)
    device = "apns"
    most: ClassVar[int] = 100
    keeps_trying: ClassVar[bool] = False

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """`topic` is the app's bundle id, `account` the prefix of the environment variables."""

        topic: Annotated[str, Meta(pattern=r"^[A-Za-z0-9.-]{1,155}\Z")]
        account: Annotated[str, Meta(pattern=r"^APNS(_[A-Z0-9_]{1,40})?\Z")] = "APNS"

    async def send_many(self, params: Any, requests: Sequence[PushRequest]) -> Sequence[Receipt]:
        """One POST for each device, side by side on one connection."""
        try:
            base, token = address(params.account, SERVER), provider_token(params.account, time.time())
        except Unset as error:
            return [Receipt("retry", str(error), failure="account")] * len(requests)

        async def one(request: PushRequest, content: templates.PushTemplate, device: Device) -> Receipt:
            body = payload(request.key, content)
            if len(body) > LONGEST_PAYLOAD:
                reason = f"the payload has {len(body)} bytes; expected at most {LONGEST_PAYLOAD}"
                return Receipt("failed", reason, failure="content")
            own = headers(request.key, content, device.token, params.topic, time.time())
            url = f"{base}/3/device/{device.token}"
            sent = {**own, "authorization": f"bearer {token}"}
            return receipt(await call("POST", url, headers=sent, content=body, way=http2), device)

        return await notify(requests, self.device, one)


def provider_token(account: str, now: float) -> str:
    """The account's token, the same for `RENEWED` seconds. Raises `Unset`."""
    key, id, team = document(account, "KEY"), secret(account, "KEY_ID"), secret(account, "TEAM_ID")
    try:
        return _signed(key, id, team, int(now) // RENEWED)
    except (ValueError, TypeError, jwt.PyJWTError):  # what it says may have a part of the key
        raise Unset(f"the environment variable {account}_KEY is no .p8 key of Apple's") from None


@lru_cache(16)
def _signed(key: str, id: str, team: str, period: int) -> str:
    return jwt.encode({"iss": team, "iat": period * RENEWED}, key, "ES256", {"kid": id})


def headers(key: str, content: templates.PushTemplate, token: str, topic: str, now: float) -> dict[str, str]:
    """How it is delivered. A second attempt has the same id, and takes the place of the first on the device."""
    return {
        "apns-id": str(uuid5(SPACE, f"{key} {token}")),
        "apns-topic": topic,
        "apns-push-type": "alert",
        "apns-priority": "10" if content.urgent else "5",
        "apns-expiration": str(int(now) + content.life if content.life else 0),
        "apns-collapse-id": place_of(key, content),
        "content-type": "application/json",
    }


def payload(key: str, content: templates.PushTemplate) -> bytes:
    """What the device shows, and what the app is told of it."""
    aps: dict[str, Any] = {"alert": {"title": content.title, "body": content.text}, "sound": "default"}
    if content.image:
        aps["mutable-content"] = 1  # the app's own extension fetches the picture
    own = {"key": key, "link": content.link, "image": content.image}
    return msgspec.json.encode({**content.data, **{name: each for name, each in own.items() if each}, "aps": aps})


def receipt(answer: Answer, device: Device) -> Receipt:
    """What an answer means (…/usernotifications/handling-notification-responses-from-apns). Raises `Lost` for one that
    is not Apple's."""
    if answer.status == 200:
        return Receipt("accepted", provider_id=answer.headers.get("apns-id", ""))
    told = answer.read(Told)
    reason, code = f"APNs answered {answer.status} {told.reason}", told.reason or str(answer.status)
    if told.reason in DEAD or answer.status == 410:
        if told.timestamp and told.timestamp / 1000 < device.seen_at:
            return Receipt("failed", f"{reason}, before the app told of it last", failure="bad_address", code=code)
        return dead(device, reason, code)
    if answer.status == 429 or answer.status >= 500:
        failure: Failure = "too_fast" if answer.status == 429 else "provider"
        return Receipt("retry", reason, retry_after=answer.retry_after, failure=failure, code=code)
    if answer.status == 403:
        return Receipt("retry", reason, failure="account", code=code)
    return Receipt("failed", reason, failure=FAILED.get(told.reason, "content"), code=code)
