"""Brand messages: every bubble's limits, at the limit and one over; which parts it has; buttons, coupons, prices."""

from typing import Any

import msgspec
import pytest

from dangol.definitions.templates import BrandTemplate
from dangol.messages.brand import problems

WEB = {"kind": "WL", "name": "보기", "mobile": "https://shop.example"}
AC = {"kind": "AC", "name": "채널 추가"}
COUPON = {"title": "3000원 할인 쿠폰", "text": "첫 구매"}
PICTURE = {"image": "id1"}
ROW = {"picture": PICTURE, "title": "머그", "mobile": "https://shop.example"}
HEAD = {"header": "x", "text": "x", "image": "i"}
MUG = {"title": "머그", "price": 12_000}
FEED = {"header": "소식", "text": "새 상품", "picture": PICTURE, "buttons": [WEB]}
PRODUCT = {"commerce": MUG, "picture": PICTURE, "buttons": [WEB]}
VIDEO = {"url": "https://tv.kakao.com/v/123456789"}
WHOLE: dict[str, dict[str, Any]] = {
    "TEXT": {"text": "안녕"},
    "IMAGE": {"text": "안녕", "picture": PICTURE},
    "WIDE": {"text": "안녕", "picture": PICTURE},
    "WIDE_ITEM_LIST": {"header": "소식", "items": [ROW] * 3},
    "CAROUSEL_FEED": {"cards": [FEED, FEED]},
    "PREMIUM_VIDEO": {"video": VIDEO},
    "COMMERCE": {"picture": PICTURE, "commerce": MUG, "buttons": [WEB]},
    "CAROUSEL_COMMERCE": {"cards": [PRODUCT, PRODUCT]},
}
ALL = {
    "header": "x", "text": "x", "additional": "x", "picture": PICTURE, "items": WHOLE["WIDE_ITEM_LIST"]["items"],
    "video": VIDEO, "commerce": MUG, "cards": [FEED, FEED], "head": HEAD,
    "tail": {"mobile": "https://shop.example"}, "buttons": [WEB], "coupon": COUPON,
}  # fmt: skip


def told(bubble: str, **fields: Any) -> list[str]:
    raw = {"kind": "brand", "id": "t", "bubble": bubble, **WHOLE[bubble], **fields}
    return [str(each) for each in problems(msgspec.convert(raw, BrandTemplate))]


def buttons(count: int) -> dict[str, Any]:
    return {"buttons": [WEB] * count}


def wide(n: int, at: int) -> dict[str, Any]:
    rows = [{**ROW} for _ in range(3)]
    rows[at]["title"] = "가" * n
    return {"items": rows}


def card(part: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"cards": [part, {**part, **fields}]}


def link(n: int, start: str = "https://a.kr/") -> str:
    return start + "a" * (n - len(start))


def coupon(n: int) -> dict[str, Any]:
    return {"coupon": {**COUPON, "text": "가" * n}}


