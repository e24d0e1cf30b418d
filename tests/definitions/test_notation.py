from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.notation import LARGEST, dump, load
from dangol.errors import Invalid


def test_words_that_older_yaml_takes_for_something_else_stay_words() -> None:
    text = "on: [yes, no, off]\ntime: 1:30\nday: 2026-11-22\nzip: 010\nhex: 0x1f\n1: one\nbig: 9223372036854775808"
    assert load(text) == {
        "on": ["yes", "no", "off"],
        "time": "1:30",
        "day": "2026-11-22",
        "zip": "010",
        "hex": "0x1f",
        "1": "one",
        "big": "9223372036854775808",
    }


def test_scalars_of_the_core_schema_are_read() -> None:
    text = "[1, -2, +3, 1.5, -.5, 1e3, true, false, null, ~, '1', \"true\", 9223372036854775807, 1e999]"
    values = load(text)
    assert values == [1, -2, 3, 1.5, -0.5, 1000.0, True, False, None, None, "1", "true", 2**63 - 1, "1e999"]
    assert load("a:") == {"a": None}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: &x [1]\nc: *x", "f.yaml: line 2: 'x' is not free of anchors and aliases; write the value out"),
        ("a: *x", "f.yaml: line 1: 'x' is not free of anchors and aliases; write the value out"),
        ("a: !!python/object:os.system 1", "is not free of tags"),
        ("a: 1\nb: 2\na: 3", "f.yaml: line 3: 'a' is not a key that stands only once in its mapping"),
        ("a: 1\n---\nb: 2", "f.yaml: line 2: '---' is not the only document of the text"),
        ("a: [1, 2\nb: 3", "f.yaml: line 2: 'b: 3' is not valid YAML:"),
        ("? [a]\n: b", "f.yaml: line 1: '…' is not a key that is text"),
        ("[" * 100_000, "f.yaml: line 1: '…' is not nested at most 100 deep"),
        ("a: \ud800", "is not valid YAML: 'utf-8' codec can't encode"),
        ("a: \x00", "is not valid YAML:"),
        ("#" * LARGEST + "\n", "is not a document of at most 8000000 characters"),
    ],
)
def test_what_json_can_not_say_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(Invalid) as caught:
        load(text, "f.yaml")
    assert message in str(caught.value)


def test_dumps_are_tidy() -> None:
    assert dump({"on": ["page_view"], "text": "첫 줄\n둘째 줄\n", "empty": {}, "word": "true"}) == (
        "on:\n  - page_view\ntext: |\n  첫 줄\n  둘째 줄\nempty: {}\nword: 'true'\n"
    )


SCALARS: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.sampled_from(["1e3", "0", "-1", ".5", "~", "null", "yes", "<<", "=", "2026-11-22", "a: b", "# x", "- x"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SCALARS.map(str), inner, max_size=4)
)


@given(VALUES)
def test_what_was_dumped_is_read_back_as_it_was(value: Any) -> None:
    assert repr(load(dump(value))) == repr(value)
