"""Reasons in words: every code that is said has some, in both languages, with its detail where they name one."""

import re
from pathlib import Path
from typing import get_args

import pytest

import dangol
from dangol.definitions.model import Failure
from dangol.messages.reasons import WORDS, Reason, words

SAID = re.compile(r"""\b(?:Reason\(|reason=)"([a-z_]+)\"""")


@pytest.mark.parametrize("code", WORDS)
def test_a_reason_has_words_in_both_languages(code: str) -> None:
    detail = "2 7d" if code.startswith("cap") else "2026-11-23 08:00"
    korean, english = (words(Reason(code, detail), language) for language in ("ko", "en"))
    assert korean != english
    assert not {"{", "}"} & {*korean, *english}
    assert any("가" <= letter <= "힣" for letter in korean)
    assert english.isascii()
    if "{}" in WORDS[code]["ko"]:
        assert "{}" in WORDS[code]["en"]
        assert korean != words(Reason(code), "ko")


def test_a_held_message_says_until_when_and_why() -> None:
    held = Reason("quiet", "2026-11-23 08:00")
    assert words(held, "ko") == "야간에는 광고를 보낼 수 없어 2026-11-23 08:00까지 기다립니다."
    assert words(held, "en") == "Advertisements rest at night, so it waits until 2026-11-23 08:00."


@pytest.mark.parametrize(
    ("cap", "language", "sentence"),
    [
        ("3 7d", "ko", "이 캠페인을 7일 동안 3번까지로 한 만큼 이미 받았습니다."),
        ("1 day", "en", "The campaign's limit of 1 a day is reached."),
        ("2 lifetime", "en", "The campaign's limit of 2 in all is reached."),
    ],
)
def test_a_cap_is_told_as_one(cap: str, language: str, sentence: str) -> None:
    assert words(Reason("cap", cap), language) == sentence


def test_whatever_is_said_anywhere_has_words() -> None:
    sources = [path.read_text("utf-8") for path in Path(dangol.__file__).parent.rglob("*.py")]
    said = {code for source in sources for code in SAID.findall(source)}
    assert {"no_consent", "quiet", "inactive", "already", "duplicate", "interrupted"} <= said
    assert said <= WORDS.keys()


def test_every_failure_has_words() -> None:
    assert set(get_args(Failure)) <= WORDS.keys()


def test_a_code_of_another_version_is_told_as_it_is() -> None:
    assert words(Reason("new_rule", "so"), "ko") == "new_rule so"
