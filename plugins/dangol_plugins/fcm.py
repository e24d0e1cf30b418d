"""A channel that notifies apps through Firebase Cloud Messaging, HTTP v1 (firebase.google.com/docs/cloud-messaging)."""

import asyncio
import time
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta, Struct, field

from dangol.plugin import Channel, Device, Failure, PushRequest, Receipt, templates
from dangol_plugins.accounts import Unset, address
from dangol_plugins.google import Access, Denied
from dangol_plugins.http import Answer, Lost, Unreached, call, http2
from dangol_plugins.notify import dead, notify, place_of

SERVER = "https://fcm.googleapis.com"
LONGEST_PAYLOAD = 4_096
RESERVED = frozenset({"from", "message_type"})
"""Keys of `data` that Google keeps for itself; nor may they begin with `PREFIXES`."""
PREFIXES = ("google.", "gcm.")
PATIENCE = 3.0
"""Seconds for a new access token; the batch has to be done within those that dangol waits for a channel."""
PAUSE = 60.0
"""Seconds to wait after 429 where Google does not say how long (its own advice)."""

LATER: dict[str, Failure] = {
    "QUOTA_EXCEEDED": "too_fast",
    "RESOURCE_EXHAUSTED": "too_fast",
    "UNAVAILABLE": "provider",
    "INTERNAL": "provider",
    "THIRD_PARTY_AUTH_ERROR": "account",
    "UNAUTHENTICATED": "account",
    "PERMISSION_DENIED": "account",
}
"""Google has not taken it, and may later."""


class Detail(Struct):
    """One of an error's details; `kind` tells which of them."""

    kind: str = field(name="@type", default="")
    code: str = field(name="errorCode", default="")
    violations: list[dict[str, str]] = field(name="fieldViolations", default_factory=list)


class Error(Struct):
    """google.rpc.Status."""

    status: str = ""
    details: list[Detail] = field(default_factory=list)


class Answered(Struct):
    """The name of the message, or an error."""

    name: str = ""
    error: Error = field(default_factory=Error)


class Fcm(Channel):
    """Notifies a member's apps. The account's environment: ``<account>_CREDENTIALS``, the JSON file of a service
    account of the Firebase project, by its path or as it is. ``<account>_URL`` stands in for Google's address.
    """

    name = "fcm"
    api = 1
    version = "1"
    title = {"ko": "앱 푸시 (FCM)", "en": "App push (FCM)"}  # noqa: RUF012
    kinds = ("push",)
    device = "fcm"
    most: ClassVar[int] = 100
    keeps_trying: ClassVar[bool] = False

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """`account` is the prefix of the environment variables, `channel` the app's notification channel on Android."""

        account: Annotated[str, Meta(pattern=r"^FCM(_[A-Z0-9_]{1,40})?\Z")] = "FCM"
        channel: Annotated[str, Meta(max_length=100)] = ""

    def __init__(self) -> None:
        self._access: dict[str, Access] = {}

    async def send_many(self, params: Any, requests: Sequence[PushRequest]) -> Sequence[Receipt]:
        """One POST for each device: HTTP v1 takes no more."""
        try:
            access = self._access.setdefault(params.account, Access(params.account))
            url = f"{address(params.account, SERVER)}/v1/projects/{access.credentials().project}/messages:send"
            async with asyncio.timeout(PATIENCE):
                token = await access.token()
        except (Unset, Denied) as error:
            return [Receipt("retry", str(error), failure="account")] * len(requests)
        except (Unreached, Lost, TimeoutError) as error:
            return [Receipt("retry", f"no access token: {error}", failure="provider")] * len(requests)
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}

        async def one(request: PushRequest, content: templates.PushTemplate, device: Device) -> Receipt:
            if wrong := sorted(key for key in content.data if key in RESERVED or key.startswith(PREFIXES)):
                return Receipt("failed", f"data may not have the key {wrong[0]}", failure="content")
            if (size := len(msgspec.json.encode(words(request.key, content)))) > LONGEST_PAYLOAD:
                reason = f"the payload has {size} bytes; expected at most {LONGEST_PAYLOAD}"
                return Receipt("failed", reason, failure="content")
            body = message(request.key, content, device.token, params.channel, time.time())
            answer = await call("POST", url, headers=headers, content=body, way=http2)
            if answer.status == 401:
                access.forget()
            return receipt(answer, device)

        return await notify(requests, self.device, one)


def message(key: str, content: templates.PushTemplate, token: str, channel: str, now: float) -> bytes:
    """The body of a request."""
    place = place_of(key, content)
    ways = {"android": _android(content, place, channel), "apns": _apple(content, place, now)}
    return msgspec.json.encode({"message": {"token": token, **words(key, content), **ways}})


def words(key: str, content: templates.PushTemplate) -> dict[str, Any]:
    """What is shown, and what the app is told of it: what Google's limit is for."""
    shown = {"title": content.title, "body": content.text, **({"image": content.image} if content.image else {})}
    data = {**content.data, "key": key, **({"link": content.link} if content.link else {})}
    return {"notification": shown, "data": data}


def _android(content: templates.PushTemplate, place: str, channel: str) -> dict[str, Any]:
    """A notification that is sent twice takes its own place on the device."""
    return {
        "priority": "HIGH" if content.urgent else "NORMAL",
        "ttl": f"{content.life}s",
        "notification": {"tag": place, **({"channel_id": channel} if channel else {})},
        **({"collapse_key": place} if content.collapse else {}),
    }


def _apple(content: templates.PushTemplate, place: str, now: float) -> dict[str, Any]:
    """The same for Apple's devices."""
    headers = {
        "apns-priority": "10" if content.urgent else "5",
        "apns-expiration": str(int(now) + content.life if content.life else 0),
        "apns-collapse-id": place,
    }
    aps: dict[str, Any] = {"sound": "default", **({"mutable-content": 1} if content.image else {})}
    picture = {"fcm_options": {"image": content.image}} if content.image else {}
    return {"headers": headers, "payload": {"aps": aps}, **picture}


def receipt(answer: Answer, device: Device) -> Receipt:
    """What an answer means (firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode). Raises `Lost` for one that is
    not Google's."""
    told = answer.read(Answered)
    if answer.status == 200 and told.name:
        return Receipt("accepted", provider_id=told.name)
    if answer.status < 400:
        raise Lost(f"the answer with status {answer.status} is not Google's")
    own = next((each.code for each in told.error.details if each.kind.endswith("FcmError")), "")
    code = own or told.error.status or str(answer.status)
    reason = f"Firebase answered {answer.status} {code}"
    if code == "UNREGISTERED":
        return dead(device, reason, code)
    if code == "SENDER_ID_MISMATCH":
        return dead(device, f"{reason}: the token is another project's", code)
    if code == "INVALID_ARGUMENT" and own and _is_about_the_token(told.error.details):
        return dead(device, reason, code)
    if code in LATER or answer.status in (401, 403, 404, 429) or answer.status >= 500:
        failure = LATER.get(code, "provider" if answer.status >= 500 else "account")
        pause = answer.retry_after or (PAUSE if failure == "too_fast" else 0.0)
        return Receipt("retry", reason, retry_after=pause, failure=failure, code=code)
    return Receipt("failed", reason, failure="content", code=code)


def _is_about_the_token(details: Sequence[Detail]) -> bool:
    """A refusal of anything else says nothing about the device."""
    fields = [each.get("field", "") for detail in details for each in detail.violations]
    return all(each == "message.token" for each in fields)
