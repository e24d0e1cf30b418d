"""What docs/experiments.md says of fields, numbers and definitions is what the code does."""

import re
from pathlib import Path

import pytest
import yaml
from loadtests.effects import CASES

from dangol.definitions import document
from dangol.effects import answer, ratio, sequence
from dangol.host.registry import Registry
from dangol.store import effects

ROOT = Path(__file__).parents[2]
PAGES = ["docs/experiments.md", "docs/ko/experiments.md"]
SITE = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://shop.example"]}


def text(page: str) -> str:
    return (ROOT / page).read_text()


@pytest.mark.parametrize("page", PAGES)
def test_the_campaign_that_is_shown_is_right(page: str, registry: Registry) -> None:
    shown, strip = re.findall(r"```yaml\n(.*?)```", text(page), re.DOTALL)
    segments = [{"id": name, "include": {"visits": {"gte": 1}}} for name in ("members", "mobile")]
    definitions = document.check({"site": SITE, "segments": segments, **yaml.safe_load(shown)}, page, registry)
    assert [variant.id for variant in definitions.campaigns[0].variants] == ["calm", "bold"]
    compared = document.check({"site": SITE, **yaml.safe_load(strip)}, page, registry)
    assert [variant.id for variant in compared.campaigns[0].variants] == ["together", "similar"]


@pytest.mark.parametrize("page", PAGES)
def test_every_field_that_is_told_is_named(page: str) -> None:
    named = set(re.findall(r"`(\w+)`", text(page)))
    assert set(answer.Arm.__struct_fields__) - {"arm", "name", "share", "shoppers"} <= named
    assert set(answer.Effect.__struct_fields__) <= named
    assert set(answer.StripArm.__struct_fields__) - {"arm", "name"} <= named
    assert set(answer.Recommended.__struct_fields__) - {"recommender"} <= named
    assert set(answer.StripComparison.__struct_fields__) - {"arm", "against"} <= named
    listed = {"arms", "together", "comparisons", "shares", "segments", "days", "sentences", "draw", "window"}
    assert listed <= named & set(answer.Report.__struct_fields__)


@pytest.mark.parametrize("page", PAGES)
def test_the_numbers_are_those_of_the_code(page: str) -> None:
    said = text(page)
    assert f"{sequence.TUNED:,}" in said
    assert f"{ratio.CONCENTRATION:,}" in said
    assert re.search(rf"\b{sequence.LEAST}(명| effective)", said)
    assert re.search(rf"\b{effects.KEPT // 86_400}(일| days)", said)
    assert f"{1 / ratio.ALARM:.0f}" in said


def test_both_languages_have_the_same_table() -> None:
    rows = [re.findall(r"\| (?:[\d.]+ / [\d.]+ ?% ?\|? ?)+", text(page)) for page in PAGES]
    english, korean = ([re.sub(r"[ %]", "", row) for row in page] for page in rows)
    assert english == korean
    assert len(english) == 11 < len(CASES)
