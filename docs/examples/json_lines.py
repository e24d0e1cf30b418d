"""The event log as a file of JSON lines, for whatever reads those."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from dangol.plugin import Entry, Sink


class JsonLines(Sink):
    """Appends to the file that the environment names."""

    name = "json_lines"
    version = "1.0"
    api = 1
    title = "JSON lines"

    async def consume(self, entries: Sequence[Entry]) -> None:
        """A batch may come twice, so readers drop the event ids that they have seen."""
        lines = b"".join(
            msgspec.json.encode({"member": entry.member, "name": event.name, "at": event.at, "id": event.id}) + b"\n"
            for entry in entries
            for event in entry.events
        )
        await asyncio.to_thread(_append, Path(os.environ["EVENTS_FILE"]), lines)


def _append(path: Path, lines: bytes) -> None:
    with path.open("ab") as file:
        file.write(lines)
