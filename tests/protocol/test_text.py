import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from dangol.protocol.text import clean


@given(st.text(), st.integers(1, 50))
def test_cleaning_is_done_once_for_all_and_bounded(text: str, longest: int) -> None:
    cleaned = clean(text, longest)
    assert clean(cleaned, longest) == cleaned
    assert len(cleaned) <= longest
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not {unicodedata.category(each) for each in cleaned} - {"Cf"} & {"Cc", "Cs", "Co", "Zl", "Zp"}


def test_what_people_write_stays() -> None:
    for text in ("머그컵 빨강", "Crème brûlée", "👩‍👩‍👧 가족", "می‌خواهم", "全角\u3000空白", "1\u00a0000 £"):
        assert clean(text, 100) == text


def test_decomposed_text_is_composed() -> None:
    assert clean(unicodedata.normalize("NFD", "단골"), 100) == "단골"


def test_marks_that_turn_text_around_go() -> None:
    assert clean("a\u202e\u2066\u2069\u200e\u200f\u061c\ufeff\ud800b\x00\x7f\x85", 100) == "ab"


def test_composing_is_not_hidden_behind_a_control_character() -> None:
    assert clean("e\x00\u0301", 100) == "é"
