import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.messages import euckr

HANGUL = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 0),
        ("abc 123\n", 8),
        ("가나다", 6),
        ("A가", 3),
        ("①㎡漢·", 8),
        ("’“”", 6),
        ("😀", 2),
        ("똠", 2),
        ("가😀똠b", 7),
    ],
)
def test_a_syllable_counts_two_bytes(text: str, size: int) -> None:
    assert euckr.size(text) == size


@pytest.mark.parametrize("character", ["가", "힝", "漢", "①", "€", "A", "\n", "·", "ㄱ"])
def test_euc_kr_has_the_usual_characters(character: str) -> None:
    assert euckr.is_in(character)


@pytest.mark.parametrize("character", ["똠", "갂", "😀", "₩", "–", "你", "é"])
def test_euc_kr_has_no_others(character: str) -> None:
    assert not euckr.is_in(character)


def test_foreign_characters_are_told_once_each_and_in_order() -> None:
    assert euckr.foreign("똠방😀각하😀") == ["똠", "😀"]
    assert euckr.foreign("똠뢔") == ["똠", "뢔"]
    assert euckr.foreign("안녕하세요") == []


def test_a_syllable_of_cp949_alone_gets_a_hint() -> None:
    assert "CP949 alone" in euckr.hint("똠")
    assert "GRINNING FACE" in euckr.hint("😀")


def test_hangul_typed_on_a_mac_is_composed() -> None:
    assert euckr.composed("한글") == "한글"


@given(st.text(st.one_of(HANGUL, st.characters(codec="ascii"), st.characters())))
def test_the_size_is_that_of_each_character_and_nothing_foreign_hides(text: str) -> None:
    foreign = euckr.foreign(text)
    assert euckr.size(text) == sum(2 if each in foreign else len(each.encode("euc-kr")) for each in text)
    assert euckr.size(text) <= 2 * len(text)


@given(HANGUL)
def test_a_syllable_is_in_euc_kr_where_the_standard_has_it(syllable: str) -> None:
    row, cell = syllable.encode("cp949")
    assert euckr.is_in(syllable) == (0xB0 <= row <= 0xC8 and cell >= 0xA1)
