"""A site's definitions as a document: YAML in and out, and the whole check that stands before anything is stored."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct

from dangol.definitions import checks, delivery, notation
from dangol.definitions.contact import contact_problems
from dangol.definitions.model import Campaign, ContactPolicy, Definitions, Group, Manners, Segment, Sender, Site, Trait
from dangol.definitions.senders import Means, sender_problems, template_problems
from dangol.definitions.shapes import kind_of, plain_problems, shape_problems
from dangol.definitions.templates import Template
from dangol.errors import Invalid, Problem
from dangol.host.registry import Registry
from dangol.render import theme

T = TypeVar("T", bound=Struct)
STAND_IN = {"id": "site", "key": "site-key", "name": "", "origins": ["https://shop.example"]}
"""For what a site must have and has not, or not rightly."""

DEFAULT_TIMEZONE = next(one.default for one in msgspec.structs.fields(Site) if one.name == "timezone")


def load_yaml(text: str, source: str = "", registry: Registry | None = None) -> Definitions:
    """Read and check a document. Raises `Invalid` with every problem found; `source` is the file's name."""
    return check(notation.load(text, source), source, registry)


def check(raw: object, source: str = "", registry: Registry | None = None) -> Definitions:
    """Definitions made of what a document says: dicts, lists and scalars, as from JSON.

    A date alone as `starts` means the start of that day, as `ends` its end. Raises `Invalid` with every problem that
    can be found. Without a `registry`, plugins and their parameters are not checked.
    """
    problems = list(plain_problems(raw, ""))
    if problems:
        raise Invalid(problems, source)
    raw = _with_times(raw)
    problems = [*shape_problems(raw, Definitions, ""), *_cross_problems(raw, registry)]
    if problems:
        raise Invalid(problems, source)
    return msgspec.convert(raw, Definitions)


def dump_yaml(definitions: Definitions) -> str:
    """The document that `load_yaml` makes the same definitions of. What stands at its default is left out."""
    return notation.dump(written(definitions))


def _cross_problems(raw: object, registry: Registry | None) -> list[Problem]:
    """What is wrong between the parts, as far as they have the right shape."""
    if not isinstance(raw, Mapping):
        return []
    segments, campaigns = _numbered(raw.get("segments")), _numbered(raw.get("campaigns"))
    site = _site(raw.get("site"))
    timezone = site.timezone
    ids = [id for _, id in _ids(segments)]
    problems = [*checks.timezone_problems(timezone), *theme.problems(site.theme)]
    traits = _numbered(raw["site"].get("traits")) if isinstance(raw.get("site"), dict) else []
    problems += checks.duplicate_problems("site.traits", _ids(traits))
    for number, trait in _mended(traits, Trait):
        problems += checks.trait_problems(number, trait)
    problems += checks.duplicate_problems("segments", _ids(segments))
    problems += checks.duplicate_problems("campaigns", _ids(campaigns))
    mended = list(_mended(segments, Segment))
    others = set(ids) - {segment.id for _, segment in mended}
    zoned = site if checks.is_timezone(timezone) else msgspec.structs.replace(site, timezone=DEFAULT_TIMEZONE)
    problems += checks.segment_problems(mended, others, zoned, registry)
    for number, written in campaigns:
        problems += checks.action_problems(number, written)
    groups = _numbered(raw.get("groups"))
    named = [id for _, id in _ids(groups)]
    means = _means(raw, zoned, registry)
    problems += _means_problems(raw, means)
    for number, campaign in _mended(campaigns, Campaign):
        problems += checks.campaign_problems(number, campaign, site, ids, named, means)
    problems += checks.duplicate_problems("groups", _ids(groups))
    for number, group in _mended(groups, Group):
        problems += delivery.group_problems(number, group)
    for _, manners in _mended(_numbered([raw.get("manners")]), Manners):
        problems += delivery.manners_problems(manners)
    for _, contact in _mended(_numbered([raw.get("contact")]), ContactPolicy):
        problems += contact_problems(contact)
    return problems


