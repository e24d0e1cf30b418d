"""The forms in which texts are compared, and globs."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.segments.text import PATTERNS, exact, folded, glob, on_page, page, path, regex

parts = st.text("ab/", max_size=8)
patterns = st.lists(st.text("ab/", max_size=3), min_size=1, max_size=4).map("*".join)


@given(patterns, parts)
def test_a_glob_means_what_the_regular_expression_means(pattern: str, text: str) -> None:
    expression = ".*".join(map(re.escape, pattern.split("*")))
    assert glob(pattern, text) == bool(re.fullmatch(expression, text, re.DOTALL))


@pytest.mark.parametrize("character", "?[].+\\{}^$")
def test_only_the_star_is_special_in_a_glob(character: str) -> None:
    assert glob(f"a{character}*", f"a{character}b")
    assert not glob(f"a{character}*", "aab")


def test_a_glob_is_quick_on_texts_made_to_be_slow() -> None:
    started = time.process_time()
    assert not glob("*a" * 100 + "b*", "a" * 20_000)
    assert time.process_time() - started < 1


@given(st.text())
def test_forms_are_stable(text: str) -> None:
    assert exact(exact(text)) == exact(text)
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(("given", "expected"), [("/a/?x", "/a"), ("/", "/"), ("", "/"), ("/caf%C3%A9", "/caf\u00e9")])
def test_the_form_of_a_path(given: str, expected: str) -> None:
    assert path(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("/a/?b=1&c=%20x#top", "/a?b=1&c= x"),
        ("/a?", "/a"),
        ("/a?b=1%262", "/a?b=1%262"),
        ("/a%3Fb?c=1", "/a%3Fb?c=1"),
        ("/%EC%83%81%ED%92%88?%EC%83%89=%EB%B9%A8%EA%B0%95+%EC%83%89", "/상품?색=빨강 색"),
    ],
)
def test_the_form_of_a_page_with_its_query(given: str, expected: str) -> None:
    assert page(given) == expected


@given(st.text("/a?&=%3 #+\n", max_size=20))
def test_a_page_is_on_itself(address: str) -> None:
    assert on_page(page(address), page(address))
    assert page(address).partition("?")[0] == path(address).replace("?", "%3F").replace("\n", "%0A")


queries = st.lists(st.sampled_from(["a=1", "a=2", "b=1", "b", "c=%26", "c=&"]), max_size=4)


@given(queries, queries)
def test_every_parameter_that_is_named_must_be_there(wanted: list[str], there: list[str]) -> None:
    given = page("/p?" + "&".join(there)).partition("?")[2].split("&")
    named = page("/p?" + "&".join(wanted)).partition("?")[2].split("&")
    expected = all(
        not name or name in given or ("=" not in name and any(g.startswith(f"{name}=") for g in given))
        for name in named
    )
    assert on_page(page("/p?" + "&".join(wanted)), page("/p?" + "&".join(there))) == expected


@pytest.mark.parametrize("pattern", ["(x+x+)+y", "(.*a){12}b", "((a|b|c){5}){5}x", "(a?){90}a{90}", "(.|\\n){99}z"])
@pytest.mark.parametrize("text", ["a" * 2_000, "x" * 2_000, "컵" * 2_000])
def test_no_pattern_is_slow(pattern: str, text: str) -> None:
    started = time.process_time()
    regex(pattern)(text)
    assert time.process_time() - started < 0.25


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "a\nb", "👍🏽"])
@pytest.mark.parametrize("operator", PATTERNS)
def test_patterns_take_any_text(operator: str, text: str) -> None:
    assert PATTERNS[operator]("a", text) in (True, False)


def test_patterns_of_no_known_form_are_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="missing \\)"):
        regex("(")
    with pytest.raises(ValueError, match="UTF-8"):
        regex("\ud800")


def test_words_typed_in_any_form_are_the_same_words() -> None:
    assert folded("\u1106\u1165\u1100\u1173 MUG") == "머그 mug"
    assert folded("ｍｕｇ") != "mug"
    assert folded("ＭＵＧ") == "ｍｕｇ"
    assert folded("👍🏽") != folded("👍")
