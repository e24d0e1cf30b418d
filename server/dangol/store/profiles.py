"""Profiles in the store: read, and written back together with the log entry by compare-and-set."""

import os
from collections import OrderedDict
from collections.abc import Awaitable, Sequence
from typing import NamedTuple

import msgspec
from prometheus_client import Counter

from dangol.profile.model import Profile
from dangol.protocol.event import Entry
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.script import Script
from dangol.store.spread import spread
from dangol.store.wire import Argument

VERSION_BYTES = 8
ABSENT = b""
REMEMBERED = 20_000
REMEMBERED_BYTES = 64 << 20
"""A usual profile has one or two thousand bytes; one that somebody has stuffed may have two hundred thousand."""

LOST_RACES = Counter("dangol_lost_races", "Profile writes that came second and were done anew.")

TOUCHED = 20_000
"""Writes without a log entry that each partition remembers."""

# KEYS: of each write its profile and stream. ARGV: of each the version that was read ("" for none), the new version and
# document, seconds to live, field and value of what the stream takes, and how many of those it keeps ("" for all).
# Answers for each with nothing, or with what stands there now.
WRITE = Script("""
local answer = {}
for i = 1, #KEYS, 2 do
  local at = (i - 1) * 3
  if redis.call('GETRANGE', KEYS[i], 0, 7) ~= ARGV[at + 1] then
    answer[#answer + 1] = redis.call('GET', KEYS[i]) or ''
  else
    redis.call('SET', KEYS[i], ARGV[at + 2], 'EX', ARGV[at + 3])
    if ARGV[at + 6] ~= '' then
      redis.call('XADD', KEYS[i + 1], 'MAXLEN', '~', ARGV[at + 6], '*', ARGV[at + 4], ARGV[at + 5])
    else
      redis.call('XADD', KEYS[i + 1], '*', ARGV[at + 4], ARGV[at + 5])
    end
    answer[#answer + 1] = false
  end
end
return answer
""")

# KEYS: profile, touched. ARGV: what the stream takes, how much of it is kept, and what stands in the profile's place
# for how many seconds, where it shall not come back at once.
FORGET = Script("""
redis.call('DEL', KEYS[1])
if ARGV[3] then redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[4]) end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', 'p', ARGV[1])
""")

FORGOTTEN = "-"
"""What a profile is the alias of whose shopper has just asked to be forgotten."""

AWAY = 60
"""Seconds for which a forgotten profile is not made anew: requests of other tabs may arrive that much later."""

DAY = 86_400

encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Profile).decode

CLOSED = encode(Profile(alias=FORGOTTEN))


class Stored(msgspec.Struct, frozen=True, gc=False):
    """A profile as it stands in the store. Versions are random, so a profile that expired and came back is not
    mistaken for the old one."""

    version: bytes
    document: bytes

    @classmethod
    def parse(cls, raw: bytes | None) -> "Stored":
        """From the key's value; None or empty when there is none."""
        return cls(raw[:VERSION_BYTES], raw[VERSION_BYTES:]) if raw else NOBODY

    def profile(self) -> Profile:
        """A fresh copy, which the caller may change."""
        return _decode(self.document) if self.document else Profile()


NOBODY = Stored(ABSENT, b"")


class Write(NamedTuple):
    """What a profile becomes if `before` still stands, and what the log is told in the same step; without an entry the
    partition remembers that the profile was touched."""

    profile_id: str
    before: Stored
    after: Profile
    entry: Entry | None = None


