"""The answer to a dry run as a table for a terminal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dangol.campaigns.calendar import local_time
from dangol.rehearsal.answer import Answer, Heads

BARS = " ▁▂▃▄▅▆▇█"
REASONS = 3
"""Reasons that a line has room for: those that were given most often."""

Row = Sequence[str]


def lines(answer: Answer, timezone: str) -> Iterator[str]:
    """The lines, without colours."""
    since, until = (local_time(at, timezone) for at in (answer.since, answer.until))
    yield f"{answer.site}: {since} to {until} ({timezone}), {answer.entries:,} entries of {heads(answer.shoppers)}"
    yield ""
    yield from _aligned(_segments(answer))
    if answer.candidate.campaigns:
        yield ""
        yield from _aligned(_campaigns(answer))


def _segments(answer: Answer) -> Iterator[Row]:
    before = {each.segment: f"{_sum(each.entered):,}" for each in answer.in_force.segments} if answer.in_force else {}
    yield "SEGMENT", "AT START", "ENTERED", *_title(answer, "(IN FORCE)"), "AT END", f"BY {answer.step.upper()}"
    for each in answer.candidate.segments:
        start, entered, end = (f"{_sum(heads):,}" for heads in (each.at_start, each.entered, each.at_end))
        now = [before.get(each.segment, "-")] if answer.in_force else []
        yield each.segment, start, entered, *now, end, bars(each.when)


def _campaigns(answer: Answer) -> Iterator[Row]:
    before = {each.campaign: f"{sum(each.when):,}" for each in answer.in_force.campaigns} if answer.in_force else {}
    yield (
        "CAMPAIGN", "SHOWN", *_title(answer, "(IN FORCE)"), "SEEN", "SENT", "SHOPPERS", "HELD OUT", "LOGGED",
        f"BY {answer.step.upper()}", "NOT SHOWN BECAUSE",
    )  # fmt: skip
    for each in answer.candidate.campaigns:
        now = [before.get(each.campaign, "-")] if answer.in_force else []
        counts = (each.seen, each.messages, _sum(each.shoppers), each.held_out, each.logged)
        told = (f"{count:,}" for count in counts)
        yield each.campaign, f"{each.shown:,}", *now, *told, bars(each.when), reasons(each.refused)


def _title(answer: Answer, title: str) -> list[str]:
    return [title] if answer.in_force else []


def _sum(heads: Heads) -> int:
    return heads.visitors + heads.joined + heads.members


def heads(heads: Heads) -> str:
    """Who they are: ``12 shoppers (10 visitors, 1 joined, 1 member)``."""
    parts = f"{heads.visitors:,} visitors, {heads.joined:,} who joined, {heads.members:,} members"
    return f"{_sum(heads):,} shoppers ({parts})"


def bars(counts: Sequence[int]) -> str:
    """A small chart: a character for each count, the highest in full."""
    most = max([*counts, 1])
    return "".join(BARS[-(-count * (len(BARS) - 1) // most)] for count in counts)


def reasons(refused: Mapping[str, int]) -> str:
    """The reasons given most often."""
    often = sorted(refused.items(), key=lambda pair: -pair[1])[:REASONS]
    return ", ".join(f"{reason} {times:,}" for reason, times in often)


def _aligned(rows: Iterable[Row]) -> Iterator[str]:
    """Columns as wide as their longest; numbers to the right."""
    table = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (_cell(text, width) for text, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _cell(text: str, width: int) -> str:
    return text.rjust(width) if text[:1].isdigit() or text == "-" else text.ljust(width)
