"""What a member holds and is worth, as a shop's server tells it. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from dangol.errors import Invalid, Problem
from dangol.profile.model import COUPONS, Coupon, Rfm
from dangol.protocol.envelope import seconds, visible
from dangol.protocol.text import clean

LATEST = 7_258_118_400
"""The year 2200, by when every coupon has ended."""

Score = Annotated[int, Meta(ge=1, le=5)]


class CouponRow(Struct, forbid_unknown_fields=True):
    """A coupon that the member may use before `expires` (without a zone: UTC), or without end."""

    id: Annotated[str, Meta(min_length=1, max_length=100)]
    name: Annotated[str, Meta(max_length=200)] = ""
    expires: datetime | None = None


class RfmRow(Struct, forbid_unknown_fields=True):
    """How lately, how often and for how much a member bought, 1 to 5, 5 the best, and the grade that comes of it."""

    grade: Annotated[str, Meta(max_length=100)] = ""
    recency: Score | None = None
    frequency: Score | None = None
    monetary: Score | None = None


Coupons = Annotated[list[CouponRow], Meta(max_length=COUPONS)]


def coupons(rows: Sequence[CouponRow], where: str) -> list[Coupon]:
    """The coupons as they are kept; of two with one id the last counts. Raises `Invalid` with all that is wrong."""
    kept: dict[str, Coupon] = {}
    problems: list[Problem] = []
    for at, row in enumerate(rows):
        try:
            id = visible(row.id, f"{where}[{at}].id")
        except Invalid as invalid:
            problems += invalid.problems
            continue
        ends = int(seconds(row.expires)) if row.expires else 0
        if row.expires and not 0 < ends < LATEST:
            problems.append(Problem(f"{where}[{at}].expires", str(row.expires), "a time from 1970 to 2199"))
        kept[id] = Coupon(id, clean(row.name, 200), ends)
    if problems:
        raise Invalid(problems)
    return list(kept.values())


def rfm(row: RfmRow) -> Rfm:
    """The scores as they are kept."""
    return Rfm(clean(row.grade, 100), row.recency or 0, row.frequency or 0, row.monetary or 0)
