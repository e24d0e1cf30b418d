"""The channel."""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct

from dangol.plugin import Channel, PushRequest, Receipt, Sent
from dangol_plugins import accounts, pictures
from dangol_plugins.aligo import client, lookup, messages, results
from dangol_plugins.batches import Entry, Part, Unfit, hand_over
from dangol_plugins.http import Unreached

LARGEST = 300_000
"""Bytes of a picture."""


class Aligo(Channel):
    """Sends through Aligo (https://smartsms.aligo.in). The environment holds `<account>_API_KEY` and
    `<account>_USER_ID`. Aligo only listens to IP addresses that are registered there.

    Aligo has neither hooks nor keys against repetition: results are asked for, and what was sent without an answer is
    searched by time and number in its lists before anything goes again.
    """

    name = "aligo"
    api = 1
    version = "1"
    title = {"ko": "알리고", "en": "Aligo"}  # noqa: RUF012
    kinds = ("text", "alimtalk")
    most: ClassVar[int] = 500

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """`number` is the registered number to send from, `profile` the senderkey of the Kakao channel; without it
        `<account>_SENDER_KEY` of the environment counts."""

        number: Annotated[str, Meta(pattern=r"^[0-9]{0,16}\Z")] = ""
        profile: Annotated[str, Meta(pattern=r"^[A-Za-z0-9]{0,60}\Z")] = ""
        account: Annotated[str, Meta(pattern=r"^ALIGO[A-Z0-9_]{0,40}\Z")] = "ALIGO"

    async def send_many(self, params: Any, requests: Sequence[PushRequest]) -> Sequence[Receipt]:
        """One call for all texts of one form, for each text with pictures, and for each Alimtalk template. Raises
        `Lost`."""
        account, profile = params.account, params.profile or accounts.optional(params.account, "SENDER_KEY")
        begun, turns = asyncio.get_running_loop().time(), Counter[str]()
        pictured = await _pictured({each for request in requests for each in messages.images(request.content)})

        def part(request: PushRequest) -> Part:
            # Within a call Aligo tells messages apart by their numbers: a second one to the same goes in another call.
            turns[request.to] += 1
            for image in messages.images(request.content):
                if isinstance(unfit := pictured[image], Unfit):
                    raise unfit
            return messages.part(request, params.number, profile, turns[request.to])

        async def send(entries: Sequence[Entry]) -> Sequence[Receipt] | Receipt:
            path, fields, images = messages.call([entry.part for entry in entries])
            host = client.KAKAO if path == messages.ALIMTALK else client.TEXTS
            files = [file for image in images if isinstance(file := pictured[image], bytes)]
            return results.receipts(path, entries, await client.post(account, host, path, fields, files))

        return await hand_over(requests, part, send, begun)

    async def look_up(self, params: Any, sent: Sequence[Sent]) -> Sequence[Receipt | None]:
        """By the call's number where it is known, else among the calls around the time of sending."""
        return await lookup.looked_up(params.account, sent)


async def _pictured(images: Collection[str]) -> dict[str, bytes | Unfit]:
    """The pictures at the addresses, which Aligo gets with each call, or why there is none."""
    return dict(zip(images, await asyncio.gather(*map(_picture, images)), strict=True))


async def _picture(address: str) -> bytes | Unfit:
    try:
        return await pictures.fetched(address, LARGEST)
    except Unfit as unfit:
        return unfit
    except Unreached as error:
        return Unfit(str(error), "provider", again=True)
