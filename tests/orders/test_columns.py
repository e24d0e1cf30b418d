"""The cells of order files: what they mean, and what is refused."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from dangol.definitions.model import Site
from dangol.errors import Invalid
from dangol.members.columns import Refusal
from dangol.orders.columns import EMPTY, NO_PRODUCT, UNKNOWN, Columns, Lines, Texts, named

SEOUL = Site("shop", "public-key", "Shop", ["https://shop.example"])
LONDON = Site("shop", "public-key", "Shop", ["https://shop.example"], currency="GBP", timezone="Europe/London")
NOW = 1_700_000_000.0  # 2023-11-14 22:13:20 UTC
KNOWN = {"mug": 0, "tea": 1}


def find(ids: Sequence[str]) -> Any:
    return np.array([KNOWN.get(id, UNKNOWN) for id in ids], np.int64)


def texts(cells: Sequence[str]) -> Texts:
    found = sorted(set(cells))
    return found, np.array([found.index(cell) for cell in cells])


def take(site: Site = SEOUL, **cells: Sequence[str]) -> tuple[Lines, list[Refusal]]:
    """What is made of columns of cells, the rows numbered from 2."""
    refused: list[Refusal] = []
    count = max(map(len, cells.values()))
    whole = {"order_id": ["1"] * count, "at": ["2023-11-01"] * count, "product_id": ["mug"] * count} | cells
    columns = Columns(site, find, NOW)
    lines = columns.take(np.arange(2, 2 + count), {name: texts(each) for name, each in whole.items()}, refused.append)
    return lines, refused


def test_a_row_is_taken() -> None:
    lines, refused = take(
        LONDON,
        order_id=["A-1"], at=["2023-07-01 00:30"], product_id=[" tea "],
        quantity=["1,000"], price=["2.50"], customer_id=["kim"], state=["Placed"],
    )  # fmt: skip
    assert not refused
    assert (lines.order[0][lines.order[1][0]], lines.customer[0][lines.customer[1][0]]) == ("A-1", "kim")
    assert [each.tolist() for each in lines[2:]] == [[1_688_167_800], [19_539], [1], [1000], [250], [False]]


def test_what_is_not_told_has_its_meaning() -> None:
    lines, refused = take(product_id=["mug", "unheard of"], price=["", ""])
    assert not refused
    assert lines.product.tolist() == [0, UNKNOWN]
    assert lines.quantity.tolist() == [1, 1]
    assert lines.price.tolist() == [EMPTY, EMPTY]
    assert lines.customer[1].tolist() == [-1, -1]


def test_a_cancelled_row_may_do_without_a_product() -> None:
    lines, refused = take(state=["cancelled", "placed"], product_id=["", ""])
    assert lines.product.tolist() == [NO_PRODUCT]
    assert [(row, column) for row, column, _, _ in refused] == [(3, "product_id")]


def test_blank_rows_are_nothing() -> None:
    lines, refused = take(order_id=["1", " ", ""], at=["2023-11-01", "", ""], product_id=["mug", "", ""])
    assert (len(lines.at), refused) == (1, [])


BAD = {
    "at": [
        "", "tomorrow", "2023-13-01", "1969-12-31", "1970-01-01 00:00:00+00:00", "2023-11-16 12:00", "9999-12-31",
        "1698796800", "0001-01-01",
    ],
    "quantity": ["many", "1.5", "1e3", "100001", "-100001", "１", "0x10", "9" * 400],
    "price": ["-1", "-0.01", "1.5", "free", "1e5", "nan", "inf", "₩100", "9" * 14, "9" * 400],
    "order_id": ["", "\u200b\u200b", "a\nb", "\x00", "x" * 101, "\u202e", "y" * 5_000],
    "product_id": ["", "\u2060", "tea\tmug", "x" * 101],
    "customer_id": ["\u200b", "kim\rlee", "x" * 101],
    "state": ["shipped", "취소", "cancelled?"],
}  # fmt: skip


@pytest.mark.parametrize("column", BAD)
def test_what_a_cell_can_not_be_is_told(column: str) -> None:
    lines, refused = take(SEOUL, **{column: BAD[column]})
    assert len(lines.at) == 0
    told = [(row, column, cell) for row, cell in enumerate(BAD[column], 2)]
    assert [(row, where, value) for row, where, value, _ in refused] == told
    assert all(expected for *_, expected in refused)


@pytest.mark.parametrize("price", ["12.345", "0.001"])
def test_a_price_has_no_more_decimals_than_its_currency(price: str) -> None:
    [refusal] = take(LONDON, price=[price])[1]
    assert refusal.expected == "an amount of GBP, zero or more, with at most 2 decimals, such as 15000"
    assert not take(LONDON, price=[price[:4] + "000"])[1]


def test_all_that_is_wrong_with_a_row_is_told() -> None:
    _, refused = take(order_id=["", "1"], quantity=["x", "1"], state=["?", ""])
    assert [(row, column) for row, column, _, _ in refused] == [(2, "order_id"), (2, "quantity"), (2, "state")]


def test_ids_are_stored_in_one_form() -> None:
    lines, _ = take(order_id=["\u1100\u1161", "\uac00"])
    assert {lines.order[0][code] for code in lines.order[1]} == {"\uac00"}


def test_columns_are_found_by_their_names() -> None:
    columns = Columns(SEOUL, find, NOW, {"order_id": "Invoice", "at": "When"})
    assert columns.choose(["product_id", "invoice ", "WHEN", "note"]) == {"order_id": 1, "at": 2, "product_id": 0}


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (["order_id", "at"], r"a header with a column product_id \("),
        (["a", "b"], "a header with columns order_id, at, product_id"),
        (["order_id", "at", "product", "quantity"], "did you mean 'product'"),
        (["order_id", "at", "product_id", "at"], "stands there only once"),
    ],
)
def test_a_header_that_will_not_do_is_refused(header: list[str], error: str) -> None:
    with pytest.raises(Invalid, match=error):
        Columns(SEOUL, find, NOW).choose(header)
    with pytest.raises(Invalid, match="a column cost"):
        Columns(SEOUL, find, NOW, {"price": "cost"}).choose(["order_id", "at", "product_id"])


def test_names_of_columns_are_written_in_pairs() -> None:
    assert named(" order_id=no , at=주문 일시") == {"order_id": "no", "at": "주문 일시"}
    assert named("") == {}
    for text in ("order=no", "order_id=", "order_id", "=no"):
        with pytest.raises(Invalid, match="columns"):
            named(text)
