"""docs/traits.md: its declarations apply, and what it tells and imports fits them."""

import asyncio
import io
import json
import re
from pathlib import Path

import pytest

from dangol.definitions.document import load_yaml
from dangol.definitions.model import Definitions, Site
from dangol.members.columns import FIELDS, WORDS, Refusal
from dangol.members.importing import check
from dangol.members.row import MemberRow, checked
from dangol.profile.traits import told_by_page

TEXT = (Path(__file__).parents[2] / "docs" / "traits.md").read_text()


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return str(found)


@pytest.fixture
def definitions() -> Definitions:
    return load_yaml(block("yaml"))


@pytest.fixture
def site(definitions: Definitions) -> Site:
    return definitions.site


def test_every_type_is_declared_and_explained(site: Site) -> None:
    declared = {trait.type for trait in site.traits}
    assert (
        declared
        == set(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE))
        == {"number", "text", "boolean", "time", "list"}
    )


def test_the_row_that_a_server_tells_is_taken(site: Site) -> None:
    (row,) = json.loads(block("json"))["members"]
    kept = checked(MemberRow(**row), "", {trait.id: trait for trait in site.traits}, site).traits
    assert kept is not None
    assert kept.keys() == {trait.id for trait in site.traits}


def test_the_traits_that_a_page_tells_are_taken(site: Site) -> None:
    assert "dangol('trait', {size: 'M', interests: ['tea']})" in block("html")
    told = {"size": "M", "interests": ["tea"]}
    assert told_by_page(site, told) == told


def test_the_file_is_taken(site: Site) -> None:
    refusals: list[Refusal] = []
    checked = asyncio.run(check(io.BytesIO(block("csv").encode()), site, refusals.append, lambda position: None))
    assert (checked.rows, refusals) == (2, [])


def test_every_column_and_word_is_listed() -> None:
    words = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
    written = set(re.findall(r"`([^`]+)`", words))
    assert written >= {*FIELDS, *WORDS}
