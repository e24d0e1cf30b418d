"""Each row of the catalogue: labels, documentation, and an example that means something."""

from collections.abc import Iterable
from math import nan
from typing import Any, ClassVar, Literal

import pytest
from msgspec.structs import replace

from dangol.definitions.model import Segment, Site
from dangol.errors import PluginFailure
from dangol.plugin import Condition, Profile, Request, Text
from dangol.segments.conditions.catalogue import CATALOGUE, Catalogue
from dangol.segments.conditions.row import Row
from dangol.segments.language.scope import Scope
from dangol.segments.matching.index import Index
from dangol.segments.twin import holds

ROWS = pytest.mark.parametrize("row", list(CATALOGUE), ids=lambda row: row.id)


@ROWS
def test_the_example_holds_for_the_regular(row: Row, regular: Profile, busy_page: Request, site: Site) -> None:
    segment = Segment("example", {row.id: row.example})
    shopper = replace(regular, visits=1) if row.id == "first_visit" else regular
    assert holds(segment, shopper, busy_page, Scope(CATALOGUE, site))
    assert Index.build(Scope(CATALOGUE, site, [segment])).match(shopper, busy_page) == ["example"]


@ROWS
def test_the_example_does_not_hold_for_a_stranger(
    row: Row, stranger: Profile, bare_request: Request, site: Site
) -> None:
    segment = Segment("example", {row.id: row.example})
    assert not holds(segment, stranger, bare_request, Scope(CATALOGUE, site))
    assert Index.build(Scope(CATALOGUE, site, [segment])).match(stranger, bare_request) == []


@pytest.mark.parametrize("missing", ["id", "ko", "en", "group"])
def test_a_row_without_labels_is_refused(missing: str) -> None:
    given: dict[str, Any] = {"id": "x", "ko": "엑스", "en": "x", "group": "visit", missing: ""}
    with pytest.raises(ValueError, match="needs an id, a Korean and an English label, and a group"):
        Row(**given, kind="number", extract=lambda p, r, c: 1, example={"gte": 1})


def test_a_row_can_not_be_named_like_a_connective() -> None:
    with pytest.raises(ValueError, match="connective"):
        Row("any", "하나", "any", "visit", "number", lambda p, r, c: 1, {"gte": 1})


def test_two_rows_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two conditions are called 'visits'"):
        Catalogue([*CATALOGUE, *(row for row in CATALOGUE if row.id == "visits")])


class Fact(Condition):
    """A condition that gives what it was made with."""

    name = "stamps"
    api = 1
    title: ClassVar[Text] = {"ko": "스탬프", "en": "stamps"}
    kind: ClassVar[Literal["number", "text", "set", "boolean"]] = "number"

    def __init__(self, value: Any) -> None:
        self.value = value

    def fact(self, profile: Profile, request: Request) -> Any:
        return self.value


class TextFact(Fact):
    kind = "text"


class SetFact(Fact):
    kind = "set"


class FlagFact(Fact):
    kind = "boolean"
    title = ""


@pytest.mark.parametrize(
    ("condition", "leaf"),
    [
        (Fact(3), {"gte": 3}),
        (TextFact("gold"), {"is": "gold"}),
        (SetFact(iter(["a", "b"])), {"has_all": ["b"]}),
        (FlagFact(True), True),
    ],
)
def test_a_plugin_condition_is_a_row(condition: Fact, leaf: Any, site: Site) -> None:
    catalogue = CATALOGUE.with_plugins([condition])
    index = Index.build(Scope(catalogue, site, [Segment("s", {"stamps": leaf})]))
    assert index.match(Profile(), Request(now=0)) == ["s"]


@pytest.mark.parametrize("condition", [Fact(None), Fact(nan), TextFact(None), SetFact(None), FlagFact(None)])
def test_a_plugin_fact_that_is_not_known_holds_for_nothing(condition: Fact, site: Site) -> None:
    catalogue = CATALOGUE.with_plugins([condition])
    row = catalogue.get("stamps")
    assert row is not None
    index = Index.build(Scope(catalogue, site, [Segment("s", {"stamps": row.example})]))
    assert index.match(Profile(), Request(now=0)) == []


def test_a_plugin_that_the_guard_gave_up_on_leaves_the_fact_unknown(site: Site) -> None:
    def failing(plugin: Condition, method: str, function: object, *, expect: object) -> Any:
        raise PluginFailure(plugin.name, "raised", "no")

    catalogue = CATALOGUE.with_plugins([Fact(3)], failing)
    segments = [Segment("s", {"stamps": {"gte": 0}}), Segment("t", {"not": {"stamps": {"gte": 0}}})]
    assert Index.build(Scope(catalogue, site, segments)).match(Profile(), Request(now=0)) == ["t"]


@pytest.mark.parametrize("condition", [Fact("3"), TextFact(3), SetFact("ab"), SetFact([1]), FlagFact(1)])
def test_a_plugin_fact_of_the_wrong_kind_raises_inside_the_guard(condition: Fact, site: Site) -> None:
    raised: list[str] = []

    def guard(plugin: Condition, method: str, function: Any, *, expect: object) -> Any:
        try:
            return function()
        except TypeError as error:
            raised.append(str(error))
            raise PluginFailure(plugin.name, "raised", str(error)) from error

    row = CATALOGUE.with_plugins([condition], guard).get("stamps")
    assert row is not None
    index = Index.build(
        Scope(CATALOGUE.with_plugins([condition], guard), site, [Segment("s", {"stamps": row.example})])
    )
    assert index.match(Profile(), Request(now=0)) == []
    assert "condition gave" in raised[0]


def test_a_plugin_can_not_take_a_name_that_is_taken() -> None:
    class Visits(Fact):
        name = "visits"
        api = 1

    with pytest.raises(ValueError, match="two conditions"):
        CATALOGUE.with_plugins([Visits(1)])


def test_only_facts_that_segments_name_are_asked_for(site: Site) -> None:
    asked: list[str] = []

    class Watched(Fact):
        def fact(self, profile: Profile, request: Request) -> float | str | Iterable[str] | bool | None:
            asked.append("stamps")
            return 1

    catalogue = CATALOGUE.with_plugins([Watched(0)])
    Index.build(Scope(catalogue, site, [Segment("s", {"visits": {"gte": 1}})])).match(Profile(), Request(now=0))
    assert asked == []
