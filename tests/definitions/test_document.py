from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from dangol.definitions import reading
from dangol.definitions.document import check, dump_yaml, load_yaml
from dangol.definitions.model import (
    Campaign,
    Cap,
    Definitions,
    Group,
    Manners,
    MessageUse,
    Pages,
    Segment,
    Site,
    Trait,
    Variant,
    WidgetUse,
)
from dangol.errors import Invalid
from dangol.host.registry import Registry
from dangol.plugin import (
    Channel,
    Condition,
    Profile,
    PushRequest,
    Receipt,
    RecommenderName,
    Request,
    Text,
    View,
    Widget,
)
from dangol.segments.language.reader import MAX_DEPTH

DOCUMENT = """
site:
  id: shop
  key: public-key
  name: {ko: 단골 상점, en: Dangol shop}
  origins: [https://shop.example]
segments:
  - id: returning
    name: 다시 온 손님
    include: {visits: {gte: 2}}
    exclude: {orders: {gte: 1}}
campaigns:
  - id: hello
    audience: [returning]
    on: [page_view, view_item]
    widget:
      use: card
      params: {title: "다시 오셨네요, {name|손님}!"}
    pages: {only: [/, /product/*], never: ['*/cart']}
    caps: [{times: 1, per: session}]
    later: [session, 7d, never]
    starts: 2026-11-20
    ends: 2026-11-30
    holdout: 10
  - id: welcome
    on: [sign_up]
    message: {use: post}
    ends: 2026-11-30 18:00
"""


class Card(Widget):
    name = "card"
    api = 1
    slot = "corner"
    variables = ("goal",)

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        title: Text

    async def context(self, params: Any, view: View) -> Mapping[str, Any] | None:
        return {}


class Strip(Card):
    name = "strip"
    api = 1
    slot = "inline"  # type: ignore[assignment]


class Picks(Card):
    name = "picks"
    api = 1

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        by: list[RecommenderName] = []


class Post(Channel):
    name = "post"
    api = 1

    async def send(self, params: Any, request: PushRequest) -> Receipt:
        return Receipt("accepted")


class Mood(Condition):
    name = "mood"
    api = 1
    kind = "number"
    title: ClassVar[Text] = "mood"

    def fact(self, profile: Profile, request: Request) -> float:
        return 1


REGISTRY = Registry.of([Card(), Strip(), Picks(), Post(), Mood()])


def problems_of(text: str) -> list[str]:
    with pytest.raises(Invalid) as caught:
        load_yaml(text, "site.yaml", REGISTRY)
    return str(caught.value).splitlines()


def problem_with(campaign: str) -> str:
    (problem,) = problems_of(f"{DOCUMENT.partition('campaigns')[0]}campaigns:\n  - {{id: c, {campaign}}}\n")
    assert problem.startswith("site.yaml: campaigns[0]")
    return problem.removeprefix("site.yaml: campaigns[0]").lstrip(".")


def test_a_document_becomes_definitions() -> None:
    definitions = load_yaml(DOCUMENT, "site.yaml", REGISTRY)
    assert definitions.site.name == {"ko": "단골 상점", "en": "Dangol shop"}
    assert definitions.segments == [
        Segment("returning", {"visits": {"gte": 2}}, "다시 온 손님", {"orders": {"gte": 1}})
    ]
    hello, welcome = definitions.campaigns
    assert hello.on == ["page_view", "view_item"]
    assert hello.caps == [Cap(1, "session")]
    assert hello.pages == Pages(["/", "/product/*"], ["*/cart"])
    assert welcome.message == MessageUse("post")


def test_a_date_alone_starts_with_its_day_and_ends_with_it() -> None:
    hello, welcome = load_yaml(DOCUMENT).campaigns
    assert (hello.starts, hello.ends) == (datetime(2026, 11, 20), datetime(2026, 12, 1))
    assert welcome.ends == datetime(2026, 11, 30, 18)


