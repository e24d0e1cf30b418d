"""What is asked for, and what is offered. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct

from dangol.plugin import Text
from dangol.products.product import NO_FILTERS, Filters, Product
from dangol.profile.model import Profile

SEEDS = 100
"""So many products a recommender is asked about at most."""

FILLED = 10
"""Up to so many, products that were merely looked at join those in the cart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One question, whoever asks it: a widget, the shop's server or the command line.

    `recommenders` are asked in turn until there are `count` products, at the unix time `now`. `products` are those on
    screen or otherwise asked about, `cart` what lies in the cart; neither is offered. With a `gap` (minor units) those
    come first that close it with little to spare. What is `linked` has a page that a shopper can be led to."""

    recommenders: Sequence[str]
    count: int
    now: float
    products: Sequence[str] = ()
    cart: Sequence[str] = ()
    profile: Profile | None = None
    filters: Filters = NO_FILTERS
    gap: int | None = None
    linked: bool = False

    def seeds(self) -> list[str]:
        """What recommenders are asked about: the products on screen alone, as their page asks what goes with them; else
        the cart, then what was looked at. At most `SEEDS`, of which views fill up the first `FILLED`."""
        if self.products:
            return list(dict.fromkeys(self.products))[:SEEDS]
        viewed = [seen.id for seen in self.profile.viewed] if self.profile else []
        cart = list(dict.fromkeys(self.cart))[:SEEDS]
        return list(dict.fromkeys([*cart, *viewed]))[: max(len(cart), FILLED)]


class Offered(Struct, frozen=True, gc=False):
    """A product as the catalogue had it at this very moment, with its `price` now (minor units).

    `recommender` has brought it up, "" where nobody did and it only fits. `because` is the product that it goes with,
    where the recommender names one that is on show, and `reason` what the recommender says of it: `reasons.said` fills
    it in."""

    product: Product
    price: int
    recommender: str = ""
    because: Product | None = None
    reason: Text = ""
