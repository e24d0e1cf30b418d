"""The scheduled fetch of a site's product feed: whole and sound it is put in force, else nothing is changed."""

import asyncio
import logging
import tempfile
import time
from typing import BinaryIO, Final, cast

import httpx
from msgspec.structs import replace

from dangol.definitions.model import Feed, Site
from dangol.errors import Invalid, Problem
from dangol.members.columns import Refusal
from dangol.members.report import brief
from dangol.outside import FAILURES, Permit, Refused, fetched, why
from dangol.products.importing import LARGEST, check, guard, unpacked, write
from dangol.store import feeds
from dangol.store.feeds import Outcome
from dangol.store.link import Link

SECONDS: Final = 600.0
"""What a fetch may take with all that is made of it."""

SILENT: Final = 30.0
"""Seconds that a shop's server may say nothing."""

HOUR: Final = 3600
AGAIN: Final = 900
"""Seconds until a feed that could not be taken is fetched again."""

PAUSE: Final = 0.001
TOLD: Final = 20
"""Refused rows that are kept."""

HEADERS: Final = {
    "user-agent": "Mozilla/5.0 (compatible; dangol product feed)",
    "accept": "text/csv, text/tab-separated-values, application/json, application/x-ndjson, */*;q=0.5",
}

logger = logging.getLogger(__name__)


def due(feed: Feed, before: Outcome | None, now: float) -> bool:
    """Whether it is time to fetch a feed, after what became of it the last time."""
    if before is None or before.url != feed.url:
        return True
    pause = min(AGAIN, feed.hours * HOUR) if before.problem else feed.hours * HOUR
    return not before.at - HOUR <= now < before.at + pause  # a clock that was ahead keeps nobody waiting for it


async def fetch(link: Link, site: Site, feed: Feed, permit: Permit, *, force: bool = False) -> Outcome:
    """Fetch a feed and put in force what is sound of it; what became of it is kept, and told in the log. With `force` a
    feed may hide more than half of the catalogue, and is taken though it has not changed. Raises `Unavailable`."""
    before = await feeds.read(link, site.id)
    now = int(time.time())
    if before is None or before.url != feed.url or before.replace != feed.replace:
        before = Outcome(feed.url, feed.replace, now)
    try:
        async with asyncio.timeout(SECONDS):
            outcome = await _fetch(link, site, replace(before, at=now, problem="", refusals=()), permit, force)
    except (Invalid, *FAILURES) as error:
        problem = str(error) if isinstance(error, Invalid) else why(error, SECONDS)
        outcome = replace(before, at=now, problem=problem[:1000])
    await feeds.save(link, site.id, outcome)
    if outcome.problem:
        logger.warning("site %s: the product feed changed nothing: %s", site.id, outcome.problem)
    else:
        counts = outcome.rows, outcome.refused, outcome.added, outcome.changed, outcome.hidden
        told = "site %s: the product feed is in force: %d rows, %d refused; %d added, %d changed, %d hidden"
        logger.info(told, site.id, *counts)
    return outcome


async def _fetch(link: Link, site: Site, before: Outcome, permit: Permit, force: bool) -> Outcome:
    with tempfile.TemporaryFile() as file:
        packed = cast(BinaryIO, file)
        headers = await _download(before, permit, packed, force)
        if headers is None:
            return replace(before, done=before.at, added=0, changed=0, hidden=0)
        with await asyncio.to_thread(unpacked, packed) as whole:
            outcome = await _take(link, site, whole, before, force)
    return replace(
        outcome, etag=headers.get("etag", "")[:1000], modified=headers.get("last-modified", "")[:100], done=before.at
    )


async def _download(before: Outcome, permit: Permit, file: BinaryIO, force: bool) -> httpx.Headers | None:
    """Put the answer's body into the file as it comes, packed or not; None where it has not changed. A body that is
    shorter than its Content-Length fails."""
    conditions = {"if-none-match": before.etag, "if-modified-since": before.modified}
    asked = {name: value for name, value in conditions.items() if value and not force}
    async with fetched(before.url, permit, {**HEADERS, **asked}, lambda address: None, SILENT) as response:
        if response.status_code == 304 and asked:
            return None
        if response.status_code != 200:
            raise Refused(f"it was answered with status {response.status_code}")
        async for part in response.aiter_raw(1 << 18):
            await asyncio.to_thread(file.write, part)
            if file.tell() > LARGEST:
                raise Invalid([Problem("feed", "more", f"at most {LARGEST} bytes")])
        return response.headers


async def _take(link: Link, site: Site, file: BinaryIO, before: Outcome, force: bool) -> Outcome:
    refusals: list[Refusal] = []

    def refuse(refusal: Refusal) -> None:
        if len(refusals) < TOLD:
            refusals.append(refusal)

    checked = await check(file, site, refuse, pause=PAUSE)
    told = tuple((each.line, each.column, brief(each.value), each.expected) for each in refusals)
    if checked.rows == checked.refused:
        first = f", the first for {told[0][1]}: expected {told[0][3]}" if told else ""
        raise Invalid([Problem("feed", f"{checked.rows} rows, all refused", f"a feed with products{first}")])
    if before.replace and not force:
        await guard(link, site.id, checked.ids)
    done = await write(link, file, site, checked, replace=before.replace, pause=PAUSE)
    return replace(before, rows=checked.rows, refused=checked.refused, refusals=told, **done._asdict())
