"""The one cookie: which shopper a browser is. The server sets it, so that browsers keep it longer than a script's, and
scripts can't read it. At most 64 bytes."""

from functools import lru_cache
from urllib.parse import urlsplit

DAYS = 400
"""The most that browsers keep a cookie (RFC 6265bis)."""

LONGEST_NAME = 30  # and `=` and the 33 characters of a token

Header = tuple[bytes, bytes]


@lru_cache(1024)
def name_of(site: str) -> str:
    """The cookie's name. Of two sites that begin with the same 27 characters each refuses the other's token."""
    return f"dg_{site}"[:LONGEST_NAME]


def read(header: bytes, name: str) -> str:
    """The value in a Cookie header; "" for none. The shop's other cookies may be of any form."""
    for pair in header.decode("latin-1").split(";"):
        given, _, value = pair.partition("=")
        if given.strip() == name:
            return value.strip()
    return ""


def keep(name: str, token: str, is_secure: bool, is_same_site: bool) -> Header:
    """Makes the browser keep the token, or forget the one that it has where `token` is empty."""
    seconds = DAYS * 86_400 if token else 0
    return b"set-cookie", f"{name}={token}{_attributes(seconds, is_secure, is_same_site)}".encode()


@lru_cache(64)
def _attributes(seconds: int, is_secure: bool, is_same_site: bool) -> str:
    """Only over https can a shop on another site have the cookie sent along, and only there must it be allowed to."""
    same_site = "Lax" if is_same_site or not is_secure else "None"
    return f"; Path=/; Max-Age={seconds}; HttpOnly; SameSite={same_site}" + ("; Secure" if is_secure else "")


def is_same_site(headers: dict[bytes, bytes], origin: str) -> bool:
    """Whether the page and this server are of one site, as the browser tells; one that does not tell (Safari before
    16.4) is asked for the same host."""
    told = headers.get(b"sec-fetch-site")
    if told is not None:
        return told in (b"same-origin", b"same-site")
    return urlsplit(origin).netloc == headers.get(b"host", b"").decode("latin-1")
