"""A real SMTP server in the test's own loop, which does as it is told."""

import asyncio
import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Post:
    """What arrived, and how the server answers: `rcpt` by address, and `data` are replies to those commands."""

    def __init__(self) -> None:
        self.letters: list[tuple[Envelope, EmailMessage]] = []
        self.sessions: set[int] = set()
        self.rcpt: dict[str, str] = {}
        self.data = ""
        self.silent = False
        self.utf8 = False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        found = email.message_from_bytes(envelope.content, policy=policy.SMTP)
        assert isinstance(found, EmailMessage)
        if self.data:
            return self.data
        self.letters.append((envelope, found))
        self.sessions.add(id(session))
        if self.silent:
            await asyncio.sleep(60)
        return "250 2.0.0 queued"


@asynccontextmanager
async def listening(**options: Any) -> AsyncIterator[tuple[Post, int]]:
    """The server and its port; `options` are aiosmtpd's."""
    post, loop = Post(), asyncio.get_running_loop()
    served: list[SMTP] = []

    def serve() -> SMTP:
        served.append(SMTP(post, enable_SMTPUTF8=post.utf8, loop=loop, **options))
        return served[-1]

    server = await loop.create_server(serve, "127.0.0.1", 0)
    try:
        yield post, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for each in served:
            if each.transport is not None:
                each.transport.close()
        await server.wait_closed()
