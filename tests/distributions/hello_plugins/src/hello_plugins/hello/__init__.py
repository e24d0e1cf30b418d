"""A greeting in the corner of the page."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from dangol.plugin import Text, View, Widget


class Hello(Widget):
    """Greets, and tells how many pages the visit has."""

    name = "hello"
    version = "1.2"
    api = 1
    title = "Hello"
    slot = "corner"

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """The greeting."""

        text: Text

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """What the template counts."""
        return {"pages": view.profile.visit.page_views}
