"""Calls to NHN Cloud."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from dangol_plugins import accounts, http
from dangol_plugins.http import Answer
from dangol_plugins.nhn.services import SERVICES, UPLOAD, Service


def once(keys: Sequence[str]) -> str:
    """The idempotency key of a batch: the same for the same requests, in whatever order, and however often they are
    tried. NHN refuses a second call with it for ten minutes, so that nothing goes twice even where a worker that was
    taken for dead sends after all."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:40]


async def post(account: str, service: Service, body: Mapping[str, Any], keys: Sequence[str]) -> Answer:
    """Raises `accounts.Unset`, `http.Unreached`, `http.Lost`."""
    more = {"x-nc-api-idempotency-key": once(keys)} if service.once else {}
    return await _call(account, service, "POST", service.send, more, msgspec.json.encode(body))


async def get(account: str, service: Service, query: Mapping[str, str]) -> Answer:
    """The same."""
    return await _call(account, service, "GET", f"{service.lists}?{urlencode(query, quote_via=quote)}", {})


async def upload(account: str, image: bytes) -> Answer:
    """Give NHN Cloud a JPEG to keep for texts. The same."""
    body = {"fileName": "image.jpg", "createUser": "dangol", "fileBody": base64.b64encode(image).decode()}
    return await _call(account, SERVICES["mms"], "POST", UPLOAD, {}, msgspec.json.encode(body))


async def _call(
    account: str, service: Service, method: str, path: str, more: Mapping[str, str], content: bytes = b""
) -> Answer:
    app, secret = accounts.secret(account, service.app), accounts.secret(account, service.secret)
    headers = {"x-secret-key": secret, "content-type": "application/json;charset=UTF-8", **more}
    url = accounts.address(account, service.home) + path.replace("{app}", quote(app, safe=""))
    return await http.call(method, url, headers=headers, content=content)
