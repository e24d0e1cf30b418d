"""The calls of dangol's script that the shop's pages make, with GA4's names."""

from collections.abc import Iterable
from typing import Any

from dangol.demo.carts import Cart
from dangol.demo.history import Product

Call = list[Any]
"""A command and its arguments, as `dangol(...)` takes them."""

MOST_LISTED = 24


def money(pence: int) -> float:
    """Decimal pounds."""
    return pence / 100


def items(lines: Iterable[tuple[Product, int]]) -> list[dict[str, Any]]:
    """GA4's items."""
    return [
        {
            "item_id": product.id,
            "item_name": product.title,
            "item_category": product.category,
            "price": money(product.price),
            "quantity": quantity,
        }
        for product, quantity in lines
    ]


def track(name: str, **data: Any) -> Call:
    """Any event."""
    return ["track", name, data]


def of_product(name: str, product: Product, quantity: int = 1) -> Call:
    """An event about one product."""
    value = money(product.price * quantity)
    return track(name, currency="GBP", value=value, items=items([(product, quantity)]))


def of_cart(name: str, cart: Cart, **data: Any) -> Call:
    """An event about a whole cart."""
    return track(name, currency="GBP", value=money(cart.goods), items=items(cart.lines()), **data)


def of_list(category: str, products: Iterable[Product]) -> Call:
    """A category's page."""
    listed = [(product, 1) for product in products][:MOST_LISTED]
    return track("view_item_list", item_category=category, items=items(listed))
