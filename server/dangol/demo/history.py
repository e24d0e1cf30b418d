"""The sample of real products and orders that the demo sells; see sample/LICENSE.md for where it is from."""

import gzip
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import msgspec

from dangol.demo.categories import category_of

EPOCH = datetime(2009, 12, 1, tzinfo=ZoneInfo("Europe/London"))
WEEK = timedelta(weeks=1)
SMALL = {"and", "of", "in", "with", "the", "to", "for", "on", "or", "so", "it", "is", "am", "up", "at"}
KEPT = {"LED", "UK", "DIY", "CD"}


@dataclass(frozen=True, slots=True)
class Product:
    """`name` is as the data has it, `title` as the shop writes it; prices in pence, `was` the usual one of what is on
    sale; `sold` is in how many orders. What is `hidden` is not for sale at all."""

    id: str
    name: str
    title: str
    price: int
    category: str
    sold: int
    was: int = 0
    sold_out: bool = False
    hidden: bool = False

    @property
    def group(self) -> str:
        """What its variants share: numbers such as 85123A and 85123B differ in a letter."""
        return self.id.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order; `price` is what one piece cost in it, in pence."""

    product: Product
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class Order:
    """A real order; `at` is UK local time with its zone. `member` is the customer's published number."""

    number: str
    member: str
    at: datetime
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        """Pence."""
        return sum(line.quantity * line.price for line in self.lines)


@dataclass(frozen=True, slots=True)
class Sample:
    """Products by id, the best selling first, and orders, the oldest first."""

    products: dict[str, Product]
    orders: tuple[Order, ...]

    def weeks_to(self, now: datetime) -> timedelta:
        """The whole weeks by which the last order comes into the week before `now`."""
        return (now - self.orders[-1].at) // WEEK * WEEK


def title_case(name: str) -> str:
    """A name in capitals as a shop writes it: ``PACK OF 72 RETROSPOT`` becomes ``Pack of 72 Retrospot``."""

    def write(match: re.Match[str]) -> str:
        word = match[0]
        if word in KEPT:
            return word
        return word.lower() if match.start() and word.lower() in SMALL else word.capitalize()

    return re.sub(r"'?[A-Z]+(?:'[A-Z]+)?", write, name.rstrip(".,").replace(" ,", ","))


RawProduct = tuple[str, str, int]
RawOrder = tuple[str, int, int, list[list[int]]]


def _order(listed: list[Product], raw: RawOrder) -> Order:
    number, customer, minutes, basket = raw
    lines = [
        Line(listed[place], quantity, paid[0] if paid else listed[place].price) for place, quantity, *paid in basket
    ]
    return Order(number, str(customer), EPOCH + timedelta(minutes=minutes), tuple(lines))


@cache
def sample() -> Sample:
    """The whole sample, read once from the package."""
    folder = files("dangol.demo") / "sample"
    goods = msgspec.json.Decoder(RawProduct).decode_lines(gzip.decompress((folder / "products.jsonl.gz").read_bytes()))
    bought = msgspec.json.Decoder(RawOrder).decode_lines(gzip.decompress((folder / "orders.jsonl.gz").read_bytes()))
    sold = Counter(place for *_, basket in bought for place, *_ in basket)
    listed = [
        Product(id, name, title_case(name), price, category_of(name), sold[place])
        for place, (id, name, price) in enumerate(goods)
    ]
    return Sample({one.id: one for one in listed}, tuple(_order(listed, raw) for raw in bought))
