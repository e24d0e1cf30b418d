"""A population counts what the twin says of each profile, whatever was put in, changed and taken out before."""

from math import inf
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.segments.matching.test_equivalence import NOW, SCOPE, SITE, is_read, leaves, profiles, segments

from dangol.definitions.model import Segment
from dangol.plugin import Profile, Request
from dangol.protocol.event import Event
from dangol.segments.calendar import DAY, Clock
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.language.behaviour import watching
from dangol.segments.language.reader import parse_segment
from dangol.segments.language.scope import Scope
from dangol.segments.population.counting import Seen, Sizes, count
from dangol.segments.population.judging import Moment
from dangol.segments.population.population import Known, Population
from dangol.segments.population.program import Program
from dangol.segments.population.question import Question
from dangol.segments.population.schema import Schema
from dangol.segments.twin import holds

ids = st.sampled_from([f"v{number:015}" for number in range(12)])
known = st.none() | st.builds(Known, profiles, st.sampled_from([NOW - 1, NOW, NOW + 1, NOW + 400 * DAY]))
batches = st.lists(st.dictionaries(ids, known, max_size=6), min_size=1, max_size=4)


def expected(segment: Segment, there: dict[str, Profile]) -> tuple[Sizes, list[Seen]]:
    held = {id: each for id, each in there.items() if holds(segment, each, Request(now=NOW), SCOPE)}
    day = sum(each.last_seen >= NOW - DAY for each in held.values())
    week = sum(each.last_seen >= NOW - 7 * DAY for each in held.values())
    members = sum(each.member is not None for each in held.values())
    latest = sorted((Seen(each.last_seen, id) for id, each in held.items()), key=lambda seen: (-seen.at, seen.id))
    return Sizes(len(held), day, week, members), latest[:10]


def counted(populations: list[Population], asked: list[Segment]) -> tuple[list[Sizes], list[Seen]]:
    schema = populations[0].schema
    moment = Moment(Clock(NOW, SCOPE.calendar), SCOPE.calendar, schema.lexicon)
    question = Question(Program([parse_segment(each, SCOPE) for each in asked]), moment)
    assert schema.holds(question.holders())
    return count(populations, question, NOW)


def there(batches: list[dict[str, Known | None]]) -> dict[str, Profile]:
    last = {id: each for batch in batches for id, each in batch.items()}
    return {id: each.profile for id, each in last.items() if each and not each.profile.alias and each.until > NOW}


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(batches=batches, asked=st.lists(segments, min_size=1, max_size=5))
def test_a_population_counts_what_the_twin_says(batches: list[dict[str, Known | None]], asked: list[Segment]) -> None:
    population = Population(Schema(SCOPE.catalogue, SITE.timezone))
    for batch in batches:
        population.put(batch)
    sizes, sample = counted([population], asked)
    truth = [expected(each, there(batches)) for each in asked]
    assert sizes == [each for each, _ in truth]
    assert sample == truth[0][1]


@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(leaf=leaves().filter(is_read), people=st.lists(profiles, min_size=1, max_size=8))
def test_every_leaf_and_its_negation_are_counted(leaf: dict[str, Any], people: list[Profile]) -> None:
    population = Population(Schema(SCOPE.catalogue, SITE.timezone))
    population.put({f"v{number}": Known(each, inf) for number, each in enumerate(people)})
    yes, no = Segment("yes", leaf), Segment("no", {"not": leaf})
    sizes, _ = counted([population], [yes, no])
    there = {f"v{number}": each for number, each in enumerate(people)}
    assert sizes == [expected(each, there)[0] for each in (yes, no)]


DEEDS: list[dict[str, Any]] = [
    {"did": {"event": "view_item", "gte": 2, "within": "7d"}},
    {"did": {"event": "view_item", "lt": 1, "within": "visit"}},
    {"did": {"event": "purchase", "eq": 1, "within": "1h"}},
    {"did_then": {"first": {"event": "view_item"}, "then": {"event": "purchase"}, "within": "3d", "last": "30d"}},
    {"did_but_not": {"first": {"event": "add_to_cart"}, "then": {"event": "purchase"}, "within": "1h", "last": "7d"}},
]
WATCHED = watching(Scope(CATALOGUE, SITE, [Segment(f"s{number}", each) for number, each in enumerate(DEEDS)]), 1)
asked_deeds = st.sampled_from(DEEDS)
moments = st.sampled_from([NOW - 40 * DAY, NOW - 7 * DAY, NOW - 7 * DAY + 1, NOW - 3600, NOW - 60, NOW, NOW + 5])
deeds = st.lists(st.tuples(st.sampled_from(["view_item", "purchase", "add_to_cart"]), moments), max_size=6)


@st.composite
def doers(draw: st.DrawFn) -> Profile:
    """A shopper whose streams were filled from events, as `reduce` does."""
    profile = draw(profiles)
    for number, (name, at) in enumerate(draw(deeds)):
        WATCHED.take(profile, Event(f"e{number}", name, at * 1000))
    return profile


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(people=st.lists(doers(), min_size=1, max_size=6), deed=asked_deeds, truth=st.booleans())
def test_what_shoppers_did_is_counted(people: list[Profile], deed: dict[str, Any], truth: bool) -> None:
    population = Population(Schema(SCOPE.catalogue, SITE.timezone))
    there = {f"v{number}": each for number, each in enumerate(people)}
    population.put({id: Known(each, inf) for id, each in there.items()})
    asked = Segment("s", deed if truth else {"not": deed})
    assert counted([population], [asked])[0] == [expected(asked, there)[0]]
