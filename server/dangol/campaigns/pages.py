"""On which pages a campaign may appear: globs over the path.

`*` stands for any run of characters, "/" included; every other character stands for itself, and case counts. A glob
covers the whole path: ``/product/*`` is below ``/product`` and is not that page itself. Query, fragment and a
trailing slash of the path don't count, and percent-encoding is undone on both sides, so ``/상품/*`` may be
written as it is read.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from urllib.parse import unquote

from dangol.definitions.model import Pages

REMEMBERED = 2048
LONGEST_PATH = 2000


def normal_path(path: str) -> str:
    """The part of a page's address that globs are compared with; overlong paths are cut."""
    path = path[:LONGEST_PATH].partition("?")[0].partition("#")[0]
    if "%" in path:
        path = unquote(path)
    return path.rstrip("/") or "/"


def glob_pattern(glob: str) -> str:
    """A regular expression for one glob, without backtracking between its stars: each literal is taken where it
    occurs first, which for globs is never worse than a later place."""
    literals = [re.escape(part) for part in re.split(r"\*+", normal_path(glob))]
    if len(literals) == 1:
        return literals[0]
    first, *middle, last = literals
    return first + "".join(f"(?>.*?{part})" for part in middle) + f".*{last}"


def compile_pages(pages: Pages) -> Callable[[str], bool]:
    """A predicate over normalised paths: some glob of `only` (if there are any) and none of `never`."""
    only, never = _either(pages.only or ["*"]), _either(pages.never)
    return lambda path: only(path) and not never(path)


def _either(globs: Sequence[str]) -> Callable[[str], bool]:
    if not globs:
        return lambda _: False
    match = re.compile("|".join(map(glob_pattern, globs)), re.DOTALL).fullmatch
    return lambda path: match(path) is not None


class PageIndex:
    """For each path, which of the given page rules allow it. Equal rules are judged once, and the paths met last are
    remembered."""

    def __init__(self, rules: Sequence[Pages]) -> None:
        texts = [(tuple(pages.only), tuple(pages.never)) for pages in rules]
        distinct = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        predicates = [compile_pages(Pages(list(only), list(never))) for only, never in distinct]

        @lru_cache(REMEMBERED)
        def allowed(path: str) -> bytes:
            path = normal_path(path)
            return bytes([test(path) for test in predicates])

        self.places = [distinct[text] for text in texts]
        """For each rule, in their order, its byte in what `allowed` answers."""

        self.allowed: Callable[[str], bytes] = allowed
        """1 for each distinct rule under which a page with this path is allowed, else 0."""
