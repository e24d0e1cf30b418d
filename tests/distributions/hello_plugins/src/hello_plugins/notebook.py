"""Messages written into a file, one line each."""

import asyncio
from pathlib import Path

import msgspec
from msgspec import Struct

from dangol.plugin import Channel, PushRequest, Receipt


class Notebook(Channel):
    """Keeps what it is given."""

    name = "notebook"
    version = "1.2"
    api = 1

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """The file to write to."""

        file: str

    async def send(self, params: Params, request: PushRequest) -> Receipt:
        """Append the request as a line of JSON."""
        await asyncio.to_thread(_append, Path(params.file), msgspec.json.encode(request) + b"\n")
        return Receipt("accepted", provider_id=request.key)


def _append(path: Path, line: bytes) -> None:
    with path.open("ab") as file:
        file.write(line)
