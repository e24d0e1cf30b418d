"""The channel."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct

from dangol.plugin import Channel, Hook, PushRequest, Receipt, Sent, Told, Untrusted
from dangol_plugins import accounts
from dangol_plugins.batches import Entry, Part, Unfit, hand_over
from dangol_plugins.http import SETTLED
from dangol_plugins.nhn import client, lookup, messages, results
from dangol_plugins.nhn.services import LISTED, SERVICES
from dangol_plugins.uploads import Uploads, chosen

LARGEST = 300_000
"""Bytes of an image with a text."""

REMEMBERED = 600.0
"""Seconds for which NHN remembers the idempotency key of a call."""


class Nhn(Channel):
    """Sends through NHN Cloud. The environment holds `<account>_APP_KEY` and `<account>_SECRET_KEY` for KakaoTalk
    Bizmessage, `<account>_SMS_APP_KEY` and `<account>_SMS_SECRET_KEY` for texts, `<account>_HOOK_SECRET` for hooks.

    A batch that was sent before is refused by NHN for ten minutes; then, and wherever the outcome is not known, what
    was taken is looked up by our key, which each message carries as its `recipientGroupingKey`.
    """

    name = "nhn"
    api = 1
    version = "1"
    title = {"ko": "NHN Cloud", "en": "NHN Cloud"}  # noqa: RUF012
    kinds = ("text", "alimtalk", "brand")
    most: ClassVar[int] = 1000

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """`number` is the registered number to send from, `profile` the senderKey of the Kakao channel; without it
        `<account>_SENDER_KEY` of the environment counts."""

        number: Annotated[str, Meta(pattern=r"^[0-9]{0,16}\Z")] = ""
        profile: Annotated[str, Meta(pattern=r"^[A-Za-z0-9]{0,60}\Z")] = ""
        account: Annotated[str, Meta(pattern=r"^NHN[A-Z0-9_]{0,40}\Z")] = "NHN"

    def __init__(self) -> None:
        self._uploads = Uploads({}, LARGEST)

    async def send_many(self, params: Any, requests: Sequence[PushRequest]) -> Sequence[Receipt]:
        """One call for each text, or for each template that NHN fills in. Raises `Lost`."""
        begun = asyncio.get_running_loop().time()
        account, profile = params.account, params.profile or accounts.optional(params.account, "SENDER_KEY")
        images = {each for request in requests for each in messages.images(request.content)}
        kept = await self._uploads.kept(account, images, lambda kind, image: _given(account, image))

        def part(request: PushRequest) -> Part:
            return messages.part(request, params.number, profile, partial(chosen, kept))

        async def send(entries: Sequence[Entry]) -> Sequence[Receipt] | Receipt:
            service, body = messages.body(entries[0].part)
            body["recipientList"] = [entry.part.own for entry in entries]
            keys = [entry.request.key for entry in entries]
            answer = await client.post(account, SERVICES[service], body, keys)
            told = results.receipts(service, entries, answer)
            return await self._before(account, service, entries) if told is None else told

        return await hand_over(requests, part, send, begun)

    async def look_up(self, params: Any, sent: Sequence[Sent]) -> Sequence[Receipt | None]:
        """By NHN's id where it is known, else by our key."""
        return await lookup.looked_up(params.account, sent)

    def told(self, params: Any, hook: Hook) -> Sequence[Told]:
        """Results and refusals."""
        try:
            return results.told(hook, accounts.secret(params.account, "HOOK_SECRET"))
        except accounts.Unset as unset:
            raise Untrusted(str(unset)) from None

    async def _before(self, account: str, service: str, entries: Sequence[Entry]) -> list[Receipt]:
        """NHN has had this very batch within ten minutes. What it does not list it did not take, and takes again only
        after that time."""
        now = time.time()
        listed = await lookup.taken(account, [LISTED.get(service, service)], [now - REMEMBERED, now - SETTLED])
        return [_seen(lookup.found(entry.request, *listed)) for entry in entries]


def _seen(receipt: Receipt | None) -> Receipt:
    if receipt is None:
        reason = "NHN Cloud has had this call before, and does not say what it took of it"
        return Receipt("unknown", reason, failure="provider")
    if receipt.state != "retry":
        return receipt
    reason = "NHN Cloud has had this call before and taken nothing, and takes it again after ten minutes"
    return Receipt("retry", reason, retry_after=REMEMBERED, failure="provider")


async def _given(account: str, image: bytes) -> str:
    answer = await client.upload(account, image)
    again = answer.status == 429 or answer.status >= 500
    found = answer.read(results.Uploaded) if answer.status == 200 else None
    if found is None or not found.header.is_successful or not found.body:
        raise Unfit("NHN Cloud did not take an image", again=again)
    return str(found.body.data.file_id)
