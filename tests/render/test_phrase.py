"""The little language: any text is a phrase, and what is written of one reads as the same."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.render.phrase import Choice, Particle, Phrase, Variable, parse, written

PIECES = [
    "{", "}", "{{", "}}", "{a", "{name|x}", "{b:days", " ? ", " : ", "?", ":", " ", "=", "!=", "< 3", "을/를",
    "{을/를}", "x", "\n", "\u3000", "|", "trait.a", "0", "'",
]  # fmt: skip


def test_a_phrase_is_read_into_its_pieces() -> None:
    text = "{name|you}: {cart_count = 1 ? one {product}{를/을} : {cart_total:number}} {{x}}"
    choice = Choice(
        "cart_count", "", "=", "1", ("one ", Variable("product"), Particle("을")), (Variable("cart_total", "number"),)
    )
    assert parse(text) == Phrase((Variable("name", "", "you"), ": ", choice, " {x}"))


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=25).map("".join)))
def test_what_is_written_of_a_phrase_reads_as_the_same(text: str) -> None:
    pieces = parse(text).pieces
    again = parse(written(pieces))
    assert again == Phrase(pieces)
    assert written(again.pieces) == written(pieces)


@given(st.text())
def test_a_text_that_can_not_be_read_stays_as_it_stands(text: str) -> None:
    lone = "{" + text.replace("{", "").replace("}", "")
    phrase = parse(lone)
    assert phrase.pieces == (lone,)
    assert len(phrase.faults) == 1


@pytest.mark.parametrize(
    "text", ["{a ?" * 5000, "{a ? x" * 3000, "{a ? " + " : x" * 5000, "{" * 20_000, "{a = " * 4000]
)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    parse(text)
    assert time.process_time() - start < 1
