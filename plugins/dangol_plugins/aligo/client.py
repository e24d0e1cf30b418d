"""Calls to Aligo: forms, with the account's keys as fields."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from dangol_plugins import accounts, http
from dangol_plugins.http import Answer


class Host(NamedTuple):
    """One of Aligo's two hosts, and what it calls key and user."""

    home: str
    key: str
    user: str


TEXTS = Host("https://apis.aligo.in", "key", "user_id")
KAKAO = Host("https://kakaoapi.aligo.in", "apikey", "userid")


async def post(account: str, host: Host, path: str, form: Mapping[str, str]) -> Answer:
    """Raises `accounts.Unset`, `http.Unreached`, `http.Lost`."""
    own = {host.key: accounts.secret(account, "API_KEY"), host.user: accounts.secret(account, "USER_ID")}
    headers = {"content-type": "application/x-www-form-urlencoded"}
    url = accounts.address(account, host.home) + path
    return await http.call("POST", url, headers=headers, content=urlencode({**own, **form}).encode())
