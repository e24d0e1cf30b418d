"""A channel that sends e-mail through a server of the shop's choice (RFC 5321)."""

import asyncio
import ssl
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar

import aiosmtplib
from aiosmtplib import SMTPAuthenticationError, SMTPException, SMTPResponseException
from msgspec import Meta, Struct, field

from dangol.plugin import Channel, PushRequest, Receipt
from dangol_plugins.accounts import Unset, secret
from dangol_plugins.letter import Letter, Unfit, letter
from dangol_plugins.smtp_codes import refusal

CONNECTIONS = 4
"""Side by side; a letter takes four answers of the server, one after the other."""
LONGEST = 8.0
"""Seconds for a whole batch, less than dangol waits for a channel."""
TIMEOUT = 6.0
SUBMISSIONS = 465
"""The port on which TLS comes first (RFC 8314 §3.3)."""
FROM = r"^([^<>@\x00-\x1f]{1,100} <[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)\Z"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Smtp(Channel):
    """Sends letters of plain text, or of text and HTML. The account's environment: ``<account>_HOST``, and where they
    are needed ``_PORT`` (587), ``_USER`` and ``_PASSWORD``. Nothing goes over the network without TLS.

    The server's word is all that is told: that it has the letter. What comes back to `from` later is not read.
    """

    name = "smtp"
    api = 1
    version = "1"
    title = {"ko": "이메일", "en": "E-mail"}  # noqa: RUF012
    kinds = ("email",)
    most: ClassVar[int] = 100
    keeps_trying: ClassVar[bool] = False

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """Letters come from `sender`, written `from`: an address, or a name and the address in brackets, ``Our shop
        <hello@shop.example>``. Answers go to `reply_to`."""

        sender: Annotated[str, Meta(pattern=FROM, max_length=354)] = field(name="from")
        reply_to: Annotated[str, Meta(pattern=r"^([^\s@<>]+@[^\s@<>]+)?\Z", max_length=254)] = ""
        account: Annotated[str, Meta(pattern=r"^SMTP(_[A-Z0-9_]{1,40})?\Z")] = "SMTP"

    async def send_many(self, params: Any, requests: Sequence[PushRequest]) -> Sequence[Receipt]:
        """Over a few connections, each for many letters."""
        try:
            account = Account.of(params.account)
        except Unset as error:
            return [Receipt("retry", str(error), failure="account")] * len(requests)
        receipts = [Receipt("retry", "the letters before it took all the time", failure="too_fast")] * len(requests)
        waiting: deque[tuple[int, Letter]] = deque()
        for at, request in enumerate(requests):
            try:
                waiting.append((at, letter(request, params.sender, params.reply_to)))
            except Unfit as error:
                receipts[at] = Receipt("failed", str(error), failure=error.failure)
        end = asyncio.get_running_loop().time() + LONGEST
        lanes = range(min(CONNECTIONS, len(waiting)))
        await asyncio.gather(*(_lane(account, waiting, receipts, end) for _ in lanes))
        return receipts


@dataclass(frozen=True, slots=True)
class Account:
    """A server, and who may send through it. It shows nobody its password."""

    host: str
    port: int
    user: str
    password: str

    @classmethod
    def of(cls, account: str) -> "Account":
        """From the environment. Raises `Unset`."""
        port = secret(account, "PORT", "587")
        if not port.isdecimal() or not 0 < int(port) < 65_536:
            raise Unset(f"the environment variable {account}_PORT is no port")
        return cls(secret(account, "HOST"), int(port), secret(account, "USER", ""), secret(account, "PASSWORD", ""))

    def client(self) -> aiosmtplib.SMTP:
        """A client that is not connected yet."""
        is_near = self.host in LOOPBACK
        first = self.port == SUBMISSIONS and not is_near
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user or None,
            password=self.password or None,
            timeout=TIMEOUT,
            use_tls=first,
            start_tls=not (first or is_near),
            tls_context=None if is_near else _tls(),
        )

    def __repr__(self) -> str:
        return f"Account({self.host}:{self.port})"


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


async def _lane(account: Account, waiting: deque[tuple[int, Letter]], receipts: list[Receipt], end: float) -> None:
    """Send letters over one connection until there is none left, or no time. Without a connection the rest is left to
    the other lanes, or to the next batch."""
    client = account.client()
    try:
        while waiting and asyncio.get_running_loop().time() < end:
            at, each = waiting.popleft()
            if not client.is_connected and (problem := await _connect(client, end)):
                receipts[at] = problem
                for left, _ in waiting:
                    receipts[left] = problem
                return
            receipts[at] = await _send(client, each, end)
    finally:
        await _leave(client)


async def _connect(client: aiosmtplib.SMTP, end: float) -> Receipt | None:
    """None once it stands and is logged in; otherwise nothing was sent."""
    try:
        async with asyncio.timeout_at(end):
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
    except SMTPAuthenticationError as error:
        return Receipt("retry", "the server refuses user and password", failure="account", code=str(error.code))
    except SMTPResponseException as error:
        return Receipt("retry", f"the server refuses the connection ({error.code})", failure="provider")
    except (SMTPException, OSError) as error:  # a time-out is an OSError too
        return Receipt("retry", f"no connection ({type(error).__name__})", failure="provider")
    except ValueError:
        return Receipt("retry", "the server offers no TLS", failure="account")
    return None


async def _send(client: aiosmtplib.SMTP, each: Letter, end: float) -> Receipt:
    """One letter. From the moment at which its text goes out, only the server's answer tells what became of it."""
    is_out = False
    try:
        async with asyncio.timeout_at(end):
            options = ["SMTPUTF8"] if each.needs_utf8 else []
            if options and not client.supports_extension("smtputf8"):
                return Receipt("failed", "the server takes no such addresses (SMTPUTF8)", failure="bad_address")
            encoding = "utf-8" if options else "ascii"
            await client.mail(each.sender, options=options, encoding=encoding)
            await client.rcpt(each.to, encoding=encoding)
            is_out = True
            code, _ = await client.data(each.content)
            return Receipt("accepted", provider_id=each.id, code=str(code))
    except SMTPResponseException as error:
        await _reset(client, error.code)
        return refusal(error.code, error.message)
    except (SMTPException, OSError) as error:
        client.close()
        reason = f"the connection ended {'after' if is_out else 'before'} the letter ({type(error).__name__})"
        return Receipt("unknown" if is_out else "retry", reason, failure="provider")


async def _reset(client: aiosmtplib.SMTP, code: int) -> None:
    """Make the connection ready for the next letter, or close it."""
    try:
        if code == 421:  # the server closes it itself
            client.close()
        else:
            await client.rset()
    except (SMTPException, OSError):
        client.close()


async def _leave(client: aiosmtplib.SMTP) -> None:
    """All is sent: what goes wrong now changes nothing."""
    try:
        if client.is_connected:
            await client.quit(timeout=1.0)
    except (SMTPException, OSError):
        client.close()
