"""The demo's own categories, found by words in a product's name; see categories.yaml."""

import re
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct

Language = Literal["en", "ko"]


class Category(Struct, frozen=True):
    """`words` are in capitals, as product names in the data are."""

    id: str
    name: dict[Language, str]
    words: list[str]


@cache
def categories() -> list[Category]:
    """All of them, in the order in which they are tried; the last takes what no other does."""
    return msgspec.yaml.decode((files("dangol.demo") / "categories.yaml").read_bytes(), type=list[Category])


@cache
def _matchers() -> list[tuple[str, re.Pattern[str]]]:
    *tried, _ = categories()
    return [
        (one.id, re.compile(rf"(?<![A-Z])(?:{'|'.join(map(re.escape, one.words))})(?:S)?(?![A-Z])")) for one in tried
    ]


def category_of(name: str) -> str:
    """The id of the first category one of whose words stands in a name."""
    return next((id for id, words in _matchers() if words.search(name)), categories()[-1].id)
