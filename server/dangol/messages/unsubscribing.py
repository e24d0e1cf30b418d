"""Addresses that end a consent: ``https://links.shop.example/u/<code>``. Pure.

A code is the channel's initial, the recipient's profile id, or for a guest the key of the request in whose message it
stands, and a MAC over both under the site's key. It tells nobody who that is, and never lapses: mail is read late.
"""

import hmac
import re
from typing import NamedTuple

from dangol.messages.push import Push
from dangol.protocol.tokens import MAC_BYTES, Keys, encoded

PATH = "/u/"
INITIALS = {"s": "sms", "k": "kakao", "p": "push", "e": "email"}
CODE = re.compile(r"([skpe])(?:([vma][A-Za-z0-9_-]{15})|([A-Za-z0-9_-]{12}))([A-Za-z0-9_-]{16})")


class Code(NamedTuple):
    """A code taken apart: whose consent to what, by `profile` or by the `key` of a request to a guest."""

    channel: str
    profile: str
    key: str
    mac: str


def address(base: str, keys: Keys, channel: str, push: Push) -> str:
    """Where the recipient of a message ends the consent for its channel; "" where the server has no public address."""
    if not base:
        return ""
    who = channel[0] + (push.profile or push.key)
    return f"{base}{PATH}{who}{_mac(keys, who)}"


def parsed(code: str) -> Code | None:
    """The parts of a code; None for what can't be one."""
    found = CODE.fullmatch(code)
    return Code(INITIALS[found[1]], found[2] or "", found[3] or "", found[4]) if found else None


def is_genuine(keys: Keys, code: Code) -> bool:
    """Whether the site has made this code; takes the same time for every answer."""
    return hmac.compare_digest(code.mac, _mac(keys, code.channel[0] + (code.profile or code.key)))


def masked(channel: str, address: str) -> str:
    """An address that whoever has it knows again and nobody else can use: ``010-****-5678``, ``k***@mail.example``."""
    if channel == "email":
        name, _, domain = address.rpartition("@")
        return f"{name[:1]}***@{domain}" if name else ""
    if channel == "push" or len(address) < 8:
        return ""
    return f"{address[:3]}-****-{address[-4:]}"


def _mac(keys: Keys, who: str) -> str:
    return encoded(hmac.digest(keys.unsubscribe, who.encode(), "sha256")[:MAC_BYTES])
