"""The language-neutral cases of tests/cases/conditions.json, held against the twin and the compiled index."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest
from msgspec import Struct

from dangol.definitions.model import Segment, Site
from dangol.errors import Invalid
from dangol.plugin import Profile, Request
from dangol.profile.traits import taken
from dangol.segments.calendar import calendar
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.conditions.row import OPERATORS
from dangol.segments.language.reader import parse
from dangol.segments.language.scope import Scope
from dangol.segments.matching.index import Index
from dangol.segments.twin import holds

DOCUMENT = msgspec.json.decode((Path(__file__).parents[2] / "cases" / "conditions.json").read_bytes())
CASES, REFUSED = DOCUMENT["cases"], DOCUMENT["refused"]


def built(shape: Any, written: Any) -> Any:
    """A struct from its fields by name, since profiles are stored by place."""
    shape = next((each for each in get_args(shape) if each is not type(None)), shape) if _optional(shape) else shape
    if isinstance(shape, type) and issubclass(shape, Struct):
        hints = get_type_hints(shape)
        return shape(**{name: built(hints[name], value) for name, value in written.items()})
    if get_origin(shape) is list:
        return [built(get_args(shape)[0], each) for each in written]
    return frozenset(written) if get_origin(shape) is frozenset else written


def _optional(shape: Any) -> bool:
    return type(None) in get_args(shape)


def scope(case: Mapping[str, Any], *more: Segment) -> Scope:
    site = {"id": "shop", "key": "public-key", "name": "Shop", **DOCUMENT["site"]}
    site["timezone"] = case.get("timezone", site["timezone"])
    others = [msgspec.convert(each, Segment) for each in case.get("segments", [])]
    return Scope(CATALOGUE, msgspec.convert(site, Site), [*others, *more])


def shopper(case: Mapping[str, Any], site: Site) -> Profile:
    profile: Profile = built(Profile, {"member": {"id": "m"}, **case.get("profile", {})})
    traits = {trait.id: trait for trait in site.traits}
    if profile.member:
        told = case.get("traits", {}).items()
        profile.member.traits = {name: taken(traits[name], value, site.timezone) for name, value in told}
    return profile


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_condition_holds_or_not(case: dict[str, Any]) -> None:
    segment = Segment("s", case["condition"])
    site = scope(case).site
    now = calendar(site.timezone).moment(datetime.fromisoformat(case.get("now", DOCUMENT["now"])))
    profile, request = shopper(case, site), built(Request, {"now": now, **case.get("request", {})})
    assert holds(segment, profile, request, scope(case)) is case["expected"]
    matched = Index.build(scope(case, segment)).match(profile, request)
    assert ("s" in matched) is case["expected"]


@pytest.mark.parametrize("case", REFUSED, ids=[case["name"] for case in REFUSED])
def test_a_condition_is_refused_in_its_place(case: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        parse(case["condition"], scope(case))
    [problem] = caught.value.problems
    assert problem.where == case["where"]
    assert problem.expected


def test_every_operator_has_cases() -> None:
    written = repr([case["condition"] for case in CASES])
    missing = {each for kind in OPERATORS.values() for each in kind if f"'{each}':" not in written}
    assert not missing
