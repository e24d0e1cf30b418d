"""A question as the shop's server and the command line ask it, and the answer as both tell it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from dangol.definitions.model import Language, Site
from dangol.errors import Invalid, Problem
from dangol.members.row import Line, ShopId
from dangol.plugin import Shelf
from dangol.products.product import Filters
from dangol.products.row import written
from dangol.profile.model import Profile
from dangol.protocol.envelope import Amount, decimal
from dangol.recommend.reasons import said
from dangol.recommend.wish import Offered, Wish

MOST = 50
"""Products that one question may ask for."""

Names = Annotated[list[Line], Meta(max_length=20)]
Ids = Annotated[list[ShopId], Meta(max_length=100)]


class Fitting(Struct, forbid_unknown_fields=True):
    """`dangol.plugin.Filters`, with prices in decimal units."""

    price_from: Amount = None
    price_to: Amount = None
    categories: Names = field(default_factory=list)
    brands: Names = field(default_factory=list)
    margin: Annotated[float, Meta(ge=0, le=100)] = 0.0
    exclude: Ids = field(default_factory=list)


class Question(Struct, forbid_unknown_fields=True):
    """What goes with `products`, or else with the `cart` and with what the shopper has looked at.

    The shopper is a `member` of the shop, or a `visitor` by profile id or visitor token; the cart is the shopper's own
    unless it is told. The `recommenders` are asked in turn, the popular one last. `gap` is what a cart is short of some
    goal, in decimal units."""

    recommenders: Annotated[list[Annotated[str, Meta(max_length=40)]], Meta(max_length=5)] = field(default_factory=list)
    products: Ids = field(default_factory=list)
    cart: Ids | None = None
    member: Annotated[str, Meta(max_length=100)] = ""
    visitor: Annotated[str, Meta(max_length=200)] = ""
    count: Annotated[int, Meta(ge=1, le=MOST)] = 10
    filters: Fitting = field(default_factory=Fitting)
    gap: Amount = None
    language: Language | None = None


def wish_of(question: Question, profile: Profile | None, currency: str, now: float) -> Wish:
    """What is asked for. Raises `Invalid` for amounts that can't be read."""
    asked = question.filters
    price_to = _minor(asked.price_to, currency, "filters.price_to")
    filters = Filters(
        _minor(asked.price_from, currency, "filters.price_from") or 0,
        price_to,
        tuple(asked.categories),
        tuple(asked.brands),
        asked.margin,
        tuple(asked.exclude),
    )
    cart = question.cart
    if cart is None:
        cart = [line.id for line in profile.cart] if profile else []
    return Wish(
        recommenders=question.recommenders,
        count=question.count,
        now=now,
        products=question.products,
        cart=cart,
        profile=profile,
        filters=filters,
        gap=_minor(question.gap, currency, "gap"),
    )


def told(offered: Sequence[Offered], site: Site, language: Language | None, now: float) -> list[Mapping[str, Any]]:
    """The answer as JSON; `recommender` and `because` are None where there is none."""
    return [
        {
            "product": (product := written(each.product, site.currency, now)),
            "price": product["now"]["price"],
            "recommender": each.recommender or None,
            "reason": said(each, language or site.language, site.language),
            "because": each.because.id if each.because else None,
        }
        for each in offered
    ]


def unknown(question: Question, shelf: Shelf) -> list[str]:
    """The products asked about that the catalogue does not have."""
    asked = list(dict.fromkeys([*question.products, *(question.cart or [])]))
    return [id for id, place in zip(asked, shelf.places(asked).tolist(), strict=True) if place < 0]


def _minor(amount: Amount, currency: str, where: str) -> int | None:
    if amount is None:
        return None
    minor = decimal(amount, currency, where)
    if where == "gap" and not minor:
        raise Invalid([Problem(where, amount, "an amount above 0")])
    return minor
