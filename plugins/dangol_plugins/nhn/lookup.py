"""Asking NHN Cloud what became of messages.

Its lists of messages are read, and not the feed of changed results (`message-results`): they tell the same, our key
besides, and exist for all services.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field

from dangol.plugin import PushRequest, Receipt, Sent
from dangol_plugins import accounts
from dangol_plugins.batches import Unfit
from dangol_plugins.http import Answer, Lost, settled
from dangol_plugins.nhn import client
from dangol_plugins.nhn.results import Header, Item
from dangol_plugins.nhn.services import LISTS, SERVICES
from dangol_plugins.outcomes import KOREA
from dangol_plugins.phones import korean

LIMIT = 200
"""Messages on one page: with their texts they stay below the longest answer that is read."""

MOST_PAGES = 40


class Found(Struct):
    """A page of KakaoTalk Bizmessage."""

    messages: list[Item] = field(default_factory=list)


class Body(Struct):
    """A page of SMS."""

    data: list[Item] | None = None


class Page(Struct):
    """The answer of a list."""

    header: Header
    found: Found | None = field(name="messageSearchResultResponse", default=None)
    body: Body | None = None

    @property
    def items(self) -> Sequence[Item]:
        """Of either service."""
        return self.found.messages if self.found else (self.body.data or []) if self.body else []


Listed = tuple[list[tuple[str, Item]], bool]
"""Messages with the list that has them; and whether these are all."""


async def looked_up(account: str, sent: Sequence[Sent]) -> list[Receipt | None]:
    """What is known of each: by NHN's id, or among all that NHN took around the time of sending, by our key."""
    known = await _by_id(account, [each.provider_id for each in sent])
    lost = [each for each in sent if not each.provider_id]
    # By which service a message went is not known without its content, so all that are set up are asked.
    services = [name for name in LISTS if accounts.optional(account, SERVICES[name].app)]
    if lost and not services:
        raise accounts.Unset(f"neither {account}_APP_KEY nor {account}_SMS_APP_KEY is set")
    around = await taken(account, services, [each.at for each in lost]) if lost else ([], True)
    return [known.get(each.provider_id) if each.provider_id else found(each.request, *around) for each in sent]


async def _by_id(account: str, ids: Sequence[str]) -> dict[str, Receipt]:
    places = (each.partition(":") for each in ids)
    calls = {(service, rest.rpartition(":")[0]) for service, _, rest in places if service in LISTS}
    known: dict[str, Receipt] = {}
    for service, request_id in sorted(calls):
        items, _ = await _all(account, service, {"requestId": request_id})
        known |= {(receipt := item.receipt(service)).provider_id: receipt for _, item in items}
    return known


async def taken(account: str, services: Sequence[str], times: Sequence[float]) -> Listed:
    """What NHN took between the unix times; and whether that is all."""
    is_settled = await settled(max(times))
    listed = await asyncio.gather(*(_between(account, name, times) for name in services))
    return [pair for items, _ in listed for pair in items], is_settled and all(whole for _, whole in listed)


async def _between(account: str, service: str, times: Sequence[float]) -> Listed:
    # A search for no call at all tells what NHN's clock shows.
    start, end = (await _asked(account, service, {"requestId": "0", "pageSize": "1"})).span(times)
    shape = SERVICES[service].dates
    query = {
        "startRequestDate": datetime.fromtimestamp(start, KOREA).strftime(shape),
        "endRequestDate": datetime.fromtimestamp(end, KOREA).strftime(shape),
    }
    return await _all(account, service, query)


async def _all(account: str, service: str, query: Mapping[str, str]) -> Listed:
    found: list[tuple[str, Item]] = []
    for number in range(1, MOST_PAGES + 1):
        answer = await _asked(account, service, {**query, "pageNum": str(number), "pageSize": str(LIMIT)})
        page = answer.read(Page)
        if not page.header.is_successful:
            raise Lost(f"NHN Cloud answered a look-up with the code {page.header.result_code}")
        found += [(service, item) for item in page.items]
        if len(page.items) < LIMIT:
            return found, True
    return found, False


async def _asked(account: str, service: str, query: Mapping[str, str]) -> Answer:
    answer = await client.get(account, SERVICES[service], query)
    if answer.status != 200:
        raise Lost(f"NHN Cloud answered a look-up with {answer.status}")
    return answer


def found(request: PushRequest, items: Sequence[tuple[str, Item]], whole: bool) -> Receipt | None:
    """What NHN's messages say of a request; "retry" where it surely did not take it."""
    for service, item in items:
        if item.key == request.key:
            return item.receipt(service)
    if whole and not _may_be(request, items):
        return Receipt("retry", "NHN Cloud does not list it, so it was not taken", failure="provider")
    return None


def _may_be(request: PushRequest, items: Sequence[tuple[str, Item]]) -> bool:
    """Whether one of the messages that NHN lists without our key went to the same number."""
    numbers = {item.recipient_no for _, item in items if not item.key}
    return bool(numbers) and (not request.to or _plain(request.to) in numbers)


def _plain(number: str) -> str:
    try:
        return korean(number)
    except Unfit:
        return number.removeprefix("+")
