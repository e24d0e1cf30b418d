"""The signed word in a preview's link: who has it sees the preview, at its site and until its time. Pure but for the
randomness of new ids.

A token is `<id>.<signature>`, 47 characters, and the id begins with the unix second of its end. The page may add `~`
and the id of the variant that it wants to see.
"""

import hmac
import re
import secrets
from typing import NamedTuple

from dangol.protocol.tokens import Keys, encoded

ID = re.compile(r"[0-9a-f]{8}[A-Za-z0-9_-]{16}")
RANDOM_BYTES = 12
MAC_BYTES = 16
PARAMETER = "dg_preview"
"""Of the page's address."""


class Ticket(NamedTuple):
    """A token that was ours: the preview's id, its end (unix seconds) and the variant wished for, or empty."""

    id: str
    until: int
    variant: str = ""


def new_id(until: int) -> str:
    """For a preview that ends then, unix seconds."""
    return f"{until:08x}{encoded(secrets.token_bytes(RANDOM_BYTES))}"


def sign(keys: Keys, id: str) -> str:
    """The token of a preview."""
    return f"{id}.{_mac(keys, id)}"


def read(keys: Keys, token: str) -> Ticket | None:
    """None for a token that was not signed for this site. Its end is for the caller to check."""
    signed, _, variant = token.partition("~")
    id, _, mac = signed.partition(".")
    if not ID.fullmatch(id) or not hmac.compare_digest(mac.encode(errors="replace"), _mac(keys, id).encode()):
        return None
    return Ticket(id, int(id[:8], 16), variant)


def _mac(keys: Keys, id: str) -> str:
    return encoded(hmac.digest(keys.preview, id.encode(), "sha256")[:MAC_BYTES])
