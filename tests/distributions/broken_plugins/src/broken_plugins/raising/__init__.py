"""A widget that raises."""

from collections.abc import Mapping
from typing import Any

from dangol.plugin import View, Widget


class Raising(Widget):
    """A widget that raises."""

    name = "broken_raising"
    api = 1
    slot = "corner"

    async def context(self, params: Any, view: View) -> Mapping[str, Any] | None:
        """Never returns."""
        raise ZeroDivisionError("a fault in the plugin")
