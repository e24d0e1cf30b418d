"""docs/privacy.md and its Korean version: what they tell of storage, cookies and proxies is what the code does."""

import re
from pathlib import Path

import pytest

from dangol.protocol.personal import NAMES
from dangol.settings import Settings
from dangol.store import orders, salts, tallies
from dangol.web import cookie

ROOT = Path(__file__).parents[2]
TEXTS = {
    language: (ROOT / "docs" / folder / "privacy.md").read_text() for language, folder in (("en", ""), ("ko", "ko"))
}


def test_the_nginx_configuration_is_the_one_that_is_tested() -> None:
    (shown,) = re.findall(r"```nginx\n(.*?)```", TEXTS["en"], re.DOTALL)
    assert shown == (ROOT / "docs/examples/nginx.conf").read_text()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_everything_that_the_snippet_stores_is_told(language: str) -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "snippet/src").rglob("*.ts"))
    stored = set(re.findall(r'"(dg\.[a-z.]+)"', sources)) - {"dg."}
    assert stored >= {"dg.v", "dg.c", "dg.e."}
    told = {name.rstrip("…") for name in re.findall(r"`(dg\.[a-z]{1,2}\.?…?)`", TEXTS[language])}
    assert told == stored


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_lifetimes_are_those_of_the_code(language: str) -> None:
    text, settings = TEXTS[language], Settings()
    days = (settings.retention_days, settings.push_days, orders.SECONDS // 86_400, cookie.DAYS)
    hours = (int(settings.log_hours), salts.SECONDS // 3600, tallies.MINUTES // 60)
    assert days == (400, 90, 180, 400)
    for number in (*days, *hours):
        assert re.search(rf"\b{number}(?!\d)", text)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_names_of_parameters_that_are_told_are_cut(language: str) -> None:
    told = {"email", "phone", "tel", "name", "token", "password", "session"}
    assert told <= NAMES
    assert told <= set(re.findall(r"`([a-z]+)`", TEXTS[language]))