def _means(raw: Mapping[str, Any], site: Site, registry: Registry | None) -> Means:
    senders, templates = _numbered(raw.get("senders")), _numbered(raw.get("templates"))
    contacts = [contact for _, contact in _mended(_numbered([raw.get("contact")]), ContactPolicy)]
    return Means(
        site,
        contacts[0] if contacts else ContactPolicy(),
        {sender.id: sender for _, sender in _mended(senders, Sender)},
        {template.id: template for _, template in _templates(templates)},
        [id for _, id in _ids(senders)],
        [id for _, id in _ids(templates)],
        registry,
    )


def _means_problems(raw: Mapping[str, Any], means: Means) -> list[Problem]:
    """What is wrong with senders and templates."""
    parts = {"senders": _numbered(raw.get("senders")), "templates": _numbered(raw.get("templates"))}
    problems = [problem for kind, rows in parts.items() for problem in checks.duplicate_problems(kind, _ids(rows))]
    for number, sender in _mended(parts["senders"], Sender):
        problems += sender_problems(number, sender, means)
    for number, template in _templates(parts["templates"]):
        problems += (each for each in template_problems(number, template, means) if each not in problems)
    return problems


def _templates(raws: list[tuple[int, dict[str, Any]]]) -> Iterator[tuple[int, Template]]:
    return _mended(raws, cast(type[Template], Template))


def _numbered(raws: object) -> list[tuple[int, dict[str, Any]]]:
    found = enumerate(raws if isinstance(raws, list) else [])
    return [(number, raw) for number, raw in found if isinstance(raw, dict)]


def _mended(raws: list[tuple[int, dict[str, Any]]], shape: type[T]) -> Iterator[tuple[int, T]]:
    """Those that can be made of their well-shaped fields; the others are told by `shape_problems`."""
    for number, raw in raws:
        if (kind := kind_of(raw, shape)) is None:
            continue
        kept = _shapely(raw, kind)
        if not shape_problems(kept, kind, ""):
            yield number, msgspec.convert(kept, kind)


def _shapely(raw: Mapping[str, Any], shape: type[Struct]) -> dict[str, Any]:
    """The fields that are known and have the right shape."""
    types = {field.encode_name: field.type for field in msgspec.structs.fields(shape)}
    return {key: raw[key] for key in raw.keys() & types.keys() if not shape_problems(raw[key], types[key], "")}


def _site(raw: object) -> Site:
    """The site as far as it is in shape, so that the rest can be checked against it."""
    given = raw if isinstance(raw, dict) else {}
    site = msgspec.convert({**STAND_IN, **_shapely(given, Site), "traits": []}, Site)
    return msgspec.structs.replace(site, traits=[trait for _, trait in _mended(_numbered(given.get("traits")), Trait)])


def _ids(raws: list[tuple[int, dict[str, Any]]]) -> list[tuple[int, str]]:
    return [(number, raw["id"]) for number, raw in raws if isinstance(raw.get("id"), str)]


def _with_times(raw: object) -> object:
    """A copy in which the campaigns' times are such, where they can be read."""
    if not isinstance(raw, dict) or not isinstance(raw.get("campaigns"), list):
        return raw
    campaigns = [
        {key: _time(value, key) if key in ("starts", "ends") else value for key, value in campaign.items()}
        if isinstance(campaign, dict)
        else campaign
        for campaign in raw["campaigns"]
    ]
    return {**raw, "campaigns": campaigns}


def _time(value: object, key: str) -> object:
    if not isinstance(value, str):
        return value
    try:
        time = datetime.fromisoformat(value)
        if key == "ends" and _is_date(value):
            time += timedelta(days=1)
    except (ValueError, OverflowError):
        return value
    return time


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def written(value: Any) -> Any:
    """A part of definitions as a document says it: what stands at its default is left out."""
    if isinstance(value, Struct):
        tag = value.__struct_config__
        return ({tag.tag_field: tag.tag} if tag.tag_field else {}) | {
            field.encode_name: written(getattr(value, field.name))
            for field in msgspec.structs.fields(value)
            if field.required or getattr(value, field.name) != _default(field)
        }
    if isinstance(value, dict):
        return {key: written(one) for key, one in value.items()}
    if isinstance(value, list):
        return [written(one) for one in value]
    return value.isoformat(" ") if isinstance(value, datetime) else value


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
