"""Text from outside, made harmless to store and show: one normal form, no control or direction characters."""

import unicodedata

JOINERS = "\u200c\u200d"  # emoji and some scripts are written with them


def clean(text: str, longest: int) -> str:
    """NFC, without control, format and private characters, at most `longest` characters."""
    if text.isascii() and text.isprintable():
        return text[:longest]
    text = text[: longest * 4]
    if not text.isprintable():
        text = "".join(c for c in text if c.isprintable() or c in JOINERS or c == "\u00a0" or c == "\u3000")
    return unicodedata.normalize("NFC", text)[:longest]
