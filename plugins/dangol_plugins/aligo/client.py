"""Calls to Aligo: forms, with the account's keys as fields."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

import httpx

from dangol_plugins import accounts, http
from dangol_plugins.http import Answer


class Host(NamedTuple):
    """One of Aligo's two hosts, and what it calls key and user."""

    home: str
    key: str
    user: str


TEXTS = Host("https://apis.aligo.in", "key", "user_id")
KAKAO = Host("https://kakaoapi.aligo.in", "apikey", "userid")


async def post(account: str, host: Host, path: str, form: Mapping[str, str], images: Sequence[bytes] = ()) -> Answer:
    """Raises `accounts.Unset`, `http.Unreached`, `http.Lost`."""
    own = {host.key: accounts.secret(account, "API_KEY"), host.user: accounts.secret(account, "USER_ID")}
    url = accounts.address(account, host.home) + path
    headers, content = encoded({**own, **form}, images)
    return await http.call("POST", url, headers=headers, content=content)


def encoded(form: Mapping[str, str], images: Sequence[bytes]) -> tuple[dict[str, str], bytes]:
    """Headers and body of a form, in parts where images go along."""
    if not images:
        return {"content-type": "application/x-www-form-urlencoded"}, urlencode(form).encode()
    files = {f"image{place}": (f"image{place}.jpg", image, "image/jpeg") for place, image in enumerate(images, 1)}
    request = httpx.Request("POST", "https://aligo.invalid/", data=dict(form), files=files)
    return {"content-type": request.headers["content-type"]}, request.read()
