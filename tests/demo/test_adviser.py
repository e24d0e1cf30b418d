"""The recommendation desk, in front of a dangol that is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dangol.demo import stock
from dangol.demo.adviser import CAMPAIGN, RECOMMENDERS, SAID
from dangol.demo.run import _wanted
from dangol.demo.words import words
from dangol.host.registry import Registry

if TYPE_CHECKING:
    from tests.demo.conftest import Shopper

pytestmark = pytest.mark.anyio


async def test_the_desk_has_its_words_in_both_languages(shopper: Shopper) -> None:
    english, korean = await shopper.get("/recommendations?lang=en"), await shopper.get("/recommendations?lang=ko")
    assert "Recommendation desk" in english.text
    assert "추천 작업대" in korean.text
    assert all(f"adviser_{name}" in words() for name in SAID)


def test_what_it_asks_is_what_there_is() -> None:
    assert {*RECOMMENDERS} == {each.name for each in Registry.load().recommenders()}
    assert CAMPAIGN in {each.id for each in _wanted("http://localhost:8001").campaigns}


async def test_what_is_not_as_usual_is_told(shopper: Shopper) -> None:
    stock.change("22423", "sold_out")
    told = (await shopper.get("/recommendations/changed")).json()
    stock.change("22423", "usual")
    assert [(each["id"], each["state"]) for each in told] == [("22423", "sold_out")]
    assert (await shopper.get("/recommendations/changed")).json() == []


@pytest.mark.parametrize(("product", "what"), [("nothing", "sale"), ("22423", "free"), ("", "")])
async def test_a_change_that_there_is_not_is_refused(shopper: Shopper, product: str, what: str) -> None:
    answer = await shopper.post("/recommendations/change", product=product, what=what)
    assert answer.status_code == 400
    assert "expected" in answer.json()["error"]


async def test_a_dangol_that_is_away_is_told(shopper: Shopper) -> None:
    assert (await shopper.get("/recommendations/strip")).status_code == 503
    assert (await shopper.post("/recommendations/ask", products="22423")).status_code == 503
