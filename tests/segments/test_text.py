"""The forms in which texts are compared, and globs."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.segments.text import exact, folded, glob, path

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
