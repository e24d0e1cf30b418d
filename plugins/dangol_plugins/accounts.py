"""Accounts with providers: their keys and addresses, from the environment and from nowhere else.

An account is named by a prefix, such as SOLAPI: its variables are SOLAPI_API_KEY and so on, and SOLAPI_URL another
address than the provider's own.
"""

import os
import re
from pathlib import Path

ADDRESS = re.compile(r"^https?://[^\s/@?#]+(/[^\s?#]*)?\Z")


class Unset(Exception):
    """A variable is missing or of no use. The message names it and never tells its value."""


def secret(account: str, name: str, otherwise: str | None = None) -> str:
    """The variable's value, or `otherwise` where there is none. Raises `Unset`."""
    value = os.environ.get(f"{account}_{name}", "").strip()
    if not value and otherwise is not None:
        return otherwise
    if not value:
        raise Unset(f"the environment variable {account}_{name} is not set")
    if not value.isascii() or not value.isprintable():
        raise Unset(f"the environment variable {account}_{name} has characters that no header takes")
    return value


def document(account: str, name: str) -> str:
    """A key of many lines: the variable is the name of its file, or the text itself, with ``\\n`` for line ends where
    it is a PEM. Raises `Unset`."""
    value = os.environ.get(f"{account}_{name}", "").strip()
    if not value:
        raise Unset(f"the environment variable {account}_{name} is not set")
    if value.startswith("{"):
        return value
    if value.startswith("-----BEGIN"):
        return value.replace("\\n", "\n")
    try:
        return Path(value).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise Unset(f"the environment variable {account}_{name}: no such file ({type(error).__name__})") from None


def address(account: str, provider: str) -> str:
    """The variable <account>_URL, or the provider's own address, without a slash at its end. Raises `Unset`."""
    given = os.environ.get(f"{account}_URL", "").strip()
    if given and not ADDRESS.match(given):
        raise Unset(f"the environment variable {account}_URL is not an address such as {provider}")
    return (given or provider).rstrip("/")


def optional(account: str, name: str) -> str:
    """The variable's value, "" where it is not set."""
    return os.environ.get(f"{account}_{name}", "").strip()