LIMITS: list[tuple[str, str, int, Any, str]] = [
    ("TEXT", "text", 1300, lambda n: {"text": "가" * n}, "characters"),
    ("TEXT", "text", 99, lambda n: {"text": "가" + "\n" * n}, "line breaks"),
    ("TEXT", "buttons", 5, buttons, "rows"),
    ("TEXT", "buttons", 4, lambda n: {**buttons(n), "coupon": COUPON}, "rows"),
    ("TEXT", "buttons[0].name", 14, lambda n: {"buttons": [{**WEB, "name": "가" * n}]}, "characters"),
    ("TEXT", "coupon.text", 12, coupon, "characters"),
    ("IMAGE", "text", 1300, lambda n: {"text": "가" * n}, "characters"),
    ("IMAGE", "text", 99, lambda n: {"text": "가" + "\n" * n}, "line breaks"),
    ("IMAGE", "buttons", 4, lambda n: {**buttons(n), "coupon": COUPON}, "rows"),
    ("IMAGE", "coupon.text", 12, coupon, "characters"),
    ("WIDE", "text", 76, lambda n: {"text": "가" * n}, "characters"),
    ("WIDE", "text", 5, lambda n: {"text": "가" + "\n" * n}, "line breaks"),
    ("WIDE", "buttons", 2, buttons, "rows"),
    ("WIDE", "buttons[0].name", 8, lambda n: {"buttons": [{**WEB, "name": "가" * n}]}, "characters"),
    ("WIDE", "coupon.text", 18, coupon, "characters"),
    ("WIDE_ITEM_LIST", "header", 20, lambda n: {"header": "가" * n}, "characters"),
    ("WIDE_ITEM_LIST", "items", 4, lambda n: {"items": [ROW] * n}, "rows"),
    ("WIDE_ITEM_LIST", "items[0].title", 25, lambda n: wide(n, 0), "characters"),
    ("WIDE_ITEM_LIST", "items[2].title", 30, lambda n: wide(n, 2), "characters"),
    ("WIDE_ITEM_LIST", "buttons", 2, buttons, "rows"),
    ("WIDE_ITEM_LIST", "coupon.text", 18, coupon, "characters"),
    ("CAROUSEL_FEED", "cards", 6, lambda n: {"cards": [FEED] * n}, "rows"),
    ("CAROUSEL_FEED", "cards[1].header", 20, lambda n: card(FEED, header="가" * n), "characters"),
    ("CAROUSEL_FEED", "cards[1].text", 180, lambda n: card(FEED, text="가" * n), "characters"),
    ("CAROUSEL_FEED", "cards[1].buttons", 2, lambda n: card(FEED, buttons=[WEB] * n), "rows"),
    ("CAROUSEL_FEED", "cards[1].coupon.text", 12, lambda n: card(FEED, **coupon(n)), "characters"),
    ("PREMIUM_VIDEO", "header", 20, lambda n: {"header": "가" * n}, "characters"),
    ("PREMIUM_VIDEO", "text", 76, lambda n: {"text": "가" * n}, "characters"),
    ("PREMIUM_VIDEO", "buttons", 1, buttons, "rows"),
    ("PREMIUM_VIDEO", "coupon.text", 12, coupon, "characters"),
    ("COMMERCE", "commerce.title", 30, lambda n: {"commerce": {**MUG, "title": "가" * n}}, "characters"),
    ("COMMERCE", "additional", 34, lambda n: {"additional": "가" * n}, "characters"),
    ("COMMERCE", "buttons", 2, buttons, "rows"),
    ("CAROUSEL_COMMERCE", "cards", 6, lambda n: {"cards": [PRODUCT] * n}, "rows"),
    ("CAROUSEL_COMMERCE", "cards", 5, lambda n: {"cards": [PRODUCT] * n, "head": ALL["head"]}, "rows"),
    ("CAROUSEL_COMMERCE", "head.header", 20, lambda n: {"head": {**ALL["head"], "header": "가" * n}}, "characters"),
    ("CAROUSEL_COMMERCE", "head.text", 50, lambda n: {"head": {**ALL["head"], "text": "가" * n}}, "characters"),
    ("CAROUSEL_COMMERCE", "cards[1].additional", 34, lambda n: card(PRODUCT, additional="가" * n), "characters"),
    ("TEXT", "buttons[0].mobile", 500, lambda n: {"code": "B", "buttons": [{**WEB, "mobile": link(n)}]}, "characters"),
    ("TEXT", "coupon.mobile", 500, lambda n: {"code": "B", "coupon": {**COUPON, "mobile": link(n)}}, "characters"),
    ("PREMIUM_VIDEO", "video.url", 500, lambda n: {"video": {"url": link(n, VIDEO["url"] + "?")}}, "characters"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("bubble", "field", "most", "make", "unit"), LIMITS, ids=[f"{row[0]}-{row[1]}-{row[2]}" for row in LIMITS]
)
def test_each_limit_holds_at_the_limit_and_one_over(bubble: str, field: str, most: int, make: Any, unit: str) -> None:
    assert told(bubble, **make(most)) == []
    (only,) = told(bubble, **make(most + 1))
    assert only.startswith(f"{field}: '{most + 1:,} {unit}' is not at most {most:,} {unit}")


@pytest.mark.parametrize("bubble", WHOLE)
def test_a_bubble_has_its_parts_and_no_others(bubble: str) -> None:
    assert told(bubble) == []
    for part in WHOLE[bubble]:
        raw = {name: value for name, value in WHOLE[bubble].items() if name != part}
        whole = msgspec.convert({"kind": "brand", "id": "t", "bubble": bubble, **raw}, BrandTemplate)
        assert f"{part}: " in "".join(map(str, problems(whole)))
    extra = {name: value for name, value in ALL.items() if name not in WHOLE[bubble]}
    refused = {name for name in extra if "has none" in "".join(told(bubble, **{name: extra[name]}))}
    assert refused == extra.keys() - MAY[bubble]


MAY = {
    "TEXT": {"buttons", "coupon"},
    "IMAGE": {"buttons", "coupon"},
    "WIDE": {"buttons", "coupon"},
    "WIDE_ITEM_LIST": {"buttons", "coupon"},
    "CAROUSEL_FEED": {"tail"},
    "PREMIUM_VIDEO": {"header", "text", "buttons", "coupon"},
    "COMMERCE": {"additional", "coupon"},
    "CAROUSEL_COMMERCE": {"head", "tail"},
}

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("WIDE_ITEM_LIST", {"items": [ROW] * 2}, "items: '2 rows' is not at least 3 rows"),
    ("WIDE_ITEM_LIST", {"items": [ROW, ROW, {**ROW, "title": " "}]}, "items[2].title: ' ' is not given"),
    ("WIDE_ITEM_LIST", {"items": [{**ROW, "mobile": ""}, ROW, ROW]}, "items[0].mobile: '' is not given"),
    ("CAROUSEL_COMMERCE", {"head": {**HEAD, "text": ""}}, "head.text: '' is not given"),
    ("CAROUSEL_COMMERCE", {"head": {**HEAD, "pc": "https://a.kr"}}, "head.mobile: '' is not given"),
    ("TEXT", {"coupon": {**COUPON, "text": "첫\n구매"}}, "coupon.text: '1 line breaks' is not at most 0"),
    ("WIDE_ITEM_LIST", {"header": "a\nb"}, "header: '1 line breaks' is not at most 0 line breaks"),
    ("CAROUSEL_FEED", {"cards": [FEED]}, "cards: '1 rows' is not at least 2 rows"),
    ("CAROUSEL_FEED", card(FEED, buttons=[]), "cards[1].buttons: '0 rows' is not at least 1 rows"),
    ("CAROUSEL_FEED", card(FEED, commerce=MUG), "cards[1].commerce: 'commerce' is not left out: a card of"),
    ("CAROUSEL_FEED", card(FEED, buttons=[{"kind": "BK", "name": "x"}]), "cards[1].buttons[0].kind: 'BK' is not"),
    ("CAROUSEL_COMMERCE", card(PRODUCT, text="x"), "cards[1].text: 'x' is not left out: a card of CAROUSEL_COMMERCE"),
    ("CAROUSEL_COMMERCE", card(PRODUCT, commerce=None), "cards[1].commerce: None is not given"),
    ("CAROUSEL_FEED", {"tail": {"mobile": "https://a.kr/#{x}"}}, "tail.mobile: '#{x}' is not an address without"),
    ("COMMERCE", {"buttons": [{"kind": "BK", "name": "x"}]}, "buttons[0].kind: 'BK' is not one of WL, AL"),
    ("TEXT", {"buttons": [{"kind": "TN", "name": "전화 연결", "phone": "1"}]}, "buttons[0].kind: 'TN' is not one of"),
    ("TEXT", {"buttons": [AC]}, "buttons[0].kind: 'AC' is not left out: the targeting I reaches friends"),
    ("TEXT", {"targeting": "M", "buttons": [WEB, AC]}, "buttons[1].kind: 'AC' is not the first button"),
    ("WIDE", {"targeting": "N", "buttons": [AC, WEB]}, "buttons[0].kind: 'AC' is not the second button"),
    ("TEXT", {"targeting": "M", "buttons": [AC, AC]}, "buttons[1].kind: 'AC' is not a button that stands there once"),
    ("TEXT", {"coupon": {**COUPON, "title": "할인 쿠폰"}}, "coupon.title: '할인 쿠폰' is not one of the titles"),
    ("TEXT", {"coupon": {**COUPON, "text": ""}}, "coupon.text: '' is not given"),
    ("TEXT", {"coupon": {**COUPON, "mobile": "x"}}, "coupon.mobile: 'x' is not an http(s) address"),
    ("IMAGE", {"picture": {"image": " "}}, "picture.image: ' ' is not given"),
    ("WIDE", {"picture": {**PICTURE, "link": "https://a.kr"}}, "picture.link: 'https://a.kr' is not left out"),
    ("PREMIUM_VIDEO", {"video": {"url": "https://youtu.be/1"}}, "video.url: 'https://youtu.be/1' is not a video"),
    ("TEXT", {"buttons": [{**WEB, "name": "#{a}"}]}, "buttons[0].name: '#{a}' is not a text without variables"),
]  # fmt: skip


