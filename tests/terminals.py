"""Terminals that tests hand to commands."""

import contextlib
import os


def shown_on(terminal: int) -> str:
    """All that was written to a pseudo-terminal's other end, once that is closed: one read gives 4 KB at most."""
    parts = []
    with contextlib.suppress(OSError):  # EIO: nothing is left
        while part := os.read(terminal, 65_536):
            parts.append(part)
    os.close(terminal)
    return b"".join(parts).decode()
