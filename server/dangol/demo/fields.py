"""What shoppers type into forms, checked."""

import re
from collections.abc import Iterable, Mapping

from dangol.demo.carts import MOST_PIECES

# Whoever types is not asked for more than mail servers ask for.
SHAPES = {
    "name": re.compile(r"(?=.*\S)[^\x00-\x1f\x7f]{1,40}"),
    "email": re.compile(r"[^\s@<>\"(),:;\x00-\x1f]{1,64}@[^\s@<>\"(),:;\x00-\x1f]+\.[^\s@<>\"(),:;.\x00-\x1f]{2,63}"),
    "address": re.compile(r"(?=.*\S)[^\x00-\x1f\x7f]{1,200}"),
    "postcode": re.compile(r"(?=.*\S)[^\x00-\x1f\x7f]{1,10}"),
    "phone": re.compile(r"(01[016789][- ]?[0-9]{3,4}[- ]?[0-9]{4})?"),
    "password": re.compile(r".{8,200}", re.DOTALL),
}
LONGEST_EMAIL = 200


def problems(form: Mapping[str, str], asked: Iterable[str]) -> dict[str, str]:
    """The key of the text that says what is wrong, for each field where something is."""
    return {name: f"error_{name}" for name in asked if not _right(name, form.get(name, ""))}


def _right(name: str, value: str) -> bool:
    return bool(SHAPES[name].fullmatch(value)) and (name != "email" or len(value) <= LONGEST_EMAIL)


def pieces(form: Mapping[str, str], least: int) -> int:
    """The quantity in a form, brought within bounds; what is no number is one piece."""
    written = form.get("quantity", "1")
    wanted = int(written) if written.isascii() and written.isdigit() and len(written) <= 4 else 1
    return max(least, min(wanted, MOST_PIECES))
