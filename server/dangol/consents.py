"""Consents and refusals, whoever tells of them: written on profiles, or for a guest beside the address, and found again
by the address. Every step may be repeated."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from dangol.engine import Engine
from dangol.messages import consent_notices as notices
from dangol.messages.policy import Case
from dangol.messages.push import Push
from dangol.notifying import notify
from dangol.profile.consents import Act, Told, changed_at, holding, own_address, recorded
from dangol.profile.model import Profile
from dangol.profile.subscriptions import normal
from dangol.protocol import tokens
from dangol.protocol.tokens import Keys
from dangol.runtime import SiteRuntime
from dangol.store import addresses, duties
from dangol.store.addresses import Known
from dangol.store.duties import Duty
from dangol.store.link import Link

ADDRESSED = frozenset({"sms", "kakao", "email"})
"""Channels whose consents are for an address that others may have a consent for as well."""

REFUSALS = frozenset({"withdrawn", "night_withdrawn"})


async def take(link: Link, engine: Engine, runtime: SiteRuntime, told: Sequence[Told], now: float) -> int:
    """Write down what a shop's server tells, and return how many of the acts were new. Raises `Unavailable`."""
    by_member: dict[str, list[Act]] = defaultdict(list)
    by_address: dict[str, list[Act]] = defaultdict(list)
    for member, act in told:
        (by_member[member] if member else by_address[act.address]).append(act)
    counts = await asyncio.gather(
        *(_member(engine, runtime, member, acts, now) for member, acts in by_member.items()),
        *(_guest(link, engine, runtime, acts, now) for acts in by_address.values()),
    )
    return sum(counts)


async def _member(engine: Engine, runtime: SiteRuntime, member: str, acts: Sequence[Act], now: float) -> int:
    return len(await engine.consent(runtime, tokens.member_profile(runtime.keys, member), acts, now, member))


async def _guest(link: Link, engine: Engine, runtime: SiteRuntime, acts: Sequence[Act], now: float) -> int:
    """The guest is told before anything is written: a request that breaks off is repeated, and tells nobody twice."""
    given = [act for act in acts if act.what not in REFUSALS]
    await notify(link, runtime, notices.of_guest(given, runtime.definitions, now), now)
    count = 0
    for act in acts:
        if act.what in REFUSALS:
            count += await refuse(link, engine, runtime, act, now)
        else:
            count += await _keep(link, runtime, act)
    return count


async def _keep(link: Link, runtime: SiteRuntime, act: Act) -> bool:
    """A guest's consent stands beside the address, which is not kept."""
    mark, blank = tokens.address_mark(runtime.keys, act.address), act._replace(address="")
    return await addresses.change(link, runtime.site.id, mark, act.channel, lambda known: recorded(known, blank))


async def withdraw_by_address(
    link: Link, engine: Engine, runtime: SiteRuntime, channel: str, address: str, at: float, source: str
) -> bool:
    """The address has refused all advertisements of the channel, such as by the free number: from everybody who has a
    consent for it, and for good until somebody agrees anew. False where that is known, or the address is none. A
    number refuses texts and KakaoTalk apart. Raises `Unavailable`; may be repeated."""
    known = normal(channel, address)
    if known is None:
        return False
    act = Act(channel, "withdrawn", int(at), known, source=source)
    return bool(await refuse(link, engine, runtime, act, at))


async def refuse(link: Link, engine: Engine, runtime: SiteRuntime, act: Act, now: float) -> int:
    """The same for an act; how many consents and refusals are new. Whom no profile knows is told at the address, as
    long as that is at hand."""
    mark = tokens.address_mark(runtime.keys, act.address)
    site, count = runtime.site.id, 0
    known = await addresses.read(link, site, mark)
    if not known.profiles and not _refuses(known, act):
        await notify(link, runtime, notices.of_guest([act], runtime.definitions, now), now)
    if act.what == "withdrawn":
        count += await addresses.refuse(link, site, mark, act.channel, act.at)
    for profile_id in known.profiles:
        count += len(await engine.consent(runtime, profile_id, [act], now))
    if act.channel in known.consents:
        count += await _keep(link, runtime, act)
    return count


def _refuses(known: Known, act: Act) -> bool:
    """Whether the address has said so before, and its guest has not agreed since."""
    guest = known.consents.get(act.channel)
    if act.what == "night_withdrawn":
        return guest is None or not guest.night
    return known.refused.get(act.channel, 0) > (guest.agreed_at if guest else 0)


