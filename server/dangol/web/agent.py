"""What a browser is, read off its User-Agent header, and in which country, where a proxy tells it. Coarse on purpose:
enough for conditions, no fingerprint."""

from functools import lru_cache

from dangol.profile.model import Environment

LONGEST = 400

# The first mark that a header carries decides, so the more special ones come first.
SYSTEMS = (
    ("iphone", "ios"), ("ipad", "ios"), ("android", "android"), ("windows", "windows"),
    ("cros", "chromeos"), ("mac os", "macos"), ("linux", "linux"),
)  # fmt: skip
MESSENGERS = (
    ("kakaotalk", "kakaotalk"), ("kakaostory", "kakaostory"), ("naver", "naver"), ("daumapps", "daum"),
    ("band/", "band"), (" line/", "line"), ("instagram", "instagram"), ("fban", "facebook"), ("fbav", "facebook"),
)  # fmt: skip
BROWSERS = (
    *MESSENGERS, ("samsungbrowser", "samsung"), ("whale", "whale"), ("edg", "edge"), ("opr/", "opera"),
    ("firefox", "firefox"), ("fxios", "firefox"), ("crios", "chrome"), ("chrome", "chrome"), ("safari", "safari"),
)  # fmt: skip


def environment(user_agent: str, language: str, country: str = "", app: bool = False) -> Environment:
    """The environment; shared between profiles, so nobody may change it. A `country` that is not two letters from A to
    Z is not known, nor is XX, which proxies say when they don't know. `app`: the page says that it runs inside the
    shop's own app, which not every web view's header shows."""
    known = len(country) == 2 and country.isascii() and country.isalpha() and country.isupper() and country != "XX"
    return _environment(user_agent[:LONGEST], language[:35], country if known else "", app)


@lru_cache(4096)
def _environment(user_agent: str, language: str, country: str, app: bool) -> Environment:
    text = user_agent.lower()
    device = "app" if app else _device(text)
    return Environment(device, _first(SYSTEMS, text), _first(BROWSERS, text), language.lower(), country)


def _device(text: str) -> str:
    """A web view is the shop's own app, unless another app says that it shows its links in there. An iPhone's says
    Mobile, as Safari does, but not Safari."""
    phone = "iphone" in text or "ipad" in text
    if ("; wv)" in text or (phone and "mobile/" in text and "safari/" not in text)) and not _first(MESSENGERS, text):
        return "app"
    return "mobile" if phone or "mobile" in text or "android" in text else "pc"


def _first(marks: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in marks if mark in text), "")
