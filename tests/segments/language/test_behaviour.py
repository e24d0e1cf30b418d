"""Conditions on behaviour against the raw list of what happened."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dangol.definitions.model import Segment, Site
from dangol.errors import Invalid
from dangol.plugin import Profile, Request
from dangol.profile.reduce import reduce
from dangol.profile.watch import Watching
from dangol.protocol.event import Event, Item, Value
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.conditions.moving import Recent
from dangol.segments.language import behaviour
from dangol.segments.language.nodes import Leaf
from dangol.segments.language.reader import parse
from dangol.segments.language.scope import Scope
from dangol.segments.matching.index import Index
from dangol.segments.twin import holds
from dangol.segments.words.sentences import sentence

NOW = 1_773_113_400
SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])
SPANS = {"1m": 60, "30m": 1_800, "1h": 3_600, "24h": 86_400, "7d": 7 * 86_400, "30d": 30 * 86_400}
EDGES = sorted({max(0, seconds + off) for seconds in (0, *SPANS.values()) for off in (-1, 0, 1)})

items = st.builds(
    Item, st.sampled_from(["a", "b"]), price=st.sampled_from([None, 900, 1_000, 5_000]), quantity=st.integers(1, 3),
    category=st.sampled_from(["", "Mug", "mug", "plate"]),
)  # fmt: skip
told = st.tuples(
    st.sampled_from(["view_item", "add_to_cart", "purchase"]), st.sampled_from(EDGES) | st.integers(0, 8_000),
    st.lists(items, min_size=1, max_size=2), st.sampled_from([None, 1_000]), st.sampled_from(["/", "/event/a?x=1"]),
)  # fmt: skip

WHERES: list[tuple[dict[str, Any], Any]] = [
    ({}, lambda event: True),
    ({"category": {"is": "MUG"}}, lambda event: any(item.category.lower() == "mug" for item in event.items)),
    (
        {"category": {"is": "mug"}, "price": {"gte": 1_000}},
        lambda event: any(item.category.lower() == "mug" and (item.price or 0) >= 1_000 for item in event.items),
    ),
    ({"item": {"in": ["a", "c"]}}, lambda event: any(item.id == "a" for item in event.items)),
    ({"price": {"ne": 900}}, lambda event: any(item.price not in (None, 900) for item in event.items)),
    ({"page": {"starts": "/event/"}}, lambda event: event.page.startswith("/event/")),
    ({"page": {"is": "/event/a?x=1"}}, lambda event: event.page == "/event/a?x=1"),
    (
        {"value": {"gte": 2_000}},
        lambda event: (
            sum((item.price or 0) * item.quantity for item in event.items) if event.value is None else event.value
        ) >= 2_000,
    ),
]  # fmt: skip
spans = st.sampled_from(list(SPANS))
wheres = st.sampled_from(WHERES)
names = st.sampled_from(["view_item", "add_to_cart", "purchase"])
COMPARE: dict[str, Any] = {
    "gte": lambda a, b: a >= b, "gt": lambda a, b: a > b, "lte": lambda a, b: a <= b,
    "lt": lambda a, b: a < b, "eq": lambda a, b: a == b, "ne": lambda a, b: a != b,
}  # fmt: skip


@st.composite
def deeds(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    name, (where, fits) = draw(names), draw(wheres)
    return {"event": name, "where": where}, lambda event: event.name == name and fits(event)


@st.composite
def counted(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    """A condition, and what it means for a list of events, a moment and the visit's start."""
    (written, fits), within = draw(deeds()), draw(spans | st.just("visit"))
    operator, number = draw(st.sampled_from(sorted(COMPARE))), draw(st.sampled_from([1, 2, 3, 4, 5, 15, 2.5]))

    def truth(events: Sequence[Event], now: int, visit: int) -> bool:
        since = visit - 1 if within == "visit" else now - SPANS[within]
        found = sum(since < each.at // 1000 <= now for each in events if fits(each))
        return bool(COMPARE[operator](found if visit or within != "visit" else 0, number))

    return {"did": {**written, operator: number, "within": within}}, truth


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    (first, is_first), (then, is_then), last = draw(deeds()), draw(deeds()), draw(spans)
    name = draw(st.sampled_from(["did_then", "did_but_not"]))
    shorter = [each for each in SPANS if name == "did_then" or SPANS[each] < SPANS[last]] or ["1m"]
    within = draw(st.sampled_from(shorter))
    last = "30m" if within == last and name == "did_but_not" else last
    t, d = SPANS[within], SPANS[last]

    def truth(events: Sequence[Event], now: int, visit: int) -> bool:
        firsts = [each.at // 1000 for each in events if is_first(each)]
        thens = [each.at // 1000 for each in events if is_then(each)]
        if name == "did_then":
            return any(now - d < b <= now and any(a < b <= a + t for a in firsts) for b in thens)
        return any(now - d < a <= now - t and not any(a < b <= a + t for b in thens) for a in firsts)

    return {name: {"first": first, "then": then, "within": within, "last": last}}, truth


def history(given_events: Sequence[tuple[Any, ...]]) -> list[Event]:
    return [
        Event(f"event-{number}", name, (NOW - age) * 1000 + number, page, things, value, key=f"o{number}")
        for number, (name, age, things, value, page) in enumerate(given_events)
    ]


@settings(max_examples=250, suppress_health_check=list(HealthCheck))
@given(
    conditions=st.lists(counted() | pairs(), min_size=1, max_size=6), happened=st.lists(told, max_size=25),
    chance=st.randoms(use_true_random=False), later=st.sampled_from([0, *EDGES]), started=st.sampled_from([0, 1, 60]),
)  # fmt: skip
def test_conditions_say_what_the_raw_history_says(
    conditions: list[tuple[dict[str, Any], Any]], happened: Any, chance: Any, later: int, started: int
) -> None:
    segments = [Segment(f"s{number}", tree) for number, (tree, _) in enumerate(conditions)]
    scope, events = Scope(CATALOGUE, SITE, segments), history(happened)
    arrived = list(events)
    chance.shuffle(arrived)
    profile = Profile()
    reduce(profile, arrived, SITE, NOW, 1, behaviour.watching(scope, 1))
    profile.visit.started = NOW - started if started else 0
    now = NOW + later
    expected = [
        f"s{number}" for number, (_, truth) in enumerate(conditions) if truth(events, now, profile.visit.started)
    ]
    assert Index.build(scope).match(profile, Request(now=now + 0.9)) == expected
    assert [each.id for each in segments if holds(each, profile, Request(now=now + 0.9), scope)] == expected


def read(name: str, **body: Any) -> Leaf:
    leaf = parse({name: body}, Scope(CATALOGUE, SITE))
    assert isinstance(leaf, Leaf)
    return leaf


def recent(leaf: Leaf) -> Recent:
    assert isinstance(leaf.row.extract, Recent)
    return leaf.row.extract


def test_a_condition_is_said_in_both_languages() -> None:
    where = {"category": {"is": "머그컵"}, "price": {"gte": 10_000}}
    said = sentence(read("did", event="view_item", gte=3, within="7d", where=where), Scope(CATALOGUE, SITE))
    assert said["ko"] == "최근 7일 동안 ‘상품 조회’(카테고리가 ‘머그컵’임, 가격 10,000원 이상) 3회 이상"
    assert said["en"] == (
        "viewed a product (category is “머그컵”, price: ₩10,000 or more) 3 times or more in the last 7 days"
    )


PAIR = {"first": {"event": "add_to_cart"}, "then": {"event": "purchase"}, "within": "1h", "last": "7d"}
SAID = [
    ("did_then", PAIR, "최근 7일 동안 ‘장바구니 담기’ 후 1시간 안에 ‘구매’",
     "put something into the cart, then bought within 1 hour, in the last 7 days"),
    ("did_but_not", PAIR, "최근 7일 동안 ‘장바구니 담기’ 후 1시간 안에 ‘구매’ 안 함",
     "put something into the cart, but did not buy within 1 hour, in the last 7 days"),
    ("did", {"event": "quiz_done", "within": "visit"}, "이번 방문에서 ‘quiz_done’ 1회 이상",
     "did “quiz_done” once or more in this visit"),
    ("did", {"event": "quiz_done", "within": "24h", "eq": 0, "where": {"props.a|b{}": {"is": "|{}"}}},
     "최근 1일 동안 ‘quiz_done’(a|b{}가 ‘|{}’임) 정확히 0회",
     "did “quiz_done” (a|b{} is “|{}”) exactly 0 times in the last 1 day"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body", "ko", "en"), SAID)
def test_behaviour_is_said_as_a_marketer_would(name: str, body: dict[str, Any], ko: str, en: str) -> None:
    assert sentence(read(name, **body), Scope(CATALOGUE, SITE)) == {"ko": ko, "en": en}


def test_equal_conditions_are_one_row_and_different_ones_are_not() -> None:
    mug, cup = {"category": {"is": "Mug"}, "price": {"gte": 1}}, {"price": {"gte": 1.0}, "category": {"is": "Mug"}}
    one = read("did", event="view_item", gte=3, within="7d", where=mug)
    assert read("did", event="view_item", lt=2, within="168h", where=mug).row is one.row
    keys = {
        recent(read("did", event=event, gte=gte, within="7d", where=where)).stream.key
        for event, gte, where in [
            ("view_item", 3, mug), ("view_item", 1, cup), ("view_item", 3, {**mug, "category": {"is": "MUG"}}),
            ("view_item", 4, mug), ("purchase", 3, mug), ("view_item", 3, {}),
        ]
    }  # fmt: skip
    assert len(keys) == 4
    assert recent(one).stream.key == "mtj_2PcO.4", "keys are in the store and stay for ever"


@pytest.mark.parametrize(
    ("times", "limit"), [({"gte": 3}, 4), ({"gt": 3}, 4), ({"gte": 4}, 16), ({"gte": 1, "lt": 1_000}, 1_024)]
)
def test_as_many_are_kept_as_tell_the_number_asked_for_from_more(times: dict[str, float], limit: int) -> None:
    assert recent(read("did", event="search", within="7d", **times)).stream.bound.limit == limit


GOOD = {"event": "view_item", "within": "7d"}
REFUSED: list[tuple[str, Any, str]] = [
    ("did", 3, "did"),
    ("did", {"event": "view_item"}, "did.within"),
    ("did", {**GOOD, "within": "0d"}, "did.within"),
    ("did", {**GOOD, "within": "401d"}, "did.within"),
    ("did", {**GOOD, "within": 7}, "did.within"),
    ("did", {**GOOD, "event": "View Item"}, "did.event"),
    ("did", {**GOOD, "gte": 1_001}, "did.gte"),
    ("did", {**GOOD, "gte": -1}, "did.gte"),
    ("did", {**GOOD, "gte": "3"}, "did.gte"),
    ("did", {**GOOD, "gte": 4, "lt": 4}, "did"),
    ("did", {**GOOD, "last": "7d"}, "did"),
    ("did", {**GOOD, "where": []}, "did.where"),
    ("did", {**GOOD, "where": {"colour": {"is": "red"}}}, "did.where"),
    ("did", {**GOOD, "where": {"props.": {"is": "red"}}}, "did.where"),
    ("did", {**GOOD, "where": {"price": {}}}, "did.where.price"),
    ("did", {**GOOD, "where": {"price": {"is": "1"}}}, "did.where.price"),
    ("did", {**GOOD, "where": {"name": {"matches": "("}}}, "did.where.name.matches"),
    ("did", {**GOOD, "where": {"props.a": {"gte": 1, "is": "x"}}}, "did.where.props.a"),
    ("did", {"event": "page_view", "within": "7d", "where": {"price": {"gte": 1}}}, "did.where"),
    ("did", {"event": "quiz_done", "within": "7d", "where": {"key": {"is": "a"}}}, "did.where"),
    ("did", {**GOOD, "where": {f"props.{number}": {"is": "x"} for number in range(21)}}, "did.where"),
    ("did_then", {**PAIR, "first": "view_item"}, "did_then.first"),
    ("did_then", {**PAIR, "within": "visit"}, "did_then.within"),
    ("did_then", {**PAIR, "gte": 2}, "did_then"),
    ("did_but_not", {**PAIR, "within": "7d"}, "did_but_not.last"),
    ("did_but_not", {key: PAIR[key] for key in ("first", "within", "last")}, "did_but_not.then"),
]


@pytest.mark.parametrize(("name", "body", "where"), REFUSED)
def test_what_makes_no_sense_is_refused_where_it_stands(name: str, body: Any, where: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse({name: body}, Scope(CATALOGUE, SITE), "include")
    assert [problem.where for problem in refused.value.problems] == [f"include.{where}"]


PROPS: list[tuple[dict[str, Any], list[Any]]] = [
    ({"gte": 2}, [2, 3.5]),
    ({"is": True}, [True]),
    ({"is": "red"}, ["red", "RED"]),
    ({"is": "true"}, [True]),
    ({"starts": "3"}, [3.5]),
    ({"matches": "^[0-9]+$"}, [2, 1]),
]


@pytest.mark.parametrize(("asked", "fitting"), PROPS)
def test_properties_of_ones_own_are_compared_as_what_they_are(asked: dict[str, Any], fitting: list[Any]) -> None:
    leaf = read("did", event="quiz_done", within="7d", where={"props.x": asked})
    watching = Watching.of([recent(leaf).stream], 1)
    values: list[Value] = ["red", "RED", "", 1, 2, 3.5, True, False, ["red"]]
    for value in values:
        profile = Profile()
        watching.take(profile, Event("event-1", "quiz_done", NOW * 1000, props={"x": value}))
        assert bool(profile.behaviours) == (value in fitting and type(value) in map(type, fitting)), value


def test_what_a_site_watches_is_found_in_all_its_segments() -> None:
    deep = {"any": [{"all": [{"visits": {"gte": 2}}, {"not": {"did": {**GOOD, "gte": 1}}}]}]}
    segments = [Segment("a", deep), Segment("b", {"all": []}, exclude={"did_but_not": PAIR}), Segment("c", deep)]
    watching = behaviour.watching(Scope(CATALOGUE, SITE, segments), 7)
    assert watching.version == 7
    assert len(watching.streams) == 3  # one of each, and the ring of purchases
    assert watching.by_name.keys() == {"view_item", "add_to_cart", "purchase"}
