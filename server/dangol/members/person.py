"""All that is kept of one person, to hand it out or to delete it: what data protection laws let people ask for.

Push requests are found by the histories of the person's profiles, member id and addresses. A history names the latest
ones alone; where it is full, all requests are looked through.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import Any

import msgspec

from dangol import consents
from dangol.messages import view
from dangol.profile.model import Profile
from dangol.profile.packed import seconds
from dangol.protocol import tokens
from dangol.protocol.event import Entry
from dangol.protocol.tokens import Keys
from dangol.store import keys as names
from dangol.store import listing, log, outbox, recipients
from dangol.store.link import Link
from dangol.store.outbox import Row
from dangol.store.profiles import Profiles
from dangol.store.transitions import HISTORY

PAGE = 1000
FIRST, LAST = "0-0", "+"


class Person:
    """A member, or the visitor whose token or profile id is given."""

    def __init__(self, link: Link, profiles: Profiles, keys: Keys, site: str, *, member: str = "", visitor: str = ""):
        self._link = link
        self._profiles = profiles
        self._keys = keys
        self._site = site
        self._member = member
        self.id = tokens.member_profile(keys, member) if member else visitor.partition(".")[0]

    async def export(self) -> dict[str, Any]:
        """The profile, the events that the log still has, and the push requests of a member. Raises `Unavailable`."""
        profile = (await self._profiles.read_now(self._site, self.id)).profile()
        return {
            "profile": self.id,
            "known": facts(profile),
            "events": [_plain(entry) async for entry in self._logged({self.id, *profile.merged})],
            "messages": [msgspec.to_builtins(view.whole(row)) for row in await self._pushes(profile)],
        }

    async def forget(self) -> dict[str, int]:
        """Delete the profile, the visitors that it took in and a member's push requests; how many there were. What the
        log has goes when that is trimmed. Raises `Unavailable`; may be repeated."""
        stored = await self._profiles.read_now(self._site, self.id)
        profile = stored.profile()
        pushes = await self._pushes(profile)
        await outbox.forget(self._link, [row.key for row in pushes])
        for recipient in self._recipients(profile):
            await outbox.forget_history(self._link, self._site, recipient)
        await consents.forget(self._link, self._keys, self._site, (self.id, *profile.merged), profile)
        # The profile goes last: it names the others.
        for profile_id in (*profile.merged, self.id):
            await self._profiles.forget(self._site, profile_id)
        return {"profiles": int(bool(stored.document)), "messages": len(pushes)}

    async def _logged(self, ids: set[str]) -> AsyncIterator[Entry]:
        for number in sorted({names.partition(each) for each in ids}):
            after = FIRST
            while page := await log.between(self._link, number, after, LAST, PAGE):
                after = page[-1][0]
                for _, payload in page:
                    head = log.head(payload)
                    if head and head.site == self._site and head.profile in ids and (entry := log.entry(payload)):
                        yield entry

    async def _pushes(self, profile: Profile) -> list[Row]:
        wanted = self._recipients(profile)
        found = await asyncio.gather(*(recipients.keys_of(self._link, self._site, each) for each in wanted))
        if max(map(len, found)) >= HISTORY:
            return [row async for row in listing.every(self._link, lambda row: self._is_theirs(row, wanted))]
        rows = await outbox.read_many(self._link, [key for each in found for key in each])
        return [row for row in rows if row and self._is_theirs(row, wanted)]

    def _recipients(self, profile: Profile) -> list[str]:
        """All that push requests to the person may be kept under. Of addresses those that the shop has told: in a form
        anybody may write anybody's."""
        member = profile.member
        members = {self._member, member.id if member else ""} - {""}
        addresses = {member.phone, member.email} - {""} if member else set()
        return [
            *(outbox.recipient_of(each, "", "") for each in (self.id, *profile.merged)),
            *(outbox.recipient_of("", each, "") for each in sorted(members)),
            *(outbox.recipient_of("", "", each) for each in sorted(addresses)),
        ]

    def _is_theirs(self, row: Row, wanted: Collection[str]) -> bool:
        push = row.push
        return push.site == self._site and outbox.recipient_of(push.profile, push.member, push.to) in wanted


def facts(profile: Profile) -> dict[str, Any]:
    """The profile by its fields' names, without what would show how its ids are made."""
    told: dict[str, Any] = named(profile)
    for secret in ("seed", "event_ids"):
        del told[secret]
    told["behaviours"] = {key: seconds(packed) for key, packed in profile.behaviours.items()}
    return told


def named(value: Any) -> Any:
    """A struct as an object, also one that is stored as an array."""
    if isinstance(value, msgspec.Struct):
        return {name: named(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, list):
        return [named(each) for each in value]
    return {name: named(each) for name, each in value.items()} if isinstance(value, dict) else value


def _plain(entry: Entry) -> Any:
    return msgspec.to_builtins(named(entry))
