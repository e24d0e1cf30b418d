"""The channel that only logs."""

import logging

import pytest

from dangol.plugin import PushRequest, Receipt
from dangol_plugins.log import Log

pytestmark = pytest.mark.anyio


async def test_one_line_without_personal_values(caplog: pytest.LogCaptureFixture) -> None:
    request = PushRequest("k1", "shop", "welcome", "member-9", {"phone": "01012345678"}, {"name": "김단골"})
    with caplog.at_level(logging.INFO, "dangol.channel.log"):
        assert await Log().send(Log.Params(), request) == Receipt("accepted")
    [line] = caplog.messages
    assert "k1" in line
    assert "phone" in line
    assert not any(value in line for value in ("01012345678", "김단골", "member-9"))


async def test_a_cause_cannot_forge_a_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "dangol.channel.log"):
        await Log().send(Log.Params(), PushRequest("k", "s", "a\nERROR forged", "m"))
    assert "\n" not in caplog.messages[0]
