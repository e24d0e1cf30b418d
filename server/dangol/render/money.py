"""Money: minor units inside, decimal units at the door, the shop's way of writing on the page."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from dangol.errors import Invalid, Problem

MOST = 10**12
"""The largest amount either side of zero, in minor units."""

PLAIN_NUMBER = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,9})?")


class Money(int):
    """An amount in minor units."""


class Currency(NamedTuple):
    """`digits` after the decimal point (ISO 4217), the sign that stands in front of the amount, and the word that
    Korean has behind it instead."""

    digits: int
    sign: str
    korean: str = ""


CURRENCIES = {
    "KRW": Currency(0, "₩", "원"),
    "JPY": Currency(0, "¥", "엔"),
    "USD": Currency(2, "$"),
    "EUR": Currency(2, "€"),
    "GBP": Currency(2, "£"),
}


def money(minor: int, currency: str, language: str, sign: bool = True) -> str:
    """An amount as a shop writes it: 12,000원 in Korean, ₩12,000 in English, £3.50, -$1.00; the number alone without
    `sign`."""
    about = CURRENCIES[currency]
    written = f"{Decimal(abs(minor)).scaleb(-about.digits):,.{about.digits}f}"
    if sign:
        korean = about.korean if language == "ko" else ""
        written = f"{written}{korean}" if korean else f"{about.sign}{written}"
    return f"-{written}" if minor < 0 else written


def to_minor(amount: float | int | str, currency: str) -> int:
    """Decimal units to minor units, halves away from zero: 3.499 GBP is 350.

    Raises `Invalid` for what is no finite plain number, and for more than 10^12 minor units.
    """
    minor = _rounded(amount, CURRENCIES[currency].digits) if _is_plain(amount) else None
    if minor is None or abs(minor) > MOST:
        raise Invalid([Problem("amount", amount, f"a plain number of at most {MOST} minor units")])
    return minor


def _rounded(amount: float | int | str, digits: int) -> int:
    # str() of a float is its shortest form, so 1.005 is what was written and not the binary number below it.
    return int(Decimal(str(amount)).scaleb(digits).to_integral_value(ROUND_HALF_UP))


def _is_plain(amount: float | int | str) -> bool:
    if isinstance(amount, str):
        return PLAIN_NUMBER.fullmatch(amount) is not None
    return type(amount) in (int, float) and -MOST <= amount <= MOST
