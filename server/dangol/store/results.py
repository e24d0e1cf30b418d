"""The counts of messages by campaign and day, over all partitions. `store.transitions` moves them."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from dangol.store import keys
from dangol.store.link import Link

LONGEST = 400
"""Days that are kept, and that one answer may span."""
AT_ONCE = 31
"""Days that are asked for at once, so that page views go in between."""


def days(since: date, until: date) -> list[str]:
    """The days of a span, both ends among them."""
    return [(since + timedelta(days=number)).isoformat() for number in range((until - since).days + 1)]


async def names(link: Link, site: str, span: Sequence[str]) -> dict[str, list[str]]:
    """What there are counts of on these days, in alphabetical order, each with its days."""
    found: dict[str, list[str]] = {}
    for day in span:
        parts = await asyncio.gather(
            *(link.call("SMEMBERS", keys.counted(number, site, day)) for number in range(keys.PARTITIONS))
        )
        for name in {name.decode() for part in parts for name in part}:
            found.setdefault(name, []).append(day)
    return dict(sorted(found.items()))


async def read(link: Link, site: str, name: str, span: Sequence[str]) -> dict[str, Counter[str]]:
    """The sums by day of what is counted under `name`, which is a campaign, a manual send or an origin; days without
    any are left out."""
    by_day: dict[str, Counter[str]] = {}
    for start in range(0, len(span), AT_ONCE):
        places = [
            (day, keys.counts(number, site, name, day))
            for day in span[start : start + AT_ONCE]
            for number in range(keys.PARTITIONS)
        ]
        found = await asyncio.gather(*(link.call("HGETALL", key) for _, key in places))
        for (day, _), flat in zip(places, found, strict=True):
            for field, number in zip(flat[::2], flat[1::2], strict=True):
                by_day.setdefault(day, Counter())[field.decode()] += int(number)
    return by_day
