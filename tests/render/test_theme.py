"""Themes: their tokens, and that whatever a shop chooses can be read."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import SITE

from dangol.definitions.document import check
from dangol.definitions.model import Theme
from dangol.errors import Invalid
from dangol.render.theme import PRESETS, TEXT, contrast, ordinary, problems, readable_on, tokens

SHEET = Path(__file__).parents[2] / "snippet" / "src" / "widgets" / "base.css"
presets = st.sampled_from(sorted(PRESETS))
colors = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def sides(value: str) -> list[str]:
    """The colours of a token by day and by night."""
    found = re.findall(r"#[0-9a-f]{6}", value)
    return found if len(found) == 2 else found * 2


def whole(theme: Theme) -> dict[str, str]:
    """Every token of a theme; those that are as in the base sheet from there."""
    return {**dict(re.findall(r"(--dg-[a-z-]+): ([^;]+);", SHEET.read_text())), **tokens(theme)}


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#777777", "#777777") == 1


def test_the_base_sheet_has_the_ordinary_theme_which_needs_no_tokens() -> None:
    assert tokens(Theme()) == {}
    assert all(whole(Theme())[name] == value for name, value in ordinary().items() if value != "inherit")


def test_what_a_shop_sets_goes_before_the_preset() -> None:
    set_ = tokens(Theme("crisp", "#fee500", "#191600", 8, "roomy", "system", "dark"))
    assert set_["--dg-color"] == "#fee500"  # also by night
    assert set_["--dg-on-color"] == "#191600"
    assert (set_["--dg-radius"], set_["--dg-control"]) == ("8px", "6px")
    assert (set_["--dg-space"], set_["--dg-scheme"]) == ("1.25", "dark")
    assert set_["--dg-font"].startswith("system-ui")


@given(colors)
def test_there_is_always_a_text_that_can_be_read(color: str) -> None:
    assert contrast(readable_on(color), color) >= TEXT


@given(presets, colors)
def test_any_colour_makes_a_theme_that_can_be_read_by_day_and_by_night(preset: Any, color: str) -> None:
    found = {name: sides(value) for name, value in whole(Theme(preset, color)).items() if "#" in value}
    for side in (0, 1):
        paper = found["--dg-paper"][side]
        assert contrast(found["--dg-on-color"][side], found["--dg-color"][side]) >= TEXT
        for text in ("--dg-ink", "--dg-muted", "--dg-tint", "--dg-done", "--dg-warn"):
            assert contrast(found[text][side], paper) >= TEXT, text


@given(presets, colors, colors)
def test_a_text_colour_is_refused_exactly_when_it_cannot_be_read(preset: Any, color: str, on_color: str) -> None:
    assert bool(list(problems(Theme(preset, color, on_color)))) == (contrast(color, on_color) < TEXT)


def test_a_document_with_a_faulty_theme_says_where_and_what() -> None:
    theme = {"color": "#ffffff", "on_color": "#eeeeee"}
    with pytest.raises(Invalid, match=r"site\.theme\.on_color: '#eeeeee' is not a colour with a contrast of 4\.5:1"):
        check({"site": {**SITE, "theme": theme}})


@pytest.mark.parametrize(
    "theme", [{"color": "red"}, {"color": "#fff"}, {"radius": 33}, {"preset": "loud"}, {"color": "#ffffff;}"}]
)
def test_only_colours_and_lengths_become_tokens(theme: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match=r"site\.theme"):
        check({"site": {**SITE, "theme": theme}})
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(theme, Theme)
