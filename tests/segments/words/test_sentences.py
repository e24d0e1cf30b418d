"""What conditions sound like."""

import re
from typing import Any

import msgspec
import pytest

from dangol.definitions.model import Segment, Site, Trait
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.conditions.row import Row
from dangol.segments.language.nodes import Leaf
from dangol.segments.language.reader import parse
from dangol.segments.language.scope import Scope
from dangol.segments.text import page, path
from dangol.segments.words.sentences import outline, sentence

TRAITS = [
    Trait("points", {"ko": "포인트", "en": "points"}, "number", unit="P"),
    Trait("renewal", {"ko": "갱신일", "en": "renewal"}, "time"),
    Trait("store", {"ko": "단골 매장", "en": "favourite store"}, "text"),
    Trait("adult", {"ko": "성인 인증", "en": "adult"}, "boolean"),
]
SITE = Site("shop", "public-key", "Shop", ["https://shop.example"], traits=TRAITS)
VIP = Segment("vip", {"spent": {"gte": 100_000}}, {"ko": "VIP 고객", "en": "VIPs"})
SCOPE = Scope(CATALOGUE, SITE, [VIP])

SAID: list[tuple[dict[str, Any], str, str]] = [
    ({"orders": {"gte": 3}}, "누적 구매수 3회 이상", "bought 3 times or more"),
    ({"orders": {"gte": 1}}, "누적 구매수 1회 이상", "bought once or more"),
    ({"orders": {"gt": 3}}, "누적 구매수 3회 초과", "bought more than 3 times"),
    ({"orders": {"lt": 3}}, "누적 구매수 3회 미만", "bought less than 3 times"),
    ({"orders": {"lte": 3}}, "누적 구매수 3회 이하", "bought at most 3 times"),
    ({"orders": {"eq": 0}}, "누적 구매수 정확히 0회", "bought exactly 0 times"),
    ({"orders": {"ne": 3}}, "누적 구매수 3회 아님", "bought other than 3 times"),
    ({"orders": {"gte": 2, "ne": 3}}, "누적 구매수 2회 이상, 3회 아님", "bought 2 times or more, other than 3 times"),
    (
        {"spent": {"gte": 10_000, "lt": 50_000}},
        "누적 구매 금액 10,000원 이상 50,000원 미만",
        "spent ₩10,000 or more but less than ₩50,000",
    ),
    ({"birthday_month": {"eq": 3}}, "생일이 있는 달 3월", "was born in March"),
    ({"trait.points": {"gt": 1500}}, "포인트 1,500 P 초과", "points: more than 1,500 P"),
    ({"returning": True}, "재방문 고객임", "is a returning visitor"),
    ({"returning": {"is": False}}, "재방문 고객이 아님", "is not a returning visitor"),
    ({"trait.adult": True}, "성인 인증임", "adult: yes"),
    ({"trait.adult": False}, "성인 인증이 아님", "adult: no"),
    (
        {"views_of": {"key": "85123A", "gte": 3}},
        "‘85123A’ 상품 조회수 3회 이상",
        "viewed the product “85123A” 3 times or more",
    ),
    ({"grade": {"is": "머그"}}, "회원 등급이 ‘머그’임", "member grade is “머그”"),
    ({"grade": {"in": ["gold", "vip"]}}, "회원 등급이 ‘gold’ 또는 ‘vip’임", "member grade is “gold” or “vip”"),
    ({"weekday": {"is": "sat"}}, "오늘 요일이 ‘토요일’임", "day of the week is “Saturday”"),
    ({"referrer": {"contains": "naver."}}, "유입 도메인에 ‘naver.’가 포함됨", "referring domain contains “naver.”"),
    ({"page_now": {"starts": "/event"}}, "현재 페이지가 ‘/event’로 시작함", "page on screen starts with “/event”"),
    ({"page_now": {"ends": "/주문완료"}}, "현재 페이지가 ‘/주문완료’로 끝남", "page on screen ends with “/주문완료”"),
    ({"page_now": {"glob": "/product/*"}}, "현재 페이지가 ‘/product/*’ 형식임", "page on screen is like “/product/*”"),
    (
        {"page_now": {"matches": "^/p/[0-9]+$"}},
        "현재 페이지가 정규식 ‘^/p/[0-9]+$’에 맞음",
        "page on screen matches the pattern “^/p/[0-9]+$”",
    ),
    (
        {"trait.store": {"starts": "강남", "ends": "점"}},
        "단골 매장이 ‘강남’으로 시작함, 단골 매장이 ‘점’으로 끝남",
        "favourite store starts with “강남” and favourite store ends with “점”",
    ),
    (
        {"viewed_products": {"has_any": ["머그컵"]}},
        "최근 본 상품에 ‘머그컵’이 있음",
        "has “머그컵” among the products viewed",
    ),
    (
        {"viewed_products": {"has_any": ["A1", "머그"]}},
        "최근 본 상품에 ‘A1’ 또는 ‘머그’가 있음",
        "has “A1” or “머그” among the products viewed",
    ),
    ({"viewed_products": {"has_all": ["A"]}}, "최근 본 상품에 ‘A’가 있음", "has “A” among the products viewed"),
    (
        {"viewed_products": {"has_all": ["A", "B2"]}},
        "최근 본 상품에 ‘A’, ‘B2’가 모두 있음",
        "has “A” and “B2” among the products viewed",
    ),
    ({"viewed_products": {"has_none": ["A"]}}, "최근 본 상품에 ‘A’가 없음", "has no “A” among the products viewed"),
    (
        {"viewed_products": {"has_none": ["A", "컵"]}},
        "최근 본 상품에 ‘A’, ‘컵’이 모두 없음",
        "has no “A” or “컵” among the products viewed",
    ),
    (
        {"searches": {"contains": "컵"}},
        "이번 방문 검색어 중 ‘컵’이 포함된 것이 있음",
        "has one that contains “컵” among the searches of this visit",
    ),
    (
        {"searches": {"starts": "컵"}},
        "이번 방문 검색어 중 ‘컵’으로 시작하는 것이 있음",
        "has one that starts with “컵” among the searches of this visit",
    ),
    (
        {"searches": {"ends": "머그"}},
        "이번 방문 검색어 중 ‘머그’로 끝나는 것이 있음",
        "has one that ends with “머그” among the searches of this visit",
    ),
    (
        {"searches": {"glob": "*컵"}},
        "이번 방문 검색어 중 ‘*컵’ 형식인 것이 있음",
        "has one like “*컵” among the searches of this visit",
    ),
    (
        {"searches": {"matches": "컵$"}},
        "이번 방문 검색어 중 정규식 ‘컵$’에 맞는 것이 있음",
        "has one that matches the pattern “컵$” among the searches of this visit",
    ),
    ({"joined_on": {"since": "2026-01-31"}}, "가입일 2026년 1월 31일 이후", "signed up on or after 31 January 2026"),
    (
        {"joined_on": {"before": "2026-01-31 18:00"}},
        "가입일 2026년 1월 31일 18:00 전",
        "signed up before 31 January 2026 18:00",
    ),
    ({"joined_on": {"on": "2026-01-31"}}, "가입일 2026년 1월 31일 당일", "signed up on 31 January 2026"),
    (
        {"trait.renewal": {"since": "2026-01-01", "before": "2026-02-01"}},
        "갱신일 2026년 1월 1일부터 2026년 2월 1일 전까지",
        "renewal: on or after 1 January 2026 and before 1 February 2026",
    ),
]


