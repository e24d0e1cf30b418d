"""By recipient and by provider: who got which push requests, who has an address for a cause, what a provider calls it.

Addresses stand in no name of a key: digests do.
"""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from dangol.store import keys
from dangol.store.link import Link
from dangol.store.rows import KEY_LENGTH, pack
from dangol.store.script import Script
from dangol.store.spread import spread
from dangol.store.wire import Argument

CLAIMED = 30 * 86_400
"""Seconds for which an address is remembered to have got what a cause says."""

PROVIDER_KEPT = 14 * 86_400
"""Seconds for which a provider's own id leads to a request: hooks come within days."""

# KEYS: addresses. ARGV: seconds, then a request's key for each. Answers with the key that each address is claimed for.
_CLAIM = Script("""
local answer = {}
for i, name in ipairs(KEYS) do
  if redis.call('SET', name, ARGV[i + 1], 'NX', 'EX', ARGV[1]) then
    answer[i] = ARGV[i + 1]
  else
    answer[i] = redis.call('GET', name)
  end
end
return answer
""")


class Reach(NamedTuple):
    """The request `key` would reach the address `to` for its cause."""

    cause: str
    to: str
    key: str


def history_name(site: str, recipient: str) -> str:
    """The key of a recipient's history."""
    return keys.history(keys.partition(recipient), _digest(site, recipient))


async def keys_of(link: Link, site: str, recipient: str) -> list[str]:
    """The keys of a recipient's latest requests, the newest first."""
    found = (await link.call("GET", history_name(site, recipient)) or b"").decode()
    return [found[at : at + KEY_LENGTH] for at in range(0, len(found), KEY_LENGTH)]


async def claim(link: Link, site: str, wanted: Sequence[Reach]) -> list[bool]:
    """For each whether the address is its own: a cause's first request claims it, and keeps it when asked again."""
    reaches = [(_digest(site, cause, to), key) for cause, to, key in wanted]
    return await spread(reaches, lambda reach: keys.partition(reach[0]), partial(_claimed, link))


async def _claimed(link: Link, part: Sequence[tuple[str, str]]) -> list[bool]:
    names = [keys.address(keys.partition(digest), digest) for digest, _ in part]
    args: list[Argument] = [CLAIMED, *(key for _, key in part)]
    answer = await _CLAIM(link, names, args)
    return [found is not None and found.decode() == key for found, (_, key) in zip(answer, part, strict=True)]


async def name_provider(link: Link, site: str, sender: str, named: Sequence[tuple[str, str]]) -> None:
    """Remember what the provider calls requests: (its id, their key)."""
    await asyncio.gather(
        *(link.call("SET", keys.provider(site, sender, each), key, "EX", PROVIDER_KEPT) for each, key in named)
    )


async def by_provider(link: Link, site: str, sender: str, provider_id: str) -> str | None:
    """The key of the request that the provider calls so."""
    found = await link.call("GET", keys.provider(site, sender, provider_id))
    return found.decode() if found else None


def _digest(*parts: str) -> str:
    return urlsafe_b64encode(sha256(pack(parts)).digest()[:12]).decode()
