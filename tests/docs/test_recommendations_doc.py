"""The pages on recommendations: what they show is taken, and both languages say the same."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.conftest import SITE

from dangol.definitions import notation
from dangol.definitions.document import check
from dangol.host.registry import Registry
from dangol.recommend.question import Question

DOCS = Path(__file__).parents[2] / "docs"
TEXTS = {page: (DOCS / page).read_text() for page in ("recommendations.md", "ko/recommendations.md")}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("page", TEXTS)
def test_every_campaign_and_every_parameter_that_is_shown_is_taken(page: str) -> None:
    for block in blocks(TEXTS[page], "yaml"):
        shown: Any = notation.load(block)
        campaigns = shown.get("campaigns") or [{"id": "strip", "widget": {"use": "recommendation_strip", **shown}}]
        check({"site": SITE, "segments": [], "campaigns": campaigns}, registry=Registry.load())


@pytest.mark.parametrize("page", TEXTS)
def test_the_recommenders_are_those_that_there_are(page: str) -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", TEXTS[page], re.MULTILINE))
    assert told == {each.name for each in Registry.load().recommenders()}


@pytest.mark.parametrize("page", TEXTS)
def test_the_question_that_is_shown_can_be_asked(page: str) -> None:
    (asked,) = re.findall(r"-d '(\{.*?\})'", TEXTS[page])
    assert msgspec.json.decode(asked, type=Question).cart


def test_both_languages_say_the_same() -> None:
    def shape(text: str) -> list[int]:
        return [len(re.findall(mark, text, re.MULTILINE)) for mark in (r"^## ", r"^```", r"^\| ")]

    english, korean = TEXTS.values()
    assert shape(english) == shape(korean)
