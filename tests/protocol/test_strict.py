"""What is refused is told with its place and what may stand there, never with what was sent."""

from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from dangol.errors import Invalid
from dangol.protocol.strict import decode

Kind = Literal["", "paid", "shipped"]


class Row(Struct, forbid_unknown_fields=True):
    notice: Kind
    other: Kind | None = None


class Body(Struct):
    rows: Annotated[list[Row], Meta(max_length=9)]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"rows": [{"notice": "paid"}, {"notice": "010-1234"}]}', "rows[1].notice: expected one of paid, shipped"),
        ('{"rows": [{"notice": "paid", "other": "x"}]}', "rows[0].other: expected one of paid, shipped"),
        ('{"rows": [{"notise": "x"}]}', "rows[0]: expected an object of no other fields than notice, other"),
        ('{"rows": 1}', "rows: expected `array`, got `int`"),
    ],
)
def test_a_refusal_names_the_place_and_what_may_stand_there(body: str, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        decode(msgspec.json.Decoder(Body).decode, body.encode())
    [problem] = refused.value.problems
    assert f"{problem.where}: expected {problem.expected}" == told
