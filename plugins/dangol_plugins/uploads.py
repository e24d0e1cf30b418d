"""Images that providers keep: each is fetched and given to the provider once, and known by the provider's id after."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping

from dangol_plugins import accounts, pictures
from dangol_plugins.batches import Unfit
from dangol_plugins.http import Lost, Unreached

WHOLE = 5.0
"""Seconds for fetching and uploading; the rest of the budget is for sending."""

KEPT, DAY = 1000, 86_400.0
"""How many images are remembered, and for how many seconds."""

Image = tuple[str, str]
"""The provider's kind of image, and its address."""

Give = Callable[[str, bytes], Awaitable[str]]
"""Gives the provider an image of a kind; its id there. Raises `Unfit`."""


class Uploads:
    """Those of one channel in one process."""

    def __init__(self, largest: Mapping[str, int], otherwise: int) -> None:
        self.largest = largest
        self.otherwise = otherwise
        self._ids: OrderedDict[tuple[str, Image], tuple[str, float]] = OrderedDict()

    async def kept(self, account: str, images: Collection[Image], give: Give) -> dict[Image, str | Unfit]:
        """The provider's ids of images, or why there is none."""
        wanted = sorted(images)
        ids = await asyncio.gather(*(self._id(account, image, give) for image in wanted))
        return dict(zip(wanted, ids, strict=True))

    async def _id(self, account: str, image: Image, give: Give) -> str | Unfit:
        known = self._ids.get((account, image))
        if known is not None and time.time() < known[1]:
            return known[0]
        kind, address = image
        try:
            async with asyncio.timeout(WHOLE):
                found = await give(kind, await pictures.fetched(address, self.largest.get(kind, self.otherwise)))
        except Unfit as unfit:
            return unfit
        except (Unreached, Lost, TimeoutError) as error:
            return Unfit(str(error) or "an image could not be given to the provider in time", "provider", again=True)
        except accounts.Unset as unset:
            return Unfit(str(unset), "account", again=True)
        self._ids[account, image] = found, time.time() + DAY
        while len(self._ids) > KEPT:
            self._ids.popitem(last=False)
        return found


def chosen(kept: Mapping[Image, str | Unfit], kind: str, image: str) -> str:
    """The id of an image that a template names by its address, or by its id already. Raises `Unfit`."""
    found = kept.get((kind, image), image)
    if isinstance(found, Unfit):
        raise found
    return found
