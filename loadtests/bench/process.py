"""Servers under measurement as processes, their CPU time, and the cores that they may use."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

STARTING = 120.0


@contextmanager
def served(kind: str, *arguments: str) -> Iterator[tuple[int, psutil.Process]]:
    """The port and process of a `loadtests.bench.server` that answers. Raises TimeoutError where it does not."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "loadtests.bench.server", kind, str(port), *arguments])
    try:
        _wait(port)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"port {port}: the server does not answer after {STARTING:.0f} s")


def cpu(process: psutil.Process) -> float:
    """Seconds of CPU that the process has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


def pin(core: int, *processes: psutil.Process) -> None:
    """Keep processes on one core, with all of their threads."""
    for process in processes:
        for thread in process.threads():
            os.sched_setaffinity(thread.id, {core})
