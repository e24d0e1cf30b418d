"""docs/recipes.md and its Korean version tell of every recipe, with all its settings."""

import re
from pathlib import Path

import pytest

from dangol.recipes.book import recipes

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["recipes.md", "ko/recipes.md"])
def test_every_recipe_is_told_with_all_its_settings(page: str) -> None:
    sections = re.split(r"^## ", (DOCS / page).read_text(), flags=re.MULTILINE)
    for recipe in recipes().values():
        [section] = [each for each in sections if f"`{recipe.id}`" in each]
        told = re.search(r"^(?:Settings|설정): (.*)", section, re.MULTILINE | re.DOTALL)
        assert told
        named = re.findall(r"`([a-z_]+)`", told[1])
        assert named == [setting.id for setting in recipe.settings]
        for setting in recipe.settings:
            if setting.kind == "number" and setting.default:
                assert re.search(rf"`{setting.id}`\s*\([^)]*[;,]\s*(?:기본 )?{setting.default}\)", told[1])
