"""What is wrong between the parts of a document: names that lead nowhere, rules that contradict each other."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from msgspec.structs import replace

from dangol.campaigns.arms import with_variants
from dangol.definitions.causes import cause_problems
from dangol.definitions.delivery import delivery_problems, position_problems
from dangol.definitions.model import Campaign, MessageUse, Segment, Site, Trait, WidgetUse
from dangol.definitions.senders import Means, use_problems
from dangol.definitions.shapes import nearest
from dangol.errors import Invalid, PluginFailure, Problem
from dangol.host.params import check_params, recommender_problems
from dangol.host.registry import Registry
from dangol.plugin import Channel, Widget
from dangol.protocol.text import clean
from dangol.render.proof import params_problems
from dangol.render.variables import kinds
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.conditions.row import SPANS
from dangol.segments.language import behaviour
from dangol.segments.language.reader import parse_segment
from dangol.segments.language.scope import Scope

EVENT_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
YEARS = range(2000, 2200)


def timezone_problems(name: str) -> Iterator[Problem]:
    """The time zone must be known here."""
    if not is_timezone(name):
        hint = nearest(name, sorted(available_timezones()))
        yield Problem("site.timezone", name, f"a time zone such as Asia/Seoul{hint}")


def duplicate_problems(kind: str, ids: Iterable[tuple[int, str]]) -> Iterator[Problem]:
    """Every id but the first of its kind."""
    seen: Counter[str] = Counter()
    for number, id in ids:
        seen[id] += 1
        if seen[id] > 1:
            yield Problem(f"{kind}[{number}].id", id, f"an id that no other of the {kind} has")


def trait_problems(number: int, trait: Trait) -> Iterator[Problem]:
    """What does not go with the trait's type, and choices that could never be told."""
    where = f"site.traits[{number}]"
    if trait.unit and trait.type != "number":
        yield Problem(f"{where}.unit", trait.unit, f"left out: the trait is a {trait.type}, no number")
    if trait.unit == "money" or trait.unit in SPANS:
        yield Problem(f"{where}.unit", trait.unit, "a unit of plain numbers, such as points, days or kg")
    if trait.choices and trait.type != "text":
        yield Problem(f"{where}.choices", trait.choices, f"left out: the trait is a {trait.type}, no text")
    for place, choice in enumerate(trait.choices):
        if clean(choice, len(choice)).strip() != choice:
            yield Problem(f"{where}.choices[{place}]", choice, "a text in NFC, without blanks at its ends")
        if choice in trait.choices[:place]:
            yield Problem(f"{where}.choices[{place}]", choice, "a choice that stands there only once")


def segment_problems(
    segments: Sequence[tuple[int, Segment]], others: Iterable[str], site: Site, registry: Registry | None
) -> Iterator[Problem]:
    """The conditions, as the segments' language has them. `others` are the ids of segments that are not in shape."""
    catalogue = CATALOGUE.with_plugins(registry.conditions()) if registry else CATALOGUE
    named = [segment for _, segment in segments]
    scope = Scope(catalogue, site, [*named, *(Segment(id, {"all": []}) for id in others)])
    nodes = []
    for number, segment in segments:
        try:
            nodes.append(parse_segment(segment, scope, f"segments[{number}]"))
        except Invalid as invalid:
            yield from invalid.problems
    if (size := behaviour.most_bytes(nodes)) > behaviour.MAX_BYTES:
        expected = f"conditions on behaviour that keep at most {behaviour.MAX_BYTES:,} bytes on a profile"
        yield Problem("segments", f"{size:,} bytes", f"{expected}; ask for fewer times, or for fewer different events")


def campaign_problems(
    number: int, campaign: Campaign, site: Site, segments: list[str], groups: list[str], means: Means
) -> Iterator[Problem]:
    """All of one campaign but its choice of an action; `segments` and `groups` are the ids that it may name, `means`
    what its message can be made of."""
    where = f"campaigns[{number}]"
    for place, name in enumerate(campaign.audience):
        if name not in segments:
            yield Problem(f"{where}.audience[{place}]", name, f"a segment of this site{nearest(name, segments)}")
    for place, name in enumerate(campaign.on):
        if not EVENT_NAME.fullmatch(name):
            expected = "an event's name: a-z, 0-9 and _, a letter first, at most 40"
            yield Problem(f"{where}.on[{place}]", name, expected)
    yield from delivery_problems(campaign, segments, groups, where)
    times = list(_time_problems(campaign, site.timezone, where))
    yield from times
    if not times and is_timezone(site.timezone):
        yield from cause_problems(campaign, site, where)
    yield from _link_problems(campaign, site, f"{where}.link")
    if means.registry is not None and campaign.widget is not None:
        yield from _widget_problems(campaign, campaign.widget, where, site, means.registry)
    if campaign.message is not None:
        yield from _message_problems(campaign, campaign.message, where, means)


