"""The index says what the twin says, for random shoppers and random segments that ask for the same few values."""

from array import array
from math import inf, nextafter
from typing import Any
from unicodedata import normalize

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dangol.definitions.model import Segment, Site, Trait
from dangol.errors import Invalid
from dangol.plugin import Request
from dangol.profile.model import Contact, Coupon, Environment, Line, Member, Order, Profile, Rfm, Seen, Visit
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.conditions.row import NUMBER, Row
from dangol.segments.language import behaviour
from dangol.segments.language.operands import LISTS
from dangol.segments.language.reader import parse
from dangol.segments.language.scope import Scope
from dangol.segments.matching.index import Index
from dangol.segments.text import page, path
from dangol.segments.twin import holds

NOW = 1_773_113_400
TRAITS = [
    Trait("number", "", "number", public=True), Trait("text", "", "text"), Trait("boolean", "", "boolean", public=True),
    Trait("time", "", "time"), Trait("list", "", "list", public=True), Trait("choice", "", "text", choices=["a", "K"]),
]  # fmt: skip
SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"], traits=TRAITS)

SCOPE = Scope(CATALOGUE, SITE)
ROWS = list(SCOPE.catalogue)
NFC = "\uce74\ud398"
NFD = normalize("NFD", NFC)
KELVIN = "\u212a"  # its normal form is an ASCII K
HOSTILE = ["</script>", "\u202ex", "\x00", "\ud800", "*", "a*b"]
DAYS = ["1970-01-01", "2026-03-07", "2026-03-08", "2026-03-09", "2026-03-10"]
REGEXES = ["a", "^a", "b$", "[0-9]+", r"^/a\?x=1$", "K", ".", r"^\S{2}$", NFD]
WORDS = ["a", "A", "ab", "85123A", NFC, NFD, "\u00e9", "e\u0301", "K", "k", KELVIN, *HOSTILE]
PATHS = [
    "/",
    "/a",
    "/a/",
    "/a?x=1",
    "/a/b",
    "/A",
    f"/{NFC}",
    "/%EC%B9%B4%ED%8E%98",
    f"/{NFD}/#top",
    "/a*b",
    "/a/?y=2&x=%31",
    "/a?y",
]
NUMBERS = [0, 1, 2, 2.5, nextafter(2, inf), nextafter(2, -inf), -1, 100, 86_400, 2**53 - 1, -(2**53) + 1, 5e-324]

words = st.sampled_from(WORDS)
counts = st.sampled_from([0, 1, 2, 3, 100, 2**53])
times = st.sampled_from([0, 1, NOW - 86_400 * 3, NOW - 86_400, NOW - 60, NOW, NOW + 86_400, 2**62])
seen = st.lists(
    st.builds(Seen, words, times, counts, st.none() | counts), max_size=4, unique_by=lambda each: each.id
)  # as rings are
texts = words | st.just("")

visits = st.builds(
    Visit, times, counts, st.sampled_from(PATHS), texts | st.just("www.google.co.kr"), texts, texts, texts,
    st.lists(st.sampled_from(PATHS), max_size=4, unique=True), st.lists(words, max_size=4), times, texts, texts,
    st.sampled_from(["", "naver", "meta"]), texts | st.just("search.naver.com/a"), st.lists(counts, max_size=4),
)  # fmt: skip
# Of any type, as of traits that were declared otherwise before.
values = words | st.booleans() | times | st.floats() | st.sampled_from([2.0, 2.5]) | st.lists(words, max_size=3)
traits = st.dictionaries(st.sampled_from([trait.id for trait in TRAITS]), values, max_size=4)
members = st.builds(
    Member, words, grade=texts, sex=texts, joined_at=times, last_login_at=times,
    birthday=st.sampled_from(["", "03-10", "1990-03-10", "02-29", "2000-02-29", "nonsense", "2040-01-01"]),
    traits=traits,
    coupons=st.lists(st.builds(Coupon, words, texts, times), max_size=3), revenue=st.none() | counts,
    rfm=st.none() | st.builds(Rfm, texts, *[st.integers(0, 5)] * 3),
)  # fmt: skip
contacts = st.builds(
    Contact, views=counts, clicks=counts, closes=counts, last_at=times, seen_at=times, conversions=counts
)
VIEW, BUY = {"event": "view_item"}, {"event": "purchase", "where": {"item": {"is": "a"}}}
DEEDS = [
    *({"did": {**VIEW, operator: 2, "within": within}} for operator in NUMBER for within in ("24h", "visit")),
    {"did": {**BUY, "gte": 1, "lt": 5, "within": "3d"}},
    {"did_then": {"first": VIEW, "then": BUY, "within": "1h", "last": "visit"}},
    {"did_but_not": {"first": VIEW, "then": BUY, "within": "1h", "last": "3d"}},
]
STREAMS = [each.key for each in behaviour.streams(parse(deed, Scope(CATALOGUE, SITE)) for deed in DEEDS)]
moments = st.sampled_from([1, *(NOW - age + off for age in (0, 3_600, 86_400, 3 * 86_400) for off in (-1, 0, 1))])
packed = st.lists(moments, max_size=5).map(lambda found: array("Q", [at << 32 for at in sorted(found)]).tobytes())
behaviours = st.dictionaries(st.sampled_from(STREAMS), packed, max_size=4)
profiles = st.builds(
    Profile, first_seen=times, last_seen=times, visits=counts, page_views=counts, dwell=counts, visit=visits,
    environment=st.builds(Environment, st.sampled_from(["", "pc", "mobile", "app", "tv"]), *[texts] * 4),
    viewed=seen, categories=seen, brands=seen,
    cart=st.lists(st.builds(Line, words, counts, counts, times, texts, texts), max_size=4),
    cart_at=times, cart_until=times, contacts=st.dictionaries(words, contacts, max_size=3),
    recent_orders=st.lists(st.builds(Order, words, counts | st.just(-1), times), max_size=3),
    wishlist=seen, orders=counts, spent=counts, last_order_at=times, bought=seen, checkout_at=times,
    member=st.none() | members, traits=traits, behaviours=behaviours,
)  # fmt: skip
requests = st.builds(
    Request, st.sampled_from([NOW, NOW + 40_000.5, 0]), st.sampled_from(PATHS), product=texts,
    event_names=st.frozensets(words, max_size=3), order_value=st.none() | counts, language=texts,
    url=st.sampled_from(["", *PATHS]), brand=texts, category=texts, price=st.none() | counts, search=texts,
    ordered=st.frozensets(words, max_size=3),
)  # fmt: skip