class Profiles:
    """The profiles of a store. Those used lately are remembered, so that a shopper's next page view costs one round
    trip: the write tells when another server knows better."""

    def __init__(self, link: Link, seconds: int) -> None:
        self._link = link
        self._seconds = seconds
        self._remembered: OrderedDict[str, Stored] = OrderedDict()
        self._bytes = 0

    async def read(self, site: str, profile_id: str) -> Stored:
        """What was there last, or `NOBODY`. May be out of date; `write` finds out."""
        name = keys.profile(site, profile_id)
        known = self._remembered.get(name)
        if known is not None:
            return known
        return Stored.parse(await self._link.call("GET", name))

    async def read_now(self, site: str, profile_id: str) -> Stored:
        """What is there now."""
        [stored] = await self.read_many_now(site, [profile_id])
        return stored

    async def read_many_now(self, site: str, profile_ids: Sequence[str]) -> list[Stored]:
        """The same for many, in one call for each partition."""

        def ask(part: list[str]) -> Awaitable[list[bytes | None]]:
            return self._link.call("MGET", *(keys.profile(site, profile_id) for profile_id in part))

        found = [Stored.parse(raw) for raw in await spread(profile_ids, keys.partition, ask)]
        for profile_id, each in zip(profile_ids, found, strict=True):
            if each.document and each.document != CLOSED:
                self._remember(keys.profile(site, profile_id), each)
        return found

    async def write(
        self, site: str, profile_id: str, before: Stored, after: Profile, entry: Entry | None = None
    ) -> tuple[bool, Stored]:
        """Write one profile, as `Write` says.

        Returns True and what was written, or False and what another request wrote meanwhile.
        """
        names, args, written = self._asked(site, Write(profile_id, before, after, entry))
        [newer] = await WRITE(self._link, names, args)
        return self._done(names[0], written, newer)

    async def write_many(self, site: str, writes: Sequence[Write]) -> list[bool]:
        """The same for many, in one step for each partition: whether each was written."""

        async def ask(part: list[Write]) -> list[bool]:
            asked = [self._asked(site, write) for write in part]
            answer = await WRITE(
                self._link,
                [name for names, _, _ in asked for name in names],
                [arg for _, args, _ in asked for arg in args],
            )
            return [
                self._done(names[0], written, newer)[0]
                for (names, _, written), newer in zip(asked, answer, strict=True)
            ]

        return await spread(writes, lambda write: keys.partition(write.profile_id), ask)

    def _asked(self, site: str, write: Write) -> tuple[list[str], list[Argument], Stored]:
        """The names and arguments of the script, and what is written."""
        name, number = keys.profile(site, write.profile_id), keys.partition(write.profile_id)
        written = Stored(os.urandom(VERSION_BYTES), encode(write.after))
        args: list[Argument] = [write.before.version, written.version + written.document, self._life(write.after)]
        if write.entry:
            return [name, keys.log(number)], [*args, "e", encode(write.entry), ""], written
        return [name, keys.touched(number)], [*args, "p", f"{site}:{write.profile_id}", TOUCHED], written

    def _done(self, name: str, written: Stored, newer: bytes | None) -> tuple[bool, Stored]:
        """Whether it was written, and what stands."""
        if newer is not None:
            LOST_RACES.inc()
        stands = written if newer is None else Stored.parse(newer)
        if stands.document == CLOSED:
            self._drop(name)
        else:
            self._remember(name, stands)
        return newer is None, stands

    def _life(self, profile: Profile) -> int:
        """The seconds that a profile lives from now on: an anonymous one a day in all."""
        if not profile.anonymous:
            return self._seconds
        return max(1, DAY + min(profile.first_seen - profile.last_seen, 0))

    async def forget(self, site: str, profile_id: str, for_now: bool = False) -> None:
        """Delete a profile; the partition remembers that it was touched. With `for_now` requests that are under way
        find an alias of `FORGOTTEN` in its place."""
        name, number = keys.profile(site, profile_id), keys.partition(profile_id)
        closed: list[Argument] = [os.urandom(VERSION_BYTES) + CLOSED, AWAY] if for_now else []
        await FORGET(self._link, [name, keys.touched(number)], [f"{site}:{profile_id}", TOUCHED, *closed])
        self._drop(name)

    def _drop(self, name: str) -> None:
        self._bytes -= len(self._remembered.pop(name, NOBODY).document)

    def _remember(self, name: str, stored: Stored) -> None:
        former = self._remembered.pop(name, NOBODY)
        self._remembered[name] = stored
        self._bytes += len(stored.document) - len(former.document)
        while len(self._remembered) > REMEMBERED or self._bytes > REMEMBERED_BYTES:
            _, oldest = self._remembered.popitem(last=False)
            self._bytes -= len(oldest.document)
