"""The lines that a shop pastes into its pages."""

import base64
import hashlib
from functools import cache
from importlib.resources import files


@cache
def stub() -> str:
    """The script that takes calls until dangol's own is there, and tells of a page that is left before that."""
    return (files("dangol") / "static" / "stub.js").read_text("utf-8").strip()


def stub_source() -> str:
    """The stub as a source of a Content-Security-Policy's ``script-src``."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(stub().encode()).digest()).decode()}'"


def lines(key: str, address: str) -> str:
    """The HTML for a site's public key; `address` is where browsers reach dangol, without a slash at its end."""
    return f'<script>{stub()}</script>\n<script async src="{address}/v1/dangol.js" data-site="{key}"></script>'