def operands(row: Row, operator: str) -> st.SearchStrategy[Any]:
    if "number" in row.kind:
        return st.sampled_from(NUMBERS)
    if row.kind == "boolean":
        return st.booleans()
    if row.kind == "time":
        return st.sampled_from(DAYS if operator == "on" else [*DAYS, "2026-03-08 02:30"])
    if operator == "matches":
        return st.sampled_from(REGEXES)
    pool = list(row.choices) or (PATHS if row.form is path else WORDS)
    return st.lists(st.sampled_from(pool), min_size=1, max_size=3) if operator in LISTS else st.sampled_from(pool)


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    row = draw(st.sampled_from(ROWS))
    operators = draw(st.lists(st.sampled_from(row.operators), min_size=1, max_size=2, unique=True))
    key = {"key": draw(st.sampled_from(PATHS) if row.form in (path, page) else words)} if row.keyed else {}
    return {row.id: key | {operator: draw(operands(row, operator)) for operator in operators}}


def is_read(tree: dict[str, Any]) -> bool:
    """False for ranges that no number lies in, which are refused."""
    try:
        parse(tree, SCOPE)
    except Invalid:
        return False
    return True


conditions = st.one_of(*[leaves().filter(is_read)] * 5, st.sampled_from(DEEDS))
trees = st.recursive(
    conditions,
    lambda below: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(below, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(below, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, below),
    ),
    max_leaves=8,
)
segments = st.builds(Segment, st.just("s"), trees, exclude=st.none() | trees)


def numbered(segments: list[Segment]) -> list[Segment]:
    return [Segment(f"s{number}", each.include, "", each.exclude) for number, each in enumerate(segments)]


def expected(segments: list[Segment], profile: Profile, request: Request) -> list[str]:
    return [each.id for each in segments if holds(each, profile, request, SCOPE)]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_index_and_twin_agree(data: st.DataObject) -> None:
    given_segments = numbered(data.draw(st.lists(segments, max_size=12)))
    index = Index.build(Scope(CATALOGUE, SITE, given_segments))
    for profile, request in data.draw(st.lists(st.tuples(profiles, requests), min_size=1, max_size=4)):
        assert index.match(profile, request) == expected(given_segments, profile, request)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(leaf=conditions, profile=profiles, request=requests)
def test_every_leaf_and_its_negation_agree(leaf: dict[str, Any], profile: Profile, request: Request) -> None:
    both = [Segment("yes", leaf), Segment("no", {"not": leaf}), Segment("out", {"all": []}, exclude=leaf)]
    matched = Index.build(Scope(CATALOGUE, SITE, both)).match(profile, request)
    assert matched == expected(both, profile, request)
    assert len(matched) in (1, 2)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(given_segments=st.lists(segments, min_size=2, max_size=2), profile=profiles, request=requests)
def test_segments_that_name_others_agree(given_segments: list[Segment], profile: Profile, request: Request) -> None:
    names = [{"segment": "s0"}, {"not": {"segment": "s1"}}]
    others = [Segment("both", {"all": names}), Segment("either", {"any": names}, exclude={"segment": "both"})]
    scope = Scope(CATALOGUE, SITE, [*numbered(given_segments), *others])
    first, second, both, either = (holds(each, profile, request, scope) for each in scope.segments)
    assert (both, either) == (first and not second, first != (not second))
    held = [each.id for each in scope.segments if holds(each, profile, request, scope)]
    try:
        index = Index.build(scope)
    except Invalid as refused:
        assume("alternatives" not in str(refused))  # two that are well within the bound may pass it together
        raise
    assert index.match(profile, request) == held
