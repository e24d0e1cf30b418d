"""Draws the demo shop's sample from the UCI Online Retail II data; the same input gives the same bytes.

    python loadtests/sample.py FOLDER_WITH_online_retail_ii.parquet

Needs pyarrow, which nothing else here does. Kept: lines with a customer, quantity and price above zero, and a
real product's code (five digits and at most two letters, which leaves out postage, discounts, fees and tests).
Then the 400 products that stand in the most orders; then customers in the order of their id's SHA-256, with all
of their orders, until there are 4,000 orders. Left out are orders with over 30 of these lines or over 100 pieces
of one product: wholesale, which a shop's shopper is not.
"""

import gzip
import hashlib
import io
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

PRODUCTS, ORDERS, LINES, PIECES = 400, 4000, 30, 100
CODE = re.compile(r"\d{5}[A-Z]{0,2}")
OUT = Path(__file__).parent.parent / "server/dangol/demo/sample"
EPOCH = datetime(2009, 12, 1)

Row = dict[str, Any]


def rows(folder: Path) -> list[Row]:
    """The usable lines, codes in capitals and names without doubled blanks."""
    import pyarrow.parquet as parquet

    columns = ["invoice_no", "stock_code", "description", "quantity", "invoice_ts", "unit_price", "customer_id"]
    table = parquet.read_table(folder / "online_retail_ii.parquet", columns=columns)
    kept = []
    for row in table.to_pylist():
        row["stock_code"] = row["stock_code"].upper()
        row["description"] = " ".join((row["description"] or "").split())
        usable = row["customer_id"] and row["quantity"] > 0 and row["unit_price"] > 0 and row["description"]
        if usable and CODE.fullmatch(row["stock_code"]):
            kept.append(row)
    return kept


def commonest(counts: Counter[Any]) -> Any:
    """The most frequent value; the smallest of equals, so that the draw does not hang on the rows' order."""
    return min(counts, key=lambda value: (-counts[value], value))


def draw_products(lines: list[Row]) -> list[tuple[str, str, float]]:
    """Code, most frequent name and most frequent unit price of the best sellers, best first."""
    orders: dict[str, set[str]] = defaultdict(set)
    names: dict[str, Counter[str]] = defaultdict(Counter)
    prices: dict[str, Counter[float]] = defaultdict(Counter)
    for row in lines:
        code = row["stock_code"]
        orders[code].add(row["invoice_no"])
        names[code][row["description"]] += 1
        prices[code][round(row["unit_price"], 2)] += 1
    best = sorted(orders, key=lambda code: (-len(orders[code]), code))[:PRODUCTS]
    return [(code, commonest(names[code]), commonest(prices[code])) for code in best]


def draw_orders(lines: list[Row], products: list[tuple[str, str, float]]) -> list[list[Any]]:
    """Orders as ``[number, customer, minutes since EPOCH, [[product's place, quantity, pence if not usual]]]``."""
    places = {code: place for place, (code, _, _) in enumerate(products)}
    baskets: dict[str, dict[int, list[int]]] = defaultdict(dict)
    heads: dict[str, tuple[int, int]] = {}
    for row in lines:
        place = places.get(row["stock_code"])
        if place is None:
            continue
        usual = row["unit_price"] == products[place][2]
        line = [place, row["quantity"], *([] if usual else [max(1, round(row["unit_price"] * 100))])]
        known = baskets[row["invoice_no"]].setdefault(place, line)
        if known is not line:
            known[1] += row["quantity"]
        minutes = int((row["invoice_ts"] - EPOCH).total_seconds() // 60)
        heads[row["invoice_no"]] = (row["customer_id"], minutes)
    by_customer: dict[int, list[list[Any]]] = defaultdict(list)
    for number, basket in sorted(baskets.items()):
        if len(basket) <= LINES and all(line[1] <= PIECES for line in basket.values()):
            customer, minutes = heads[number]
            by_customer[customer].append([number, customer, minutes, sorted(basket.values())])
    drawn: list[list[Any]] = []
    for customer in sorted(by_customer, key=lambda id: hashlib.sha256(str(id).encode()).digest()):
        if len(drawn) >= ORDERS:
            break
        drawn += by_customer[customer]
    return sorted(drawn, key=lambda order: (order[2], order[0]))


def write(path: Path, documents: list[Any]) -> None:
    """JSON lines, gzipped without a name and a time, so that equal content is equal bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=9, mtime=0, filename="") as file:
        for document in documents:
            file.write(msgspec.json.encode(document) + b"\n")
    path.write_bytes(buffer.getvalue())
    print(f"{path.name}: {len(documents)} lines, {path.stat().st_size} bytes")


def main(folder: Path) -> None:
    """Write the two files of the sample into the package."""
    if not (folder / "online_retail_ii.parquet").exists():
        sys.exit(f"{folder}: there is no online_retail_ii.parquet here; get the data and name its folder")
    lines = rows(folder)
    products = draw_products(lines)
    orders = draw_orders(lines, products)
    write(OUT / "products.jsonl.gz", [[code, name, round(price * 100)] for code, name, price in products])
    write(OUT / "orders.jsonl.gz", orders)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
