from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.errors import Invalid
from dangol.protocol import about
from dangol.protocol.about import NOTHING, ORDERED, About


def said(raw: str) -> About:
    return about.read(msgspec.Raw(raw.encode()))


def test_what_was_said_is_read_as_it_was() -> None:
    mug = About("mug", "머그", "Denby", "Mugs", 4500, "red mug", ("cup", "mug"), 9000, "product")
    assert about.read(msgspec.Raw(msgspec.json.encode(mug))) == mug
    assert said('{"product":"mug","of another version":[1]}') == About("mug")


def test_about_nothing_is_not_said() -> None:
    assert (bool(NOTHING), bool(About(kind="home"))) == (False, True)
    assert (said("{}"), about.read(msgspec.Raw())) == (NOTHING, NOTHING)


def test_texts_are_cleaned() -> None:
    assert said('{"name":"a\\u202eb\\u0000","ordered":["x\\u0007"]}') == About(name="ab", ordered=("x",))


@pytest.mark.parametrize(
    "raw",
    [
        "[]",
        "3",
        '{"price":-1}',
        '{"price":1e99}',
        '{"price":1.5}',
        '{"order_value":9007199254740993}',
        '{"kind":"shelf"}',
        '{"product":7}',
        '{"product":"' + "x" * 201 + '"}',
        '{"ordered":' + str(["x"] * (ORDERED + 1)).replace("'", '"') + "}",
        '{"ordered":' + "[" * 5000 + "]" * 5000 + "}",
        '{"product":"\\ud800"}',
    ],
)
def test_what_no_server_of_ours_said_is_refused(raw: str) -> None:
    with pytest.raises(Invalid):
        said(raw)


@given(st.binary(max_size=60))
def test_no_bytes_do_anything_but_read_or_be_refused(raw: bytes) -> None:
    with suppress(Invalid):
        assert isinstance(about.read(msgspec.Raw(raw)), About)
