"""A widget whose template tries to run a script."""

from collections.abc import Mapping
from typing import Any

from dangol.plugin import View, Widget


class HostileHtml(Widget):
    """A widget whose template tries to run a script."""

    name = "broken_html"
    api = 1
    slot = "corner"

    async def context(self, params: Any, view: View) -> Mapping[str, Any] | None:
        """Nothing to add."""
        return {}
