"""Classes that break the contract of `dangol.plugin`; dangol refuses them at its start."""

from collections.abc import Mapping
from typing import Any

from dangol.plugin import Channel, Plugin, View, Widget


class Complete(Widget):
    """What the classes below are but for one thing."""

    slot = "corner"

    async def context(self, params: Any, view: View) -> Mapping[str, Any] | None:
        """Nothing to add."""
        return {}


class Future(Complete):
    """Written for a later dangol."""

    name = "broken_api"
    api = 99


class Misnamed(Complete):
    """Listed under another name than its own."""

    name = "another_name"
    api = 1


class Kindless(Plugin):
    """Of no kind."""

    name = "broken_kind"
    api = 1


class Unfinished(Channel):
    """Without `send`."""

    name = "broken_method"
    api = 1


class Misshapen(Complete):
    """With a method that can't be called as dangol calls it."""

    name = "broken_signature"
    api = 1

    async def context(self, params: Any) -> Mapping[str, Any] | None:  # type: ignore[override]
        """The view is missing."""
        return {}


class Paramless(Complete):
    """With parameters that no schema can be made of."""

    name = "broken_params"
    api = 1
    Params = dict  # type: ignore[assignment]


class Unmakeable(Complete):
    """Raises when it is made."""

    name = "broken_making"
    api = 1

    def __init__(self) -> None:
        raise FileNotFoundError("licence.key")


class Fileless(Complete):
    """Without a template beside it."""

    name = "broken_files"
    api = 1
