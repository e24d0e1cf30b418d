"""Writing the variables and links of one recipient into the texts of a template. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from dangol.definitions.basics import LongText
from dangol.definitions.model import Site
from dangol.messages import euckr, mail
from dangol.messages.limits import VARIABLE
from dangol.plugin import Product, Request
from dangol.profile.model import Profile
from dangol.profile.subscriptions import normal
from dangol.render.formats import Reader
from dangol.render.text import choose, fill
from dangol.render.variables import value as value_of
from dangol.segments.calendar import calendar

Shorten = Callable[[str], str]
"""An absolute http(s) address to the tracked one that goes out in its place."""

LINK = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*[A-Za-z0-9\-_~/#@$&*+=%]")
ONE_LINE = frozenset({"subject", "title", "name"})
RESERVED = ":/?#[]@!$&'()*+,;=%~"
"""Characters that part addresses, besides those that stand in them anyway (RFC 3986)."""

LONGEST = 100_000
"""Characters of a filled text, before the limits of its kind are looked at."""

UNKNOWN = Profile(anonymous=True)


class Whom(NamedTuple):
    """For whom a message is written, and when (unix seconds). Without a profile nothing is known of them. `to` is an
    address that a shopper gave; empty where the message goes where the shop says. A member's name, grade and coupons
    are told there and at the member's own number and e-mail address alone: on a shared computer anybody may have left
    another one."""

    site: Site
    profile: Profile | None
    language: str
    now: float
    to: str = ""

    @property
    def is_own(self) -> bool:
        """Whether the message goes to the very member."""
        member = self.profile.member if self.profile else None
        if not self.to or member is None:
            return True
        return self.to == normal("sms", member.phone) or self.to == normal("email", member.email)


class _Shopper(NamedTuple):
    """The recipient as `dangol.render.variables` asks: nobody has a page open, and the address is the recipient's."""

    site: Site
    profile: Profile
    request: Request
    product: Product | None = None


class Writer:
    """Writes the variables of one recipient into texts."""

    def __init__(self, whom: Whom) -> None:
        site = whom.site
        shopper = _Shopper(site, whom.profile or UNKNOWN, Request(whom.now, verified=whom.is_own))
        self.language, self._default = whom.language or site.language, site.language
        self._look = lambda name: value_of(name, shopper)
        self._reader = Reader(self.language, site.currency, calendar(site.timezone), whom.now)

    def personal(self, text: LongText, put: Callable[[str], str] = str) -> str:
        """A marketer's text with what is known of the recipient."""
        written = choose(text, self.language, self._default)
        return euckr.composed(fill(written, self._look, self._reader, LONGEST, put))


def _in_address(value: str) -> str:
    """Blanks and what is not ASCII can't stand in an address; a value may be a path with its query."""
    return value if VARIABLE.fullmatch(value) else quote(value, safe=RESERVED)


def by_name(told: Mapping[str, str]) -> Callable[..., str]:
    """Writes the variables that are told, and leaves the others as they stand."""

    def write(text: str, put: Callable[[str], str] = str) -> str:
        return VARIABLE.sub(lambda found: put(told[found[1]]) if found[1] in told else found[0], text)

    return write


def visitor(write: Callable[..., str], site: Site, shorten: Shorten | None) -> Callable[[str, str, Any], Any]:
    """What becomes of each place of a template. Without `shorten` all stays as it is but for the variables."""

    def lead(address: str) -> str:
        led = whole(address, site)
        return shorten(led) if shorten and led.startswith(("https://", "http://")) else led

    def visit(where: str, role: str, value: Any) -> Any:
        if shorten is None:
            return write(value)
        if role == "html":  # cleaned once it is filled, and before anything of ours stands behind it
            return mail.cleaned(write(value, mail.escaped), lead, lambda address: whole(address, site))
        if role in ("address", "image"):
            address = write(value, str if value.startswith(("{", "#{")) else _in_address)
            return lead(address) if role == "address" else whole(address, site)
        text = write(value)
        if where.rpartition(".")[2] in ONE_LINE:
            text = " ".join(text.split())
        return LINK.sub(lambda found: lead(found[0]), text)

    return visit


def whole(address: str, site: Site) -> str:
    """An address that leads to the same place outside of the shop's own pages."""
    is_path = address.startswith("/") and address[1:2] not in ("/", "\\")
    return f"{site.origins[0]}{address}" if is_path else address