@pytest.mark.parametrize(("bubble", "fields", "expected"), REFUSED, ids=[row[2][:40] for row in REFUSED])
def test_what_kakaotalk_does_not_take_is_refused(bubble: str, fields: dict[str, Any], expected: str) -> None:
    (only,) = told(bubble, **fields)
    assert only.startswith(expected)


@pytest.mark.parametrize(
    ("bubble", "fields"),
    [
        ("TEXT", {"targeting": "M", "buttons": [AC, WEB]}),
        ("IMAGE", {"targeting": "N", "buttons": [AC]}),
        ("WIDE", {"targeting": "M", "buttons": [WEB, AC]}),
        ("WIDE", {"targeting": "M", "buttons": [AC]}),
        ("IMAGE", {"picture": {**PICTURE, "link": "https://shop.example/#{product}"}}),
        ("CAROUSEL_COMMERCE", {"cards": [PRODUCT], "head": ALL["head"]}),
        ("WIDE_ITEM_LIST", {"items": [{**ROW, "title": ""}, ROW, ROW]}),
    ],
)
def test_what_kakaotalk_takes_is_taken(bubble: str, fields: dict[str, Any]) -> None:
    assert told(bubble, **fields) == []


def test_what_the_provider_keeps_may_be_left_to_it() -> None:
    kept = BrandTemplate("t", "WIDE_ITEM_LIST", code="B1")
    assert list(problems(kept)) == []


