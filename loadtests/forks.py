"""Processes that are there to be killed, forked from one that has imported dangol: each begins at once."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from typing import Any

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["__main__", "dangol.worker.process", "dangol_plugins.webhook"])

Main = Callable[..., Coroutine[Any, Any, None]]
"""What such a process runs, a function of a module; its last argument is to be called when it is ready."""


async def forked(main: Main, *arguments: str | int) -> BaseProcess:
    """A process that is ready. Raises TimeoutError."""
    ready = FORKS.Event()
    process = FORKS.Process(target=_run, args=(main, arguments, ready), daemon=True)
    await asyncio.to_thread(process.start)
    if not await asyncio.to_thread(ready.wait, 60):
        await killed(process)
        raise TimeoutError("the process was not ready within 60 seconds")
    return process


async def killed(process: BaseProcess) -> None:
    """End the process, if it has not ended, as a loss of power would."""
    process.kill()
    await asyncio.to_thread(process.join)


def _run(main: Main, arguments: tuple[str | int, ...], ready: Event) -> None:
    logging.disable()  # troubles are made for it
    asyncio.run(main(*arguments, ready.set))
