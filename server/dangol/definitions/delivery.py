"""What is wrong with the rules of campaigns' delivery: moments, places, limits, groups and variants."""

import re
from collections.abc import Iterator, Sequence

from dangol.campaigns.arms import HOLDOUT, ON
from dangol.definitions.model import Campaign, Cap, Group, Manners, WidgetUse
from dangol.definitions.shapes import nearest
from dangol.errors import Problem

MOMENTS = ("scroll", "idle", "exit")
CORNERS = ("bottom-end", "bottom-start", "top-end", "top-start")
POSITIONS = {"corner": CORNERS, "float": CORNERS, "bar": ("top", "bottom")}
"""Where a widget of each slot may stand; the others have one place."""

NOT_IN_GLOBS = re.compile(r"[#\s]|\?.*\?")
PARAMETER = re.compile(r"[^*=]+(=|\Z)")


def delivery_problems(campaign: Campaign, segments: list[str], groups: list[str], where: str) -> Iterator[Problem]:
    """All of one campaign but its action; `segments` and `groups` are the ids that it may name."""
    yield from _moment_problems(campaign, where)
    yield from page_problems(campaign, f"{where}.pages")
    yield from cap_problems(campaign.caps, f"{where}.caps")
    if campaign.group and campaign.group not in groups:
        yield Problem(f"{where}.group", campaign.group, f"a group of this site{nearest(campaign.group, groups)}")
    yield from _variant_problems(campaign, f"{where}.variants")
    for place, name in enumerate(campaign.report_by):
        if name not in segments:
            yield Problem(f"{where}.report_by[{place}]", name, f"a segment of this site{nearest(name, segments)}")
        if name in campaign.report_by[:place]:
            yield Problem(f"{where}.report_by[{place}]", name, "a segment that stands there only once")


def group_problems(number: int, group: Group) -> Iterator[Problem]:
    """What is wrong within a group."""
    yield from cap_problems(group.caps, f"groups[{number}].caps")


def manners_problems(manners: Manners) -> Iterator[Problem]:
    """What is wrong with what holds over all campaigns."""
    yield from cap_problems(manners.caps, "manners.caps")
    yield from cap_problems(manners.budget, "manners.budget")


def cap_problems(caps: Sequence[Cap], where: str) -> Iterator[Problem]:
    """Caps that contradict each other."""
    for place, cap in enumerate(caps):
        if any(cap.per == other.per for other in caps[:place]):
            yield Problem(f"{where}[{place}].per", cap.per, "a period that has one cap; keep the lower one of both")


def page_problems(campaign: Campaign, where: str) -> Iterator[Problem]:
    """Globs that no page could match."""
    for part, globs in (("only", campaign.pages.only), ("never", campaign.pages.never)):
        for place, glob in enumerate(globs):
            if expected := _glob_fault(glob):
                yield Problem(f"{where}.{part}[{place}]", glob, expected)


def _glob_fault(glob: str) -> str:
    path, asks, query = glob.partition("?")
    if not path.startswith(("/", "*")) or NOT_IN_GLOBS.search(glob):
        return "a path such as /product/*: it starts with / or *, and has no blanks and no #"
    if asks and not all(PARAMETER.match(part) for part in query.split("&")):
        return "a path with parameters such as /goods?no=12*&sale: each has a name without *, and ? stands once"
    return ""


def position_problems(use: WidgetUse, slot: str, where: str) -> Iterator[Problem]:
    """A position that a widget of the slot can't have."""
    allowed = () if use.at else POSITIONS.get(slot, ())
    if use.position and use.position not in allowed:
        own = f"{use.use} has its own place on the page"
        expected = f"one of {', '.join(allowed)}, where {use.use} may stand" if allowed else f"left out: {own}"
        yield Problem(f"{where}.position", use.position, expected)


def _moment_problems(campaign: Campaign, where: str) -> Iterator[Problem]:
    given = [name for name in MOMENTS if getattr(campaign, name)]
    for name in given if campaign.message is not None else ():
        expected = "left out: a message is sent whether a page is open or not"
        yield Problem(f"{where}.{name}", getattr(campaign, name), expected)
    for name in given[1:]:
        expected = f"left out: the campaign waits for {given[0]} already, and has one moment; make two campaigns of it"
        yield Problem(f"{where}.{name}", getattr(campaign, name), expected)


def _variant_problems(campaign: Campaign, where: str) -> Iterator[Problem]:
    ids = [variant.id for variant in campaign.variants]
    for place, id in enumerate(ids):
        if id in (HOLDOUT, ON):
            yield Problem(f"{where}[{place}].id", id, "another id: reports call so who gets no variant")
        if id in ids[:place]:
            yield Problem(f"{where}[{place}].id", id, "an id that no other of the variants has")
