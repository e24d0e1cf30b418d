"""Since when profiles know what definitions watch for: by site, partition and stream, once the log was looked through.

The hash of a partition has, for each stream, the unix second since which its profiles have all that happened (0: from
the first event on), and in the field `VERSION` the version of the definitions that it was last compared with.
"""

import asyncio
from collections.abc import Collection, Mapping

from dangol.store import keys
from dangol.store.link import Link

VERSION = ""


async def read(link: Link, number: int, site: str) -> tuple[int, dict[str, int]]:
    """The version that was last compared with, 0 for none, and the streams with their seconds."""
    flat = await link.call("HGETALL", keys.known(number, site))
    since = {key.decode(): int(second) for key, second in zip(flat[::2], flat[1::2], strict=True)}
    return since.pop(VERSION, 0), since


async def compared(link: Link, number: int, site: str, version: int, gone: Collection[str]) -> None:
    """This version of the definitions was compared with what is known; the streams that are `gone` are not any more."""
    name = keys.known(number, site)
    if gone:
        await link.call("HDEL", name, *gone)
    await link.call("HSET", name, VERSION, version)


async def learn(link: Link, number: int, site: str, streams: Collection[str], since: int) -> None:
    """All profiles know these streams since that second."""
    if streams:
        await link.call("HSET", keys.known(number, site), *(each for key in streams for each in (key, since)))


async def known_since(link: Link, site: str, streams: Mapping[str, int]) -> dict[str, int]:
    """For each stream the unix second since which all of the site's profiles know it, 0 if from their first event on.
    One that is not there is being filled still, or not asked for. Given is for each the version of the definitions from
    which on it is asked for without a gap: what was known before the gap does not count."""
    if not streams:
        return {}
    names = [keys.known(number, site) for number in range(keys.PARTITIONS)]
    by_partition = await asyncio.gather(*(link.call("HMGET", name, VERSION, *streams) for name in names))
    versions, *seconds = zip(*by_partition, strict=True)
    compared = min(int(each or 0) for each in versions)
    found = zip(streams.items(), seconds, strict=True)
    return {key: max(map(int, each)) for (key, asked), each in found if asked <= compared and None not in each}
