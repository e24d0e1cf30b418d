"""The answer to a dry run."""

from typing import Literal

from msgspec import Struct

Who = Literal["visitors", "joined", "members"]
"""Never logged in; visitors who have become members since, counted until then; members."""


WHO: tuple[Who, ...] = ("visitors", "joined", "members")


class Heads(Struct, frozen=True):
    """Distinct shoppers. One who logged in during the span is in `joined` until then and in `members` after it."""

    visitors: int = 0
    joined: int = 0
    members: int = 0


class SegmentFigures(Struct, frozen=True):
    """`at_start` were in it when the span began, `entered` came in during it, and `at_end` are in it when it ends.
    `times` counts every entering, also a shopper's second; `when` tells in which step a shopper's first one was."""

    segment: str
    at_start: Heads
    entered: Heads
    at_end: Heads
    times: int
    when: list[int]


class CampaignFigures(Struct, frozen=True):
    """`shown` counts what pages would have been told to show, `seen` the views that limits count, `when` both widgets
    and messages by step, `waited` how often a page would have waited for its moment, `logged` how often it was really
    shown or sent, `refused` why it was not, with how often."""

    campaign: str
    shoppers: Heads
    shown: int
    seen: int
    messages: int
    waited: int
    held_out: int
    logged: int
    refused: dict[str, int]
    when: list[int]


class Figures(Struct, frozen=True):
    """What one set of definitions would have done."""

    segments: list[SegmentFigures]
    campaigns: list[CampaignFigures]


class Answer(Struct, frozen=True):
    """A dry run. Times are unix seconds; `since` is later than asked for where the log does not go back so far.
    `labels` are the local times at which the steps begin. `entries` and `shoppers` are those of the span."""

    site: str
    since: float
    until: float
    step: Literal["hour", "day"]
    labels: list[str]
    entries: int
    shoppers: Heads
    candidate: Figures
    in_force: Figures | None = None
