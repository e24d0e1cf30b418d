"""The channel."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct

from dangol.plugin import Channel, Hook, PushRequest, Receipt, Sent, Told, Untrusted
from dangol_plugins import accounts, pictures
from dangol_plugins.batches import Entry, Part, Unfit, hand_over
from dangol_plugins.http import Lost, Unreached
from dangol_plugins.solapi import client, lookup, messages, results

SEND = "/messages/v4/send-many/detail"
LARGEST: dict[str, int] = {"MMS": 200_000, "KAKAO": 500_000}
LARGEST_BRAND = 5_000_000
"""Bytes of an image; Kakao's limit for brand messages."""

UPLOAD = 5.0
"""Seconds for fetching and uploading an image; the rest of the budget is for sending."""

KEPT, DAY = 1000, 86_400.0
"""How many uploaded images are remembered, and for how many seconds."""


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
        self._files: OrderedDict[tuple[str, str, str], tuple[str, float]] = OrderedDict()

    async def send_many(self, params: Any, requests: Sequence[PushRequest]) -> Sequence[Receipt]:
        """One call for all. Raises `Lost`."""
        begun = asyncio.get_running_loop().time()
        kept = await self._kept(params.account, requests)

        def part(request: PushRequest) -> Part:
            def keep(kind: str, image: str) -> str:
                found = kept.get((kind, image), image)
                if isinstance(found, Unfit):
                    raise found
                return found

            return Part("", messages.message(request, params.number, params.profile, keep))

        async def send(entries: Sequence[Entry]) -> Sequence[Receipt] | Receipt:
            # Several messages to one number are meant: whether one is too many was dangol's to say.
            body = {
                "messages": [entry.part.own for entry in entries],
                "allowDuplicates": True,
                "showMessageList": True,
            }
            return results.receipts(entries, await client.post(params.account, SEND, body))

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

    async def _kept(self, account: str, requests: Sequence[PushRequest]) -> dict[tuple[str, str], str | Unfit]:
        """SOLAPI's ids of the images that the requests name by address, or why there is none."""
        wanted = sorted({image for request in requests for image in messages.images(request.content)})
        ids = await asyncio.gather(*(self._file(account, kind, address) for kind, address in wanted))
        return dict(zip(wanted, ids, strict=True))

    async def _file(self, account: str, kind: str, address: str) -> str | Unfit:
        known = self._files.get((account, kind, address))
        if known is not None and time.time() < known[1]:
            return known[0]
        try:
            async with asyncio.timeout(UPLOAD):
                found = await self._uploaded(account, kind, address)
        except Unfit as unfit:
            return unfit
        except (Unreached, Lost, TimeoutError) as error:
            return Unfit(str(error) or "an image could not be given to SOLAPI in time", "provider", again=True)
        except accounts.Unset as unset:
            return Unfit(str(unset), "account", again=True)
        self._files[account, kind, address] = found, time.time() + DAY
        while len(self._files) > KEPT:
            self._files.popitem(last=False)
        return found

    async def _uploaded(self, account: str, kind: str, address: str) -> str:
        image = await pictures.fetched(address, LARGEST.get(kind, LARGEST_BRAND))
        answer = await client.upload(account, kind, image)
        if answer.status != 200:
            again = answer.status >= 429
            raise Unfit(f"SOLAPI did not take an image (status {answer.status})", again=again)
        return answer.read(Uploaded).file_id
