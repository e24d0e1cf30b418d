"""On which pages a campaign may appear: globs over the address, and kinds of pages.

`*` stands for any run of characters, "/" included; every other character stands for itself, and case counts. A glob
covers the whole path: ``/product/*`` is below ``/product`` and is not that page itself. Fragment and a trailing slash
of the path don't count, and percent-encoding is undone on both sides, so ``/상품/*`` may be written as it is read.

The query counts where a glob has one: each of its parts must be among the page's parameters, in any order and beside
any others. ``/goods?no=12*`` asks for a parameter ``no`` that begins with 12, ``/goods?sale`` for any ``sale``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, unquote_plus

from dangol.definitions.model import Pages

REMEMBERED = 2048
LONGEST_PATH = 2000

Query = Mapping[str, Sequence[str]]
Part = tuple[str, Callable[[str], object]]


def normal_path(path: str) -> str:
    """The part of a page's address that globs' paths are compared with; overlong paths are cut."""
    path = path[:LONGEST_PATH].partition("?")[0].partition("#")[0]
    if "%" in path:
        path = unquote(path)
    return path.rstrip("/") or "/"


def glob_pattern(glob: str) -> str:
    """A regular expression for the path of one glob."""
    return _pattern(normal_path(glob))


def query_of(text: str) -> dict[str, list[str]]:
    """The parameters of a query; one may stand there several times."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(text.partition("#")[0][:LONGEST_PATH], keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found


def _pattern(text: str) -> str:
    """Without backtracking between the stars: each literal is taken where it occurs first, which for globs is never
    worse than a later place."""
    literals = [re.escape(part) for part in re.split(r"\*+", text)]
    if len(literals) == 1:
        return literals[0]
    first, *middle, last = literals
    return first + "".join(f"(?>.*?{part})" for part in middle) + f".*{last}"


def _matcher(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern, re.DOTALL).fullmatch


class Globs:
    """Whether a page matches one of them."""

    def __init__(self, globs: Sequence[str]) -> None:
        paths = [glob for glob in globs if "?" not in glob]
        self._path = _matcher("|".join(map(glob_pattern, paths))) if paths else None
        self._asking = [(_matcher(glob_pattern(glob)), _parts(glob)) for glob in globs if "?" in glob]

    def match(self, path: str, query: Query) -> bool:
        """`path` is a normal one."""
        if self._path is not None and self._path(path):
            return True
        return any(matches(path) and all(_has(query, part) for part in parts) for matches, parts in self._asking)


def _parts(glob: str) -> list[Part]:
    parts = (part.partition("=") for part in glob.partition("?")[2].split("&"))
    values = ((name, unquote_plus(value) if equals else "*") for name, equals, value in parts)
    return [(unquote_plus(name), _matcher(_pattern(value))) for name, value in values]


def _has(query: Query, part: Part) -> bool:
    name, matches = part
    return any(matches(value) for value in query.get(name, ()))


class PageRule:
    """Some glob of `only` (if there are any), none of `never`, and one of the `kinds` (if there are any)."""

    def __init__(self, pages: Pages) -> None:
        self.asks = any("?" in glob for glob in (*pages.only, *pages.never))
        self._only = Globs(pages.only or ["*"])
        self._never = Globs(pages.never)
        self._kinds = frozenset(pages.kinds)

    def allows(self, path: str, query: Query, kind: str) -> bool:
        """`path` is a normal one."""
        if self._kinds and kind not in self._kinds:
            return False
        return self._only.match(path, query) and not self._never.match(path, query)


class PageIndex:
    """For each page, which of the given rules allow it. Equal rules are judged once, and the paths met last are
    remembered; so are whole addresses, but only where some rule looks at queries."""

    def __init__(self, rules: Sequence[Pages]) -> None:
        texts = [(tuple(pages.only), tuple(pages.never), frozenset(pages.kinds)) for pages in rules]
        distinct = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        compiled = [PageRule(Pages(list(only), list(never), sorted(kinds))) for only, never, kinds in distinct]
        asking = [(place, rule) for place, rule in enumerate(compiled) if rule.asks]

        @lru_cache(REMEMBERED)
        def by_path(path: str, kind: str) -> bytes:
            path = normal_path(path)
            return bytes([rule.allows(path, {}, kind) for rule in compiled])

        @lru_cache(REMEMBERED)
        def by_query(path: str, query: str, kind: str) -> bytes:
            found, normal, parameters = bytearray(by_path(path, kind)), normal_path(path), query_of(query)
            for place, rule in asking:
                found[place] = rule.allows(normal, parameters, kind)
            return bytes(found)

        self.places = [distinct[text] for text in texts]
        """For each rule, in their order, its byte in what `allowed` answers."""

        self._by_path = by_path
        self._by_query = by_query if asking else None

    def allowed(self, url: str, kind: str = "other") -> bytes:
        """1 for each distinct rule under which a page of that kind with this path and query is allowed, else 0."""
        path, _, query = url.partition("?")
        if query and self._by_query:
            return self._by_query(path, query, kind)
        return self._by_path(path, kind)