def test_all_problems_of_all_parts_are_told_at_once() -> None:
    text = """
site: {id: shop, key: short, name: x, origins: [https://shop.example], timezone: Asia/Soul, curency: KRW}
segments:
  - {id: a, include: {visits: {gte: many}}}
  - {id: a, include: {visitz: {gte: 1}}}
  - 3
campaigns:
  - {id: c, audience: [b], widget: {use: card, params: {title: x}}, delay: -1}
  - {id: d, audience: [aa], widget: {use: card, params: {title: 7}}, message: {use: post}, on: [Click]}
  - {id: d, widget: {use: cart}}
"""
    where = {line.split(": ")[1] for line in problems_of(text)}
    assert where == {
        "site.key",
        "site.curency",
        "site.timezone",
        "segments[0].include.visits.gte",
        "segments[1].id",
        "segments[1].include",
        "segments[2]",
        "campaigns[0].delay",
        "campaigns[0].audience[0]",
        "campaigns[1]",
        "campaigns[1].audience[0]",
        "campaigns[1].on[0]",
        "campaigns[1].widget.params.title",
        "campaigns[2].id",
        "campaigns[2].widget.use",
    }


CARD = "widget: {use: card, params: {title: x}}"


@pytest.mark.parametrize(
    ("campaign", "problem"),
    [
        (
            "audience: [returnin], widget: {use: card, params: {title: x}}",
            "audience[0]: 'returnin' is not a segment of",
        ),
        ("audience: [returnin], widget: {use: card, params: {title: x}}", "did you mean 'returning'?"),
        ("delay: 1", "'c' is not a campaign with either a widget or a message; it has neither"),
        ("widget: {use: card, params: {title: x}}, message: {use: post}", "it has both"),
        ("widget: {use: strip, params: {title: x}}", "widget.at: '' is not the CSS selector of"),
        ("widget: {use: card, params: {title: x}, at: main}", "widget.at: 'main' is not left out: card has its own"),
        ("widget: {use: crad}", "widget.use: 'crad' is not a usable widget: no widget of this name is installed"),
        ("widget: {use: crad}", "did you mean 'card'?"),
        ("widget: {use: post}", "widget.use: 'post' is not a usable widget"),
        ("message: {use: card}", "message.use: 'card' is not a usable channel"),
        (
            "widget: {use: picks, params: {by: [nobody]}}",
            "widget.params.by[0]: 'nobody' is not a usable recommender: no recommender of this name is installed",
        ),
        (
            "widget: {use: picks}, variants: [{id: a}, {id: b, params: {by: [nobody]}}]",
            "variants[1].params.by[0]: 'nobody' is not a usable recommender",
        ),
        ("widget: {use: card}", "widget.params.title: None is not given; card requires it"),
        ("widget: {use: card, params: {title: '{nmae}'}}", "widget.params.title: '{nmae}' is not a known variable"),
        ("message: {use: post, params: {x: 1}}", "message.params.x: 1 is not a parameter of post"),
        ("message: {use: post}, on: [Buy it]", "on[0]: 'Buy it' is not an event's name"),
        ("message: {use: post}, on: []", "on: [] is not a list of length >= 1"),
        ("message: {use: post}, pages: {only: [cart]}", "pages.only[0]: 'cart' is not a path such as"),
        ("message: {use: post}, pages: {never: ['/a#b']}", "pages.never[0]: '/a#b' is not a path such as"),
        ("message: {use: post}, pages: {never: ['/a?*=1']}", "pages.never[0]: '/a?*=1' is not a path with parameters"),
        ("message: {use: post}, pages: {only: ['/a?b&']}", "pages.only[0]: '/a?b&' is not a path with parameters"),
        ("message: {use: post}, pages: {only: ['?b']}", "pages.only[0]: '?b' is not a path such as"),
        ("message: {use: post}, pages: {kinds: [shelf]}", "pages.kinds[0]: 'shelf' is not one of home, product"),
        (f"{CARD}, scroll: 50, exit: true", "exit: True is not left out: the campaign waits for scroll already"),
        (f"{CARD}, idle: 1", "idle: 1 is not a number >= 3.0"),
        (f"{CARD}, scroll: 101", "scroll: 101 is not a whole number <= 100"),
        ("message: {use: post}, exit: true", "exit: True is not left out: a message is sent whether a page is open"),
        (f"{CARD}, group: few", "group: 'few' is not a group of this site"),
        (
            f"{CARD}, report_by: [returning, returnin]",
            "report_by[1]: 'returnin' is not a segment of this site; did you",
        ),
        (f"{CARD}, report_by: [returning, returning]", "report_by[1]: 'returning' is not a segment that stands there"),
        (f"{CARD}, variants: [{{id: a}}, {{id: a}}]", "variants[1].id: 'a' is not an id that no other of the variants"),
        (f"{CARD}, variants: [{{id: holdout}}]", "variants[0].id: 'holdout' is not another id"),
        (f"{CARD}, variants: [{{id: a, weight: 0}}]", "variants[0].weight: 0 is not a whole number >= 1"),
        (
            f"{CARD}, variants: [{{id: a}}, {{id: b, params: {{tilte: y}}}}]",
            "variants[1].params.tilte: 'y' is not a parameter of card",
        ),
        (
            f"{CARD}, variants: [{{id: a, params: {{title: '{{nmae}}'}}}}]",
            "variants[0].params.title: '{nmae}' is not a known variable",
        ),
        (
            "message: {use: post}, variants: [{id: a, params: {x: 1}}]",
            "variants[0].params.x: 1 is not a parameter of post",
        ),
        (f"{CARD}, caps: [{{times: 1, per: 7d}}, {{times: 2, per: 7d}}]", "caps[1].per: '7d' is not a period that has"),
        (f"{CARD}, caps: [{{times: 1, per: 91d}}]", "caps[0].per: '91d' is not session, day, lifetime, or 2d to 90d"),
        ("widget: {use: card, params: {title: x}, position: top}", "widget.position: 'top' is not one of bottom-end,"),
        (
            "widget: {use: strip, params: {title: x}, at: main, position: top}",
            "widget.position: 'top' is not left out: strip has its own",
        ),
        ("message: {use: post}, starts: 2026-11-21, ends: 2026-11-20", "ends: '2026-11-21 00:00:00' is not after"),
        ("message: {use: post}, starts: soon", "starts: 'soon' is not a date or time such as"),
        ("message: {use: post}, starts: 0001-01-01", "starts: '0001-01-01 00:00:00' is not in the years"),
        ("message: {use: post}, ends: 9999-12-31", "ends: '9999-12-31' is not a date or time such as"),
        (
            "message: {use: post}, caps: [{times: 1, per: week}]",
            "caps[0].per: 'week' is not session, day, lifetime, or 2d to 90d",
        ),
        ("message: {use: post}, later: [2h]", "later[0]: '2h' is not one of session, 1h, 1d, 7d, 30d, never"),
        ("message: {use: post}, priorty: 1", "priorty: 1 is not a known field"),
        ("message: {use: post}, holdout: 101", "holdout: 101 is not a number <= 100.0"),
    ],
)
def test_a_problem_says_where_what_and_what_was_expected(campaign: str, problem: str) -> None:
    assert problem in problem_with(campaign)


