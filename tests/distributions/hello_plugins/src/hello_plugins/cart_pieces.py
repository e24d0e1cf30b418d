"""How many pieces are in the cart."""

from typing import ClassVar

from dangol.plugin import Condition, Profile, Request, Text


class CartPieces(Condition):
    """In a segment: ``{cart_pieces: {gte: 3}}``."""

    name = "cart_pieces"
    version = "1.2"
    api = 1
    title: ClassVar[Text] = {"ko": "장바구니 수량", "en": "Pieces in the cart"}
    kind = "number"
    unit = "pieces"

    def fact(self, profile: Profile, request: Request) -> float | None:
        """Over all lines."""
        return sum(line.quantity for line in profile.cart)
