"""A widget that takes its time."""

import asyncio
from collections.abc import Mapping
from typing import Any

from dangol.plugin import View, Widget


class Slow(Widget):
    """A widget that takes its time."""

    name = "broken_slow"
    api = 1
    slot = "corner"

    async def context(self, params: Any, view: View) -> Mapping[str, Any] | None:
        """Returns after a minute."""
        await asyncio.sleep(60)
        return {}
