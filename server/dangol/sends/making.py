"""Manual sends from the draft to the draw, and tests: what is asked, checked against the site's definitions."""

import secrets
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from dangol.campaigns.calendar import day_number, local_time, moment
from dangol.definitions.basics import Id
from dangol.definitions.model import Campaign, Definitions, Label, MessageUse
from dangol.definitions.senders import Means, use_problems
from dangol.definitions.shapes import nearest
from dangol.errors import DangolError, Invalid, Problem
from dangol.host.params import check_params
from dangol.host.registry import Registry
from dangol.messages.kinds import kind_of
from dangol.messages.limits import names
from dangol.messages.recipients import Columns
from dangol.messages.resolving import Routes
from dangol.messages.results import results
from dangol.runtime import SiteRuntime
from dangol.sends.uploading import KEPT, Reader
from dangol.store import draws, sends
from dangol.store import results as store_results
from dangol.store.draws import Draw
from dangol.store.link import Link
from dangol.store.sends import Send

AHEAD = 90 * 86_400
"""Seconds that a send may be reserved ahead."""

LATEST_ROWS = 30 * 86_400
"""Seconds for which the rows of a send that was started wait for a worker."""


LONGEST_TOLD = 90 * 86_400


class Conflict(DangolError):
    """The send is not in the state for this."""


class Asked(Struct, frozen=True, forbid_unknown_fields=True):
    """A manual send. With an `audience`, which may be empty for all members, it goes to the members who match when it
    is drawn; without one to the rows of a file that follows. `at` may be told at the start as well."""

    message: MessageUse
    name: Label = ""
    audience: Annotated[list[Id], Meta(max_length=50)] | None = None
    at: str | None = None


async def create(link: Link, runtime: SiteRuntime, registry: Registry, asked: Asked, now: float) -> Send:
    """A new draft. Raises `Invalid` with all that is wrong with it, `Conflict` where there are too many."""
    at = time_of(time(asked.at), runtime, now) if asked.at else 0.0
    problems = list(message_problems(asked.message, runtime.definitions, registry, "message", asked.audience is None))
    known = list(runtime.scope.by_id)
    for place, name in enumerate(asked.audience or ()):
        if name not in runtime.scope.by_id:
            problems.append(Problem(f"audience[{place}]", name, f"a segment of this site{nearest(name, known)}"))
    if asked.audience is None and asked.message.fill:
        problems.append(Problem("message.fill", "given", "left out: the variables come from the file"))
    if asked.message.wait:
        problems.append(Problem("message.wait", asked.message.wait, "left out: say at what time it goes"))
    if problems:
        raise Invalid(problems)
    source: Literal["columns", "rows"] = "rows" if asked.audience is None else "columns"
    id = secrets.token_hex(6)
    state: Literal["draft", "ready"] = "draft" if source == "rows" else "ready"
    made = Send(
        id, runtime.site.id, asked.name, asked.message, source, now, list(asked.audience or ()), state=state, at=at
    )
    if not await sends.create(link, made):
        raise Conflict(f"there are {sends.MOST} sends already; they go by themselves when they are old")
    return made


def message_problems(
    message: MessageUse, definitions: Definitions, registry: Registry, where: str, is_given: bool
) -> Iterator[Problem]:
    """What a campaign's message could not be either. Where the variables are given, as by a file or a notice, none of
    them needs to be filled."""
    means = _means(definitions, registry)
    campaign = Campaign("send", message=message, notice="ordered" if is_given else "")
    yield from use_problems(campaign, message, where, means)
    if channel := means.channel(message.use):
        try:
            check_params(channel, means.params(message), f"{where}.params")
        except Invalid as invalid:
            yield from invalid.problems


def _means(definitions: Definitions, registry: Registry) -> Means:
    senders = {sender.id: sender for sender in definitions.senders}
    templates = {template.id: template for template in definitions.templates}
    return Means(definitions.site, definitions.contact, senders, templates, [*senders], [*templates], registry)


def reader(send: Send, definitions: Definitions) -> Reader:
    """What reads the header of the send's file. Raises `Invalid` where its template is gone."""
    template = Routes(definitions).of(send.message).template
    wanted = None if template is None else [*names(template)]
    if wanted is not None and (instead := send.message.fallback):
        other = Routes(definitions).of(MessageUse(instead.use, template=instead.template)).template
        wanted += [name for name in names(other) if name not in (*wanted, *instead.fill)] if other else []
    return lambda header: Columns(header, wanted, kind_of(template))


