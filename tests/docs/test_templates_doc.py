"""The handbooks of templates: their tables are the limits in force, and their examples are taken."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from dangol.definitions import document, notation
from dangol.messages import alimtalk, brand, buttons, mail, pushes, texts
from dangol.messages.handbook import BEGIN, END, renewed

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"en": DOCS / "templates.md", "ko": DOCS / "ko" / "templates.md"}


@pytest.mark.parametrize("language", PAGES)
def test_the_tables_are_current(language: str) -> None:
    page = PAGES[language].read_text("utf-8")
    told = "run python -m dangol.messages.handbook docs/templates.md docs/ko/templates.md"
    assert renewed(page, language) == page, told


@pytest.mark.parametrize("language", PAGES)
def test_every_limit_stands_in_them(language: str) -> None:
    page = PAGES[language].read_text("utf-8")
    tables = [
        texts.LIMITS,
        alimtalk.LIMITS,
        pushes.LIMITS,
        mail.LIMITS,
        *(each.limits for each in brand.SHAPES.values()),
    ]
    for path, limit in (row for table in tables for row in table.items()):
        line = rf"`{re.escape(path.partition(',')[0])}`[^\n]*{limit.most:,}"
        assert re.search(line, page), f"{path} {limit}"
    assert all(f"| `{kind}` |" in page for kind in buttons.RULES)


@pytest.mark.parametrize("language", PAGES)
def test_the_example_is_taken(language: str) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGES[language].read_text("utf-8"), re.DOTALL)
    site = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://shop.example"]}
    made = document.check({"site": site, **notation.load(example)})
    assert len(made.templates) == 5


def test_a_page_without_a_place_for_the_tables_is_refused() -> None:
    with pytest.raises(ValueError, match="has no lines"):
        renewed("# Templates", "en")


def test_the_pages_are_written_anew_by_a_command(tmp_path: Path) -> None:
    page = tmp_path / "ko" / "templates.md"
    page.parent.mkdir()
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    subprocess.run([sys.executable, "-m", "dangol.messages.handbook", str(page)], check=True)
    assert page.read_text("utf-8") == renewed(f"before\n{BEGIN}\n{END}\nafter\n", "ko")
