"""Lua scripts: sent once, then named by their digest."""

import hashlib
from collections.abc import Sequence
from typing import Any

from redis.exceptions import ResponseError

from dangol.store.link import Link
from dangol.store.wire import Argument


class Script:
    """A script. All its keys must carry the same partition tag."""

    def __init__(self, lua: str) -> None:
        self.lua = lua
        self.digest = hashlib.sha1(lua.encode(), usedforsecurity=False).hexdigest()  # the store's own choice

    async def __call__(self, link: Link, keys: Sequence[str], args: Sequence[Argument]) -> Any:
        """The script's reply."""
        try:
            return await link.call("EVALSHA", self.digest, len(keys), *keys, *args)
        except ResponseError as error:
            if not str(error).startswith("NOSCRIPT"):
                raise
        return await link.call("EVAL", self.lua, len(keys), *keys, *args)
