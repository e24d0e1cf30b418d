"""What is counted of a campaign's shoppers: sums only, so that counting may be split, repeated and added up."""

from typing import NamedTuple

from dangol.protocol.event import RECOMMENDED, Credit

LIMB = 1 << 32
"""Sums of squares are kept in two parts: of revenue in minor units they soon pass what a float holds exactly."""

EVERYBODY = ""
"""Stands for all shoppers among the segments."""


class Cell(NamedTuple):
    """Whom a sum is of: the shoppers who entered on a calendar day (proleptic Gregorian ordinal), with the arms drawn
    by the shares `draw`, into `arm`, being in `segment`; or, where that begins with `RECOMMENDED`, what recommended
    products did for them (`dangol.protocol.event.Credit`)."""

    day: int
    draw: str
    arm: str
    segment: str


class Figures(NamedTuple):
    """Sums over shoppers. `entered` are all entries, and `withdrawn` those of them that were another one's of the same
    person. `squares` of revenue per shopper is `high` times `LIMB` and `low`. Money in minor units. Of recommended
    products `clickers` are the shoppers who clicked any, and `items` the pieces that they bought of those."""

    entered: int = 0
    withdrawn: int = 0
    seen: int = 0
    views: int = 0
    clicks: int = 0
    closes: int = 0
    laters: int = 0
    submits: int = 0
    converted: int = 0
    orders: int = 0
    revenue: int = 0
    high: int = 0
    low: int = 0
    clickers: int = 0
    items: int = 0

    @property
    def shoppers(self) -> int:
        """Who is compared."""
        return self.entered - self.withdrawn

    @property
    def squares(self) -> int:
        """The sum of the squares of what each shopper spent."""
        return self.high * LIMB + self.low

    def plus(self, other: "Figures") -> "Figures":
        """Both together."""
        return Figures(*(one + more for one, more in zip(self, other, strict=True)))


NONE = Figures()


def figures_of(credit: Credit) -> Figures:
    """What a credit adds. A shopper's orders were and are a number; what changes is who has any, and the square. Of one
    recommender's products no shopper's numbers are known."""
    if credit.part not in ("", RECOMMENDED):
        return Figures(
            views=credit.views, clicks=credit.clicks, orders=credit.orders, revenue=credit.revenue, items=credit.items
        )
    orders, revenue = credit.orders_before + credit.orders, credit.revenue_before + credit.revenue
    high, low = divmod(revenue**2 - credit.revenue_before**2, LIMB)
    return Figures(
        entered=max(credit.entered, 0),
        withdrawn=max(-credit.entered, 0),
        seen=credit.seen,
        views=credit.views,
        clicks=credit.clicks,
        closes=credit.closes,
        laters=credit.laters,
        submits=credit.submits,
        converted=(orders > 0) - (credit.orders_before > 0),
        orders=credit.orders,
        revenue=credit.revenue,
        high=high,
        low=low,
        clickers=credit.clickers,
        items=credit.items,
    )


def cells_of(credit: Credit) -> list[Cell]:
    """Where it is added: among everybody, and in each segment; or to the part that it is of."""
    parts = (credit.part,) if credit.part else (EVERYBODY, *credit.segments)
    return [Cell(credit.day, credit.draw, credit.arm, segment) for segment in parts]