async def uploaded(
    link: Link, before: Send, file: str, columns: list[str], rows: int, refused: int, now: float
) -> Send:
    """The send with its file, in place of one that it had. Raises `Conflict` where it was started or cancelled
    meanwhile; then nothing of the file is kept."""
    replaced = ""

    def edit(send: Send) -> Send:
        nonlocal replaced
        _expect(send, "draft", "ready")
        replaced = send.file
        changed = {"state": "ready", "rows": rows, "refused": refused, "columns": columns, "file": file}
        return replace(send, **changed, uploaded=now)

    try:
        changed = _there(await sends.change(link, before.site, before.id, edit))
    except Conflict:
        await sends.drop_rows(link, file)
        raise
    if replaced:
        await sends.drop_rows(link, replaced)
    return changed


async def start(link: Link, runtime: SiteRuntime, id: str, at: datetime | None, now: float) -> Send:
    """Begin a send that is ready, now or at the time that is reserved. Again changes nothing. Raises `Conflict` and
    `Invalid`."""
    reserved = time_of(at, runtime, now) if at else 0.0

    def edit(send: Send) -> Send:
        if send.state == "started" and reserved in (0.0, send.at):
            return send
        _expect(send, "ready")
        if send.file and now - send.uploaded > KEPT:
            raise Conflict(f"the file was uploaded more than {KEPT // 86_400} days ago; upload it again")
        return replace(send, state="started", at=max(reserved or send.at, now))

    def draw(send: Send) -> Draw:
        due = now if send.source == "rows" else send.at
        return Draw(draw_id(send), send.site, send.campaign, send.source, due, version=runtime.version)

    if (known := await sends.read(link, runtime.site.id, id)) and known.state == "started":
        return edit(known)
    started = _there(await sends.change(link, runtime.site.id, id, edit, draw))
    if started.file:
        await sends.keep_rows(link, started.file, LATEST_ROWS)
    return started


async def cancel(link: Link, runtime: SiteRuntime, id: str) -> Send:
    """Let nothing more of a send leave; a draft goes as well. Raises `Conflict`."""

    def edit(send: Send) -> Send:
        return replace(send, state="cancelled")

    def draw(send: Send) -> Draw:
        return Draw(draw_id(send), send.site, send.campaign, send.source, 0.0)

    cancelled = _there(await sends.change(link, runtime.site.id, id, edit, draw))
    if cancelled.file:
        await sends.drop_rows(link, cancelled.file)
    return cancelled


def draw_id(send: Send) -> str:
    """The name of the one draw of a send."""
    return f"{send.site}:{send.campaign}"


def time(text: str) -> datetime:
    """A time as people and programs write it, such as ``2026-11-30 18:00`` or RFC 3339's. Raises `Invalid`."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Invalid([Problem("at", text, "a date or time such as 2026-11-30 or 2026-11-30 18:00")]) from None


def time_of(at: datetime, runtime: SiteRuntime, now: float) -> float:
    """A reserved time in unix seconds; without a zone it is the shop's. Raises `Invalid`."""
    found = moment(at, runtime.site.timezone, 0)
    if not now - 60 <= found <= now + AHEAD:
        raise Invalid([Problem("at", str(at), f"a time from now on, within {AHEAD // 86_400} days")])
    return found


def _expect(send: Send, *states: str) -> None:
    if send.state not in states:
        raise Conflict(f"the send is {send.state}; expected {' or '.join(states)}")


def _there(send: Send | None) -> Send:
    if send is None:
        raise Conflict("the send is not there any more")
    return send


async def told(link: Link, send: Send, runtime: SiteRuntime, now: float) -> dict[str, object]:
    """A send as an administrator reads it: what was drawn so far, and what became of it."""
    found, zone = await draws.found(link, draw_id(send)), runtime.site.timezone
    first, last = (date.fromordinal(day_number(at, zone)) for at in (max(send.created, now - LONGEST_TOLD), now))
    sums = await store_results.read(link, send.site, send.campaign, store_results.days(first, last))
    return {
        **brief(send, runtime),
        "drawn": draws.total(found).matched,
        "failed": draws.total(found).failed,
        "drawing": send.state == "started" and not draws.is_over(found),
        "results": results(send.campaign, runtime.site.currency, sums),
    }


def brief(send: Send, runtime: SiteRuntime) -> dict[str, object]:
    """The same without what has to be looked up."""
    names = ("id", "name", "state", "source", "audience", "message", "created", "at", "rows", "refused", "columns")
    local = local_time(send.at, runtime.site.timezone) if send.at else ""
    return {**{name: getattr(send, name) for name in names}, "local": local, "campaign": send.campaign}
