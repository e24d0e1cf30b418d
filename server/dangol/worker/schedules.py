"""The job that runs schedules: it settles each slot whose time has come, by opening its draw or recording it as missed.

A slot that no worker could run in time is run up to the schedule's `late` hours after its time, and recorded as missed
after that. What counts are the slots since the schedule is in force as it is: one that was changed or switched on again
has no slots in the past. The store settles a slot once, whoever asks for it.
"""

import logging
import time
from collections.abc import Callable, Mapping
from hashlib import blake2b

import msgspec

from dangol.campaigns.calendar import local_time
from dangol.definitions import repository
from dangol.definitions.model import Campaign
from dangol.messages.schedule import Timetable, due, in_force, scheduled, seen_since, slots
from dangol.runtime import SiteRuntime
from dangol.store import draws, keys
from dangol.store import slots as store
from dangol.store.draws import Draw
from dangol.store.link import Link
from dangol.store.slots import Record, Settled
from dangol.worker.job import Job, Lane
from dangol.worker.leases import Place

PAUSE = 1.0
HOUR = 3600

logger = logging.getLogger(__name__)


class Schedules(Job):
    """A lane for each partition of campaigns. `sites` are the definitions in force, by site."""

    name = "schedules"

    def __init__(self, link: Link, sites: Callable[[], Mapping[str, SiteRuntime]]) -> None:
        self.link = link
        self.sites = sites

    def lane(self, place: Place, token: str) -> Lane:
        """The campaigns of one partition."""
        return _Keeper(self, place.number)


class _Keeper(Lane):
    def __init__(self, job: Schedules, number: int) -> None:
        self._job = job
        self._number = number
        self._rest: dict[tuple[str, str], tuple[str, float]] = {}  # by campaign its rule, and its next slot

    async def step(self) -> float | None:
        found: set[tuple[str, str]] = set()
        for runtime in self._job.sites().values():
            for campaign, table in scheduled(runtime.definitions):
                if keys.partition(campaign.id) == self._number:
                    found.add((runtime.site.id, campaign.id))
                    await self._look(runtime, campaign, table, time.time())
        for place in self._rest.keys() - found:  # one that is switched on again is new
            del self._rest[place]
        return PAUSE

    async def _look(self, runtime: SiteRuntime, campaign: Campaign, table: Timetable, now: float) -> None:
        place, rule = (runtime.site.id, campaign.id), rule_of(table)
        known, following = self._rest.get(place, ("", 0.0))
        if known != rule or following <= now:
            record = await self._record(runtime, campaign, table, rule, now if known != rule else 0.0)
            for slot in due(table, record.since, now):
                if record.rule != rule or record.since >= slot:
                    return  # somebody else sees to it
                record = await settle(self._job.link, runtime, table, campaign, record, slot, now)
            self._rest[place] = rule, next(slots(table, now), float("inf"))

    async def _record(
        self, runtime: SiteRuntime, campaign: Campaign, table: Timetable, rule: str, new_at: float
    ) -> Record:
        """How far the slots are settled. One that is met at the time `new_at` (0: it is known here) may have been
        switched off or changed before, and has no slots from before it is in force."""
        site = runtime.site.id
        record = await store.read(self._job.link, site, campaign.id)
        if record.rule == rule and not due(table, record.since, new_at):
            return record
        settled = record.since if record.rule == rule else 0
        since = await in_force_since(self._job.link, site, campaign.id, rule, settled)
        return await store.adopt(self._job.link, site, campaign.id, record, rule, since) if since > settled else record


def rule_of(table: Timetable) -> str:
    """A name of the schedule with its span: equal ones have equal slots."""
    return blake2b(msgspec.msgpack.encode(table), digest_size=12).hexdigest()


async def settle(
    link: Link, runtime: SiteRuntime, table: Timetable, campaign: Campaign, record: Record, slot: int, now: float
) -> Record:
    """Run or miss a slot, unless somebody has done so; the record as it stands then."""
    site, in_time = runtime.site.id, now - slot <= table.schedule.late * HOUR
    draw = None
    if in_time:
        since = seen_since(table.schedule.range, record.ran, now)
        id = draws.slot_id(site, campaign.id, slot)
        draw = Draw(id, site, campaign.id, "columns", now, slot, max(since, 0.0), runtime.version)
    settled = Settled(slot, "run" if in_time else "missed", now)
    if not await store.settle(link, site, campaign.id, record, settled, draw):
        return await store.read(link, site, campaign.id)
    told = local_time(slot, runtime.site.timezone)
    if in_time:
        logger.info("site %s, campaign %s: the slot of %s is run", site, campaign.id, told)
    else:
        logger.warning("site %s, campaign %s: the slot of %s was missed", site, campaign.id, told)
    return await store.read(link, site, campaign.id)


async def in_force_since(link: Link, site: str, campaign: str, rule: str, settled: int = 0) -> int:
    """The unix second since which the campaign's schedule is as it is, by the definitions that were saved; any before
    `settled` for that second or an earlier one."""
    since = int(time.time())
    async for stored in repository.saved(link, site):
        each = next((each for each in stored.definitions.campaigns if each.id == campaign), None)
        table = in_force(each, stored.definitions.site) if each else None
        if table is None or rule_of(table) != rule:
            break
        since = stored.saved_at
        if since <= settled:
            break
    return since
