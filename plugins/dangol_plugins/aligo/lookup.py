"""Asking Aligo what became of messages. It has no hooks, and our key goes nowhere: a message is known by its call's
number (`mid`) and the recipient's."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct, field

from dangol.plugin import Receipt, Sent
from dangol_plugins.aligo import client
from dangol_plugins.aligo.client import Host
from dangol_plugins.aligo.results import Call, Number, Talk, Text
from dangol_plugins.batches import Unfit
from dangol_plugins.http import Answer, Lost, settled
from dangol_plugins.outcomes import KOREA, plain
from dangol_plugins.phones import korean

LIMIT = 500
MOST_PAGES = 4
MOST_CALLS = 20
"""Calls that are searched for a message of which no number is known."""

CLOSE = 10.0
"""Seconds around the time of sending: in a wider time there may be another message to the same number."""

AT = "%Y-%m-%d %H:%M:%S"
DAY = 86_400.0


class Kind(NamedTuple):
    """Where calls and their messages are listed, and how. `limit` is the field for a page's length."""

    host: Host
    calls: str
    messages: str
    limit: str


KINDS = {
    "at": Kind(client.KAKAO, "/akv10/history/list/", "/akv10/history/detail/", "limit"),
    "sms": Kind(client.TEXTS, "/list/", "/sms_list/", "page_size"),
}


class Page(Struct):
    """What both kinds of lists have."""

    code: Number | None = None
    result_code: Number | None = None

    @property
    def is_good(self) -> bool:
        """Whether Aligo has answered."""
        return plain(self.code) == "0" or plain(self.result_code) == "1"


class Calls(Page):
    """A list of calls, the latest first."""

    items: list[Call] = field(name="list", default_factory=list)


class Talks(Page):
    """The messages of a call."""

    items: list[Talk] = field(name="list", default_factory=list)


class Texts(Page):
    """The same of texts."""

    items: list[Text] = field(name="list", default_factory=list)


async def looked_up(account: str, sent: Sequence[Sent]) -> list[Receipt | None]:
    """What is known of each. A message without a number is searched in the calls that Aligo took around the time of
    sending: found in one of them it is that, found in several it can't be told."""
    ids = sorted({each.provider_id for each in sent if each.provider_id})
    listed = dict(zip(ids, [await _messages(account, each) for each in ids], strict=True))
    lost = [each for each in sent if not each.provider_id]
    if lost:
        calls, whole = await _around(account, [each.at for each in lost])
        return [_known(each, listed) if each.provider_id else _found(each, calls, whole) for each in sent]
    return [_known(each, listed) for each in sent]


Messages = Mapping[str, Receipt]
"""By the recipient's number, with the call as the receipt's id."""


def _known(each: Sent, listed: Mapping[str, Messages]) -> Receipt | None:
    """A number that Aligo does not list may be on its way for a day; after that it was a wrong one."""
    found = listed[each.provider_id].get(_number(each.request.to))
    if found is None and time.time() > each.at + DAY:
        return Receipt("failed", "Aligo did not take the number", each.provider_id, failure="bad_address")
    return found


def _found(each: Sent, calls: Sequence[Messages], whole: bool) -> Receipt | None:
    number = _number(each.request.to)
    found = [messages[number] for messages in calls if number in messages]
    if len(found) == 1:
        return found[0]
    if not found and whole and number:
        return Receipt("retry", "Aligo does not list it, so it was not taken", failure="provider")
    return None


async def _around(account: str, times: Sequence[float]) -> tuple[list[Messages], bool]:
    is_settled = await settled(max(times))
    named = await asyncio.gather(*(_calls(account, name, times) for name in KINDS))
    ids = [each for found, _ in named for each in found]
    whole = is_settled and all(each for _, each in named) and len(ids) <= MOST_CALLS
    return [await _messages(account, each) for each in ids[:MOST_CALLS]], whole


async def _calls(account: str, name: str, times: Sequence[float]) -> tuple[list[str], bool]:
    """The calls of one kind between the times, by Aligo's clock; and whether these are all."""
    kind = KINDS[name]
    first, last = (datetime.fromtimestamp(at, KOREA).strftime("%Y%m%d") for at in (min(times) - DAY, max(times) + DAY))
    days = {"startdate": first, "enddate": last} if name == "at" else {"start_date": last, "limit_day": "3"}
    answer = await _asked(account, kind.host, kind.calls, {"page": "1", kind.limit: str(LIMIT), **days})
    page = answer.read(Calls)
    if not page.is_good:
        raise Lost("Aligo refused a look-up")
    start, end = answer.span(times, CLOSE)
    at = [(call, _moment(call)) for call in page.items]
    found = [f"{name}:{plain(call.mid)}" for call, when in at if when is None or start <= when <= end]
    reached = len(page.items) < LIMIT or any(when is not None and when < start for _, when in at)
    return found, reached


async def _messages(account: str, provider_id: str) -> Messages:
    """The messages of a call."""
    name, _, mid = provider_id.partition(":")
    kind, found = KINDS[name], dict[str, Receipt]()
    shape: type[Talks] | type[Texts] = Talks if name == "at" else Texts
    for number in range(1, MOST_PAGES + 1):
        query = {"mid": mid, "page": str(number), kind.limit: str(LIMIT)}
        page = (await _asked(account, kind.host, kind.messages, query)).read(shape)
        if not page.is_good:
            raise Lost("Aligo refused a look-up")
        found |= {_number(each.number): each.receipt(provider_id) for each in page.items}
        if len(page.items) < LIMIT:
            break
    return found


async def _asked(account: str, host: Host, path: str, form: Mapping[str, str]) -> Answer:
    answer = await client.post(account, host, path, form)
    if answer.status != 200:
        raise Lost(f"Aligo answered a look-up with {answer.status}")
    return answer


def _moment(call: Call) -> float | None:
    try:
        return datetime.strptime(call.at or call.day, AT).replace(tzinfo=KOREA).timestamp()
    except ValueError:
        return None


def _number(written: str) -> str:
    try:
        return korean(written)
    except Unfit:
        return ""
