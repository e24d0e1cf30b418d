"""Explanations: the tree, what held, the shopper's own values, and sentences."""

import msgspec
import pytest

from dangol.definitions.model import Segment, Site
from dangol.plugin import Request
from dangol.profile.model import Profile
from dangol.segments.catalogue import CATALOGUE
from dangol.segments.row import Row
from dangol.segments.scope import Scope
from dangol.segments.twin import SHOWN, Explained, explain


def explained(tree: dict[str, object], profile: Profile, request: Request, site: Site) -> Explained:
    return explain(Segment("s", tree), profile, request, Scope(CATALOGUE, site))


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
    root = explain(segment, regular, busy_page, Scope(CATALOGUE, site))
    assert (root.held, root.parts[0].held, root.parts[1].kind, root.parts[1].held) == (False, True, "not", False)


@pytest.mark.parametrize(
    ("tree", "korean", "english"),
    [
        (
            {"cart_total": {"gte": 30_000, "lt": 50_000}},
            "장바구니 금액: 30,000 KRW 이상, 50,000 KRW 미만 조건 미충족 (현재 28,000 KRW)",
            "total of the cart, at least 30,000 KRW and under 50,000 KRW: not held (now 28,000 KRW)",
        ),
        (
            {"views_of": {"key": "85123A", "gte": 3}},
            "상품을 본 횟수 “85123A”: 3 이상 조건 충족 (현재 4)",
            "views of a product “85123A”, at least 3: held (now 4)",
        ),
        (
            {"logged_in": False},
            "로그인 회원: 아니요 조건 미충족 (현재 예)",
            "logged-in member, no: not held (now yes)",
        ),
        (
            {"average_visit_seconds": {"gt": 1.5}},
            "평균 체류 시간: 1.50초 초과 조건 충족 (현재 327.27초)",
            "average time of a visit, over 1.50 seconds: held (now 327.27 seconds)",
        ),
    ],
)
def test_a_leaf_says_what_was_asked_and_what_is(
    tree: dict[str, object], korean: str, english: str, regular: Profile, busy_page: Request, site: Site
) -> None:
    assert explained(tree, regular, busy_page, site).sentence == {"ko": korean, "en": english}


def test_money_is_told_in_the_sites_currency(regular: Profile, busy_page: Request, site: Site) -> None:
    leaf = explained({"spent": {"gte": 500}}, regular, busy_page, msgspec.structs.replace(site, currency="GBP"))
    assert leaf.sentence["en"] == "money spent, at least 5.00 GBP: held (now 900.00 GBP)"


def test_what_is_not_known_is_told_as_such(stranger: Profile, bare_request: Request, site: Site) -> None:
    leaf = explained({"age": {"gte": 20}}, stranger, bare_request, site)
    assert (leaf.held, leaf.value) == (False, None)
    assert leaf.sentence["en"] == "age, at least 20 years: not held (now not known)"
    empty = explained({"wishlist": {"has_none": ["a"]}}, stranger, bare_request, site)
    assert empty.sentence["ko"] == "찜한 상품: “a” 모두 없음 조건 충족 (현재 없음)"


def test_long_sets_are_cut_in_an_explanation(site: Site, bare_request: Request) -> None:
    names = frozenset(f"event_{number}" for number in range(100))
    request = Request(now=bare_request.now, event_names=names)
    assert len(explained({"events_now": {"has_any": ["x"]}}, Profile(), request, site).value) == SHOWN


@pytest.mark.parametrize("row", list(CATALOGUE), ids=lambda row: row.id)
def test_every_example_is_explained_as_json(row: Row, regular: Profile, busy_page: Request, site: Site) -> None:
    leaf = explained({row.id: row.example}, regular, busy_page, site)
    again = msgspec.json.decode(msgspec.json.encode(leaf))
    assert again["condition"] == row.id
    assert row.ko in again["sentence"]["ko"]
    assert row.en in again["sentence"]["en"]
