"""Asking SOLAPI what became of messages."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from dangol.plugin import Receipt, Sent
from dangol_plugins.http import Answer, Lost, settled
from dangol_plugins.solapi import client
from dangol_plugins.solapi.results import Page, Stored

PATH = "/messages/v4/list"
TOGETHER = 100
"""Ids in one address."""

LIMIT = 200
"""Messages on one page: with their texts they stay below the longest answer that is read."""

MOST_PAGES = 40


async def by_id(account: str, sent: Sequence[Sent]) -> dict[str, Stored]:
    """The messages whose ids are known, by their ids."""
    found: dict[str, Stored] = {}
    ids = [each.provider_id for each in sent]
    for start in range(0, len(ids), TOGETHER):
        page = await _page(account, {"messageIds": ids[start : start + TOGETHER], "limit": str(TOGETHER)})
        found |= {each.message_id: each for each in page.messages if each.message_id}
    return found


async def by_key(account: str, sent: Sequence[Sent]) -> tuple[dict[str, Stored], bool]:
    """The messages that SOLAPI took around the time of sending, by our keys; and whether these are all."""
    times = [each.at for each in sent]
    is_settled = await settled(max(times))
    start, end = (await _asked(account, {"limit": "1"})).span(times)
    query: dict[str, str | Sequence[str]] = {
        "dateType": "CREATED",
        "startDate": _iso(start),
        "endDate": _iso(end),
        "limit": str(LIMIT),
    }
    missing, found = {each.request.key for each in sent}, dict[str, Stored]()
    for _ in range(MOST_PAGES):
        page = await _page(account, query)
        found |= {each.key: each for each in page.messages if each.key in missing}
        if not page.next_key:
            return found, is_settled
        if found.keys() == missing:
            break
        query |= {"startKey": page.next_key}
    return found, False


async def looked_up(account: str, sent: Sequence[Sent]) -> list[Receipt | None]:
    """What is known of each. Where SOLAPI took the message without our knowing its id, our key in it tells."""
    known = [each for each in sent if each.provider_id]
    open_ = [each for each in sent if not each.provider_id]
    ids = await by_id(account, known) if known else {}
    keys, whole = await by_key(account, open_) if open_ else ({}, True)
    return [_told(each, ids, keys, whole) for each in sent]


def _told(each: Sent, ids: dict[str, Stored], keys: dict[str, Stored], whole: bool) -> Receipt | None:
    stored = ids.get(each.provider_id) if each.provider_id else keys.get(each.request.key)
    if stored is not None:
        return stored.receipt
    if not each.provider_id and whole:
        return Receipt("retry", "SOLAPI does not list it, so it was not taken", failure="provider")
    return None


async def _page(account: str, query: Mapping[str, str | Sequence[str]]) -> Page:
    return (await _asked(account, query)).read(Page)


async def _asked(account: str, query: Mapping[str, str | Sequence[str]]) -> Answer:
    answer = await client.get(account, PATH, query)
    if answer.status != 200:
        raise Lost(f"SOLAPI answered a look-up with {answer.status}")
    return answer


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
