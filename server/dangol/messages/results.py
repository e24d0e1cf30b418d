"""What became of messages: counts of states, failures, clicks and money, by channel and day. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import get_args

from msgspec import Struct

from dangol.definitions.model import Failure
from dangol.messages.kinds import THOUSANDTHS
from dangol.messages.spreadsheet import BYTE_ORDER_MARK, Cell, line

STATES = ("queued", "held", "accepted", "delivered", "failed", "refused", "unknown", "parked")
"""Those that are told; what a worker has in hand counts as queued."""
FAILURES: tuple[str, ...] = get_args(Failure)

Sums = Mapping[str, int]
"""Of one campaign and day: sums by ``<channel>|<state>``, ``|price``, ``|clicks``, ``|failed|<class>`` and
``|refused|<reason>``. What was not handed to a channel yet has none."""


class Channel(Struct, frozen=True):
    """What went by one channel, whose plugin is named (empty: not handed over yet). `requests` are the sum of
    `states`; `failures` and `refusals` are those of the states failed and refused, by class and by reason. `spent` is
    money in the site's currency, `clicks` the recipients who opened a link."""

    channel: str
    requests: int
    states: dict[str, int]
    failures: dict[str, int]
    refusals: dict[str, int]
    clicks: int
    spent: float


class Day(Struct, frozen=True):
    """The shop's calendar day on which messages were asked for."""

    day: str
    channels: list[Channel]


class Results(Struct, frozen=True):
    """What became of the messages of a campaign, of a manual send (``send:<id>``), or of those that have none and are
    counted by how they came about (api, test)."""

    campaign: str
    currency: str
    requests: int
    spent: float
    clicks: int
    channels: list[Channel]
    days: list[Day]


def results(campaign: str, currency: str, by_day: Mapping[str, Sums]) -> Results:
    """The answer for sums by day (2026-11-22)."""
    whole: Counter[str] = Counter()
    for sums in by_day.values():
        whole.update(sums)
    channels = _channels(whole)
    return Results(
        campaign,
        currency,
        sum(each.requests for each in channels),
        _money(sum(number for name, number in whole.items() if name.endswith("|price"))),
        sum(each.clicks for each in channels),
        channels,
        [Day(day, channels) for day, sums in sorted(by_day.items()) if (channels := _channels(sums))],
    )


def _channels(sums: Sums) -> list[Channel]:
    by_channel: dict[str, dict[str, int]] = {}
    for name, number in sums.items():
        channel, _, rest = name.partition("|")
        if number:
            by_channel.setdefault(channel, {})[rest] = number
    return [_channel(name, by_channel[name]) for name in sorted(by_channel)]


def _channel(name: str, sums: Sums) -> Channel:
    states = {state: sums[state] for state in STATES if state in sums}
    return Channel(
        name,
        sum(states.values()),
        states,
        _parts(sums, "failed|"),
        _parts(sums, "refused|"),
        sums.get("clicks", 0),
        _money(sums.get("price", 0)),
    )


def _parts(sums: Sums, prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): number for name, number in sorted(sums.items()) if name.startswith(prefix)}


def _money(thousandths: int) -> float:
    return thousandths / THOUSANDTHS


HEADS = ("campaign", "day", "channel", "requests", *STATES, "clicks", "spent", "currency", *FAILURES)


def spreadsheet(told: Iterable[Results]) -> str:
    """CSV: each day and channel, then `total`."""
    lines = [line(HEADS)]
    for each in told:
        days = [*((day.day, day.channels) for day in each.days), ("total", each.channels)]
        lines += [line(_cells(each, day, channel)) for day, channels in days for channel in channels]
    return BYTE_ORDER_MARK + "".join(lines)


def _cells(told: Results, day: str, channel: Channel) -> list[Cell]:
    return [
        told.campaign,
        day,
        channel.channel,
        channel.requests,
        *(channel.states.get(state, 0) for state in STATES),
        channel.clicks,
        channel.spent,
        told.currency,
        *(channel.failures.get(failure, 0) for failure in FAILURES),
    ]


def table(told: Sequence[Results]) -> Iterator[str]:
    """The totals as aligned columns, for a terminal."""
    heads = ["campaign", "channel", "requests", *STATES, "clicks", "spent"]
    rows = [heads]
    for each in told:
        for channel in each.channels:
            figures = [channel.requests, *(channel.states.get(state, 0) for state in STATES), channel.clicks]
            spent = f"{channel.spent:,.2f} {each.currency}"
            rows.append([each.campaign, channel.channel or "-", *(f"{figure:,}" for figure in figures), spent])
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    for row in rows:
        names = [name.ljust(width) for name, width in zip(row[:2], widths, strict=False)]
        yield "  ".join([*names, *(each.rjust(width) for each, width in zip(row[2:], widths[2:], strict=True))])
