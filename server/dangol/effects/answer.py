"""What a report on a campaign tells."""

from typing import Literal

from msgspec import Struct

from dangol.definitions.model import Text
from dangol.effects.sequence import LEAST, LEVEL, TUNED, Range

Verdict = Literal["early", "open", "better", "worse"]
"""Too early to say; a difference that chance makes too; a difference that it hardly makes."""

ALL = "*"
"""Stands for all arms but the holdout together."""

SOURCES = (
    "Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas: Time-uniform central limit theory and asymptotic confidence"
    " sequences. Annals of Statistics 52(6), 2024",
    "Lindon, Malek: Anytime-Valid Inference For Multinomial Count Data. NeurIPS 2022",
)


class Arm(Struct, frozen=True):
    """One arm's shoppers and what they did. `seen` are distinct shoppers with a confirmed view, `views` all confirmed
    views; `conversion` is `buyers` by shopper. Money in units of the currency."""

    arm: str
    name: Text
    share: float
    shoppers: int
    seen: int
    views: int
    clicks: int
    closes: int
    laters: int
    submits: int
    buyers: int
    orders: int
    revenue: float
    conversion: float
    revenue_per_shopper: float


class Effect(Struct, frozen=True, omit_defaults=True):
    """One measure compared; only the verdict where it is `early`. `relative` is the uplift (0.1: a tenth higher),
    `difference` the same in the measure's units, and `extra` that times the arm's shoppers: buyers or money that the
    campaign brought. `evidence` is an e-value against no difference, `p` the p-value that it makes, which may be looked
    at any time; `visible` is the relative difference that could be told by now."""

    verdict: Verdict
    relative: Range | None = None
    difference: Range | None = None
    extra: Range | None = None
    evidence: float | None = None
    p: float | None = None
    visible: float | None = None


class Comparison(Struct, frozen=True):
    """An arm against another. `conversion` compares buyers by shopper, `revenue` revenue by shopper."""

    arm: str
    against: str
    conversion: Effect
    revenue: Effect


class Shares(Struct, frozen=True):
    """Whether shoppers were shared out as they should: `expected` shares, how many `entered`, and the e-value against
    the shares. After a `warning` no comparison is to be trusted."""

    expected: dict[str, float]
    entered: dict[str, int]
    evidence: float
    p: float
    warning: bool


class Part(Struct, frozen=True):
    """The same among the shoppers who were in a segment when they entered. To look around in: among many segments one
    differs by chance."""

    segment: str
    name: Text
    arms: list[Arm]
    comparisons: list[Comparison]


class Day(Struct, frozen=True):
    """The shoppers who entered on a day, with all that they did since."""

    day: str
    arms: list[Arm]


class Draw(Struct, frozen=True):
    """A time with the same arms and shares. Shoppers of different draws are not compared: a share that changes with the
    season would look like an effect."""

    draw: str
    shares: dict[str, float]
    since: str
    until: str
    shoppers: int


class Method(Struct, frozen=True):
    """How it was reckoned. `level` holds for all `comparisons` of a measure together; each has its share of it."""

    comparisons: int
    level: float = LEVEL
    intervals: str = "asymptotic confidence sequence for the logarithm of the ratio of means; may be looked at any time"
    tuned_for_shoppers: int = TUNED
    least_effective_buyers: int = LEAST
    units: str = "shoppers, by the arm of their entry (intention to treat)"
    sources: tuple[str, ...] = SOURCES


class Report(Struct, frozen=True):
    """All that is told of a campaign. `window` is how many days after the entry orders count, `since` and `until` are
    the days of entry, `draws` all times with other shares, the latest first. `together` are all arms but the holdout.
    `counted` is the unix time of the count."""

    campaign: str
    name: Text
    active: bool
    window: int
    currency: str
    timezone: str
    counted: float
    since: str
    until: str
    segment: str
    draw: str
    draws: list[Draw]
    arms: list[Arm]
    together: Arm
    comparisons: list[Comparison]
    shares: Shares
    segments: list[Part]
    days: list[Day]
    sentences: dict[str, list[str]]
    method: Method


class Recommended(Struct, frozen=True):
    """What one recommender's products did in one arm's strips: confirmed `views` of strips that they were in, `clicks`
    on them and clicks by view, `orders` with products clicked at most seven days before, and the pieces and the revenue
    of those products in them. They stay with the arm whose strip was clicked."""

    recommender: str
    views: int
    clicks: int
    click_rate: float
    orders: int
    items: int
    revenue: float


class StripArm(Struct, frozen=True):
    """One arm's shoppers and what recommended products did for them, by whichever recommender. `clickers` are distinct
    shoppers who clicked any, `click_share` those by shopper; `buyers` bought any after a click. `spent` is all that the
    shoppers ordered within the campaign's window, recommended or not. Money in units of the currency."""

    arm: str
    name: Text
    shoppers: int
    views: int
    clicks: int
    click_rate: float
    clickers: int
    click_share: float
    buyers: int
    orders: int
    revenue: float
    revenue_per_shopper: float
    spent: float
    spent_per_shopper: float
    recommenders: list[Recommended]


class StripComparison(Struct, frozen=True):
    """An arm against another: `clicks` compares the share of shoppers who clicked a recommended product, `recommended`
    the revenue of products so clicked by shopper, and `revenue` all revenue by shopper."""

    arm: str
    against: str
    clicks: Effect
    recommended: Effect
    revenue: Effect


class StripReport(Struct, frozen=True):
    """All that is told of the products that a campaign recommends; the fields that it shares with `Report` mean the
    same."""

    campaign: str
    name: Text
    active: bool
    window: int
    currency: str
    timezone: str
    counted: float
    since: str
    until: str
    draw: str
    draws: list[Draw]
    arms: list[StripArm]
    comparisons: list[StripComparison]
    shares: Shares
    sentences: dict[str, list[str]]
    method: Method

    @property
    def is_unseen(self) -> bool:
        """Whether nobody has seen or clicked a recommended product."""
        return not any(arm.views or arm.clicks or arm.clickers for arm in self.arms)
