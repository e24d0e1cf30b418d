"""Bytes of text messages: the Korean carriers take EUC-KR, a Hangul syllable two bytes. Pure.

NHN Cloud SMS API guide v3.0 and SOLAPI status 1029 ("EUC-KR only"): other characters arrive as "?" or are refused. The
wider CP949 (UHC) has all Hangul syllables, EUC-KR (KS X 1001) only the 2,350 usual ones.
"""

from unicodedata import name, normalize

WIDEST = 2


def is_in(character: str) -> bool:
    """Whether EUC-KR has the character. Python's codec writes the other syllables as four jamo (KS X 1001, annex 3),
    which no telephone reads."""
    try:
        return len(character.encode("euc-kr")) <= WIDEST
    except UnicodeEncodeError:
        return False


def size(text: str) -> int:
    """Bytes of the text; two for a character that EUC-KR does not have, as for the "?" of full width in its place."""
    try:
        whole = len(text.encode("euc-kr"))
    except UnicodeEncodeError:
        return sum(len(each.encode("euc-kr")) if is_in(each) else WIDEST for each in text)
    return whole if whole <= WIDEST * len(text) else sum(min(len(each.encode("euc-kr")), WIDEST) for each in text)


def foreign(text: str) -> list[str]:
    """The characters that EUC-KR does not have, each once."""
    wide = len(text) - len(text.encode("ascii", "ignore"))
    try:
        if len(text.encode("euc-kr")) == len(text) + wide * (WIDEST - 1):
            return []
    except UnicodeEncodeError:
        pass
    return [each for each in dict.fromkeys(text) if not is_in(each)]


def hint(character: str) -> str:
    """What the character is, and why it can't be sent."""
    try:
        character.encode("cp949")
    except UnicodeEncodeError:
        return f"a character of EUC-KR ({name(character, 'unnamed')} is not)"
    return f"a character of EUC-KR ({character} is of CP949 alone: some carriers take it, most turn it into ?)"


def composed(text: str) -> str:
    """NFC: Hangul typed on a Mac may come as single jamo, which EUC-KR does not have."""
    return normalize("NFC", text)
