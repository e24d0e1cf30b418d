"""The channel."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct

from dangol.plugin import Channel, Hook, PushRequest, Receipt, Sent, Told, Untrusted
from dangol_plugins import accounts
from dangol_plugins.batches import Entry, Part, Unfit, hand_over
from dangol_plugins.solapi import client, lookup, messages, results
from dangol_plugins.uploads import Uploads, chosen

SEND = "/messages/v4/send-many/detail"
LARGEST: dict[str, int] = {"MMS": 200_000, "KAKAO": 500_000}
LARGEST_BRAND = 5_000_000
"""Bytes of an image; Kakao's limit for brand messages."""


class Uploaded(Struct, rename="camel"):
    """The answer of ``/storage/v1/files``."""

    file_id: str


class Solapi(Channel):
    """Sends through SOLAPI (https://solapi.com). The environment holds `<account>_API_KEY`, `<account>_API_SECRET` and,
    for its hooks, `<account>_HOOK_SECRET`.

    SOLAPI drops no repetition, so a request of unknown outcome is looked up by our key, which its `customFields` keep.
    """

    name = "solapi"
    api = 1
    version = "1"
    title = {"ko": "솔라피", "en": "SOLAPI"}  # noqa: RUF012
    kinds = ("text", "alimtalk", "brand")
    most: ClassVar[int] = 1000
    """SOLAPI takes 10,000: a thousand long texts are 1.1 MB, and their answer 0.2 MB."""

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """`number` is the registered number to send from, `profile` the pfId of the Kakao channel."""

        number: Annotated[str, Meta(pattern=r"^[0-9]{0,16}\Z")] = ""
        profile: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{0,60}\Z")] = ""
        account: Annotated[str, Meta(pattern=r"^SOLAPI[A-Z0-9_]{0,40}\Z")] = "SOLAPI"

    def __init__(self) -> None:
        self._uploads = Uploads(LARGEST, LARGEST_BRAND)

    async def send_many(self, params: Any, requests: Sequence[PushRequest]) -> Sequence[Receipt]:
        """One call for all. Raises `Lost`."""
        begun = asyncio.get_running_loop().time()
        account, images = params.account, {each for request in requests for each in messages.images(request.content)}
        kept = await self._uploads.kept(account, images, lambda kind, image: _given(account, kind, image))

        def part(request: PushRequest) -> Part:
            return Part("", messages.message(request, params.number, params.profile, partial(chosen, kept)))

        async def send(entries: Sequence[Entry]) -> Sequence[Receipt] | Receipt:
            # Several messages to one number are meant: whether one is too many was dangol's to say.
            body = {
                "messages": [entry.part.own for entry in entries],
                "allowDuplicates": True,
                "showMessageList": True,
            }
            return results.receipts(entries, await client.post(account, SEND, body))

        return await hand_over(requests, part, send, begun)

    async def look_up(self, params: Any, sent: Sequence[Sent]) -> Sequence[Receipt | None]:
        """By SOLAPI's id where it is known, else by our key."""
        return await lookup.looked_up(params.account, sent)

    def told(self, params: Any, hook: Hook) -> Sequence[Told]:
        """SINGLE-REPORT hooks."""
        try:
            return results.told(hook, accounts.secret(params.account, "HOOK_SECRET"))
        except accounts.Unset as unset:
            raise Untrusted(str(unset)) from None


async def _given(account: str, kind: str, image: bytes) -> str:
    answer = await client.upload(account, kind, image)
    if answer.status != 200:
        raise Unfit(f"SOLAPI did not take an image (status {answer.status})", again=answer.status >= 429)
    return answer.read(Uploaded).file_id
