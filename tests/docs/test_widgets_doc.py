"""The pages on widgets: their tables and examples are current, their pictures are there and small."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from docs.parameters import PAGES, renewed
from tests.conftest import SITE

from dangol.definitions.document import check
from dangol.definitions.model import Theme
from dangol.host.registry import Registry

DOCS = Path(__file__).parents[2] / "docs"
LARGEST = 40_000


@pytest.mark.parametrize("path", PAGES)
def test_tables_and_examples_are_those_of_the_widgets(path: str) -> None:
    page = (DOCS / path).read_text()
    assert renewed(page, PAGES[path]) == page, "run python docs/parameters.py"


@pytest.mark.parametrize("path", PAGES)
def test_every_built_in_widget_has_its_table(path: str) -> None:
    page = (DOCS / path).read_text()
    tables = re.findall(r"<!-- parameters of (\w+) -->", page)
    assert set(tables) == {widget.name for widget in Registry.load().widgets()} | {"fields"}


@pytest.mark.parametrize("path", PAGES)
def test_every_example_is_a_campaign_that_is_taken(path: str) -> None:
    blocks: list[Any] = [
        yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", (DOCS / path).read_text(), re.DOTALL)
    ]
    campaigns = [{"id": f"c{number}", **block} for number, block in enumerate(blocks) if "widget" in block]
    whole = [block for block in blocks if "campaigns" in block]
    raw = {
        "site": {**SITE, "traits": [{"id": "interests", "name": "x", "type": "list", "public": True}]},
        "segments": [{"id": "returning", "include": {"visits": {"gte": 2}}}],
        "campaigns": [*campaigns, *(each for block in whole for each in block["campaigns"])],
    }
    assert len(check(raw, registry=Registry.load()).campaigns) == len(raw["campaigns"]) > 9
    themes = [block["site"]["theme"] for block in blocks if "site" in block]
    assert check({"site": {**SITE, "theme": themes[0]}}).site.theme == Theme(**themes[0])


@pytest.mark.parametrize("path", PAGES)
def test_the_pictures_are_there_and_small(path: str) -> None:
    page = DOCS / path
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text())
    assert len(pictures) > 15
    for words, picture in pictures:
        assert words
        assert (page.parent / picture).stat().st_size < LARGEST, picture
