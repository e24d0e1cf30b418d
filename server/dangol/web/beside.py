"""Work that takes a core for as long as it lasts: a command of dangol's own, in a process beside the server's, which
gives way to the page views."""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from dangol.errors import Unavailable
from dangol.house import House

log = logging.getLogger(__name__)


async def run(house: House, arguments: Sequence[str], given: bytes | BinaryIO, longest: float, hint: str) -> bytes:
    """What `dangol` with these arguments writes; `given` is what it reads, a file from where it stands. One that ends
    with 1 has answered too where it has written something: why it refused.

    Raises `Unavailable` after `longest` seconds, with the `hint` what to do then, and where it fails; the log says why.
    """
    stdin = PIPE if isinstance(given, bytes) else given
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dangol", *arguments), stdin=stdin, stdout=PIPE, stderr=PIPE, env=environment(house)
    )
    try:
        async with asyncio.timeout(longest):
            answer, told = await process.communicate(given if isinstance(given, bytes) else None)
    except TimeoutError:
        raise Unavailable(f"it took more than {longest:g} s; {hint}") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode not in (0, 1) or (process.returncode and not answer):
        log.error("dangol %s failed: %s", arguments[0], told.decode(errors="replace"))
        raise Unavailable("it failed; the log says why")
    return answer


def environment(house: House) -> Mapping[str, str]:
    """The server's settings, and its store."""
    settings = house.settings
    given = {f"DANGOL_{name.upper()}": getattr(settings, name) for name in settings.__struct_fields__}
    own = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}
    return {**os.environ, **own, "DANGOL_REDIS_URL": house.link.url}
