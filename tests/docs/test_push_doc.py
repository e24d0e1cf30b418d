"""docs/push.md: what it shows is right, in both languages."""

import re
from pathlib import Path

import pytest
import yaml

from dangol.definitions import document
from dangol.host.registry import Registry

DOCS = Path(__file__).parents[2] / "docs"
SITE = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://www.myshop.example"], "language": "en"}


@pytest.mark.parametrize("page", ["push.md", "ko/push.md"])
def test_the_senders_and_templates_are_right(page: str) -> None:
    [shown] = re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
    made = document.check(
        {"site": SITE, "contact": {"company": "Our shop"}, **yaml.safe_load(shown)}, "test", Registry.load()
    )
    assert [each.use for each in made.senders] == ["fcm", "apns", "webpush", "smtp"]
    assert [type(each).__name__ for each in made.templates] == ["PushTemplate", "EmailTemplate"]


def test_both_languages_name_the_same_variables_and_tell_as_much() -> None:
    english, korean = ((DOCS / page).read_text() for page in ("push.md", "ko/push.md"))
    for pattern in (
        r"\b(?:FCM|APNS|WEBPUSH|SMTP|DANGOL)_[A-Z_]+",
        r"/v1/[a-z/.-]+",
        r"`(?:bad_address|account|content)`",
    ):
        assert set(re.findall(pattern, english)) == set(re.findall(pattern, korean))
    for mark in ("\n## ", "\n| ", "\n* ", "```"):
        assert english.count(mark) == korean.count(mark)
