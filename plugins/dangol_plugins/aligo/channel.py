"""The channel."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct

from dangol.plugin import Channel, PushRequest, Receipt, Sent
from dangol_plugins import accounts
from dangol_plugins.aligo import client, lookup, messages, results
from dangol_plugins.batches import Entry, Part, hand_over


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
        """One call for all texts of one form, and one for each Alimtalk template. Raises `Lost`."""
        account, profile = params.account, params.profile or accounts.optional(params.account, "SENDER_KEY")

        turns: Counter[str] = Counter()

        def part(request: PushRequest) -> Part:
            # Within a call Aligo tells messages apart by their numbers: a second one to the same goes in another call.
            turns[request.to] += 1
            return messages.part(request, params.number, profile, turns[request.to])

        async def send(entries: Sequence[Entry]) -> Sequence[Receipt] | Receipt:
            path, form = messages.call([entry.part for entry in entries])
            host = client.KAKAO if path == messages.ALIMTALK else client.TEXTS
            return results.receipts(path, entries, await client.post(account, host, path, form))

        return await hand_over(requests, part, send)

    async def look_up(self, params: Any, sent: Sequence[Sent]) -> Sequence[Receipt | None]:
        """By the call's number where it is known, else among the calls around the time of sending."""
        return await lookup.looked_up(params.account, sent)
