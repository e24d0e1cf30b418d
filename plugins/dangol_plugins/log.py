"""A channel that sends nothing: for trying a campaign out."""

import logging
from typing import Any

from dangol.plugin import Channel, PushRequest, Receipt

logger = logging.getLogger("dangol.channel.log")


class Log(Channel):
    """Writes one line for each request to the logger ``dangol.channel.log``, without personal values."""

    name = "log"
    api = 1
    version = "1"
    title = {"ko": "로그", "en": "Log"}  # noqa: RUF012
    idempotent = True
    kinds = ("custom", "text", "alimtalk", "brand", "push", "email")
    keeps_trying = False

    async def send(self, params: Any, request: PushRequest) -> Receipt:
        """Names of what is known, never the values."""
        known = ", ".join(sorted(request.recipient)) or "nothing"
        said = type(request.content).__name__ if request.content else "no template"
        logger.info(
            "push request %s of %s: cause %r, recipient by %s, %s",
            request.key,
            request.site,
            request.cause,
            known,
            said,
        )
        return Receipt("accepted")
