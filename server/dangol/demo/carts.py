"""Carts, what a cart costs, and the orders that become of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from dangol.demo.history import Product, sample

FREE_FROM = 5000
SHIPPING = 395
MOST_LINES = 50
MOST_PIECES = 99


@dataclass(slots=True)
class Cart:
    """Pieces by product id, in the order in which they were put in. All money is in pence."""

    pieces: dict[str, int] = field(default_factory=dict)

    def lines(self) -> Iterator[tuple[Product, int]]:
        """The products and how many of each."""
        return ((sample().products[id], quantity) for id, quantity in self.pieces.items())

    @property
    def count(self) -> int:
        return sum(self.pieces.values())

    @property
    def goods(self) -> int:
        return sum(product.price * quantity for product, quantity in self.lines())

    @property
    def gap(self) -> int:
        """What is missing for free shipping."""
        return max(FREE_FROM - self.goods, 0)

    @property
    def shipping(self) -> int:
        return SHIPPING if self.gap else 0

    def set(self, id: str, quantity: int) -> int:
        """Have so many pieces of a product, within the bounds of a cart; how many more it has now."""
        before = self.pieces.get(id, 0)
        if quantity <= 0:
            self.pieces.pop(id, None)
        elif before or len(self.pieces) < MOST_LINES:
            self.pieces[id] = min(quantity, MOST_PIECES)
        return self.pieces.get(id, 0) - before

    def take(self, other: "Cart") -> None:
        """Put in what is in another cart."""
        for id, quantity in other.pieces.items():
            self.set(id, self.pieces.get(id, 0) + quantity)


@dataclass(frozen=True, slots=True)
class Placed:
    """An order that was placed in the shop; `goods` and `shipping` in pence, `phone` empty where
    it was not told."""

    number: str
    at: datetime
    member: str
    cart: Cart
    goods: int
    shipping: int
    name: str = ""
    phone: str = ""
