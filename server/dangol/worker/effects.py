"""What the log tells of campaigns' shoppers becomes figures."""

from collections.abc import Sequence

from dangol.store import effects
from dangol.store.effects import Credited
from dangol.store.link import Link
from dangol.worker.follow import Logged


class Effects:
    """The handler of the job that counts for reports."""

    def __init__(self, link: Link) -> None:
        self.link = link

    async def __call__(self, number: int, batch: Sequence[Logged]) -> None:
        """Add the credits of each entry, exactly once however often the batch comes."""
        told = [Credited(id, entry.site, entry.credits) for id, entry in batch if entry.credits]
        await effects.apply(self.link, number, told)
