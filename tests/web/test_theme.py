"""The site's theme travels with what it dresses."""

from typing import Any

import pytest
from tests.conftest import Define, NewHouse, Open
from tests.web.conftest import Browser

pytestmark = pytest.mark.anyio
HELLO = {"id": "hello", "widget": {"use": "popcorn", "params": {"title": "Hi"}}, "holdout": 0}


@pytest.mark.parametrize(
    ("theme", "told"),
    [
        ({}, None),
        ({"color": "#0a7d4f"}, {"--dg-color": "#0a7d4f", "--dg-tint": "light-dark(#0a7d4f, #3b9772)"}),
        ({"radius": 0, "scheme": "dark"}, {"--dg-radius": "0px", "--dg-control": "0px", "--dg-scheme": "dark"}),
    ],
)
async def test_an_answer_with_a_widget_has_the_theme_where_it_is_no_ordinary_one(
    new_house: NewHouse, opened: Open, define: Define, event: Any, theme: dict[str, Any], told: dict[str, str] | None
) -> None:
    browser = Browser(await opened(new_house(define([], [HELLO], theme=theme))))
    assert (await browser.send(event())).json().get("theme") == told
    assert "theme" not in (await browser.send(event("search", search_term="tea"), open=["hello"])).json()
    await browser.http.aclose()
