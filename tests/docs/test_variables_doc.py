"""docs/variables.md and its Korean version: every example reads as they say, and every word of the language is told."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dangol.definitions.document import load_yaml
from dangol.definitions.model import Site, Trait
from dangol.host.registry import Registry
from dangol.plugin import Product, Request
from dangol.profile.model import Coupon, Line, Member, Profile
from dangol.render.formats import FORMATS
from dangol.render.links import address, rules_of
from dangol.render.money import CURRENCIES, money
from dangol.render.proof import problems
from dangol.render.variables import VARIABLES, kinds
from dangol.render.view import PageView
from dangol.segments.words.korean import PAIRS

DOCS = Path(__file__).parents[2] / "docs"
TEXTS = {"en": (DOCS / "variables.md").read_text(), "ko": (DOCS / "ko" / "variables.md").read_text()}
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC).timestamp()
ENDS = int(datetime(2026, 11, 30, 9, tzinfo=UTC).timestamp())
SIZE = Trait("size", "", "text")


def rows(language: str) -> list[tuple[str, str]]:
    """What is written, and what is read."""
    table = TEXTS[language].partition("\n## ")[0]
    return [
        (text.replace("\\|", "|"), read) for text, read in re.findall(r"^\| `(.+)` \| (.*) \|$", table, re.MULTILINE)
    ]


def seen(language: str) -> PageView:
    """The shopper whom the pages speak of."""
    korean = language == "ko"
    name, coupon, mug = ("김단골", "차 마시는 날", "머그컵") if korean else ("Dana", "Tea day", "Mug")
    member = Member("m", name=name, coupons=[Coupon("T", coupon, ENDS)], traits={"size": "M"})
    price = 12_000 if korean else 1_200
    profile = Profile(member=member, cart=[Line("1", price, 3, 0)], orders=2)
    currency, zone = ("KRW", "Asia/Seoul") if korean else ("GBP", "Europe/London")
    site = Site("s", "abcdefgh", "S", ["https://s.example"], currency, zone, traits=[SIZE])  # type: ignore[arg-type]

    async def nothing(_: Any) -> list[Any]:
        return []

    return PageView(site, profile, Request(NOW, verified=True), language, nothing, Product("1", mug, 9_000))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_example_is_right_and_reads_as_the_page_says(language: str) -> None:
    assert len(rows(language)) >= 8
    for text, read in rows(language):
        assert problems(text, kinds([SIZE])) == []
        assert seen(language).text(text) == read


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_variable_format_and_particle_is_told(language: str) -> None:
    written = set(re.findall(r"`([^`]+)`", TEXTS[language]))
    assert written >= VARIABLES.keys() | {format for formats in FORMATS.values() for format in formats}
    assert written >= {"{" + "/".join(pair) + "}" for pair in PAIRS.values()}


def test_the_kinds_are_those_that_the_table_tells() -> None:
    table = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| .* \| (\w+)(?:, \w+)? \|$", TEXTS["en"], re.MULTILINE)
    told = {name: kind for names, kind in table for name in re.findall(r"\w+", names)}
    assert told == {name: each.kind for name, each in VARIABLES.items()}


def test_money_is_written_as_the_table_tells() -> None:
    table = re.findall(r"^\| ([A-Z]{3}) \| (\S+) \| (\S+) \|$", TEXTS["en"], re.MULTILINE)
    amounts = {"KRW": 12_000}
    assert [row[0] for row in table] == list(CURRENCIES)
    for currency, korean, english in table:
        minor = amounts.get(currency, 1200)
        assert (money(minor, currency, "ko"), money(minor, currency, "en")) == (korean, english)


def test_the_links_that_the_page_shows_are_led_so() -> None:
    (yaml,) = re.findall(r"```yaml\n(.*?)```", TEXTS["en"], re.DOTALL)
    definitions = load_yaml(yaml, "variables.md", Registry.load())
    rules = rules_of(definitions.campaigns[0], definitions.site, is_logged_in=False)
    assert rules is not None
    assert f"`{address('/coupons?tab=new#tea', rules)}`" in TEXTS["en"]