@pytest.mark.parametrize(
    ("title", "is_taken"),
    [
        ("1원 할인 쿠폰", True), ("99999999원 할인 쿠폰", True), ("100000000원 할인 쿠폰", False),
        ("0원 할인 쿠폰", False),
        ("3,000원 할인 쿠폰", False), ("1% 할인 쿠폰", True), ("100% 할인 쿠폰", True), ("101% 할인 쿠폰", False),
        ("0% 할인 쿠폰", False), ("배송비 할인 쿠폰", True), ("배송 할인 쿠폰", False),
        ("가나다라마바사 무료 쿠폰", True),
        ("가나다라마바사아 무료 쿠폰", False), ("첫 구매 무료 쿠폰", False), ("포인트 UP 쿠폰", True),
        ("가나다라마바사아 UP 쿠폰", False), (" UP 쿠폰", False), ("#{amount}원 할인 쿠폰", True), ("#{title}", True),
    ],
)  # fmt: skip
def test_a_coupon_has_one_of_five_titles(title: str, is_taken: bool) -> None:
    assert (told("TEXT", coupon={**COUPON, "title": title}) == []) is is_taken


@pytest.mark.parametrize(
    ("prices", "field"),
    [
        ({"price": 99_999_999}, ""),
        ({"price": 100_000_000}, "price"),
        ({"price": -1}, "price"),
        ({"price": 100, "sale": 90, "rate": 100}, ""),
        ({"price": 100, "sale": 90, "rate": 101}, "rate"),
        ({"price": 1_000_000, "sale": 1, "off": 999_999}, ""),
        ({"price": 1_000_001, "sale": 1, "off": 1_000_000}, "off"),
        ({"price": 100, "sale": 90, "rate": 10, "off": 10}, "off"),
        ({"price": 100, "rate": 10}, "sale"),
        ({"price": 100, "sale": 90}, "sale"),
        ({"price": 100, "sale": 101, "rate": 1}, "sale"),
    ],
)
def test_prices_go_together(prices: dict[str, int], field: str) -> None:
    found = told("COMMERCE", commerce={"title": "머그", **prices})
    assert [each.partition(":")[0] for each in found] == ([f"commerce.{field}"] if field else [])


