"""The list of conditions in docs/segments.md: run this module with the path of that file to write it anew."""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from dangol.definitions.model import Site
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.conditions.row import OPERATORS
from dangol.segments.language.scope import Scope
from dangol.segments.words.describe import described, ready_made

BEGIN, END = "<!-- conditions: made by dangol.segments.words.handbook -->", "<!-- end of conditions -->"
SITE = Site("shop", "public-key", "Shop", ["https://shop.example"])
KINDS = {
    "number": "숫자 / numbers",
    "text": "문자 / texts",
    "set": "목록 / sets",
    "boolean": "예·아니요 / yes or no",
    "time": "날짜·시각 / days and times",
    "keyed number": "대상별 숫자 / numbers of a key",
}
SOURCES = {"profile": "", "request": " (현재 페이지 / the open page)", "window": " (기간 / a window)"}


def conditions() -> str:
    """The list as Markdown, in both languages."""
    scope = Scope(CATALOGUE, SITE)
    return "\n".join([*_lines(list(described(scope))), *_ready_made(list(ready_made(scope)))])


def renewed(text: str) -> str:
    """The handbook with the list as it is now. ValueError where the list has no place."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the handbook has no lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{conditions()}\n{END}{after}"


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield "| 값의 종류 / kind of value | 연산자 / operators |\n| --- | --- |"
    for kind, operators in OPERATORS.items():
        if any(row["kind"] == kind for row in rows):
            yield f"| {KINDS[kind]} | {', '.join(f'`{each}`' for each in operators)} |"
    for group, members in groupby(rows, lambda row: (row["group"]["ko"], row["group"]["en"])):
        yield f"\n### {group[0]} / {group[1]}\n"
        yield "| 조건 / condition | 종류 / kind | 예 / example | 뜻 / what it says |\n| --- | --- | --- | --- |"
        yield from map(_row, members)


def _ready_made(segments: list[dict[str, Any]]) -> Iterator[str]:
    yield "\n## 바로 쓰는 세그먼트 / Ready-made segments\n"
    yield "| 세그먼트 / segment | 포함 / include | 제외 / exclude |\n| --- | --- | --- |"
    for each in segments:
        trees = [_written(each[name]) if name in each else "" for name in ("include", "exclude")]
        yield f"| {each['label']['ko']}<br>{each['label']['en']} | {' | '.join(trees)} |"


def _written(tree: Any) -> str:
    return f"`{msgspec.json.encode(tree).decode()}`"


def _row(row: dict[str, Any]) -> str:
    label, said = row["label"], row["sentence"]
    kind = f"{KINDS[row['kind']]}{SOURCES[row['source']]}"
    cells = [f"{label['ko']}<br>{label['en']}", kind, _written(row["example"]), f"{said['ko']}<br>{said['en']}"]
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(renewed(page.read_text("utf-8")), "utf-8")
