"""Commands of dangol's own beside the server."""

from typing import Any

import pytest

from dangol.errors import Unavailable
from dangol.web.beside import environment, run

pytestmark = pytest.mark.anyio

REHEARSE = ["rehearse", "-", "--from-json"]


async def test_one_that_takes_too_long_is_ended(house: Any) -> None:
    with pytest.raises(Unavailable, match=r"more than 0\.01 s; ask for less"):
        await run(house, REHEARSE, b"{}", 0.01, "ask for less")


async def test_one_that_fails_is_told_and_its_words_are_logged(house: Any, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unavailable, match="the log says why"):
        await run(house, REHEARSE, b"{", 60, "")
    assert "is not JSON" in caplog.text


async def test_it_works_on_the_servers_store_with_its_settings(house: Any) -> None:
    given = environment(house)
    assert given["DANGOL_REDIS_URL"] == house.link.url
    assert given["DANGOL_SECRET"] == house.settings.secret
    assert given["DANGOL_ALLOW_PRIVATE_WEBHOOKS"] == "false"
