"""What a shop tells of one member, by its server or in a file: the shape, the check, and the change it makes. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import replace

from dangol.definitions.model import Site, Trait
from dangol.definitions.shapes import nearest
from dangol.errors import Invalid, Problem
from dangol.members.consents import Stands, acts_of, stand_problems
from dangol.profile.consents import Act
from dangol.profile.holdings import Coupons, RfmRow, coupons, rfm
from dangol.profile.model import Member, Profile
from dangol.profile.traits import EARLIEST, LATEST, Unfit, changed, taken
from dangol.protocol.envelope import Amount, decimal, seconds
from dangol.protocol.event import Value
from dangol.protocol.text import clean

LEAP_YEAR = 2000
BIRTHDAY = re.compile(r"([0-9]{4}-)?[0-9]{2}-[0-9]{2}")
NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")

ShopId = Annotated[str, Meta(min_length=1, max_length=100)]
Line = Annotated[str, Meta(max_length=200)]
Traits = Annotated[dict[str, Any], Meta(max_length=100)]
Declared = Mapping[str, Trait]
"""A site's traits by id."""


class MemberRow(Struct, forbid_unknown_fields=True):
    """A member; what is left out stays as it is. Of `traits` those given are changed, and null forgets one; `coupons`
    are all that there are. `revenue`, in decimal units, is what the member has spent in all, `consents` how those to
    messages stand."""

    id: ShopId
    name: Line | None = None
    grade: Line | None = None
    sex: Line | None = None
    birthday: Line | None = None
    joined_at: datetime | None = None
    phone: Line | None = None
    email: Line | None = None
    traits: Traits | None = None
    coupons: Coupons | None = None
    rfm: RfmRow | None = None
    revenue: Amount = None
    consents: Stands | None = None


def checked(row: MemberRow, where: str, declared: Declared, site: Site) -> MemberRow:
    """The row with its traits as they are kept and its revenue in minor units. Raises `Invalid` with all that is wrong
    beyond the shape; the places of its problems begin with `where`."""
    problems = [*_day_problems(row, where), *stand_problems(row.consents or Stands(), where)]
    traits: dict[str, Value | None] = {}
    for id, told in (row.traits or {}).items():
        try:
            traits[id] = _trait(id, told, declared, site.timezone)
        except Unfit as unfit:
            # A name that could be no trait's is not repeated: it may be meant for whoever reads the refusal.
            place = f"{where}traits.{id}" if NAME.fullmatch(id) else f"{where}traits"
            problems.append(Problem(place, told, str(unfit)))
    revenue = None
    try:
        coupons(row.coupons or [], f"{where}coupons")
        revenue = None if row.revenue is None else decimal(row.revenue, site.currency, f"{where}revenue")
    except Invalid as invalid:
        problems += invalid.problems
    if problems:
        raise Invalid(problems)
    return replace(row, traits=None if row.traits is None else traits, revenue=revenue)


def _day_problems(row: MemberRow, where: str) -> Iterator[Problem]:
    if row.birthday and not _is_birthday(row.birthday):
        yield Problem(f"{where}birthday", row.birthday, "a day of the calendar, YYYY-MM-DD or MM-DD")
    if row.joined_at and not EARLIEST <= seconds(row.joined_at) <= LATEST:
        yield Problem(f"{where}joined_at", str(row.joined_at), "in the years 1900 to 9999")


def _is_birthday(written: str) -> bool:
    if not BIRTHDAY.fullmatch(written):
        return False
    try:
        date.fromisoformat(written if len(written) == 10 else f"{LEAP_YEAR}-{written}")
    except ValueError:
        return False
    return True


def _trait(id: str, told: object, declared: Declared, zone: str) -> Value | None:
    if id not in declared:
        raise Unfit(f"a trait that site.traits declares{nearest(id, list(declared))}")
    return None if told is None else taken(declared[id], told, zone)


def changes(rows: Sequence[MemberRow]) -> Callable[[Member], None]:
    """What rows that were `checked` change of their member, one after the other."""

    def change(member: Member) -> None:
        for row in rows:
            for name in ("name", "grade", "sex", "birthday", "phone", "email"):
                if (value := getattr(row, name)) is not None:
                    setattr(member, name, clean(value, 200))
            if row.joined_at is not None:
                member.joined_at = int(seconds(row.joined_at))
            if row.traits is not None:
                member.traits = changed(member.traits, row.traits)
            if row.coupons is not None:
                member.coupons = coupons(row.coupons, "coupons")
            if row.rfm is not None:
                member.rfm = rfm(row.rfm)
            if isinstance(row.revenue, int):
                member.revenue = row.revenue

    return change


def consents(rows: Sequence[MemberRow]) -> Callable[[Profile, float], Sequence[Act]] | None:
    """What such rows make of the consents of a profile at a moment; None where they tell of none."""
    stands = [row.consents for row in rows if row.consents]
    return (lambda profile, now: acts_of(stands, profile, now)) if stands else None
