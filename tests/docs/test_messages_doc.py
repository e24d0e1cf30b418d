"""What docs/messages.md shows is right, in both languages."""

import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from dangol.definitions import document, notation
from dangol.definitions.model import Notice
from dangol.host.registry import Registry
from dangol.members.consents import What, told
from dangol.messages.push import State
from dangol.profile.subscriptions import CHANNELS
from dangol.web.consents import Consents
from dangol.web.notices import Notices
from dangol.web.shop_rows import PushRow

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = ("messages.md", "ko/messages.md")
SITE = {"id": "shop", "key": "pk_shop_2026", "name": "Shop", "origins": ["https://shop.example"]}
REST: dict[str, Any] = {
    "contact": {"company": "온기", "contact": "1588-0000", "opt_out": "080-123-4567"},
    "segments": [
        {"id": "left-in-cart", "include": {"cart_count": {"gte": 1}}},
        {"id": "regulars", "include": {"orders": {"gte": 3}}},
    ],
}
OTHERS = [
    {"kind": "text", "id": "cart", "text": "{name|고객}님, 담아 두신 상품이 기다려요."},
    {"kind": "brand", "id": "friday", "bubble": "TEXT", "text": "이번 주 새 상품이에요."},
    {"kind": "text", "id": "friday-text", "text": "이번 주 새 상품이에요."},
]


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_the_definitions_shown_are_right(page: str) -> None:
    shown: dict[str, Any] = {**REST, "site": SITE}
    for block in blocks(page, "yaml"):
        shown |= notation.load(block)
    shown["templates"] = [*shown["templates"], *OTHERS]
    made = document.check(shown, page, Registry.load())
    assert [each.id for each in made.campaigns] == ["cart-reminder", "friday", "paid"]


@pytest.mark.parametrize("page", PAGES)
def test_the_bodies_shown_are_such(page: str) -> None:
    notices, push, consents = blocks(page, "json")
    [notice] = msgspec.json.decode(notices, type=Notices).notices
    assert (notice.notice, notice.name) == ("shipped", "하늘")
    assert msgspec.json.decode(push, type=PushRow).template == "paid"
    [consent] = msgspec.json.decode(consents, type=Consents).consents
    assert told(consent, "", consent.at.timestamp())


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("names", [get_args(Notice)[1:], get_args(What), CHANNELS])
def test_every_name_that_a_shop_tells_is_there(page: str, names: tuple[str, ...]) -> None:
    text = (DOCS / page).read_text()
    assert [name for name in names if f"`{name}`" not in text] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_state_is_told(page: str) -> None:
    text = (DOCS / page).read_text()
    assert all(re.search(rf"^\|.*\b{state}\b", text, re.MULTILINE) for state in get_args(State))
