"""The page on installing, in both languages: its links lead somewhere, and it tells of every event that is read."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["docs/install.md", "docs/ko/install.md"]
EVENTS = (ROOT / "snippet/src/malls/event.ts").read_text().partition("NAMES")[2].partition("};")[0]


def text(page: str) -> str:
    return (ROOT / page).read_text()


def anchors(page: str) -> set[str]:
    """The headings of a page as links to them are written."""
    headings = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_page_and_a_heading(page: str) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text(page)):
        path, _, anchor = link.partition("#")
        target = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert target.exists(), link
        assert not anchor or anchor in anchors(str(target.relative_to(ROOT))), link


@pytest.mark.parametrize("page", PAGES)
def test_every_event_that_is_read_can_be_told_explicitly(page: str) -> None:
    events = set(re.findall(r"^  (\w+): \[", EVENTS, re.MULTILINE))
    assert len(events) == 14
    told = text(page).partition("dangol('track'")[2]
    assert events <= set(re.findall(r"['`](\w+)['`]", told))


def test_both_languages_have_the_same_parts_and_the_same_code() -> None:
    english, korean = map(text, PAGES)
    shape = [re.findall(r"^(#+) ", page, re.MULTILINE) for page in (english, korean)]
    assert shape[0] == shape[1]
    assert blocks(english) == blocks(korean.replace("공개 키", "public key"))


def blocks(page: str) -> list[str]:
    return re.findall(r"```html\n(.*?)```", page, re.DOTALL)
