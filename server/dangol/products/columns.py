"""The columns of a product feed: those of a Google Merchant feed, and dangol's own names for them. Pure.

https://support.google.com/merchants/answer/7052112 has Google's; docs/feeds.md has the table of those that are used.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from dangol.definitions.model import Site
from dangol.errors import Invalid, Problem
from dangol.members.columns import Refusal
from dangol.members.table import header_problem
from dangol.products import cells
from dangol.products.cells import Read, Unfit
from dangol.products.product import Product

ATTRIBUTES: Final = (
    *("color", "size", "material", "pattern", "gender", "age_group", "condition", "size_type", "size_system"),
    *("gtin", "mpn", *(f"custom_label_{number}" for number in range(5))),
)
"""Columns that are kept under their own names."""

NAMES: Final[dict[str, tuple[str, ...]]] = {
    "id": ("id",),
    "name": ("title", "name"),
    "price": ("price",),
    "sale_price": ("sale_price",),
    "sale_span": ("sale_price_effective_date",),
    "sale_from": ("sale_from",),
    "sale_until": ("sale_until",),
    "url": ("link", "url"),
    "image": ("image_link", "image"),
    "images": ("additional_image_link", "additional_image_links", "images"),
    "buyable": ("availability",),
    "stock": ("quantity", "sell_on_google_quantity", "stock"),
    "category": ("product_type", "product_types", "category"),
    "categories": ("categories",),
    "taxonomy": ("google_product_category",),
    "brand": ("brand",),
    "group": ("item_group_id", "group"),
    "cost": ("cost_of_goods_sold", "cost"),
    "repurchase_days": ("repurchase_days",),
    "hidden": ("hidden",),
    "attributes": ("attributes",),
    **{name: (name,) for name in ATTRIBUTES},
}
"""What columns of a feed tell a field; of several that are filled in the first counts."""

NEEDED: Final = ("id", "name", "price")
MANY: Final = frozenset(("images", "category", "categories"))
"""What may stand in several columns of the same name."""

READ: Final[dict[str, Read]] = {
    "id": cells.id,
    "name": cells.name,
    "price": cells.amount,
    "sale_price": cells.amount,
    "sale_span": cells.span,
    "sale_from": cells.time,
    "sale_until": cells.time,
    "url": cells.address,
    "image": cells.address,
    "images": cells.addresses,
    "buyable": cells.buyable,
    "stock": cells.stock,
    "category": cells.categories,
    "categories": cells.categories,
    "taxonomy": cells.categories,
    "cost": cells.amount,
    "repurchase_days": cells.days,
    "hidden": cells.flag,
    "attributes": cells.attributes,
}
"""How a field is read; the others are text."""

FIELDS: Final = {name: field for field, names in NAMES.items() for name in names}


@lru_cache(4096)
def field_of(header: str) -> str:
    """The field that a column tells; "" for a column that is not used."""
    return FIELDS.get(cells.word(header), "")


def unused(header: Sequence[str]) -> list[str]:
    """The columns of a table that nothing is made of. Raises `Invalid` where one that is needed is missing or stands
    there twice."""
    fields = [field_of(name) for name in header]
    problems = []
    if missing := [NAMES[field][0] for field in NEEDED if field not in fields]:
        problems.append(header_problem("line 1", header, missing, [name for name in header if not field_of(name)]))
    for place, name in enumerate(header):
        if fields[place] and fields[place] not in MANY and name in header[:place]:
            problems.append(Problem(f"line 1, column {place + 1}", name, "a column that stands there only once"))
    if problems:
        raise Invalid(problems)
    return [name for name, field in zip(header, fields, strict=True) if name.strip() and not field]


class Told(NamedTuple):
    """What a column tells of a product."""

    column: str
    value: Any


def product(line: int, told: Iterable[tuple[str, Any]], site: Site) -> Product | list[Refusal]:
    """The product that a row tells of by its columns, or all that is wrong with it. What is empty is not told."""
    by_field: dict[str, list[Told]] = {}
    for column, value in told:
        if (field := field_of(column)) and (filled := _filled(value)) is not None:
            by_field.setdefault(field, []).append(Told(column[: cells.LONGEST], filled))
    refusals = [
        Refusal(line, NAMES[field][0], "", f"{_a(field)}, which every product needs")
        for field in NEEDED
        if field not in by_field
    ]
    read: dict[str, Any] = {}
    for field, tellings in by_field.items():
        for column, value in tellings if field in MANY else tellings[:1]:
            try:
                found = _reader(field)(value, site)
                read[field] = read.get(field, ()) + found if field in MANY else found
            except Unfit as unfit:
                refusals.append(Refusal(line, column, _shown(value), str(unfit)))
    if refusals:
        return refusals
    since, until = read.get("sale_span", (0, 0))
    read = {"sale_from": since, "sale_until": until, **read}
    return [
        Refusal(line, column, _shown(value), expected)
        for expected, fields in _conflicts(read)
        for column, value in [next(by_field[field][0] for field in fields if field in by_field)]
    ] or _made(read)


def _conflicts(read: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is wrong between columns: what was expected, and which of them it is told with."""
    if 0 < read["sale_until"] <= read["sale_from"]:
        yield "a time after the sale begins", ("sale_until", "sale_span")
    if (read.get("sale_price") or 0) > read["price"]:
        yield "at most the price", ("sale_price",)


def _made(read: dict[str, Any]) -> Product:
    named = dict.fromkeys((*read.get("category", ()), *read.get("categories", ())))
    categories = (*named,) or read.get("taxonomy", ())
    attributes = {**read.get("attributes", {}), **{name: read[name] for name in ATTRIBUTES if name in read}}
    return Product(
        read["id"],
        read["name"],
        read["price"],
        read.get("url", ""),
        read.get("image", ""),
        categories[0] if categories else "",
        read.get("brand", ""),
        read.get("stock") if read.get("buyable", True) else 0,
        read.get("sale_price") or None,  # 0 is what exports write where there is no sale
        read["sale_from"],
        read["sale_until"],
        read.get("images", ()),
        categories[1 : cells.MOST_CATEGORIES],
        cells.held(attributes.items()),
        read.get("group", ""),
        read.get("hidden", False),
        read.get("cost"),
        read.get("repurchase_days"),
    )


def _reader(field: str) -> Read:
    return READ.get(field, cells.text)


def _filled(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    return value if value not in ([], {}) else None


def _a(field: str) -> str:
    return "an id" if field == "id" else f"a {field}"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)[: cells.LONGEST]