@pytest.mark.parametrize(
    ("bubble", "width", "height", "is_taken"),
    [
        ("IMAGE", 800, 400, True), ("IMAGE", 800, 399, False), ("IMAGE", 600, 800, True), ("IMAGE", 600, 801, False),
        ("IMAGE", 499, 300, False), ("IMAGE", 500, 250, True), ("IMAGE", 0, 0, True), ("WIDE", 800, 800, True),
        ("WIDE", 800, 801, False), ("WIDE", 800, 400, True), ("COMMERCE", 800, 1067, True),
        ("COMMERCE", 800, 1068, False),
    ],
)  # fmt: skip
def test_a_picture_has_the_proportions_of_its_bubble(bubble: str, width: int, height: int, is_taken: bool) -> None:
    assert (told(bubble, picture={"image": "i", "width": width, "height": height}) == []) is is_taken


def sized(width: int, height: int) -> dict[str, Any]:
    return {**ROW, "picture": {"image": "i", "width": width, "height": height}}


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([sized(800, 400), sized(500, 500), sized(600, 600)], []),
        ([sized(800, 402), sized(500, 500), sized(600, 600)], ["items[0].picture"]),
        ([sized(800, 400), sized(500, 502), sized(600, 600)], ["items[1].picture"]),
        ([sized(800, 400), sized(498, 498), sized(600, 600)], ["items[1].picture.width"]),
    ],
)
def test_the_first_item_is_twice_as_wide_and_the_others_are_square(rows: list[Any], where: list[str]) -> None:
    assert [each.partition(":")[0] for each in told("WIDE_ITEM_LIST", items=rows)] == where


def test_the_pictures_of_a_carousel_of_products_are_alike() -> None:
    first, second = (
        {**PRODUCT, "picture": {"image": "i", "width": width, "height": height}}
        for width, height in ((800, 600), (800, 400))
    )
    small = {**PRODUCT, "picture": {"image": "i", "width": 600, "height": 450}}
    assert told("CAROUSEL_COMMERCE", cards=[first, small]) == []
    (only,) = told("CAROUSEL_COMMERCE", cards=[first, second])
    assert only == "cards[1].picture: '800×400' is not of the proportions of the first, 800×600"
    alone = [{**FEED, "picture": each["picture"]} for each in (first, second)]
    assert told("CAROUSEL_FEED", cards=alone) == []


@pytest.mark.parametrize("image", ["https://a.kr/x.gif", "x.WEBP", "https://a.kr/x.svg?v=1"])
def test_a_picture_is_a_jpg_or_a_png(image: str) -> None:
    (only,) = told("IMAGE", picture={"image": image})
    assert only.endswith("is not a JPG or PNG")
    assert told("IMAGE", picture={"image": "https://a.kr/x.gif.png"}) == []


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("https://tv.kakao.com/v/1", True),
        ("https://tv.kakao.com/channel/1/cliplink/2", True),
        ("https://tv.kakao.com/v/#{video}", True),
        ("http://tv.kakao.com/v/1", False),
        ("https://tv.kakao.com.evil.example/v/1", False),
        ("https://tv.kakao.com/live/1", False),
    ],
)
def test_videos_are_kakao_tv_s(url: str, is_taken: bool) -> None:
    assert (told("PREMIUM_VIDEO", video={"url": url}) == []) is is_taken
