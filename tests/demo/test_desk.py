"""The marketer's desk, in front of a dangol that is away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dangol.definitions import notation
from dangol.demo.desk import SAID, STARTERS
from dangol.demo.words import words

if TYPE_CHECKING:
    from tests.conftest import Define
    from tests.demo.conftest import Shopper


@pytest.mark.parametrize("name", STARTERS)
def test_what_one_may_begin_with_is_a_segment(name: str, define: Define) -> None:
    written: dict[str, Any] = notation.load(STARTERS[name])
    [segment] = define(segments=[{"id": "tried", **written}]).segments
    assert segment.include == written["include"]
    assert words()[name]["ko"]


@pytest.mark.anyio
async def test_the_desk_has_its_words_in_both_languages(shopper: Shopper) -> None:
    english, korean = await shopper.get("/segments?lang=en"), await shopper.get("/segments?lang=ko")
    assert "Segment desk" in english.text
    assert "세그먼트 작업대" in korean.text
    assert all(f"desk_{name}" in words() for name in SAID)


@pytest.mark.anyio
async def test_a_segment_that_is_no_yaml_is_refused_with_its_line(shopper: Shopper) -> None:
    answer = await shopper.post("/segments/size", segment="include:\n  {orders: [")
    assert answer.status_code == 400
    assert "line 3" in answer.json()["error"]


@pytest.mark.anyio
async def test_a_dangol_that_is_away_is_told(shopper: Shopper) -> None:
    answer = await shopper.post("/segments/size", segment="include: {visits: {gte: 1}}")
    assert answer.status_code == 503
    assert "away" in answer.json()["error"]