def action_problems(number: int, raw: Mapping[str, Any]) -> Iterator[Problem]:
    """A campaign has one action."""
    given = [name for name in ("widget", "message") if raw.get(name) is not None]
    if len(given) != 1:
        expected = f"a campaign with either a widget or a message; it has {'both' if given else 'neither'}"
        yield Problem(f"campaigns[{number}]", raw.get("id"), expected)


def _link_problems(campaign: Campaign, site: Site, where: str) -> Iterator[Problem]:
    if campaign.link.login and site.login is None:
        yield Problem(f"{where}.login", True, "left out, unless site.login says where the shop's members log in")
    for name in campaign.link.params:
        if name.startswith("dg_"):
            yield Problem(f"{where}.params", name, "a name that does not begin with dg_, as dangol's own do")


def _time_problems(campaign: Campaign, timezone: str, where: str) -> Iterator[Problem]:
    for name, time in (("starts", campaign.starts), ("ends", campaign.ends)):
        if time is not None and time.year not in YEARS:
            yield Problem(f"{where}.{name}", str(time), f"in the years {YEARS[0]} to {YEARS[-1]}")
    if campaign.starts is None or campaign.ends is None:
        return
    zone = ZoneInfo(timezone) if is_timezone(timezone) else UTC
    starts, ends = (time if time.tzinfo else time.replace(tzinfo=zone) for time in (campaign.starts, campaign.ends))
    if starts >= ends:
        yield Problem(f"{where}.ends", str(campaign.ends), f"after its start, {campaign.starts}")


def _widget_problems(
    campaign: Campaign, use: WidgetUse, where: str, site: Site, registry: Registry
) -> Iterator[Problem]:
    try:
        widget = registry.widget(use.use)
    except PluginFailure as failure:
        hint = nearest(use.use, [one.name for one in registry.widgets()])
        yield Problem(f"{where}.widget.use", use.use, f"a usable widget: {failure.detail}{hint}")
        return
    if widget.slot == "inline" and not use.at.strip():
        yield Problem(f"{where}.widget.at", use.at, f"the CSS selector of the element that {use.use} goes into")
    if widget.slot != "inline" and use.at and not widget.anchored:
        yield Problem(f"{where}.widget.at", use.at, f"left out: {use.use} has its own place on the page")
    yield from position_problems(use, widget.slot, f"{where}.widget")
    known = kinds(site.traits, widget.variables)
    yield from _forms_problems(widget, campaign, use, known, where, registry)


def _message_problems(campaign: Campaign, use: MessageUse, where: str, means: Means) -> Iterator[Problem]:
    yield from use_problems(campaign, use, f"{where}.message", means)
    if means.registry is not None and (channel := means.channel(use.use)):
        whole = replace(use, params=means.params(use))
        yield from _forms_problems(channel, campaign, whole, kinds(means.site.traits), where, means.registry)


def _forms_problems(
    plugin: Widget | Channel,
    campaign: Campaign,
    use: WidgetUse | MessageUse,
    known: Mapping[str, str],
    where: str,
    registry: Registry,
) -> Iterator[Problem]:
    """Of the action's own parameters, and where they are right, of what the campaign's variants make of them."""
    action = "widget" if isinstance(use, WidgetUse) else "message"
    (_, own), *variants = with_variants(campaign, use.params)
    if problems := _param_problems(plugin, own, f"{where}.{action}.params", known, registry):
        yield from problems
        return
    for number, (_, laid_over) in enumerate(variants):
        yield from _param_problems(plugin, laid_over, f"{where}.variants[{number}].params", known, registry)


def _param_problems(
    plugin: Widget | Channel, raw: object, where: str, known: Mapping[str, str], registry: Registry
) -> list[Problem]:
    try:
        params = check_params(plugin, raw, where)
    except Invalid as invalid:
        return invalid.problems
    return [*params_problems(params, known, where), *recommender_problems(params, where, registry)]


def is_timezone(name: str) -> bool:
    """Whether this machine knows the IANA name."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return True
