"""Buttons and quick replies of KakaoTalk messages: what each kind leads to. Pure.

NHN Cloud alimtalk-api-guide.md and friendtalkupgrade-api-guide.md; SOLAPI bmsButton.ts. A parcel's button (DS) reads
the courier and the invoice number out of the text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from dangol.definitions.templates import Button
from dangol.errors import Problem
from dangol.messages.limits import VARIABLE

ADD_CHANNEL = "채널 추가"
PHONE_NAMES = ("전화 연결", "고객센터 연결", "상담원 연결")
LINKS = ("mobile", "pc", "android", "ios")
CHAT = ("extra",)

WEB = re.compile(r"https?://[^\s\\/?#]++[^\s\\]*+|/(?![/\\])[^\s\\]*", re.IGNORECASE)
SCHEME = re.compile(
    r"(?!(?:javascript|data|vbscript|file):)[a-z][a-z0-9+.-]*:[^\s\\]+|/(?![/\\])[^\s\\]*", re.IGNORECASE
)
PHONE = re.compile(r"\+?[0-9][0-9-]{2,18}")
INVOICE = re.compile(r"[0-9][0-9-]{7,}")


class Rule(NamedTuple):
    """Which fields a kind of button needs (`least` of `one_of`, where that is given), and which it may have."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    least: int = 0


RULES: Mapping[str, Rule] = {
    "WL": Rule(("mobile",), ("pc",)),
    "AL": Rule((), ("pc",), ("android", "ios", "mobile"), 2),
    "DS": Rule(),
    "BK": Rule((), CHAT),
    "MD": Rule((), CHAT),
    "BC": Rule((), CHAT),
    "BT": Rule((), CHAT),
    "AC": Rule(),
    "BF": Rule((), CHAT),
    "TN": Rule(("phone",)),
    "P1": Rule((), CHAT),
    "P2": Rule((), CHAT),
    "P3": Rule((), (*CHAT, "mobile")),
}
REPLIES = ("WL", "AL", "BK", "BC", "BT", "BF")
BRAND = ("WL", "AL", "BK", "MD", "AC", "BC", "BT", "BF")
ALIMTALK = tuple(RULES)


def problems(buttons: Sequence[Button], where: str, kinds: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with each of the buttons, which may be of these `kinds`."""
    for number, button in enumerate(buttons):
        at = f"{where}[{number}]"
        if button.kind not in kinds:
            yield Problem(f"{at}.kind", button.kind, f"one of {', '.join(kinds)}, which may stand here")
            continue
        yield from _field_problems(button, RULES[button.kind], at)
        yield from _name_problems(button, at)
        yield from link_problems(button, f"{at}.")
        if button.phone and not (PHONE.fullmatch(button.phone) or VARIABLE.search(button.phone)):
            yield Problem(f"{at}.phone", button.phone, "a phone number such as 02-123-4567")


def _field_problems(button: Button, rule: Rule, at: str) -> Iterator[Problem]:
    for name in rule.needs:
        if not getattr(button, name):
            yield Problem(f"{at}.{name}", "", f"given: a {button.kind} button needs it")
    given = sum(bool(getattr(button, name)) for name in rule.one_of)
    if given < rule.least:
        yield Problem(at, f"{given} of them", f"a button with at least {rule.least} of {', '.join(rule.one_of)}")
    for name in (*LINKS, "phone", "extra"):
        if getattr(button, name) and name not in (*rule.needs, *rule.may, *rule.one_of):
            yield Problem(f"{at}.{name}", getattr(button, name), f"left out: a {button.kind} button has none")


def _name_problems(button: Button, at: str) -> Iterator[Problem]:
    name = str(button.name)
    if not name.strip():
        yield Problem(f"{at}.name", name, "given: a button has a name")
    elif button.kind == "AC" and name != ADD_CHANNEL:
        yield Problem(f"{at}.name", name, f"{ADD_CHANNEL}, as KakaoTalk calls it")
    elif button.kind == "TN" and name not in PHONE_NAMES:
        yield Problem(f"{at}.name", name, f"one of {', '.join(PHONE_NAMES)}")


def link_problems(part: Struct, where: str, most: int = 1000) -> Iterator[Problem]:
    """What is wrong with where a part of a message leads. Variables stand for anything but the scheme of an address."""
    for name in LINKS:
        address = getattr(part, name)
        if address:
            yield from address_problems(f"{where}{name}", address, most, name in ("mobile", "pc"))


def address_problems(where: str, address: str, most: int = 1000, is_web: bool = True) -> Iterator[Problem]:
    """What is wrong with one address; `is_web` where no app's own scheme is taken."""
    if len(address) > most:
        yield Problem(where, f"{len(address):,} characters", f"at most {most:,} characters")
    plain = VARIABLE.sub("x", address)
    shape, expected = (WEB, "an http(s) address") if is_web else (SCHEME, "an address with an app's or web scheme")
    if not shape.fullmatch(plain) and not VARIABLE.match(address):
        yield Problem(where, address, expected)


def channel_problems(buttons: Sequence[Button], where: str, allowed: str, place: int) -> Iterator[Problem]:
    """The button that adds the channel: once, at its `place`; `allowed` tells why not, where it may not be."""
    found = [number for number, button in enumerate(buttons) if button.kind == "AC"]
    for number in found:
        at = f"{where}[{number}].kind"
        if allowed:
            yield Problem(at, "AC", f"left out: {allowed}")
        elif number != found[0]:
            yield Problem(at, "AC", "a button that stands there once")
        elif number != place and not (place and len(buttons) == 1):
            yield Problem(at, "AC", f"the {'first' if place == 0 else 'second'} button")


def parcel_problems(buttons: Sequence[Button], text: str) -> Iterator[Problem]:
    """A parcel's button finds the courier and the invoice number in the text."""
    if any(button.kind == "DS" for button in buttons) and not (INVOICE.search(text) or VARIABLE.search(text)):
        yield Problem("text", text, "a text with the courier and the invoice number, which the DS button reads there")
