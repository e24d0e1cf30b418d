"""Who does what: workers find each other in the store and share the partitions of all jobs without a coordinator.

The little that this writes is allowed in a full store too, since it is the workers who make room in it.
"""

from collections.abc import Collection, Iterable
from hashlib import blake2b
from typing import NamedTuple

from dangol.store import keys
from dangol.store.link import Link
from dangol.store.script import Script

# KEYS: workers. ARGV: this worker, milliseconds after which a silent worker counts as dead. The store's clock counts,
# so the workers' own may differ.
_BEAT = Script("""#!lua flags=allow-oom
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
return redis.call('ZRANGE', KEYS[1], 0, -1)
""")

# KEYS: lease. ARGV: token, milliseconds.
_ACQUIRE = Script("""#!lua flags=allow-oom
return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
""")

# KEYS: lease. ARGV: token, milliseconds.
_RENEW = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
""")

# KEYS: lease. ARGV: token.
_RELEASE = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
""")


class Place(NamedTuple):
    """One partition of one job: what a lease is for."""

    job: str
    number: int


def owner(place: Place, workers: Iterable[str]) -> str:
    """The worker that a place belongs to, by rendezvous hashing (Thaler and Ravishankar, 1996): every worker finds the
    same answer alone, and one that comes or goes moves only its own share."""
    return max(workers, key=lambda worker: blake2b(f"{worker}|{place.job}|{place.number}".encode()).digest())


def share(worker: str, workers: Collection[str], places: Iterable[Place]) -> set[Place]:
    """The places that belong to `worker`."""
    present = {*workers, worker}
    return {place for place in places if owner(place, present) == worker}


async def beat(link: Link, worker: str, seconds: float) -> list[str]:
    """Say that `worker` is alive; returns all that said so within the last `seconds`."""
    return [name.decode() for name in await _BEAT(link, [keys.WORKERS], [worker, int(seconds * 1000)])]


async def leave(link: Link, worker: str) -> None:
    """Say that `worker` goes, so that others take its places over at once."""
    await link.call("ZREM", keys.WORKERS, worker)


async def acquire(link: Link, place: Place, token: str, seconds: float) -> bool:
    """Take the lease where nobody has it."""
    key = keys.lead(place.number, place.job)
    return await _ACQUIRE(link, [key], [token, int(seconds * 1000)]) is not None


async def renew(link: Link, place: Place, token: str, seconds: float) -> bool:
    """Keep the lease; False when it is over. A lease that lapsed is lost even where nobody took it since."""
    return bool(await _RENEW(link, [keys.lead(place.number, place.job)], [token, int(seconds * 1000)]))


async def release(link: Link, place: Place, token: str) -> None:
    """Give the lease back."""
    await _RELEASE(link, [keys.lead(place.number, place.job)], [token])
