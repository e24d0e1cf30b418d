"""What a browser is, read off its User-Agent header. Coarse on purpose: enough for conditions, no fingerprint."""

from functools import lru_cache

from dangol.profile.model import Environment

LONGEST = 400

# The first mark that a header carries decides, so the more special ones come first.
SYSTEMS = (
    ("iphone", "ios"), ("ipad", "ios"), ("android", "android"), ("windows", "windows"),
    ("cros", "chromeos"), ("mac os", "macos"), ("linux", "linux"),
)  # fmt: skip
BROWSERS = (
    ("kakaotalk", "kakaotalk"), ("naver", "naver"), ("instagram", "instagram"), ("samsungbrowser", "samsung"),
    ("whale", "whale"), ("edg", "edge"), ("opr/", "opera"), ("firefox", "firefox"), ("fxios", "firefox"),
    ("crios", "chrome"), ("chrome", "chrome"), ("safari", "safari"),
)  # fmt: skip


def environment(user_agent: str, language: str) -> Environment:
    """The environment; shared between profiles, so nobody may change it."""
    return _environment(user_agent[:LONGEST], language[:35])


@lru_cache(4096)
def _environment(user_agent: str, language: str) -> Environment:
    text = user_agent.lower()
    mobile = "mobile" in text or "android" in text or "iphone" in text
    device = "app" if "; wv)" in text else "mobile" if mobile else "pc"
    return Environment(device, _first(SYSTEMS, text), _first(BROWSERS, text), language.lower())


def _first(marks: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in marks if mark in text), "")
