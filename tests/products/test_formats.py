"""Feeds as they come, whole and cut off."""

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Site
from dangol.errors import Invalid
from dangol.members.columns import Refusal
from dangol.members.table import Encodings
from dangol.products import formats
from dangol.products.formats import Rows
from dangol.products.product import Product

SHOP = Site("shop", "public-key", "Shop", ["https://shop.example"])
MUG, CUP = Product("1", "머그", 5), Product("2", "Cup", 7)
TOLD = [{"id": "1", "title": "머그", "price": "5"}, {"id": "2", "title": "Cup", "price": "7"}]


def read(feed: bytes | str) -> list[Product | list[Refusal]]:
    content, encodings = feed.encode() if isinstance(feed, str) else feed, Encodings()
    encodings.take(content)
    encodings.take(b"", final=True)
    return list(Rows(io.BytesIO(content), encodings.found(), SHOP))


def table(delimiter: str, rows: Sequence[dict[str, Any]] = TOLD) -> str:
    return "".join(delimiter.join(line) + "\r\n" for line in (rows[0], *(each.values() for each in rows)))


LINES = "\n".join(map(json.dumps, TOLD))
FEEDS = {
    "csv": table(","),
    "tsv": table("\t"),
    "quoted": table(",").replace("Cup", '"Cup"'),
    "list": json.dumps(TOLD, indent=1),
    "products": json.dumps({"count": 2, "products": TOLD, "next": None}, ensure_ascii=False),
    "items": json.dumps({"items": TOLD}),
    "lines": LINES,
    "marked": "\ufeff" + LINES + "\n\n",
    "spare": table(",", [{**each, "": ""} for each in TOLD]),
}


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_is_read_in_every_form(name: str) -> None:
    assert read(FEEDS[name]) == [MUG, CUP]


def test_a_table_may_be_in_cp949() -> None:
    assert read(table(",").encode("cp949")) == [MUG, CUP]


@pytest.mark.parametrize(
    ("feed", "problem"),
    [
        ("id,title,price\n1,머그,5\n2,C", "line 3: '2 cells' is not 3 cells, as the header has: the feed is cut off"),
        ('id,title,price\n1,머그,5\n2,"C', "cut off here"),
        ('id,title,price\n1,"머그,5\n2,Cup,7\n', "a quote that is opened in line 2"),
        ("id,title,price\n1,머그,5\n2", "1 cells"),
        ("id,tit", "a header with columns title, price"),
        (FEEDS["list"][:-2], "JSON that is whole"),
        (FEEDS["products"][:-20], "JSON that is whole"),
        (FEEDS["products"][:60], "JSON that is whole"),
        (LINES[:-3], "line 2"),
        (LINES[:20], "JSON that is whole"),
        ("", "file: expected a header and rows; there is nothing in it"),
        ("<rss><channel>", "this looks like XML"),
        ("[1] [2]", "trailing characters"),
        ("[" * 100_000, "JSON that is whole"),
        ('{"a":' * 100_000, "JSON that is whole"),
        ('{"products": 5}', "JSON that is whole"),
        ("[1,2]x", "trailing characters"),
    ],
)
def test_a_feed_that_is_cut_off_or_none_at_all_is_refused_whole(feed: str, problem: str) -> None:
    with pytest.raises(Invalid) as error:
        read(feed)
    assert problem in str(error.value)


@given(st.sampled_from(["csv", "tsv", "list", "products", "items", "lines"]), st.data())
def test_no_cut_makes_a_product_that_was_not_there(name: str, data: st.DataObject) -> None:
    feed = FEEDS[name].encode()
    cut = feed[: data.draw(st.integers(0, len(feed) - 1))]
    try:
        found = read(cut)
    except Invalid:
        return
    whole = [each for each in found if isinstance(each, Product)]
    # A table that ends inside of its last cell can't be told from a whole one, but for that cell.
    assert [each.id for each in whole] == ["1", "2"][: len(whole)]


def test_a_row_that_can_not_be_read_is_refused_alone_where_the_feed_goes_on() -> None:
    lines = '{"id": 1, "title": "머그", "price": 5}\n{"id":\n[]\n{"id": "2", "title": "Cup", "price": 7}'
    mug, broken, none, cup = read(lines)
    assert (mug, cup) == (MUG, CUP)
    for refusals, line in ((broken, 2), (none, 3)):
        assert isinstance(refusals, list)
        assert (refusals[0].line, refusals[0].expected[:13]) == (line, "a JSON object")
    *_, last = read('[{"id": 1, "title": "머그", "price": 5}, 3]')
    assert isinstance(last, list)
    assert last[0].value == "3"


def test_a_product_that_is_there_twice_is_refused_the_second_time() -> None:
    mug, twice = read("id,title,price\n1,머그,5\n1,Other,6\n")
    assert mug == MUG
    assert twice == [Refusal(3, "id", "1", "an id that is there once; line 2 has it too")]


def test_what_a_table_has_besides_is_named() -> None:
    rows = Rows(io.BytesIO(b"id,title,price,tax,shipping\n1,A,5,,\n"), "utf-8-sig", SHOP)
    assert (len(list(rows)), rows.ignored, list(rows.ids)) == (1, ["tax", "shipping"], ["1"])


def test_a_document_or_line_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "LARGEST_DOCUMENT", 20)
    with pytest.raises(Invalid, match="JSON of at most 20 bytes"):
        read(json.dumps(TOLD))
    with pytest.raises(Invalid, match="a line of at most 1000000 bytes"):
        read(LINES + "\n" + " " * 1_000_001)
