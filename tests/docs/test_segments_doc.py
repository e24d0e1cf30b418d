"""The handbook of segments: its list is the catalogue's, its examples are taken, and what it promises of them holds."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dangol.definitions import document, notation
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.words.handbook import BEGIN, END, renewed

HANDBOOK = (Path(__file__).parents[2] / "docs" / "segments.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", HANDBOOK, re.DOTALL)


def test_the_list_of_conditions_is_current() -> None:
    told = "run python -m dangol.segments.words.handbook docs/segments.md"
    assert renewed(HANDBOOK) == HANDBOOK, told


def test_every_condition_is_in_the_list() -> None:
    assert all(f'`{{"{row.id}":' in HANDBOOK for row in CATALOGUE)


def test_a_handbook_without_a_place_for_the_list_is_refused() -> None:
    with pytest.raises(ValueError, match="has no lines"):
        renewed("# Segments")


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_taken(example: str) -> None:
    site = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://shop.example"]}
    raw: dict[str, Any] = {"site": site, "segments": notation.load(example)}
    assert document.check(raw).segments


def test_both_languages_have_the_same_examples() -> None:
    assert len(EXAMPLES) == 20
    korean, english = EXAMPLES[: len(EXAMPLES) // 2], EXAMPLES[len(EXAMPLES) // 2 :]
    assert [re.findall(r"id: (\S+)", each) for each in korean] == [re.findall(r"id: (\S+)", each) for each in english]


def test_the_handbook_is_written_anew_by_a_command(tmp_path: Path) -> None:
    page = tmp_path / "segments.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    subprocess.run([sys.executable, "-m", "dangol.segments.words.handbook", str(page)], check=True)
    assert page.read_text("utf-8") == renewed(f"before\n{BEGIN}\n{END}\nafter\n")
