"""Notices: something happened in the shop that a customer is told of at once, a guest as well. Pure."""

from collections.abc import Iterator
from datetime import datetime
from math import inf
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct, field

from dangol.campaigns.calendar import moment
from dangol.definitions.model import Campaign, Definitions, Notice
from dangol.errors import Invalid, Problem
from dangol.messages.kinds import kind_of
from dangol.messages.resolving import Routes
from dangol.profile.subscriptions import normal
from dangol.protocol.envelope import seconds, visible
from dangol.protocol.text import clean

LONGEST = 100
LONGEST_VALUE = 1000
AHEAD = 90 * 86_400
"""Seconds that a notice may be told before its time."""

PHONE_KINDS = ("text", "alimtalk", "brand")

Line = Annotated[str, Meta(max_length=200)]


class Told(Struct, frozen=True, forbid_unknown_fields=True):
    """A notice as a shop tells it, once by its `id`: of a member, or of a guest by `phone` or `email`. `variables` are
    what the template's ``#{...}`` are filled with; it goes `at` a time, or now."""

    id: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    notice: Notice
    member: Annotated[str, Meta(max_length=LONGEST)] = ""
    phone: Line = ""
    email: Line = ""
    name: Line = ""
    language: Literal["", "ko", "en"] = ""
    variables: Annotated[
        dict[Annotated[str, Meta(min_length=1, max_length=40)], Annotated[str, Meta(max_length=LONGEST_VALUE)]],
        Meta(max_length=50),
    ] = field(default_factory=dict)
    at: datetime | None = None


class Raised(Struct, frozen=True):
    """A notice that was checked: addresses in their one form, texts clean, `at` in unix seconds (0: now)."""

    id: str
    notice: Notice
    member: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    at: float = 0.0


def checked(told: Told, where: str, now: float) -> Raised:
    """Raises `Invalid` with all that is wrong; the places of its problems begin with `where`."""
    problems = []
    if not told.notice:
        problems.append(Problem(f"{where}notice", told.notice, f"one of {', '.join(filter(None, NOTICES))}"))
    if not (told.member or told.phone or told.email):
        problems.append(Problem(where.removesuffix("."), "", "a notice with a member, a phone or an email"))
    phone, email = normal("sms", told.phone) or "", normal("email", told.email) or ""
    if told.phone and not phone:
        problems.append(Problem(f"{where}phone", "…", "a mobile number such as 010-1234-5678 or +447911123456"))
    if told.email and not email:
        problems.append(Problem(f"{where}email", "…", "an e-mail address"))
    at = seconds(told.at) if told.at else 0.0
    if at > now + AHEAD:
        problems.append(Problem(f"{where}at", str(told.at), f"within {AHEAD // 86_400} days"))
    if problems:
        raise Invalid(problems)
    variables = {clean(name, 40): clean_lines(value) for name, value in told.variables.items()}
    if told.name:
        variables.setdefault("name", clean(told.name, 200))
    if told.member:  # as the shop writes it everywhere, or somebody else would be told
        visible(told.member, f"{where}member")
    return Raised(visible(told.id, f"{where}id"), told.notice, told.member, phone, email, told.language, variables, at)


NOTICES: tuple[str, ...] = get_args(Notice)


def clean_lines(text: str, longest: int = LONGEST_VALUE) -> str:
    """A value of a variable: as `clean` makes it, with its line breaks."""
    return "\n".join(clean(line, longest) for line in text.splitlines())[:longest]


def wanted(raised: Raised, definitions: Definitions, now: float) -> Iterator[tuple[Campaign, str]]:
    """The campaigns that tell of it, each with the address that the shop gave for it, "" where it gave none. One that
    can't reach whom it is for is left out: a member is reached by what is known, a guest by a given address alone."""
    site, routes = definitions.site, Routes(definitions)
    for campaign in definitions.campaigns:
        if not campaign.active or campaign.notice != raised.notice or campaign.message is None:
            continue
        starts, ends = moment(campaign.starts, site.timezone, -inf), moment(campaign.ends, site.timezone, inf)
        if not starts <= now < ends:
            continue
        to = address(kind_of(routes.of(campaign.message).template), raised.phone, raised.email)
        if to or raised.member:
            yield campaign, to


def address(kind: str, phone: str, email: str) -> str:
    """The address that a message of the kind goes to; a message without a template goes to either."""
    if kind in PHONE_KINDS:
        return phone
    if kind == "email":
        return email
    return "" if kind == "push" else phone or email
