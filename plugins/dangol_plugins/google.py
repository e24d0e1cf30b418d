"""Access to Google's services for a service account (RFC 7523; Google's "OAuth 2.0 for server to server")."""

import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import jwt
import msgspec
from msgspec import Struct

from dangol_plugins.accounts import Unset, document
from dangol_plugins.http import Lost, call

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFE = 3600
EARLY = 300.0
"""Seconds before its end at which a token is renewed."""


class Denied(Exception):
    """Google gives this account no token."""


class Credentials(Struct, frozen=True):
    """What is needed of a service account's file. It shows nobody its key."""

    project: str = msgspec.field(name="project_id")
    email: str = msgspec.field(name="client_email")
    key: str = msgspec.field(name="private_key")
    id: str = msgspec.field(name="private_key_id", default="")
    address: str = msgspec.field(name="token_uri", default="https://oauth2.googleapis.com/token")

    def __repr__(self) -> str:
        return f"Credentials({self.project})"


class Granted(Struct):
    """Google's answer."""

    access_token: str
    expires_in: int = LIFE


@dataclass
class Access:
    """The token of an account, kept until shortly before its end."""

    account: str
    _token: str = field(default="", repr=False)
    _until: float = 0.0

    def credentials(self) -> Credentials:
        """Those of the environment. Raises `Unset`."""
        try:
            return msgspec.json.decode(document(self.account, "CREDENTIALS"), type=Credentials)
        except msgspec.DecodeError:  # what it says may have a part of the key
            raise Unset(f"the environment variable {self.account}_CREDENTIALS is no service account's JSON") from None

    async def token(self) -> str:
        """Raises `Unset`, `Denied`, and `Unreached` and `Lost` where Google can't be asked."""
        if not self._token or time.time() >= self._until:
            granted = await self._ask()
            self._token, self._until = granted.access_token, time.time() + granted.expires_in - EARLY
        return self._token

    def forget(self) -> None:
        """The token is not taken any more."""
        self._token = ""

    async def _ask(self) -> Granted:
        own, now = self.credentials(), int(time.time())
        claims = {"iss": own.email, "scope": SCOPE, "aud": own.address, "iat": now, "exp": now + LIFE}
        try:
            assertion = jwt.encode(claims, own.key, "RS256", {"kid": own.id} if own.id else None)
        except (ValueError, TypeError, jwt.PyJWTError):
            raise Unset(f"the environment variable {self.account}_CREDENTIALS has no private key of RSA") from None
        body = urlencode({"grant_type": GRANT, "assertion": assertion}).encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = await call("POST", own.address, headers=headers, content=body)
        if answer.status >= 500:
            raise Lost(f"Google answered {answer.status}")
        if answer.status != 200:
            raise Denied(f"Google gives {self.account} no access token ({answer.status})")
        return answer.read(Granted)
