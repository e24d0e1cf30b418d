"""What a widget sees of one shopper on one page: the `View` of the plugin API, made real."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from dangol.definitions.model import Site
from dangol.plugin import Filters, Product, Profile, Recommendation, Request, Submission, Text
from dangol.products.product import NO_FILTERS
from dangol.recommend.reasons import said
from dangol.recommend.wish import Offered, Wish
from dangol.render.formats import Reader, Value, day_of
from dangol.render.money import Money, money
from dangol.render.text import choose, fill
from dangol.render.variables import value
from dangol.segments.calendar import calendar

Offer = Callable[[Wish], Awaitable[Sequence[Offered]]]
"""What answers a wish, best first."""

Find = Callable[[Sequence[str]], Awaitable[Sequence[Product]]]
"""Those of the ids that the catalogue has, in their order."""

Count = Callable[[str, str, str, str, int], Awaitable[int]]
"""``(source, action, product, category, minutes)``: how many people, as a tally plugin counted them."""


async def _nothing(ids: Sequence[str]) -> Sequence[Product]:
    return []


async def _nobody(source: str, action: str, product: str, category: str, minutes: int) -> int:
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

    def text(self, text: Text, **values: str | Money) -> str:
        """The text in the shopper's language, its variables filled in; `values` are those of the widget's own."""

        def look(name: str) -> Value | None:
            return values[name] if name in values else value(name, self)

        return fill(choose(text, self.language, self.site.language), look, self._reader)

    def money(self, minor: int) -> str:
        """An amount of minor units as the shop writes it."""
        return money(minor, self.currency, self.language)

    async def recommend(
        self,
        recommenders: str | Sequence[str],
        *,
        count: int,
        filters: Filters = NO_FILTERS,
        gap: int | None = None,
    ) -> Sequence[Recommendation]:
        """At most `count` products that go with the page and the cart, best first, each with a `url`. On the page of a
        product, or of an order just placed, they go with that."""
        page = self.request
        wish = Wish(
            recommenders=(recommenders,) if isinstance(recommenders, str) else recommenders,
            count=count,
            now=page.now,
            products=(page.product,) if page.product else sorted(page.ordered),
            cart=[line.id for line in self.profile.cart],
            profile=self.profile,
            filters=filters,
            gap=gap,
            linked=True,
        )
        return [
            Recommendation(
                each.product,
                each.recommender,
                said(each, self.language, self.site.language),
                each.because.id if each.because else "",
            )
            for each in await self.offer(wish)
        ]

    async def products(self, ids: Sequence[str]) -> Sequence[Product]:
        """Those of the products that the shop's catalogue has, in this order."""
        return await self.find(ids)

    async def tally(
        self, source: str, action: str, *, product: str = "", category: str = "", minutes: int = 1440
    ) -> int:
        """How many people did `action` within the last minutes."""
        return await self.count(source, action, product, category, minutes)

    def local(self, at: float) -> datetime:
        """A unix time as the shop's clocks show it."""
        return datetime.fromtimestamp(at, ZoneInfo(self.site.timezone))

    def day(self, day: date) -> str:
        """A day as the shopper reads it, with the year where it is another than this."""
        return day_of(day, self.language, year=day.year != self.local(self.request.now).year)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.language, self.currency, calendar(self.site.timezone), self.request.now)