@pytest.mark.parametrize("raw", [None, [], "site", 3, {}, {"site": []}, {"site": None, "campaigns": {}}])
def test_a_document_of_another_shape_is_refused(raw: object) -> None:
    with pytest.raises(Invalid):
        check(raw)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**63, b"x", {1: 2}, "\ud800", {1, 2}])
def test_what_can_not_be_stored_unchanged_is_refused(value: object) -> None:
    raw = {"campaigns": [{"id": "c", "widget": {"use": "card", "params": {"x": [value]}}}]}
    with pytest.raises(Invalid, match=r"campaigns\[0\]\.widget\.params\.x\[0\]"):
        check(raw)


def test_too_deep_a_document_is_refused() -> None:
    raw: object = "x"
    for _ in range(100_000):
        raw = [raw]
    with pytest.raises(Invalid, match="nested at most 100 deep"):
        check(raw)


def test_what_groups_and_manners_say_is_checked_too() -> None:
    caps = "caps: [{times: 1, per: day}, {times: 2, per: day}]"
    text = f"{DOCUMENT}groups: [{{id: few, {caps}}}, {{id: few}}]\nmanners: {{{caps}, gap: -1, budget: [{{per: day}}]}}"
    assert {line.split(": ")[1] for line in problems_of(text)} == {
        "groups[0].caps[1].per",
        "groups[1].id",
        "manners.caps[1].per",
        "manners.gap",
        "manners.budget[0].times",
    }


DELIVERED = """
site: {id: shop, key: public-key, name: x, origins: [https://shop.example]}
segments: [{id: vip, include: {orders: {gte: 9}}}]
groups:
  - {id: few, name: {ko: 드물게, en: Rare}, caps: [{times: 2, per: 7d}]}
manners: {caps: [{times: 3, per: session}], gap: 0, budget: [{times: 5, per: 30d}]}
campaigns:
  - id: hello
    widget: {use: card, params: {title: x}, position: top-start, effect: slide}
    pages: {only: [/goods?no=1*], kinds: [product, other]}
    delay: 2.5
    idle: 30
    group: few
    interrupts: false
    variants: [{id: a, weight: 3}, {id: b, name: B, params: {title: y}}]
    report_by: [vip]
"""


