"""Signed calls to SOLAPI."""

import base64
import hmac
import secrets
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import msgspec

from dangol_plugins import accounts, http
from dangol_plugins.http import Answer

HOME = "https://api.solapi.com"


def authorization(key: str, secret: str, now: float, salt: str) -> str:
    """The header, after https://developers.solapi.dev/references/authentication/api-key: HMAC-SHA256 in hex over date
    and salt. SOLAPI refuses a date that is 15 minutes off, and a salt that comes twice."""
    date = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    signature = hmac.new(secret.encode(), (date + salt).encode(), "sha256").hexdigest()
    return f"HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={signature}"


async def post(account: str, path: str, body: object) -> Answer:
    """Raises `accounts.Unset`, `http.Unreached`, `http.Lost`."""
    return await _call(account, "POST", path, msgspec.json.encode(body))


async def get(account: str, path: str, query: Mapping[str, str | Sequence[str]]) -> Answer:
    """The same; of a list each is sent."""
    return await _call(account, "GET", f"{path}?{urlencode(query, doseq=True, quote_via=quote)}")


async def upload(account: str, kind: str, image: bytes) -> Answer:
    """Give SOLAPI an image to keep (`POST /storage/v1/files`). `kind` says what for, such as MMS."""
    return await post(account, "/storage/v1/files", {"file": base64.b64encode(image).decode(), "type": kind})


async def _call(account: str, method: str, path: str, content: bytes = b"") -> Answer:
    key, secret = accounts.secret(account, "API_KEY"), accounts.secret(account, "API_SECRET")
    headers = {
        "authorization": authorization(key, secret, time.time(), secrets.token_hex(16)),
        "content-type": "application/json",
    }
    return await http.call(method, accounts.address(account, HOME) + path, headers=headers, content=content)
