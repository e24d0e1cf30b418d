"""Rings of marks: what must be known again, but never read. A mark is a short hash, so a ring is bytes."""

from hashlib import blake2b

from dangol.profile.model import EVENT_ID_BYTES

SIZE = EVENT_ID_BYTES


def mark(text: str) -> bytes:
    """The mark of an event's id or an order's number."""
    return blake2b(text.encode(), digest_size=SIZE).digest()


def place(ring: bytes, one: bytes) -> int:
    """Where a mark stands in a ring, or -1."""
    at = ring.find(one)
    while at > 0 and at % SIZE:  # a match across two marks is no match
        at = ring.find(one, at + 1)
    return at


def marks(ring: bytes) -> list[bytes]:
    """The marks of a ring, in its order."""
    return [ring[at : at + SIZE] for at in range(0, len(ring), SIZE)]