def test_all_rules_of_delivery_are_read_and_written_as_they_were() -> None:
    read = load_yaml(DELIVERED, "site.yaml", REGISTRY)
    (hello,) = read.campaigns
    assert (hello.delay, hello.idle, hello.interrupts, hello.pages.kinds) == (2.5, 30, False, ["product", "other"])
    assert [variant.params for variant in hello.variants] == [{}, {"title": "y"}]
    assert (read.manners.gap, read.manners.budget, read.groups[0].caps) == (0, [Cap(5, "30d")], [Cap(2, "7d")])
    assert load_yaml(dump_yaml(read), "again", REGISTRY) == read
    assert reading.read("shop", msgspec.json.encode({"version": 1, "definitions": read})).definitions == read


def test_an_unknown_time_zone_is_refused_with_a_hint() -> None:
    text = DOCUMENT.replace("key: public-key", "key: public-key\n  timezone: Asia/Soul")
    assert problems_of(text) == [
        "site.yaml: site.timezone: 'Asia/Soul' is not a time zone such as Asia/Seoul; did you mean 'Asia/Seoul'?"
    ]


TRAITS_IN_TROUBLE: dict[str, tuple[str, list[str]]] = {
    "twice the same id": (
        "[{id: a, name: A, type: text}, {id: a, name: B, type: text}]",
        ["site.traits[1].id: 'a' is not an id that no other of the site.traits has"],
    ),
    "another type": (
        "[{id: a, name: A, type: date}]",
        ["site.traits[0].type: 'date' is not one of number, text, boolean, time, list"],
    ),
    "an id with a dot": (
        "[{id: a.days_since, name: A, type: text}]",
        ["site.traits[0].id: 'a.days_since' is not a-z, 0-9, _ and -, at most 40"],
    ),
    "what the type does not have": (
        "[{id: a, name: A, type: text, unit: P}, {id: b, name: B, type: number, choices: [x]}]",
        [
            "site.traits[0].unit: 'P' is not left out: the trait is a text, no number",
            "site.traits[1].choices: ['x'] is not left out: the trait is a number, no text",
        ],
    ),
    "units that mean more than a number": (
        "[{id: a, name: A, type: number, unit: money}, {id: b, name: B, type: number, unit: month}]",
        [
            "site.traits[0].unit: 'money' is not a unit of plain numbers, such as points, days or kg",
            "site.traits[1].unit: 'month' is not a unit of plain numbers, such as points, days or kg",
        ],
    ),
    "a unit with braces": (
        "[{id: a, name: A, type: number, unit: '{}'}]",
        ["site.traits[0].unit: '{}' is not at most 20 characters, without braces"],
    ),
    "choices that nobody could tell": (
        "[{id: a, name: A, type: text, choices: [S, ' M', S]}]",
        [
            "site.traits[0].choices[1]: ' M' is not a text in NFC, without blanks at its ends",
            "site.traits[0].choices[2]: 'S' is not a choice that stands there only once",
        ],
    ),
}


@pytest.mark.parametrize("case", TRAITS_IN_TROUBLE)
def test_a_trait_that_is_not_right_is_refused(case: str) -> None:
    traits, problems = TRAITS_IN_TROUBLE[case]
    with pytest.raises(Invalid) as caught:
        load_yaml(DOCUMENT.partition("segments:")[0] + f"  traits: {traits}\n")
    assert str(caught.value).splitlines() == problems


def test_more_than_a_hundred_traits_are_refused() -> None:
    traits = [{"id": f"t{number}", "name": "", "type": "text"} for number in range(101)]
    site = {"id": "shop", "key": "public-key", "name": "x", "origins": ["https://shop.example"], "traits": traits}
    with pytest.raises(Invalid, match=r"site\.traits: .* is not a list of length <= 100"):
        check({"site": site})


