"""A product as the catalogue has it, and what may be asked of products."""

from typing import Annotated, Literal

from msgspec import Meta, Struct


class Product(Struct, array_like=True, frozen=True, gc=False):
    """A product of the shop's catalogue. Prices are minor units; `stock` is None where the shop does not say.

    `sale_price` holds from `sale_from` until `sale_until` (unix seconds, 0: no such end); `price_at` has what is to be
    paid. Products that differ in colour or size alone share a `group`. Who bought it is not offered it again within
    `repurchase_days` (None: as the site says). `cost` is what the shop pays for it, `added` when the catalogue first
    had it. `source` is "page" where only the shop's pages have told of it. What was `held` back by hand stays hidden,
    whatever the shop tells. Stored as it is, by place: fields are only ever added at the end."""

    id: str
    name: str
    price: int
    url: str = ""
    image: str = ""
    category: str = ""
    brand: str = ""
    stock: int | None = None
    sale_price: int | None = None
    sale_from: int = 0
    sale_until: int = 0
    images: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    attributes: dict[str, str] = {}
    group: str = ""
    hidden: bool = False
    cost: int | None = None
    repurchase_days: int | None = None
    added: int = 0
    source: Literal["shop", "page"] = "shop"
    held: bool = False

    def price_at(self, now: float) -> int:
        """What it costs at a unix time, minor units."""
        on_sale = self.sale_from <= now and not 0 < self.sale_until <= now
        return self.price if self.sale_price is None or not on_sale else min(self.price, self.sale_price)

    @property
    def is_buyable(self) -> bool:
        """Whether it is on show and not sold out."""
        return not self.hidden and (self.stock is None or self.stock > 0)

    def is_offerable_at(self, now: float) -> bool:
        """Whether it may be recommended at a unix time: what can be bought, and costs something."""
        return self.is_buyable and self.price_at(now) > 0


class Filters(Struct, frozen=True, forbid_unknown_fields=True):
    """What may be recommended, besides what always holds: it can be bought now, is on show, is not in the cart and was
    not bought just now.

    Prices are minor units and those of the moment. `categories` and `brands` are names, of which one must fit;
    `margin` is the least share of the price, in percent, that the shop keeps: a product of which no cost is known has
    none. `exclude` are product ids."""

    price_from: Annotated[int, Meta(ge=0)] = 0
    price_to: Annotated[int, Meta(ge=0)] | None = None
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    margin: Annotated[float, Meta(ge=0, le=100)] = 0.0
    exclude: tuple[str, ...] = ()


NO_FILTERS = Filters()
