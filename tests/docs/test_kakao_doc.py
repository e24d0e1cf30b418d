"""docs/kakao.md: what it shows is right, in both languages."""

import re
from pathlib import Path

import pytest
import yaml

from dangol.definitions import document
from dangol.fakes.accounts import Accounts
from dangol.fakes.environment import environment
from dangol.host.registry import Registry
from dangol_plugins.aligo import channel as aligo
from dangol_plugins.nhn import channel as nhn
from dangol_plugins.solapi import channel as solapi

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("kakao.md", "ko/kakao.md")
SITE = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://www.myshop.example"]}


@pytest.mark.parametrize("page", PAGES)
def test_the_senders_are_right(page: str) -> None:
    [shown] = re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
    made = document.check({"site": SITE, **yaml.safe_load(shown)}, "test", Registry.load())
    assert [each.use for each in made.senders] == ["solapi", "nhn", "aligo"]


@pytest.mark.parametrize("page", PAGES)
def test_the_variables_are_those_that_the_channels_read(page: str) -> None:
    named = set(re.findall(r"`((?:SOLAPI|NHN|ALIGO)_[A-Z_]+)`", (DOCS / page).read_text()))
    known = {name for name in environment(Accounts(), "http://x") if name.startswith(("SOLAPI", "NHN", "ALIGO"))}
    assert named - {"SOLAPI_OUTLET"} == known


@pytest.mark.parametrize("page", PAGES)
def test_the_sizes_of_images_are_those_of_the_code(page: str) -> None:
    sizes = {solapi.LARGEST["MMS"], nhn.LARGEST, aligo.LARGEST}
    assert {int(size) * 1000 for size in re.findall(r"(\d+) KB", (DOCS / page).read_text())} == sizes


def test_both_languages_tell_as_much() -> None:
    english, korean = ((DOCS / page).read_text() for page in PAGES)
    for pattern in (r"\b(?:SOLAPI|NHN|ALIGO)_[A-Z_]+", r"`[a-z_]+`"):
        assert set(re.findall(pattern, english)) == set(re.findall(pattern, korean))
    for mark in ("\n## ", "\n| ", "```"):
        assert english.count(mark) == korean.count(mark)
