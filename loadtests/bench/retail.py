"""The orders of a British wholesaler of gifts, December 2009 to December 2011, as baskets of products.

The file is `online_retail_ii.parquet`: both sheets of UCI's data set 502 without their overlap, published by Daqing
Chen under CC BY 4.0; Chen, Sain and Guo, "Data mining for the online retail industry" (Journal of Database Marketing &
Customer Strategy Management 19, 2012), doi:10.1057/dbm.2012.17. Its times are the shop's own clock, read as UTC.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

FILE = "online_retail_ii.parquet"
PRODUCT = r"^\d{5}[A-Z]{0,2}$"
"""Stock codes of products, after blanks around them are gone and letters are capitals: 15056bl is 15056BL. Others are
postage, fees, vouchers, samples, test rows, and the few lines of a charity's own goods (DCGS...)."""


class Order(NamedTuple):
    """An invoice: when (unix seconds), whose ("" where nobody knows), and its different products in its own order."""

    number: str
    at: int
    customer: str
    products: tuple[str, ...]


class Retail(NamedTuple):
    """Orders by time, and for each filter in its turn how many lines it dropped."""

    orders: list[Order]
    dropped: dict[str, int]
    lines: int


def read(folder: Path) -> Retail:
    """The file's orders. Raises FileNotFoundError."""
    from pyarrow import parquet

    columns = ["invoice_no", "stock_code", "quantity", "unit_price", "invoice_ts", "customer_id"]
    table = parquet.read_table(folder / FILE, columns=columns)
    kept, dropped = _sifted(table)
    rows = zip(
        *(kept[name].to_pylist() for name in ("invoice_no", "seconds", "customer_id", "stock_code")), strict=True
    )
    return Retail(gathered(rows), dropped, len(table))


def _sifted(table: Any) -> tuple[Any, dict[str, int]]:
    """The lines of products that were sold, their codes as one writes them, with the time in seconds."""
    from pyarrow import compute, int64

    codes = compute.utf8_upper(compute.utf8_trim_whitespace(table["stock_code"]))
    seconds = compute.cast(compute.cast(table["invoice_ts"], "timestamp[s]"), int64())
    table = table.set_column(1, "stock_code", codes).append_column("seconds", seconds)
    dropped: dict[str, int] = {}
    for why, is_dropped in _filters(compute).items():
        kept = table.filter(~is_dropped)
        dropped[why], table = len(table) - len(kept), kept
    return table, dropped


def _filters(compute: Any) -> dict[str, Any]:
    """Which lines are dropped, in this order, as expressions of pyarrow."""
    return {
        "cancellations (C...)": compute.starts_with(compute.field("invoice_no"), "C"),
        "adjustments (A...)": compute.starts_with(compute.field("invoice_no"), "A"),
        "no product's code": ~compute.match_substring_regex(compute.field("stock_code"), PRODUCT),
        "quantity not above 0": compute.field("quantity") <= 0,
        "price not above 0": compute.field("unit_price") <= 0,
    }


def gathered(rows: Iterable[tuple[str, int, int | None, str]]) -> list[Order]:
    """Orders by time, from lines of number, time, customer and product. An invoice is as old as its first line."""
    products: dict[str, dict[str, None]] = {}
    whose: dict[str, tuple[int, str]] = {}
    for number, at, customer, product in rows:
        products.setdefault(number, {})[product] = None
        known = whose.get(number, (at, ""))
        whose[number] = min(known[0], at), known[1] or str(customer or "")
    orders = [Order(number, *whose[number], tuple(names)) for number, names in products.items()]
    return sorted(orders, key=lambda order: (order.at, order.number))