def test_segments_name_the_traits_of_their_site() -> None:
    text = DOCUMENT.replace("visits: {gte: 2}", "trait.points: {gte: 2}")
    traits = "  traits: [{id: points, name: 포인트, type: number, unit: P}]\nsegments:"
    assert load_yaml(text.replace("segments:", traits), "", REGISTRY).site.traits == [
        Trait("points", "포인트", "number", unit="P")
    ]
    for undeclared in (text, text.replace("segments:", traits.replace("id: points", "id: points2"))):
        with pytest.raises(
            Invalid, match=r"segments\[0\]\.include: 'trait.points' is not a trait that site.traits declares"
        ):
            load_yaml(undeclared, "", REGISTRY)


def test_a_trait_out_of_shape_spoils_no_other() -> None:
    text = DOCUMENT.replace("visits: {gte: 2}", "trait.points: {gte: 2}")
    traits = "  traits: [{id: x, type: number}, {id: points, name: 포인트, type: number}]\nsegments:"
    with pytest.raises(Invalid) as caught:
        load_yaml(text.replace("segments:", traits), "", REGISTRY)
    assert str(caught.value) == "site.traits[0].name: None is not given; it is required"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/localtime", "", "x\x00"])
def test_a_time_zone_is_no_path(name: str) -> None:
    site = {"id": "shop", "key": "public-key", "name": "x", "origins": ["https://shop.example"], "timezone": name}
    with pytest.raises(Invalid, match=r"site\.timezone"):
        check({"site": site})


def test_conditions_of_plugins_are_known() -> None:
    text = DOCUMENT.replace("{visits: {gte: 2}}", "{all: [{mood: {gte: 2}}, {visits: {gte: 2}}]}")
    load_yaml(text, "site.yaml", REGISTRY)
    with pytest.raises(Invalid, match=r"segments\[0\].include.all\[0\]: 'mood'"):
        load_yaml(text)


def test_a_dump_leaves_out_what_stands_at_its_default() -> None:
    site = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])
    campaign = Campaign(id="c", widget=WidgetUse("strip", at="#top"), ends=datetime(2026, 12, 1), holdout=0)
    assert dump_yaml(Definitions(site, [], [campaign])) == (
        "site:\n  id: shop\n  key: public-key\n  name: Shop\n  origins:\n    - https://shop.example\n"
        "campaigns:\n  - id: c\n    widget:\n      use: strip\n      at: '#top'\n"
        "    ends: 2026-12-01 00:00:00\n    holdout: 0\n"
    )


SEGMENTS_IN_TROUBLE: dict[str, tuple[str, list[str]]] = {
    "a circle": (
        "[{id: a, include: {segment: b}}, {id: b, include: {all: []}, exclude: {any: [{not: {segment: a}}]}}]",
        [
            "segments[0].include.segment: 'b' is not a segment that does not lead back here: a -> b -> a",
            "segments[1].exclude.any[0].not.segment: 'a' is not a segment that does not lead back here: b -> a -> b",
        ],
    ),
    "an unknown segment": (
        "[{id: frequent, include: {all: []}}, {id: b, include: {segment: frequnt}}]",
        ["segments[1].include.segment: 'frequnt' is not a segment of this site; did you mean 'frequent'?"],
    ),
    "a segment out of shape": (
        "[{id: a}, {id: b, include: {segment: a}}]",
        ["segments[0].include: None is not given; it is required"],
    ),
    "a day that is none": (
        "[{id: a, include: {joined_on: {on: 2026-02-30}}}]",
        [
            "segments[0].include.joined_on.on: '2026-02-30' is not a day and time that exist"
            " (day is out of range for month)"
        ],
    ),
}


@pytest.mark.parametrize("case", SEGMENTS_IN_TROUBLE)
def test_segments_are_checked_together(case: str) -> None:
    written, problems = SEGMENTS_IN_TROUBLE[case]
    site = DOCUMENT.partition("segments:")[0]
    with pytest.raises(Invalid) as caught:
        load_yaml(f"{site}segments: {written}\n")
    assert str(caught.value).splitlines() == problems


def test_conditions_on_behaviour_may_not_swell_a_profile() -> None:
    often = [{"did": {"event": f"event_{each}", "gte": 1_000, "within": "7d"}} for each in range(129)]
    segments = [{"id": f"s{each}", "include": {"all": [tree, tree]}} for each, tree in enumerate(often)]
    site = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://shop.example"]}
    assert len(check({"site": site, "segments": segments[:128]}, "test").segments) == 128
    with pytest.raises(Invalid, match="segments: '1,056,768 bytes' is not conditions on behaviour that keep at most"):
        check({"site": site, "segments": segments}, "test")


