"""Korean particles: which of the two forms goes with a word depends on the sound that the word ends in."""

import re

PAIRS = {
    "은": ("은", "는"), "이": ("이", "가"), "을": ("을", "를"), "과": ("과", "와"), "으로": ("으로", "로"),
    "아": ("아", "야"), "이나": ("이나", "나"), "이랑": ("이랑", "랑"), "이라": ("이라", "라"),
    "이에요": ("이에요", "예요"),
}  # fmt: skip
SAID_AS_WORD = re.compile(r"(?=.{4})[A-Z]*[AEIOU]")  # SALE and NIKE, but not VIP, USB and HTML
BRACKETED = re.compile(r"(?<=\w)\s*[(\[][^()\[\]]*[)\]]\s*\Z")
DIGITS = {"0": "ㅇ", "1": "ㄹ", "2": "", "3": "ㅁ", "4": "", "5": "", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ", "9": ""}
LETTERS = {"L": "ㄹ", "M": "ㅁ", "N": "ㄴ", "R": "ㄹ"}
FIRST_SYLLABLE, LAST_SYLLABLE, FINALS, RIEUL = ord("가"), ord("힣"), 28, 8
SOUNDED = re.compile(r"[0-9A-Za-z가-힣]")
# English words that end so are said in Korean with a final consonant: 세일, 북, 팁, 숍, but not 세트 and 골드.
CLOSED = re.compile(r"(?:[lmn]e?|ng|[aeiou](?:p|ck|k)|oo[kt])\Z", re.IGNORECASE)


def particle(word: str, form: str) -> str:
    """The particle after a word: 이 after 컵, 가 after 머그. `form` is the one after a consonant. Digits and Latin
    letters count as they are read; what stands in brackets behind the word does not; after what is not read at all both
    forms stand, as 이(가)."""
    after_consonant, after_vowel = PAIRS[form]
    final = _final(BRACKETED.sub("", word))
    if final is None:
        return f"{after_consonant}({after_vowel})" if form != "으로" else "(으)로"
    if form == "으로" and final == "ㄹ":
        return after_vowel
    return after_consonant if final else after_vowel


def _final(word: str) -> str | None:
    """The consonant that a word ends in: empty for a vowel, ㄹ by itself, and some other for the rest."""
    read = SOUNDED.findall(word)
    if not read:
        return None
    last = read[-1]
    if FIRST_SYLLABLE <= ord(last) <= LAST_SYLLABLE:
        final = (ord(last) - FIRST_SYLLABLE) % FINALS
        return "" if not final else "ㄹ" if final == RIEUL else "ㄱ"
    if last in DIGITS:
        return DIGITS[last]
    spelled = re.search(r"[A-Za-z]+(?=[^A-Za-z]*\Z)", word)
    letters = spelled[0] if spelled else last
    if len(letters) == 1 or (letters.isupper() and not SAID_AS_WORD.search(letters)):
        return LETTERS.get(last.upper(), "")
    if not CLOSED.search(letters):
        return ""
    return "ㄹ" if letters.lower().endswith(("l", "le")) else "ㄱ"
