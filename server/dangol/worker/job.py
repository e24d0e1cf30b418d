"""What a job is to the loop that runs it."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Iterable

from dangol.worker.leases import Place


class Lane(ABC):
    """One partition of a job, for as long as this worker has its lease."""

    async def open(self) -> None:  # noqa: B027  # most need nothing
        """Called once before the first step."""

    def close(self) -> None:  # noqa: B027  # most need nothing
        """Called once after the last step."""

    @abstractmethod
    async def step(self) -> float | None:
        """Do some of the work. Returns the seconds to wait until the next step, or None when there was nothing to do.

        Raises `LeaseLost` when another worker has the place, `Unavailable` to be called again. After any other
        exception, which is logged, the lane is thrown away and a new one opened.
        """


class Job(ABC):
    """Work that is split by partitions of the store."""

    name: str

    @abstractmethod
    def lane(self, place: Place, token: str) -> Lane:
        """The work on one partition under the lease of `token`."""

    async def close(self) -> None:  # noqa: B027  # most need nothing
        """Finish what still runs; no lane makes a step any more."""


async def side_by_side(work: Iterable[Awaitable[None]]) -> None:
    """Do all of it at once; what one raises is raised when the others are done, so that nothing goes on behind a step's
    back."""
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