def test_the_deepest_segment_survives_the_file() -> None:
    tree: dict[str, Any] = {"visits": {"gte": 2}}
    for _ in range(MAX_DEPTH - 1):
        tree = {"all": [tree]}
    site = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])
    definitions = Definitions(site, [Segment("deep", tree, exclude=tree)])
    assert load_yaml(dump_yaml(definitions)) == definitions


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
LABELS = TEXTS | st.dictionaries(st.sampled_from(["ko", "en"]), TEXTS)
IDS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,9}", fullmatch=True)
ZONES = [None, UTC, timezone(timedelta(hours=9)), timezone(-timedelta(minutes=210))]
TIMES = st.builds(
    lambda time, zone: time.replace(tzinfo=zone),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(ZONES),
)
PARAMS: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-1e9, 1e9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
)
GLOBS = st.lists(st.sampled_from(["/", "*", "/product/*", "/상품/*", "/상품?no=1*"]), max_size=2)
PERIODS = st.sampled_from(["session", "day", "7d", "90d", "lifetime"])
CAPS = st.lists(st.builds(Cap, times=st.integers(1, 9), per=PERIODS), max_size=2, unique_by=lambda one: one.per)
GROUPS = st.lists(st.builds(Group, id=IDS, name=LABELS, caps=CAPS), max_size=2, unique_by=lambda one: one.id)
MANNERS = st.builds(Manners, caps=CAPS, gap=st.integers(0, 600), budget=CAPS)
SEGMENTS = st.lists(
    st.builds(Segment, id=IDS, include=st.just({"visits": {"gte": 2}}), name=LABELS),
    max_size=3,
    unique_by=lambda one: one.id,
)
ARMS = IDS.filter(lambda id: id not in ("on", "holdout"))
VARIANTS = st.lists(
    st.builds(Variant, id=ARMS, weight=st.integers(1, 9), params=st.dictionaries(TEXTS, PARAMS, max_size=2)),
    max_size=3,
    unique_by=lambda one: one.id,
)
CAMPAIGNS = st.lists(
    st.builds(
        Campaign,
        id=IDS,
        name=LABELS,
        active=st.booleans(),
        widget=st.builds(WidgetUse, use=IDS, params=st.dictionaries(TEXTS, PARAMS, max_size=3), at=TEXTS),
        on=st.lists(st.sampled_from(["page_view", "purchase"]), min_size=1, max_size=2),
        pages=st.builds(Pages, only=GLOBS, never=GLOBS),
        delay=st.floats(0, 600),
        caps=CAPS,
        variants=VARIANTS,
        idle=st.none() | st.floats(3, 600),
        interrupts=st.none() | st.booleans(),
        later=st.lists(st.sampled_from(["session", "7d", "never"]), max_size=2),
        priority=st.integers(-1000, 1000),
        starts=st.none() | TIMES,
        holdout=st.floats(0, 100),
    ),
    max_size=3,
    unique_by=lambda one: one.id,
)


PLAIN = st.builds(Trait, IDS, LABELS, st.sampled_from(["boolean", "time", "list"]), st.booleans())
NUMBERS = st.builds(Trait, IDS, LABELS, st.just("number"), unit=st.sampled_from(["", "P", "%", "1"]))
CHOICES = st.lists(st.sampled_from(["S", "no", "90", "파랑", "~"]), unique=True)
WORDS = st.builds(Trait, IDS, LABELS, st.just("text"), choices=CHOICES)
TRAITS = st.lists(PLAIN | NUMBERS | WORDS, max_size=3, unique_by=lambda one: one.id)


@settings(deadline=None, max_examples=50)
@given(segments=SEGMENTS, campaigns=CAMPAIGNS, traits=TRAITS, groups=GROUPS, manners=MANNERS)
def test_what_was_exported_applies_as_the_same_definitions(
    segments: list[Segment], campaigns: list[Campaign], traits: list[Trait], groups: list[Group], manners: Manners
) -> None:
    site = Site("shop", "public-key", {"ko": "상점"}, ["https://shop.example"], cart_days=7, traits=traits)
    definitions = Definitions(site, segments, campaigns, groups, manners)
    assert load_yaml(dump_yaml(definitions)) == definitions
