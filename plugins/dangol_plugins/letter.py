"""A letter as it goes over the wire: its headers, its text, and its HTML beside it (RFC 5322, RFC 2045). Pure but for
the time."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from dangol.plugin import Failure, PushRequest, templates

SAFE = policy.SMTP.clone(cte_type="7bit")
WIDE = policy.SMTPUTF8.clone(cte_type="7bit")
LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f.]+(\.[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f.]+)*")
DOMAIN = re.compile(r"[A-Za-z0-9.-]+")
ONE_CLICK = re.compile(r"https://[!-;=?-~]+")
ENCODED = "=?"
"""What an encoded word begins with (RFC 2047): the library decodes those in whatever it is given, line breaks too."""


class Unfit(Exception):
    """A request that no letter can be made of."""

    def __init__(self, message: str, failure: Failure) -> None:
        super().__init__(message)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Letter:
    """`sender` and `to` are the envelope's. With `needs_utf8` a name before the @ is not ASCII (RFC 6531)."""

    id: str
    sender: str
    to: str
    content: bytes
    needs_utf8: bool


def letter(request: PushRequest, sender: str, reply_to: str = "") -> Letter:
    """The letter of `sender`, an address or ``Name <address>``. Its Message-ID is the same for every attempt. Raises
    `Unfit`."""
    content = request.content
    if not isinstance(content, templates.EmailTemplate):
        raise Unfit("expected the template of an e-mail", "content")
    name, _, address = sender.removesuffix(">").rpartition("<")
    to, own = mailbox(request.to, "bad_address"), mailbox(address, "account")
    wide = not f"{to.addr_spec}{own.addr_spec}".isascii()
    message = EmailMessage(WIDE if wide else SAFE)
    message["From"] = Address(line(name), own.username, own.domain)
    message["To"] = to
    if reply_to:
        message["Reply-To"] = mailbox(reply_to, "account")
    message["Subject"] = line(str(content.subject))
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = id = f"<{request.key}@{own.domain}>"
    _unsubscribe(message, request.unsubscribe)
    message.set_content(str(content.text))
    if content.html:
        message.add_alternative(content.html, subtype="html")
    return Letter(id, own.addr_spec, to.addr_spec, message.as_bytes(), wide)


def mailbox(written: str, failure: Failure) -> Address:
    """The address, its domain as DNS writes it. Raises `Unfit`, without the address."""
    local, _, domain = written.rpartition("@")
    try:
        plain = domain.encode("idna").decode()
    except UnicodeError:
        plain = ""
    if not plain or not LOCAL.fullmatch(local) or ENCODED in local or len(written) > 254 or not DOMAIN.fullmatch(plain):
        raise Unfit("expected an e-mail address", failure)
    return Address(username=local, domain=plain)


def line(text: str) -> str:
    """The text on one line: what would end a header becomes a blank, and nothing is an encoded word."""
    plain = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return plain.replace(ENCODED, "= ?")


def _unsubscribe(message: EmailMessage, address: str) -> None:
    """How a mail program's own button ends the consent (RFC 8058); the server that signs the letter must sign these
    headers too."""
    if ONE_CLICK.fullmatch(address) and ENCODED not in address:
        message["List-Unsubscribe"] = f"<{address}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
