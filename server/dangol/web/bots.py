"""Robots that run a page's scripts, told by their User-Agent header: crawlers, monitors, scanners, driven browsers.

The patterns are those of https://github.com/monperrus/crawler-user-agents (MIT), all in one RE2 set. Who hides is not
found, and an empty header counts as a browser: a robot too many in the figures is better than a shopper too few.
"""

from functools import lru_cache

import re2
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

LONGEST = 1000
OTHER = "other"


def _compiled() -> re2.Set:
    patterns = re2.Set.SearchSet()
    for crawler in CRAWLER_USER_AGENTS_DATA:
        patterns.Add(crawler["pattern"])
    patterns.Compile()
    return patterns


_PATTERNS = _compiled()
KINDS = tuple((crawler.get("tags") or [OTHER])[0] for crawler in CRAWLER_USER_AGENTS_DATA)


def kind(user_agent: str) -> str:
    """What kind of robot sends this header (search-engine, seo, monitoring, browser-automation, …); "" for none."""
    return _kind(user_agent[:LONGEST])


@lru_cache(4096)
def _kind(user_agent: str) -> str:
    """Looking at all of the patterns takes 2 µs."""
    found = _PATTERNS.Match(user_agent)
    return KINDS[min(found)] if found else ""
