"""What a mail server's refusal means: by its enhanced status code (RFC 3463 and 7372), else by its reply code. Pure."""

import re

from dangol.plugin import Failure, Receipt

ENHANCED = re.compile(r"\s*[45]\.([0-9]{1,3})\.([0-9]{1,3})\b")

EXACT: dict[tuple[int, int], Failure] = {
    (1, 7): "account",  # the sender's address, as the next
    (1, 8): "account",
    (2, 1): "not_reachable",  # the mailbox is switched off
    (2, 2): "not_reachable",  # the mailbox is full
    (2, 3): "content",
    (3, 4): "content",  # too big for the system
    (7, 8): "account",  # wrong credentials
    (7, 26): "account",  # neither SPF nor DKIM holds for the sender
}
SUBJECTS: dict[int, Failure] = {1: "bad_address", 2: "not_reachable", 6: "content", 7: "blocked"}
PLAIN: dict[int, Failure] = {
    530: "account",
    535: "account",
    550: "bad_address",
    551: "bad_address",
    552: "not_reachable",
    553: "bad_address",
    554: "blocked",
}
"""Where there is no enhanced code."""


def refusal(code: int, message: str) -> Receipt:
    """A reply above 399. 4xx may pass later. The server's words, which mostly have the address, are left out."""
    found = ENHANCED.match(message)
    status = f"{code} {found[0].strip()}" if found else str(code)
    return Receipt(
        "retry" if code < 500 else "failed",
        f"the mail server answered {status}",
        failure=_failure(code, found),
        code=status,
    )


def _failure(code: int, found: re.Match[str] | None) -> Failure:
    if found is None:
        return PLAIN.get(code, "provider")
    subject, detail = int(found[1]), int(found[2])
    return EXACT.get((subject, detail)) or SUBJECTS.get(subject, "provider")
