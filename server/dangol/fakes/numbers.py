"""Phone numbers whose last four digits say what becomes of a message, as payment providers have test cards. Pure."""

from typing import Literal

Fate = Literal[
    "delivered", "not_kakao", "blocked", "bad_number", "off", "spam", "opted_out", "unknown", "night", "dead_token"
]

ENDINGS: dict[str, Fate] = {
    "0000": "not_kakao",
    "0001": "bad_number",
    "0002": "blocked",
    "0003": "off",
    "0004": "spam",
    "0005": "opted_out",
    "0006": "unknown",
}
"""not_kakao: does not use KakaoTalk. bad_number: nobody has it. blocked: has blocked the channel in KakaoTalk. off: the
phone is off. spam: a filter took it. opted_out: refused advertisements by the free number. unknown: never told."""

ONLY_KAKAO = frozenset({"not_kakao", "blocked"})
ONLY_TEXT = frozenset({"off", "spam", "opted_out"})


def fate(number: str, is_kakao: bool) -> Fate:
    """What becomes of a message to the number, by KakaoTalk or as text."""
    found = ENDINGS.get(number[-4:], "delivered")
    others = ONLY_TEXT if is_kakao else ONLY_KAKAO
    return "delivered" if found in others else found


def is_korean(number: str) -> bool:
    """Whether it can be the number of somebody in Korea, written without hyphens."""
    return number.isascii() and number.isdigit() and number.startswith("0") and 9 <= len(number) <= 12


def digits(number: str) -> str:
    """A number without the hyphens that people write."""
    return number.replace("-", "").strip()


def size(text: str) -> int | None:
    """Bytes in EUC-KR; None where some character is not in it."""
    try:
        return len(text.encode("euc-kr"))
    except UnicodeEncodeError:
        return None
