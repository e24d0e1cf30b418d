"""What a widget sees of one shopper on one page: the `View` of the plugin API, made real."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from dangol.definitions.model import Site
from dangol.plugin import Product, Profile, Request, Submission, Text
from dangol.render.money import money
from dangol.render.text import choose, fill

SEEDS = 10
"""So many products a recommender is asked about at most."""


Offer = Callable[[str, Sequence[str], int, int, int | None], Awaitable[Sequence[Product]]]
"""``(recommender, seeds, count, price_from, price_to)``: at most `count` products that go with `seeds`, best first,
filled up with popular ones; prices are minor units. Leaves out what is in the cart and what can't be bought."""

Find = Callable[[Sequence[str]], Awaitable[Sequence[Product]]]
"""Those of the ids that the catalogue has, in their order."""

Count = Callable[[str, str, str, int], Awaitable[int]]
"""``(source, action, product, hours)``: how many people, as a tally plugin counted them."""

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


async def _nothing(ids: Sequence[str]) -> Sequence[Product]:
    return []


async def _nobody(source: str, action: str, product: str, hours: int) -> int:
    return 0


@dataclass
class PageView:
    """One shopper on one page. `language` is ko or en; `product` is the one on screen, if the catalogue has it."""

    site: Site
    profile: Profile
    request: Request
    language: str
    offer: Offer
    product: Product | None = None
    find: Find = _nothing
    count: Count = _nobody
    submission: Submission | None = None
    currency: str = field(init=False)

    def __post_init__(self) -> None:
        self.currency = self.site.currency

    def text(self, text: Text, **values: str) -> str:
        """The text in the shopper's language, its variables filled in; `values` are those of the widget's own."""
        return fill(choose(text, self.language, self.site.language), {**self._values, **values})

    def money(self, minor: int) -> str:
        """An amount of minor units as the shop writes it."""
        return money(minor, self.currency, self.language)

    async def recommend(
        self, recommender: str, *, count: int, price_from: int = 0, price_to: int | None = None
    ) -> Sequence[Product]:
        """At most `count` products that go with the page and the cart, without those the shopper has already."""
        return await self.offer(recommender, self._seeds(), count, price_from, price_to)

    async def products(self, ids: Sequence[str]) -> Sequence[Product]:
        """Those of the products that the shop's catalogue has, in this order."""
        return await self.find(ids)

    async def tally(self, source: str, action: str, *, product: str = "", hours: int = 24) -> int:
        """How many people did `action` within the last hours."""
        return await self.count(source, action, product, hours)

    def local(self, at: float) -> datetime:
        """A unix time as the shop's clocks show it."""
        return datetime.fromtimestamp(at, ZoneInfo(self.site.timezone))

    def day(self, day: date) -> str:
        """A day as the shopper reads it, with the year where it is another than this."""
        is_this_year = day.year == self.local(self.request.now).year
        if self.language == "ko":
            return f"{day.month}월 {day.day}일" if is_this_year else f"{day.year}년 {day.month}월 {day.day}일"
        return f"{day.day} {MONTHS[day.month - 1]}" + ("" if is_this_year else f" {day.year}")

    def _seeds(self) -> list[str]:
        """The product on screen alone, as its page asks what goes with it; else the cart, then what was looked at."""
        if self.request.product:
            return [self.request.product]
        cart = [line.id for line in self.profile.cart]
        viewed = [seen.id for seen in self.profile.viewed]
        return list(dict.fromkeys([*cart, *viewed]))[:SEEDS]

    @cached_property
    def _values(self) -> Mapping[str, str]:
        values = {
            "cart_total": self.money(self.profile.cart_total),
            "cart_count": str(sum(line.quantity for line in self.profile.cart)),
            "product": self.product.name if self.product else "",
        }
        if self.request.verified and self.profile.member:
            # Whoever holds the browser is not yet the member: personal values need this request's signature.
            values |= {"name": self.profile.member.name, "grade": self.profile.member.grade}
        return values
