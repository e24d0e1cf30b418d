"""Marketers' texts: languages, variables, choices, particles, and what they can't do."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.plugin import Money, Text
from dangol.render.formats import ANYBODY, Reader, Time
from dangol.render.text import MAX_FILLED, choose, clean, fill
from dangol.segments.calendar import calendar

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC).timestamp()
SOON = Time(datetime(2026, 11, 24, 16, 30, tzinfo=UTC).timestamp())  # the 25th in Seoul
KOREAN = Reader("ko", "KRW", calendar("Asia/Seoul"), NOW)
ENGLISH = Reader("en", "GBP", calendar("Europe/London"), NOW)


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("Hello {name|friend}!", {"name": "Dana"}, "Hello Dana!"),
        ("Hello {name|friend}!", {}, "Hello friend!"),
        ("Hello {name|friend}!", {"name": ""}, "Hello friend!"),
        ("{name|단골}님, {grade}", {"name": "김단골"}, "김단골님, "),
        ("{{name}} costs {{", {"name": "x"}, "{name} costs {"),
        ("{{7*7}}", {}, "{7*7}"),
        ("{7*7} {name.upper}", {"name": "x"}, "{7*7} {name.upper}"),
        ("{name}", {"name": "{grade}", "grade": "gold"}, "{grade}"),
        ("a { b } c", {}, "a { b } c"),
        ("no braces", {"name": "x"}, "no braces"),
        ("{cart_count = 1 ? item : items}", {"cart_count": 1}, "item"),
        ("{cart_count = 1 ? item : items}", {"cart_count": 3}, "items"),
        ("{cart_count = 1 ? item}", {"cart_count": 3}, ""),
        ("{coupon ? Use {coupon}! : No coupon}", {"coupon": "Tea"}, "Use Tea!"),
        ("{coupon ? Use {coupon}! : No coupon}", {}, "No coupon"),
        ("{cart_count ? full : empty}", {"cart_count": 0}, "empty"),
        ("{grade = VIP ? Hi VIP : Hi}", {"grade": "vip"}, "Hi VIP"),
        ("{grade != VIP ? join : stay}", {"grade": "gold"}, "join"),
        ("{grade != VIP ? join : stay}", {}, "stay"),
        ("{trait.tags = tea ? yes : no}", {"trait.tags": ["mugs", "Tea"]}, "yes"),
        ("{trait.tags}", {"trait.tags": ["mugs", "tea"]}, "mugs, tea"),
        ("{trait.vip ? VIP : guest}", {"trait.vip": True}, "VIP"),
        ("{trait.vip}", {"trait.vip": True}, ""),
        ("{a ? {b ? both : one}: 10:30 : none}", {"a": 1.0, "b": 1.0}, "both: 10:30"),
        ("{cart_count < x ? a : b}", {"cart_count": 1}, "b"),
    ],
)
def test_variables_are_filled_in(text: str, values: dict[str, Any], expected: str) -> None:
    assert fill(text, values.get) == expected


@pytest.mark.parametrize(
    ("text", "korean", "english"),
    [
        ("{cart_total}", "12,000원", "£120.00"),
        ("{cart_total:number}", "12,000", "120.00"),
        ("{cart_total >= 12,000 ? free : not yet}", "free", "not yet"),
        ("{cart_total < 120.01 ? below : not}", "not", "below"),
        ("{points}", "1,234.5", "1,234.5"),
        ("{points:plain}", "1234.5", "1234.5"),
        ("{until}", "11월 25일", "24 November"),
        ("{until:full}", "2026년 11월 25일", "24 November 2026"),
        ("{until:weekday}", "수요일", "Tuesday"),
        ("{until:time}", "01:30", "16:30"),
        ("{until:days}", "3", "2"),
        ("{until:days <= 2 ? soon : later}", "later", "soon"),
        ("{since:days}", "325", "326"),
        ("{since}", "1월 1일", "31 December 2025"),
        ("{never}", "", ""),
    ],
)
def test_values_are_written_for_the_reader(text: str, korean: str, english: str) -> None:
    since = Time(datetime(2025, 12, 31, 15, 30, tzinfo=UTC).timestamp())
    values: dict[str, Any] = {"cart_total": Money(12000), "points": 1234.5, "until": SOON, "since": since}
    values["never"] = Time(1 << 60)
    assert (fill(text, values.get, KOREAN), fill(text, values.get, ENGLISH)) == (korean, english)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{product}{을/를}", "머그컵을"),
        ("{product}{를/을} 담았어요", "머그컵을 담았어요"),
        ("{name|단골}님{은/는}", "단골님은"),
        ("'{product}'{이/가}", "'머그컵'이"),
        ("{product} (대){으로/로}", "머그컵 (대)으로"),
        ("{cart_count}개{을/를} {brand}{과/와}", "3개를 Apple과"),
        ("{off}{으로/로} 할인", "1%로 할인"),
        ("{city}{으로/로}", "서울로"),
        ("{year}{은/는}, {code}{이/가}", "2024는, SALE이"),
        ("{strange}{은/는}", "★은(는)"),
        ("{coupon ? {product}{을/를}}", "머그컵을"),
        ("{product}{coupon ? {이/가} : {은/는}}", "머그컵이"),
        ("{city}{이에요/예요}", "서울이에요"),
        ("{gone}{이/가}", "이(가)"),
    ],
)
def test_the_particle_goes_with_the_word_before_it(text: str, expected: str) -> None:
    values: dict[str, Any] = {
        "product": "머그컵",
        "cart_count": 3,
        "brand": "Apple",
        "off": "1%",
        "city": "서울",
        "year": "2024",
    }
    values |= {"year": "2024", "code": "SALE", "strange": "★", "coupon": "x"}
    assert fill(text, values.get) == expected


def test_a_value_can_neither_turn_the_text_around_nor_hide_in_it() -> None:
    values: dict[str, Any] = {"name": "\u202eanaD\u2066\x00\x1b[31m\ud800"}
    assert fill("Hi {name}, bye", values.get) == "Hi anaD[31m, bye"


def test_line_breaks_stay() -> None:
    assert fill("one\ntwo\tthree", {"a": "b"}.get) == "one\ntwo\tthree"


def test_a_long_value_that_stands_there_often_is_cut() -> None:
    assert len(fill("{product}" * 100, {"product": "x" * 200}.get)) == MAX_FILLED


SNIPPETS = [
    "{",
    "}",
    "{{",
    "{a",
    "{b|x}",
    "{c:days",
    ":plain",
    " ? ",
    " : ",
    " = ",
    " >= 3",
    "{을/를}",
    "x",
    " ",
    "7*7",
]
VALUES = st.one_of(
    st.none(), st.text(), st.floats(), st.integers(), st.booleans(), st.lists(st.text(max_size=3), max_size=3),
    st.integers().map(Money), st.integers().map(Time),
)  # fmt: skip


@given(
    st.one_of(st.text(), st.lists(st.sampled_from(SNIPPETS)).map("".join)),
    st.fixed_dictionaries(dict.fromkeys("abc", VALUES)),
    st.sampled_from([KOREAN, ENGLISH, ANYBODY]),
)
def test_filling_never_fails_and_what_comes_out_can_be_encoded(
    text: str, values: dict[str, Any], reader: Reader
) -> None:
    filled = fill(text, values.get, reader)
    assert filled.encode().decode() == filled == clean(filled)
    assert len(filled) <= MAX_FILLED


@given(st.text(alphabet="{}abc|?:= 을/를", max_size=40))
def test_what_a_shopper_says_is_never_read(said: str) -> None:
    assert fill("<{a}>", {"a": said}.get) == f"<{said}>"


@pytest.mark.parametrize(
    ("text", "expected"), [("Hallo", "Hallo"), ({"ko": "안녕", "en": "Hi"}, "Hi"), ({"ko": "안녕"}, "안녕"), ({}, "")]
)
def test_the_language_asked_for_goes_first_then_the_shops(text: Text, expected: str) -> None:
    assert choose(text, "en", "ko") == expected
