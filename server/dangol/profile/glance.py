"""A quick look at a stored profile: who it is, what it had of campaigns, and the seed that arms are drawn by.

Reading all of a profile costs ten times as much, and a draw looks at a million of them.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
from msgspec import Raw, Struct

from dangol.profile.model import Contact, Profile


class Named(Struct, array_like=True, gc=False):
    """The member's id alone."""

    id: str


class Glance(Protocol):
    """What is read of a profile; None as `member` for a visitor, "" as `alias` for whoever is a person of their own."""

    seed: int
    member: Named | None
    contacts: Mapping[str, Contact]
    alias: str


_READ: dict[str, tuple[Any, Any]] = {
    "seed": (int, 0),
    "member": (Named | None, None),
    "contacts": (dict[str, Contact], msgspec.field(default_factory=dict)),
    "alias": (str, ""),
}
_UNREAD = Raw, Raw(b"\xc0")
_names = Profile.__struct_fields__[: Profile.__struct_fields__.index("alias") + 1]
_shape = msgspec.defstruct("_Glance", [(name, *_READ.get(name, _UNREAD)) for name in _names], array_like=True, gc=False)
_decode = msgspec.msgpack.Decoder(_shape).decode


def glance(document: bytes) -> Glance:
    """What a document tells."""
    found: Glance = _decode(document)  # type: ignore[assignment]
    return found
