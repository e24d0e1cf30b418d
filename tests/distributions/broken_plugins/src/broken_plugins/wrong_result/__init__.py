"""A widget that returns what is no context."""

from collections.abc import Mapping
from typing import Any

from dangol.plugin import View, Widget


class WrongResult(Widget):
    """A widget that returns what is no context."""

    name = "broken_result"
    api = 1
    slot = "corner"

    async def context(self, params: Any, view: View) -> Mapping[str, Any] | None:
        """Returns a list."""
        return ["not a mapping"]  # type: ignore[return-value]
