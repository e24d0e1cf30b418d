"""One row of the catalogue of conditions: what it is called, which operators it takes, where its fact comes from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Literal

from dangol.plugin import Profile, Request
from dangol.segments import text
from dangol.segments.calendar import Clock

Kind = Literal["number", "text", "set", "boolean", "time", "keyed number"]
Extract = Callable[[Profile, Request, Clock], Any]

NUMBER = ("eq", "ne", "lt", "lte", "gt", "gte")
PATTERNS = ("contains", "starts", "ends", "glob", "matches")
TEXT = ("is", "in", *PATTERNS)
SET = ("has_any", "has_all", "has_none", *PATTERNS)
OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    "number": NUMBER,
    "text": TEXT,
    "set": SET,
    "boolean": ("is",),
    "time": ("since", "before", "on"),
    "keyed number": NUMBER,
}
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": eq, "ne": ne, "lt": lt, "lte": le, "gt": gt, "gte": ge, "is": eq, "in": lambda known, texts: known in texts,
}  # fmt: skip
"""Operators that compare a whole fact: fact and operand to whether it holds. Those of `dangol.segments.text.PATTERNS`
look into one."""
SPANS: Mapping[str, tuple[float, float]] = {"o'clock": (0, 23), "month": (1, 12)}
"""The least and the greatest number that a unit can have, where there are such."""
CONNECTIVES = ("all", "any", "not", "segment")
GROUPS: Mapping[str, tuple[str, str]] = {
    "visit": ("방문", "Visits"),
    "source": ("유입", "Source"),
    "content": ("페이지", "Pages"),
    "product": ("상품", "Products"),
    "cart": ("장바구니", "Cart"),
    "order": ("구매", "Purchases"),
    "interest": ("관심", "Interest"),
    "member": ("회원", "Members"),
    "coupon": ("쿠폰", "Coupons"),
    "environment": ("접속 환경", "Environment"),
    "value": ("고객 가치", "Customer value"),
    "reaction": ("캠페인 반응", "Reactions to campaigns"),
    "behaviour": ("기간 내 행동", "Behaviour in time"),
    "trait": ("사용자 정의 속성", "Custom traits"),
    "plugin": ("플러그인", "Plugins"),
}
"""Headings of the catalogue's groups, Korean and English; a group that is not here is called by its id."""
UNITS: Mapping[str, tuple[str, str, str]] = {
    "times": ("{}회", "once", "{} times"),
    "items": ("{}개", "{} item", "{} items"),
    "pages": ("{}페이지", "{} page", "{} pages"),
    "days": ("{}일", "{} day", "{} days"),
    "minutes": ("{}분", "{} minute", "{} minutes"),
    "seconds": ("{}초", "{} second", "{} seconds"),
    "hours": ("{}시간", "{} hour", "{} hours"),
    "o'clock": ("{}시", "{}:00", "{}:00"),
    "month": ("{}월", "month {}", "month {}"),
    "years": ("{}세", "{} year", "{} years"),
    "coupons": ("{}장", "{} coupon", "{} coupons"),
    "points": ("{}점", "{} point", "{} points"),
    "percent": ("{}%", "{}%", "{}%"),
}
"""How a number with a unit is written: Korean, English for one, English for others. Money is written by
`dangol.render.money`; any other unit stands behind the number as it is."""
BEHAVIOUR = ("did", "did_then", "did_but_not")


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One condition.

    `extract` gives the fact: a float (NaN when not known; for kind time unix seconds), a str (empty when not known), a
    bool, an iterable of str, or for keyed numbers a mapping; a set may also be read from a mapping's keys. `absent`
    is what a keyed number counts as for a key that is not there. `form` is how texts and keys are compared; the values
    of a row whose form is `text.path` are pages, and may have a query. `example` is a leaf's right side. `source` says
    where the fact comes from: conditions on the request are only known on a page. `ko_says` and `en_says` make the
    sentence, where the label alone does not: ``bought {}``, in which ``{}`` becomes "3 times or more" and ``{key}`` the
    key; for a yes-or-no condition one for each answer, ``is logged in|is not logged in``. `names` are what values that
    shops don't choose are called, Korean and English.
    """

    id: str
    ko: str
    en: str
    group: str
    kind: Kind
    extract: Extract
    example: Any
    unit: str = ""
    source: Literal["profile", "request"] = "profile"
    form: Callable[[str], str] = text.exact
    choices: tuple[str, ...] = ()
    absent: float = 0.0
    ko_says: str = ""
    en_says: str = ""
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (self.id and self.ko and self.en and self.group):
            raise ValueError(f"condition {self.id!r} needs an id, a Korean and an English label, and a group")
        if self.id in CONNECTIVES:
            raise ValueError(f"condition {self.id!r} is named like a connective")

    @property
    def operators(self) -> tuple[str, ...]:
        return OPERATORS[self.kind]

    @property
    def keyed(self) -> bool:
        return self.kind == "keyed number"
