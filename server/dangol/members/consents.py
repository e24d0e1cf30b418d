"""What a shop tells of consents: act by act by its server, or as they stand in a member file. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from dangol.definitions.model import ConsentChannel
from dangol.errors import Invalid, Problem
from dangol.profile.consents import IMPORT, LONGEST_SOURCE, LONGEST_WORDING, Act, Told, holding
from dangol.profile.model import Profile
from dangol.profile.subscriptions import CHANNELS, EXPECTED, LONGEST_ADDRESS, normal
from dangol.profile.traits import LATEST
from dangol.protocol.envelope import seconds, visible

AHEAD = 300
"""Seconds that a shop's clock may be ahead."""

Name = Annotated[str, Meta(max_length=100)]
Address = Annotated[str, Meta(max_length=LONGEST_ADDRESS)]
What = Literal["agreed", "night_agreed", "night_withdrawn", "withdrawn", "reconfirmed", "notified"]


class ConsentRow(Struct, forbid_unknown_fields=True):
    """An act of a member, or of a guest by `phone` or `email`, `at` a time (without a zone UTC) and in which words.
    `night` says that the nights were agreed to with it. `address` is where to, if it is not the member's own."""

    channel: ConsentChannel
    act: What
    at: datetime
    member: Name = ""
    phone: Address = ""
    email: Address = ""
    address: Address = ""
    wording: Annotated[str, Meta(max_length=LONGEST_WORDING)] = ""
    night: bool = False
    source: Annotated[str, Meta(max_length=LONGEST_SOURCE)] = ""


class Stand(Struct, forbid_unknown_fields=True):
    """How a consent stands: `agreed` to or not, since when, with the nights or without them."""

    agreed: bool | None = None
    at: datetime | None = None
    night: bool | None = None


class Stands(Struct, forbid_unknown_fields=True):
    """Those of a member by channel, as far as they are told."""

    sms: Stand | None = None
    kakao: Stand | None = None
    push: Stand | None = None
    email: Stand | None = None

    def told(self) -> Iterator[tuple[str, Stand]]:
        """Channel and consent of those that are."""
        return ((channel, stand) for channel in CHANNELS if (stand := getattr(self, channel)) is not None)


def told(row: ConsentRow, where: str, now: float) -> list[Told]:
    """The acts that a row tells of. Raises `Invalid` with all that is wrong; its places begin with `where`. Addresses
    are not repeated."""
    problems = list(_problems(row, where, now))
    if problems:
        raise Invalid(problems)
    if row.member:  # as the shop writes it everywhere, or the consent would be somebody else's
        visible(row.member, f"{where}member")
    written = row.address or row.phone or row.email
    address = normal(row.channel, written) or "" if written else ""
    acts = [Act(row.channel, row.act, int(seconds(row.at)), address, row.wording, row.source)]
    if row.night:
        acts.append(acts[0]._replace(what="night_agreed", wording=""))
    return [Told(row.member, act) for act in acts]


def _problems(row: ConsentRow, where: str, now: float) -> Iterator[Problem]:
    given = [name for name in ("member", "phone", "email") if getattr(row, name)]
    if len(given) != 1:
        yield Problem(where.removesuffix("."), ", ".join(given), "a consent with one of member, phone and email")
    if not 0 < seconds(row.at) < now + AHEAD:
        yield Problem(f"{where}at", str(row.at), "a time between 1970 and now")
    if row.night and row.act != "agreed":
        yield Problem(
            f"{where}night", row.night, "left out: it is for agreed; the acts night_agreed and night_withdrawn"
        )
    if "member" not in given and (row.channel == "push" or (row.channel == "email") != ("email" in given)):
        yield Problem(
            f"{where}channel", row.channel, "sms or kakao with a phone, email with an email; push with a member"
        )
    if row.address and "member" not in given:
        yield Problem(f"{where}address", "…", "left out: the phone or email is the address")
    for name in ("address", "phone", "email"):
        if (written := getattr(row, name)) and normal(row.channel, written) is None:
            yield Problem(f"{where}{name}", "…", f"an address of {row.channel}: {EXPECTED[row.channel]['en']}")


def stand_problems(stands: Stands, where: str) -> Iterator[Problem]:
    """What is wrong with consents as they stand."""
    for channel, stand in stands.told():
        place = f"{where}consents.{channel}"
        if stand.at is not None and stand.agreed is None:
            yield Problem(f"{place}.at", str(stand.at), "left out where nothing says whether it was agreed to")
        if stand.at is not None and not 0 < seconds(stand.at) <= LATEST:
            yield Problem(f"{place}.at", str(stand.at), "in the years 1970 to 9999")
        if stand.night and stand.agreed is False:
            yield Problem(f"{place}.night", True, "no: a consent for the nights needs one for the days")


def acts_of(all_stands: Iterable[Stands], profile: Profile, now: float) -> Sequence[Act]:
    """What has to be noted so that a member's consents stand as a file says.

    A yes without a time counts from now on, and never overrules a withdrawal: files are older than what shoppers do.
    A no of somebody who never agreed is no refusal.
    """
    told = [each for stands in all_stands for each in stands.told()]
    return [act for channel, stand in told for act in _acts(channel, stand, profile, now)]


def _acts(channel: str, stand: Stand, profile: Profile, now: float) -> Iterator[Act]:
    known, at = profile.subscriptions.get(channel), int(min(seconds(stand.at), now) if stand.at else now)
    holds = known is not None and holding(known)
    if (stand.agreed and (stand.at or known is None)) or (stand.agreed is False and holds):
        yield Act(channel, "agreed" if stand.agreed else "withdrawn", at, source=IMPORT)
    agrees = bool(stand.agreed) and (known is None or holds or stand.at is not None)
    if stand.night and (agrees or (stand.agreed is None and holds)):
        yield Act(channel, "night_agreed", at, source=IMPORT)
    if stand.night is False and holds:
        yield Act(channel, "night_withdrawn", at, source=IMPORT)
