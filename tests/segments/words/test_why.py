"""Explanations: the tree, what held, the shopper's own values, and sentences."""

import msgspec
import pytest

from dangol.definitions.model import Segment, Site, Trait
from dangol.plugin import Request
from dangol.profile.model import Member, Profile
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.conditions.row import Row
from dangol.segments.language.scope import Scope
from dangol.segments.words.why import SHOWN, Explained, explain, told

NOW = 1_773_100_000


def explained(tree: dict[str, object], profile: Profile, request: Request, site: Site) -> Explained:
    [root] = explain(Segment("s", tree), profile, request, Scope(CATALOGUE, site)).parts
    return root


def test_an_explanation_is_the_tree_with_what_held(regular: Profile, busy_page: Request, site: Site) -> None:
    tree: dict[str, object] = {
        "all": [
            {"any": [{"visits": {"gte": 50}}, {"spent": {"gte": 10_000}}]},
            {"not": {"device": {"is": "pc"}}},
        ]
    }
    root = explained(tree, regular, busy_page, site)
    assert (root.kind, root.held) == ("all", True)
    either, negation = root.parts
    assert [(part.condition, part.held, part.value) for part in either.parts] == [
        ("visits", False, 12),
        ("spent", True, 90_000),
    ]
    assert (negation.held, negation.parts[0].held, negation.parts[0].value) == (True, False, "mobile")


def test_the_exclusion_is_explained_as_a_negation(regular: Profile, busy_page: Request, site: Site) -> None:
    segment = Segment("s", {"visits": {"gte": 2}}, exclude={"logged_in": True})
    [root] = explain(segment, regular, busy_page, Scope(CATALOGUE, site)).parts
    assert (root.held, root.parts[0].held, root.parts[1].kind, root.parts[1].held) == (False, True, "not", False)


@pytest.mark.parametrize(
    ("tree", "korean", "english"),
    [
        (
            {"cart_total": {"gte": 30_000, "lt": 50_000}},
            "장바구니 금액 30,000원 이상 50,000원 미만 (현재 28,000원)",
            "the cart is worth ₩30,000 or more but less than ₩50,000 (now ₩28,000)",
        ),
        (
            {"average_visit_seconds": {"gt": 1.5}},
            "평균 체류 시간 1.5초 초과 (현재 327.27초)",
            "stays for more than 1.5 seconds on average (now 327.27 seconds)",
        ),
        (
            {"viewed_products": {"has_any": ["머그컵", "85123A"]}},
            "최근 본 상품에 ‘머그컵’ 또는 ‘85123A’가 있음 (현재 ‘22423’, ‘85123A’)",
            "has “머그컵” or “85123A” among the products viewed (now “22423”, “85123A”)",
        ),
    ],
)
def test_a_leaf_says_what_was_asked_and_what_is(
    tree: dict[str, object], korean: str, english: str, regular: Profile, busy_page: Request, site: Site
) -> None:
    assert explained(tree, regular, busy_page, site).sentence == {"ko": korean, "en": english}


def test_money_is_told_in_the_sites_currency(regular: Profile, busy_page: Request, site: Site) -> None:
    leaf = explained({"spent": {"gte": 500}}, regular, busy_page, msgspec.structs.replace(site, currency="GBP"))
    assert "£5.00" in leaf.sentence["en"]
    assert leaf.sentence["en"].endswith("(now £900.00)")


def test_what_is_not_known_is_told_as_such(stranger: Profile, bare_request: Request, site: Site) -> None:
    leaf = explained({"age": {"gte": 20}}, stranger, bare_request, site)
    assert (leaf.held, leaf.value) == (False, None)
    assert leaf.sentence["en"].endswith("(now not known)")
    empty = explained({"wishlist": {"has_none": ["a"]}}, stranger, bare_request, site)
    assert empty.sentence["ko"] == "찜한 상품에 ‘a’가 없음 (현재 없음)"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (1_767_225_600, "(now 1 January 2026 09:00)"),
        (-157_766_400, "(now 1 January 1965 09:00)"),
        (-(10**12), "(now not known)"),
        (10**12, "(now not known)"),
    ],
)
def test_a_moment_is_told_in_the_shops_own_time(at: int, words: str, site: Site) -> None:
    born = Trait("born", "Born", "time")
    shop = msgspec.structs.replace(site, traits=[born])
    profile = Profile(member=Member("m", traits={"born": at}))
    leaf = explained({"trait.born": {"since": "1900-01-01"}}, profile, Request(now=NOW), shop)
    assert leaf.sentence["en"].endswith(words)


def test_a_page_is_told_with_its_query_where_that_is_asked_for(site: Site) -> None:
    page = Request(now=NOW, url="/detail?no=5&utm_source=x")
    plain = explained({"page_now": {"starts": "/cart"}}, Profile(), page, site)
    asked = explained({"page_now": {"is": "https://shop.example/detail?no=7"}}, Profile(), page, site)
    assert (plain.value, asked.value, asked.held) == ("/detail", "/detail?no=5", False)
    assert asked.asked == {"is": "https://shop.example/detail?no=7"}


def test_a_segment_that_is_named_is_explained_as_a_part(regular: Profile, busy_page: Request, site: Site) -> None:
    buyers = Segment("buyers", {"spent": {"gte": 1_000}}, {"ko": "구매 고객", "en": "Buyers"})
    outer = Segment("outer", {"all": [{"segment": "buyers"}, {"visits": {"gte": 50}}]})
    root = explain(outer, regular, busy_page, Scope(CATALOGUE, site, [buyers, outer]))
    [both] = root.parts
    assert (root.kind, root.segment, root.held) == ("segment", "outer", False)
    assert (both.parts[0].kind, both.parts[0].segment, both.parts[0].held) == ("segment", "buyers", True)
    assert both.parts[0].sentence == {"ko": "세그먼트 ‘구매 고객’에 속함", "en": "is in the segment “Buyers”"}
    assert both.parts[0].parts[0].value == 90_000


def test_an_explanation_is_told_as_text(regular: Profile, busy_page: Request, site: Site) -> None:
    segment = Segment("s", {"spent": {"gte": 10_000}}, "VIP", {"any": [{"cart_total": {"lt": 5_000}}]})
    lines = told(explain(segment, regular, busy_page, Scope(CATALOGUE, site, [segment])))["ko"].split("\n")
    assert lines[:2] == ["[충족] 세그먼트 ‘VIP’에 속함:", "  [충족] 다음을 모두 충족:"]
    assert lines[2].startswith("    [충족] ")
    assert lines[2].endswith(" 10,000원 이상 (현재 90,000원)")
    assert lines[3:] == [
        "    [충족] 다음에 해당하지 않음:",
        "      [미충족] 다음 중 하나 이상 충족:",
        "        [미충족] 장바구니 금액 5,000원 미만 (현재 28,000원)",
    ]


def test_long_sets_are_cut_in_an_explanation(site: Site, bare_request: Request) -> None:
    names = frozenset(f"event_{number}" for number in range(100))
    request = Request(now=bare_request.now, event_names=names)
    assert len(explained({"events_now": {"has_any": ["x"]}}, Profile(), request, site).value) == SHOWN


@pytest.mark.parametrize("row", list(CATALOGUE), ids=lambda row: row.id)
def test_every_example_is_explained_as_json(row: Row, regular: Profile, busy_page: Request, site: Site) -> None:
    leaf = explained({row.id: row.example}, regular, busy_page, site)
    again = msgspec.json.decode(msgspec.json.encode(leaf))
    assert again["condition"] == row.id
    assert set(again["sentence"]) == {"ko", "en"}
