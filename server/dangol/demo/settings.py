"""What the demo shop has to know to be a shop in front of a dangol."""

import ssl
from dataclasses import dataclass
from functools import cache

import httpx

ONCE = {"Connection": "close"}
"""A connection for each call: one that was kept may be closed by the server in the moment it is used again."""


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """Addresses have no slash at their end. `base_url` is the shop's own: its pages live there and nowhere else. At
    `phone_url` is the page that shows what the fake providers got."""

    dangol_url: str
    site_key: str
    identity_secret: str
    server_key: str
    base_url: str
    admin_key: str = ""
    phone_url: str = ""

    def api(self, key: str, seconds: float) -> httpx.AsyncClient:
        """A client for dangol's HTTP API with this key, which waits so long for an answer."""
        headers = {"Authorization": f"Bearer {key}", **ONCE}
        return httpx.AsyncClient(
            base_url=self.dangol_url, headers=headers, timeout=seconds, verify=_tls(), trust_env=False
        )


@cache
def _tls() -> ssl.SSLContext:
    """Made once: reading the certificates that are trusted takes 20 ms."""
    return httpx.create_ssl_context(trust_env=False)
