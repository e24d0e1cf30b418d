"""Every built-in widget in a browser, in a sample of the looks that `python -m loadtests.widgets` tries all of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from loadtests import widgets
from loadtests.gallery import Piece, pieces
from loadtests.gallery import widgets as built_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def kinds() -> list[Piece]:
    return pieces()


def test_every_widget_has_its_piece(kinds: list[Piece]) -> None:
    assert {piece.widget for piece in kinds} == set(built_in())


def test_axe_finds_nothing_and_nothing_moves_that_should_not(browser: Browser, kinds: list[Piece]) -> None:
    looks = widgets.LOOKS
    assert widgets.views(browser, kinds, lambda number: [looks[number % len(looks)], looks[-1 - number % 3]]) == []


def test_no_hostile_text_runs_in_any_field(browser: Browser) -> None:
    assert widgets.executions(browser, (" ".join(widgets.CORPUS)[:190],)) == []


def test_nothing_shifts_and_the_largest_paint_is_the_shops(browser: Browser, kinds: list[Piece]) -> None:
    assert widgets.shifts(browser, kinds[::3]) == []
