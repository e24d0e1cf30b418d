"""Tells how much is missing to free shipping."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct

from dangol.plugin import Text, View, Widget


class FreeShippingNote(Widget):
    """One line in the page, for shoppers whose cart is not far from the goal."""

    name = "free_shipping_note"
    version = "1.0"
    api = 1
    title = "Free shipping note"
    slot = "inline"
    variables = ("left",)

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What a campaign says. Money is in minor units of the site's currency."""

        goal: Annotated[int, Meta(gt=0, title="Free shipping from")]
        text: Text = "Only {left} to free shipping"

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """Nothing to show while the cart is empty, or once the goal is reached."""
        total = view.profile.cart_total
        if not 0 < total < params.goal:
            return None
        return {"text": view.text(params.text, left=view.money(params.goal - total))}
