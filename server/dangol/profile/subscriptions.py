"""Where messages go to: the addresses of each channel in their one form. Pure."""

import re
from typing import Literal

CHANNELS = ("sms", "kakao", "push", "email")
LONGEST_ADDRESS = 512
LONGEST_EMAIL = 254  # RFC 5321, less the brackets around it

EXPECTED: dict[str, dict[Literal["ko", "en"], str]] = {
    "sms": {"ko": "010-1234-5678처럼 휴대폰 번호를 적어 주세요.", "en": "Please enter a mobile number."},
    "kakao": {"ko": "010-1234-5678처럼 휴대폰 번호를 적어 주세요.", "en": "Please enter a mobile number."},
    "push": {"ko": "기기를 알 수 없어요.", "en": "The device is not known."},
    "email": {"ko": "name@example.com처럼 이메일 주소를 적어 주세요.", "en": "Please enter an e-mail address."},
}
"""What a shopper reads whose address can't be used."""

MOBILE = re.compile(r"01[016789][0-9]{7,8}")
ABROAD = re.compile(r"\+[1-9][0-9]{6,14}")
SEPARATORS = re.compile(r"[\s().\-‐-―]")
EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)
"""What browsers take for an address (HTML's valid e-mail address), with a dot in the domain."""


def normal(channel: str, written: str) -> str | None:
    """The one form of an address; None for what is none of the channel's. Korean mobile numbers are digits alone
    (01012345678), others as in E.164 (+4479…); the domain of an e-mail address is in lower case."""
    if len(written) > LONGEST_ADDRESS:
        return None
    if channel in ("sms", "kakao"):
        return _number(written)
    if channel == "email":
        return _email(written.strip())
    return written if written.isascii() and written.isprintable() and " " not in written and written else None


def _number(written: str) -> str | None:
    digits = SEPARATORS.sub("", written)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits.startswith("+82"):
        digits = f"0{digits[3:].removeprefix('0')}"
    return digits if (MOBILE.fullmatch(digits) or ABROAD.fullmatch(digits)) and digits.isascii() else None


def _email(written: str) -> str | None:
    if len(written) > LONGEST_EMAIL or not EMAIL.fullmatch(written):
        return None
    name, _, domain = written.rpartition("@")
    return None if name.startswith(".") or name.endswith(".") or ".." in name else f"{name}@{domain.lower()}"
