"""The campaign desk, in front of a dangol that is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dangol.demo.board import PAGES, SAID
from dangol.demo.history import sample
from dangol.demo.words import words

if TYPE_CHECKING:
    from tests.demo.conftest import Shopper


@pytest.mark.anyio
async def test_the_board_has_its_words_in_both_languages(shopper: Shopper) -> None:
    english, korean = await shopper.get("/campaigns?lang=en"), await shopper.get("/campaigns?lang=ko")
    assert "Campaign desk" in english.text
    assert "캠페인 작업대" in korean.text
    assert all(f"board_{name}" in words() for name in (*SAID, *PAGES))


def test_the_product_page_is_a_product_s() -> None:
    assert PAGES["product"].removeprefix("/product/") in sample().products


@pytest.mark.anyio
async def test_a_campaign_that_is_no_yaml_is_refused_with_its_line(shopper: Shopper) -> None:
    answer = await shopper.post("/campaigns/preview", campaign="id: x\nwidget: {use: [", page="home")
    assert answer.status_code == 400
    assert "line 3" in answer.json()["error"]


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/campaigns/saved", "/campaigns/results"])
async def test_a_dangol_that_is_away_is_told(shopper: Shopper, path: str) -> None:
    answer = await shopper.get(path)
    assert answer.status_code == 503
    assert "away" in answer.json()["error"]
