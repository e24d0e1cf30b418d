"""What the senders of the Korean channels may say."""

from typing import Any

import msgspec
import pytest

from dangol.plugin import Channel
from dangol_plugins.aligo import Aligo
from dangol_plugins.nhn import Nhn
from dangol_plugins.shapes import words
from dangol_plugins.solapi import Solapi

CHANNELS: list[type[Channel]] = [Solapi, Nhn, Aligo]


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda each: each.name)
@pytest.mark.parametrize(
    "wrong",
    [
        {"account": "DANGOL"},
        {"account": "PATH"},
        {"account": "solapi"},
        {"number": "02-1234-5678"},
        {"number": "0212345678\n"},
        {"profile": "KA 01"},
        {"secret": "key"},
    ],
)
def test_no_sender_names_another_variable_or_says_a_secret(channel: type[Channel], wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, channel.Params)


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda each: each.name)
def test_a_second_account_has_a_name_of_its_own(channel: type[Channel]) -> None:
    params: Any = msgspec.convert({"account": f"{channel.name.upper()}_OUTLET"}, channel.Params)
    assert params.account.endswith("_OUTLET")


def test_a_template_that_was_not_filled_says_one_of_its_languages() -> None:
    assert words("안녕") == "안녕"
    assert words({"ko": "안녕", "en": "Hello"}) == "안녕"
    assert words({}) == ""