async def index(link: Link, engine: Engine, runtime: SiteRuntime, profile_id: str, profile: Profile) -> None:
    """Let the profile be found by the addresses of its consents, and note those that refused by it. A consent whose
    address has refused since, without the profile having been found, is withdrawn."""
    site = runtime.site.id
    for channel in ADDRESSED & profile.subscriptions.keys():
        consent = profile.subscriptions[channel]
        if not consent.address:
            continue
        mark = tokens.address_mark(runtime.keys, consent.address)
        await addresses.hold(link, site, mark, profile_id, changed_at(consent))
        if consent.withdrawn_at:
            await addresses.refuse(link, site, mark, channel, consent.withdrawn_at)
        elif (refused := await addresses.refused_at(link, site, mark, channel)) >= consent.agreed_at:
            act = Act(channel, "withdrawn", refused, consent.address, source="address")
            await engine.consent(runtime, profile_id, [act], refused)


async def told(link: Link, engine: Engine, runtime: SiteRuntime, push: Push, now: float) -> None:
    """A provider has taken the notice of what became of consents: the shopper counts as told. May be repeated."""
    acts = [Act(channel, "notified", int(now), source=push.campaign) for channel in notices.channels_of(push.cause)]
    if push.profile and acts:
        await engine.consent(runtime, push.profile, acts, now)
    elif push.to and acts:
        mark = tokens.address_mark(runtime.keys, push.to)
        known = await addresses.read(link, runtime.site.id, mark)
        for profile_id in known.profiles:
            await engine.consent(runtime, profile_id, [act._replace(address=push.to) for act in acts], now)
        for act in acts:
            if act.channel in known.consents:
                await _keep(link, runtime, act._replace(address=push.to))


async def consult(link: Link, engine: Engine, runtime: SiteRuntime, cases: Sequence[Case]) -> list[Case]:
    """The cases of advertisements with what is known of their addresses: whether those have refused, and for a
    recipient without a profile whose consent it is. Others stay as they are. Raises `Unavailable`."""
    asked = {at: address for at, case in enumerate(cases) if (address := _consulted(case))}
    marks = {at: tokens.address_mark(runtime.keys, address) for at, address in asked.items()}
    known = [at for at in asked if cases[at].profile is not None]
    nobody = [at for at in asked if cases[at].profile is None]
    refused, others = await asyncio.gather(
        addresses.refused_at_many(link, runtime.site.id, [(marks[at], cases[at].channel) for at in known]),
        asyncio.gather(*(_of_nobody(link, engine, runtime, cases[at], asked[at], marks[at]) for at in nobody)),
    )
    found = [*cases]
    for at in known:
        if since := refused.get((marks[at], cases[at].channel)):
            found[at] = replace(cases[at], refused_at=since)
    for at, case in zip(nobody, others, strict=True):
        found[at] = case
    return found


def _consulted(case: Case) -> str:
    """The address that may have refused an advertisement; "" where there is none to ask about."""
    channel = case.channel
    if not case.is_ad or case.test or channel not in ADDRESSED:
        return ""
    if case.to:
        return normal(channel, case.to) or ""
    given = case.profile.subscriptions.get(channel) if case.profile else None
    return (given.address if given else "") or own_address(case.profile, channel)


async def _of_nobody(link: Link, engine: Engine, runtime: SiteRuntime, case: Case, address: str, mark: str) -> Case:
    known = await addresses.read(link, runtime.site.id, mark)
    profile = await _holder(engine, runtime, known, case.channel, address)
    return replace(case, profile=profile, refused_at=known.refused.get(case.channel, 0))


async def _holder(engine: Engine, runtime: SiteRuntime, known: Known, channel: str, address: str) -> Profile | None:
    """Who has agreed for the address last: somebody known, or the guest."""
    profiles = [await engine.look(runtime, each) for each in known.profiles]
    found = [
        (consent.agreed_at, place)
        for place, profile in enumerate(profiles)
        if (consent := profile.subscriptions.get(channel)) and holding(consent) and consent.address == address
    ]
    guest = known.consents.get(channel)
    if guest is not None and holding(guest) and guest.agreed_at > max(found, default=(0, 0))[0]:
        return Profile(subscriptions={channel: replace(guest, address=address)})
    return profiles[max(found)[1]] if found else None


async def forget(link: Link, keys: Keys, site: str, profile_ids: Iterable[str], profile: Profile) -> None:
    """No address and no duty leads to the profiles any more. That an address refused stays known, or it would be
    written to again."""
    for profile_id in profile_ids:
        for channel, consent in profile.subscriptions.items():
            if consent.address:
                await addresses.drop(link, site, tokens.address_mark(keys, consent.address), profile_id)
            await duties.put(link, site, Duty(profile_id, channel, 0), 0)
