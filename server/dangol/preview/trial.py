"""A campaign that is tried before it is in force: checked as if it were applied, and laid over what is. Pure but for
the plugins, which check their parameters."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from dangol.definitions import document
from dangol.definitions.model import Campaign, Definitions, Group, Language, Pages, Segment, Theme
from dangol.definitions.shapes import nearest, shape_problems
from dangol.errors import Invalid, Problem
from dangol.host.registry import Registry
from dangol.render.links import origin_of

LONGEST = 1 << 18
"""Bytes of a request for a preview."""
HOURS = 168

Part = TypeVar("Part", Segment, Group, Campaign)
_THEME = re.compile(r"\Asite\.theme")
_PLACE = re.compile(r"(?P<part>segments|groups|campaigns)\[(?P<number>\d+)\]")


class Asked(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be looked at: the unsaved campaign and those unsaved parts that it needs, on the page `url`, by who
    has the link, for so many `hours`. `language` is the one that is explained in."""

    campaign: dict[str, Any]
    url: Annotated[str, Meta(max_length=2000)]
    site: str = ""
    segments: Annotated[list[dict[str, Any]], Meta(max_length=1000)] = field(default_factory=list)
    groups: Annotated[list[dict[str, Any]], Meta(max_length=100)] = field(default_factory=list)
    theme: dict[str, Any] | None = None
    variant: str = ""
    hours: Annotated[float, Meta(gt=0, le=HOURS)] = 24
    language: Language | None = None


class Trial(Struct, frozen=True):
    """A checked preview, as it is stored."""

    campaign: Campaign
    segments: list[Segment]
    groups: list[Group]
    theme: Theme | None
    variant: str
    language: Language


def check(raw: object, definitions: Definitions, registry: Registry) -> tuple[Asked, Trial]:
    """The request, and what was asked for as `apply` would have taken it. Raises `Invalid` with every problem; their
    paths begin with the request's own fields, or with ``site`` for parts that are in force."""
    problems = shape_problems(raw, Asked, "")
    if problems:
        raise Invalid(problems)
    asked = msgspec.convert(raw, Asked)
    problems = [*_request_problems(asked, definitions)]
    whole = msgspec.to_builtins(definitions)
    sent = {"segments": asked.segments, "groups": asked.groups, "campaigns": [asked.campaign]}
    places = {part: _lay(whole[part], each) for part, each in sent.items()}
    if asked.theme is not None:
        whole["site"]["theme"] = asked.theme
    try:
        checked = document.check(whole, registry=registry)
    except Invalid as invalid:
        raise Invalid([*problems, *(_told(each, places) for each in invalid.problems)]) from None
    campaign = checked.campaigns[places["campaigns"][0]]
    problems += _campaign_problems(campaign, asked.variant)
    if problems:
        raise Invalid(problems)
    return asked, Trial(
        campaign,
        [checked.segments[place] for place in places["segments"]],
        [checked.groups[place] for place in places["groups"]],
        checked.site.theme if asked.theme is not None else None,
        asked.variant,
        asked.language or definitions.site.language,
    )


def laid_over(definitions: Definitions, trial: Trial) -> Definitions:
    """The definitions with the tried parts in the place of those of the same ids."""
    site = definitions.site if trial.theme is None else replace(definitions.site, theme=trial.theme)
    return replace(
        definitions,
        site=site,
        segments=_with(definitions.segments, trial.segments),
        groups=_with(definitions.groups, trial.groups),
        campaigns=_with(definitions.campaigns, [trial.campaign]),
    )


def unbound(campaign: Campaign, variant: str) -> Campaign:
    """The campaign without anything that could keep it from the page, always in this variant or in the first."""
    chosen = [each for each in campaign.variants if each.id == variant] or campaign.variants[:1]
    return replace(
        campaign,
        active=True,
        audience=[],
        pages=Pages(),
        delay=0,
        scroll=None,
        idle=None,
        exit=False,
        caps=[],
        group="",
        priority=1000,
        starts=None,
        ends=None,
        holdout=0,
        variants=chosen,
    )


def _lay(whole: list[Any], sent: Sequence[Mapping[str, Any]]) -> list[int]:
    """Put the sent parts where those of their ids are, or at the end; their places."""
    known = {each["id"]: place for place, each in enumerate(whole)}
    places = []
    for each in sent:
        id = each.get("id")
        place = known.pop(id, len(whole)) if isinstance(id, str) else len(whole)
        whole[place : place + 1] = [each]
        places.append(place)
    return places


def _with(parts: Iterable[Part], tried: Sequence[Part]) -> list[Part]:
    by_id = {each.id: each for each in parts}
    by_id.update((each.id, each) for each in tried)
    return list(by_id.values())


def _told(problem: Problem, places: Mapping[str, Sequence[int]]) -> Problem:
    """The same of the request's fields."""
    found = _PLACE.match(problem.where)
    if found is None:
        return problem._replace(where=_THEME.sub("theme", problem.where))
    part, place, rest = found["part"], int(found["number"]), problem.where[found.end() :]
    if place not in places[part]:
        return problem._replace(where=f"site.{problem.where}")
    where = "campaign" if part == "campaigns" else f"{part}[{places[part].index(place)}]"
    return problem._replace(where=f"{where}{rest}")


def _request_problems(asked: Asked, definitions: Definitions) -> list[Problem]:
    site = definitions.site
    problems = []
    if asked.site not in ("", site.id):
        problems.append(Problem("site", asked.site, f"{site.id}, the site of this key"))
    if origin_of(asked.url) not in site.origins:
        problems.append(Problem("url", asked.url, f"a page of one of the site's origins: {', '.join(site.origins)}"))
    return problems


def _campaign_problems(campaign: Campaign, variant: str) -> list[Problem]:
    if campaign.widget is None:
        return [Problem("campaign.widget", None, "a widget: a message is on no page")]
    known = [each.id for each in campaign.variants]
    if variant and variant not in known:
        return [Problem("variant", variant, f"one of the campaign's variants{nearest(variant, known)}")]
    return []
