"""What follows from a consent that has changed: its address leads to the profile, somebody is to be told, and who that
is gets the notice."""

import time
from collections.abc import Sequence

from dangol import consents
from dangol.engine import Engine
from dangol.errors import Unavailable
from dangol.messages import consent_notices
from dangol.notifying import notify
from dangol.profile.consents import EVENT, IMPORT, Act, confirmed_at, untold_since
from dangol.profile.model import Profile
from dangol.protocol.event import Entry
from dangol.store import duties
from dangol.store.duties import Duty
from dangol.store.link import Link
from dangol.worker.follow import Logged
from dangol.worker.preparing import Sites
from dangol.worker.triggers import SETTLING


class Consents:
    """The handler of the job. All of it is worked out from the profile as it stands, so that it may be repeated."""

    def __init__(self, link: Link, engine: Engine, sites: Sites) -> None:
        self.link = link
        self.engine = engine
        self.sites = sites

    async def __call__(self, number: int, batch: Sequence[Logged]) -> None:
        """Entries that tell of consents, one after the other."""
        for logged in batch:
            if any(event.name == EVENT for event in logged.entry.events):
                await self._follow(logged.entry)

    async def _follow(self, entry: Entry) -> None:
        runtime = self.sites(entry.site)
        if runtime is None:
            if time.time() - entry.at / 1000 < SETTLING:
                raise Unavailable(f"site {entry.site} is not known here yet")
            return
        home = await self.engine.home(runtime, entry.profile)
        profile = await self.engine.look(runtime, home)
        await consents.index(self.link, self.engine, runtime, home, profile)
        for channel, consent in profile.subscriptions.items():
            duty = Duty(home, channel, untold_since(consent))
            await duties.put(self.link, entry.site, duty, confirmed_at(consent))
        now = entry.at / 1000
        raised = consent_notices.of_profile(profile, _acts(entry, profile), runtime.definitions, now)
        if raised:
            await notify(self.link, runtime, raised, now)


def _acts(entry: Entry, profile: Profile) -> list[Act]:
    """What the shopper did, as far as the profile knows of it; what was imported was told elsewhere."""
    found = []
    for event in entry.events:
        channel, what, at = str(event.props.get("channel")), str(event.props.get("act")), event.at // 1000
        consent = profile.subscriptions.get(channel) if event.name == EVENT else None
        made = [each for each in consent.history if (each.what, each.at) == (what, at)] if consent else []
        found += [Act(channel, what, at, source=each.source) for each in made if each.source != IMPORT]
    return found
