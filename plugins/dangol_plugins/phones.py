"""Phone numbers as Korean providers write them. Pure."""

from dangol_plugins.batches import Unfit

MARKS = str.maketrans("", "", "- .")


def korean(number: str) -> str:
    """01012345678 for 010-1234-5678 and +821012345678. Raises `Unfit` for all that is no number in Korea."""
    found = number.translate(MARKS)
    if found.startswith("+82"):
        found = "0" + found.removeprefix("+82").removeprefix("0")
    if not (found.isascii() and found.isdigit() and found.startswith("0") and 9 <= len(found) <= 12):
        raise Unfit("the recipient's number is none in Korea, and this provider sends there only", "bad_address")
    return found