def said(tree: dict[str, Any], scope: Scope = SCOPE) -> dict[str, str]:
    leaf = parse(tree, scope)
    assert isinstance(leaf, Leaf)
    return sentence(leaf, scope)


@pytest.mark.parametrize(("tree", "korean", "english"), SAID)
def test_a_condition_says(tree: dict[str, Any], korean: str, english: str) -> None:
    assert said(tree) == {"ko": korean, "en": english}


def test_money_is_written_as_the_shop_does() -> None:
    scope = Scope(CATALOGUE, msgspec.structs.replace(SITE, currency="GBP"))
    assert said({"spent": {"gte": 350}}, scope) == {"ko": "누적 구매 금액 £3.50 이상", "en": "spent £3.50 or more"}


def test_of_a_long_list_some_are_named() -> None:
    told = said({"viewed_products": {"has_any": [f"p{number}" for number in range(25)]}})
    assert told["ko"].endswith("‘p9’ 외 15개가 있음")
    assert "“p9” and 15 more among" in told["en"]


def operands(row: Row) -> dict[str, Any]:
    """One for every operator of a row."""
    text = row.choices[0] if row.choices else "/머그" if row.form is path else "머그"
    time = {"since": "2026-01-31", "before": "2026-01-31 18:00", "on": "2026-01-31"}
    number = dict.fromkeys(("eq", "ne", "lt", "lte", "gt", "gte"), 3)
    texts = dict.fromkeys(("is", "contains", "starts", "ends", "glob", "matches"), text)
    lists = {each: [text, text] for each in ("in", "has_any", "has_all", "has_none")}
    return {**time, **number, **lists, **texts, **({"is": True} if row.kind == "boolean" else {})}


@pytest.mark.parametrize("row", list(SCOPE.catalogue), ids=lambda row: row.id)
def test_every_row_says_something_with_every_operator(row: Row) -> None:
    key = {"key": "/k" if row.form in (path, page) else "k"} if row.keyed else {}
    for operator in row.operators:
        told = said({row.id: key | {operator: operands(row)[operator]}})
        assert told["ko"]
        assert re.search("[가-힣]", told["ko"])
        for each in told.values():
            assert not re.search(r"[{}|]|None|\(이\)|\(가\)|: ?$|  ", each), (operator, each)


def test_a_whole_segment_is_told_as_an_outline() -> None:
    tree = {"all": [{"segment": "vip"}, {"any": [{"orders": {"gte": 3}}, {"not": {"returning": True}}]}, {"all": []}]}
    told = outline(parse(tree, SCOPE), SCOPE)
    assert told["ko"].splitlines() == [
        "다음을 모두 충족:",
        "  세그먼트 ‘VIP 고객’에 속함:",
        "    누적 구매 금액 100,000원 이상",
        "  다음 중 하나 이상 충족:",
        "    누적 구매수 3회 이상",
        "    다음에 해당하지 않음:",
        "      재방문 고객임",
        "  모든 방문자",
    ]
    assert told["en"].splitlines()[:3] == [
        "all of these hold:",
        "  is in the segment “VIPs”:",
        "    spent ₩100,000 or more",
    ]
