"""What the shop's people change while it is open: what is sold out, put away or on sale. It ends with the process."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dangol.demo.history import Product, sample

SALE = 0.7

CHANGES: dict[str, dict[str, Any]] = {
    "sold_out": {"sold_out": True},
    "hidden": {"hidden": True},
    "usual": {"sold_out": False, "hidden": False},
}


def change(id: str, what: str) -> Product | None:
    """The product as it is from now on; `what` is one of `CHANGES` or sale. None where there is no such product or
    change."""
    product = sample().products.get(id)
    if product is None or what not in (*CHANGES, "sale"):
        return None
    changed = _on_sale(product) if what == "sale" else replace(_usual(product), **CHANGES[what])
    sample().products[id] = changed
    return changed


def changed() -> Iterator[tuple[Product, str]]:
    """The products that are not as usual, and what they are."""
    for product in sample().products.values():
        state = "hidden" if product.hidden else "sold_out" if product.sold_out else "sale" if product.was else ""
        if state:
            yield product, state


def _usual(product: Product) -> Product:
    return replace(product, price=product.was or product.price, was=0)


def _on_sale(product: Product) -> Product:
    usual = _usual(product)
    return replace(usual, price=max(round(usual.price * SALE), 1), was=usual.price, sold_out=False, hidden=False)
