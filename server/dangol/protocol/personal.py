"""Personal data in addresses of pages, cut out before anything is stored or logged. Pure.

Shops put e-mail addresses, phone numbers and tokens into links, and so hand them to everybody whose script is on the
page. What a parameter is called, or what stands in it, decides. A part of a path with such a thing gives way to a dash.
"""

import re
from functools import lru_cache
from urllib.parse import unquote_plus

NAMES = frozenset({
    "email", "mail", "useremail", "memberemail", "emailaddress", "buyeremail", "phone", "phonenumber", "phoneno",
    "tel", "telno", "mobile", "mobileno", "cell", "cellphone", "handphone", "hp", "hpno", "name", "username",
    "fullname", "firstname", "lastname", "realname", "membername", "buyername", "receivername", "nickname",
    "userid", "memberid", "mbid", "loginid", "birth", "birthday", "birthdate", "dob", "address", "addr", "address1",
    "address2", "zipcode", "postcode", "ssn", "rrn", "jumin", "ci", "di", "password", "passwd", "pwd", "pass", "pw",
    "passcode", "otp", "token", "accesstoken", "refreshtoken", "idtoken", "authtoken", "csrftoken", "jwt", "auth",
    "authorization", "apikey", "secret", "clientsecret", "session", "sessionid", "sid", "jsessionid", "phpsessid",
    "state", "nonce", "dgpreview",
})  # fmt: skip
"""Names of parameters, in lower case and without what joins their words."""

LONGEST_NAME = 100
"""Characters of a name that is looked at, as it is written in an address."""

# Each pattern begins at the edge of a word and tries a word once: addresses come from anybody, and looking from every
# character of a long word would take as much time as its square.

WORD = r"[^\s@/?&=,;:<>()\"']"
EMAIL = re.compile(rf"(?<!{WORD}){WORD}++@{WORD}+\.[^\W\d_]{{2,}}")
PHONE = re.compile(
    r"(?<![\w-])(?:\+\d{1,3}[-. ]?\(?\d{1,4}\)?(?:[-. ]?\d{3,4}){2}|01[016789][-. ]?\d{3,4}[-. ]?\d{4}"
    r"|0\d{1,2}[-. )]\d{3,4}[-. ]\d{4}|\d{6}-[1-8]\d{6})(?![\w-])"
)
"""With the country's code, Korean mobile numbers, others of Korea where they are written in groups, and the resident
registration number."""

SIGNED = re.compile(r"(?<![\w-])(?>[\w-]*?eyJ)[\w-]{8,}+\.[\w-]")  # a JWT
SUSPICIOUS = re.compile(r"@|%(?:25)*40|eyJ|(?:\d\D{0,3}){8}")
INNER = re.compile(r".*\[([^\[\]]+)\]", re.DOTALL)  # user[phone]
JOINED = re.compile(r"[\W_]+")


def without_personal(page: str) -> str:
    """A path and query (``/a?b=c``) less what is, or is called as, personal data."""
    path, _, query = page.partition("?")
    if SUSPICIOUS.search(path):
        path = "/".join(_plain_segment(segment) for segment in path.split("/"))
    kept = _plain_query(query) if query else ""
    return f"{path}?{kept}" if kept else path


def is_personal(text: str) -> bool:
    """Whether a text, percent-encoded as often as may be, holds an e-mail address, a phone number or a signed token."""
    if not SUSPICIOUS.search(text):
        return False
    for _ in range(3):
        if EMAIL.search(text) or PHONE.search(text) or SIGNED.search(text):
            return True
        text = unquote_plus(text)
    return False


def _plain_segment(segment: str) -> str:
    return "-" if is_personal(segment) else segment


def _plain_query(query: str) -> str:
    """Most queries hold nothing that looks so, and names repeat: looking at each piece costs a tenth of a page view."""
    suspicious = SUSPICIOUS.search(query) is not None
    return "&".join(
        piece
        for piece in query.split("&")
        if not _is_named_so(piece.partition("=")[0][: LONGEST_NAME + 1]) and not (suspicious and is_personal(piece))
    )


@lru_cache(4096)
def _is_named_so(name: str) -> bool:
    return len(name) <= LONGEST_NAME and JOINED.sub("", INNER.sub(r"\1", unquote_plus(name))).lower() in NAMES
