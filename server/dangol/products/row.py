"""A product as the shop tells it, by its server or in a feed: the shape, the check, and the way back. Pure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from dangol.errors import Invalid, Problem
from dangol.members.row import Line, ShopId
from dangol.products.product import Product
from dangol.profile.traits import LATEST
from dangol.protocol.envelope import Amount, decimal, seconds, visible
from dangol.protocol.text import clean
from dangol.render.money import CURRENCIES, MOST, to_minor

LONGEST_NAME = 200
LONGEST_WORD = 100
LONGEST_ATTRIBUTE = 200

Address = Annotated[str, Meta(pattern=r"^(https?://[^\s\\]+|/(?![/\\])[^\s\\]*|)\Z", max_length=2000)]


class ProductRow(Struct, forbid_unknown_fields=True):
    """A product; prices in decimal units. The sale price holds from `sale_from` until `sale_until`, where they are
    given; a time without a zone is UTC. `category` is the main one of `categories`. Products that differ in colour or
    size alone share a `group`, and tell those in `attributes`. `cost` is what the shop pays for it."""

    id: ShopId
    name: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
    price: float | int | Annotated[str, Meta(max_length=24)]
    url: Address = ""
    image: Address = ""
    category: Line = ""
    brand: Line = ""
    stock: Annotated[int, Meta(ge=0, le=MOST)] | None = None
    sale_price: Amount = None
    sale_from: datetime | None = None
    sale_until: datetime | None = None
    images: Annotated[list[Address], Meta(max_length=10)] = field(default_factory=list)
    categories: Annotated[list[Line], Meta(max_length=20)] = field(default_factory=list)
    attributes: Annotated[dict[Line, Annotated[str, Meta(max_length=LONGEST_ATTRIBUTE)]], Meta(max_length=30)] = field(
        default_factory=dict
    )
    group: Annotated[str, Meta(max_length=LONGEST_WORD)] = ""
    hidden: bool = False
    cost: Amount = None
    repurchase_days: Annotated[int, Meta(ge=0, le=3650)] | None = None


def product(row: ProductRow, where: str, currency: str) -> Product:
    """The product as it is kept. Raises `Invalid` with all that is wrong beyond the shape; the places of its problems
    begin with `where`, such as ``products[2]``."""
    if problems := [*_problems(row, where, currency)]:
        raise Invalid(problems)
    words = {clean(name, LONGEST_WORD): clean(text, LONGEST_ATTRIBUTE) for name, text in row.attributes.items()}
    return Product(
        id=visible(row.id, where),
        name=clean(row.name, LONGEST_NAME),
        price=to_minor(row.price, currency),
        url=row.url,
        image=row.image,
        category=clean(row.category, LONGEST_WORD),
        brand=clean(row.brand, LONGEST_WORD),
        stock=row.stock,
        sale_price=None if row.sale_price is None else to_minor(row.sale_price, currency),
        sale_from=0 if row.sale_from is None else int(seconds(row.sale_from)),
        sale_until=0 if row.sale_until is None else int(seconds(row.sale_until)),
        images=tuple(dict.fromkeys(filter(None, row.images))),
        categories=tuple(dict.fromkeys(filter(None, (clean(name, LONGEST_WORD) for name in row.categories)))),
        attributes={name: text for name, text in words.items() if name and text},
        group=clean(row.group, LONGEST_WORD),
        hidden=row.hidden,
        cost=None if row.cost is None else to_minor(row.cost, currency),
        repurchase_days=row.repurchase_days,
    )


def _problems(row: ProductRow, where: str, currency: str) -> Iterator[Problem]:
    """What is wrong with a row that has the right shape."""
    for name, text in (("id", row.id), ("name", row.name)):
        if not clean(text, LONGEST_NAME).strip():
            yield Problem(f"{where}.{name}", text, "a text of visible characters")
    prices: dict[str, int] = {}
    for name in ("price", "sale_price", "cost"):
        told = getattr(row, name)
        if told is not None:
            try:
                prices[name] = decimal(told, currency, f"{where}.{name}")
            except Invalid as error:
                yield from error.problems
    if "price" in prices and prices.get("sale_price", 0) > prices["price"]:
        yield Problem(f"{where}.sale_price", row.sale_price, "at most the price")
    for name in ("sale_from", "sale_until"):
        at = getattr(row, name)
        if at is not None and not 1 <= seconds(at) <= LATEST:
            yield Problem(f"{where}.{name}", at.isoformat(), "a time from 1970 to 9999")
    if row.sale_from and row.sale_until and seconds(row.sale_until) <= seconds(row.sale_from):
        yield Problem(f"{where}.sale_until", row.sale_until.isoformat(), "later than sale_from")


def written(product: Product, currency: str, now: float) -> Mapping[str, Any]:
    """The product as JSON: what a row tells, and under `now` what dangol makes of it at the unix time."""
    return {
        "id": product.id,
        "name": product.name,
        "price": _decimal(product.price, currency),
        "url": product.url,
        "image": product.image,
        "category": product.category,
        "brand": product.brand,
        "stock": product.stock,
        "sale_price": _decimal(product.sale_price, currency),
        "sale_from": _iso(product.sale_from),
        "sale_until": _iso(product.sale_until),
        "images": product.images,
        "categories": product.categories,
        "attributes": product.attributes,
        "group": product.group,
        "hidden": product.hidden,
        "cost": _decimal(product.cost, currency),
        "repurchase_days": product.repurchase_days,
        "now": {
            "price": _decimal(product.price_at(now), currency),
            "offered": product.is_offerable_at(now),
            "held": product.held,
            "added": _iso(product.added),
            "source": product.source,
        },
    }


def _decimal(minor: int | None, currency: str) -> str | None:
    return None if minor is None else str(Decimal(minor).scaleb(-CURRENCIES[currency].digits))


def _iso(at: int) -> str | None:
    return datetime.fromtimestamp(at, UTC).isoformat() if at else None
