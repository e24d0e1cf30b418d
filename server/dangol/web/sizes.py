"""How many shoppers segments hold for, saved or not, for holders of the admin key. It is workers who count."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.definitions import drafting
from dangol.definitions.drafts import NONE, Drafts
from dangol.definitions.model import ConditionTree
from dangol.definitions.shapes import nearest
from dangol.errors import Invalid, Problem
from dangol.house import House
from dangol.runtime import SiteRuntime
from dangol.segments.conditions.moving import Recent
from dangol.segments.conditions.row import Row
from dangol.segments.language.nodes import Leaf, Node, leaves_of
from dangol.segments.language.reader import parse_unsaved
from dangol.segments.matching.alternatives import TooMany, alternatives
from dangol.store import keys
from dangol.store.asker import Superseded
from dangol.store.asking import Asked, Part
from dangol.store.known import known_since
from dangol.web.body import explained, json, listed, read_body
from dangol.web.keyed import admin_route

LONGEST = 1 << 18
FIELDS = ("all", "day", "week", "members")
SAMPLE = 10
PATIENCE = 5.0
"""Seconds that a size may take."""


class Definition(Struct, forbid_unknown_fields=True):
    """A segment that is not saved. Of several questions with the same `asker`, such as one field that somebody types
    into, only the latest is answered."""

    include: ConditionTree
    exclude: ConditionTree | None = None
    asker: Annotated[str, Meta(max_length=100)] = ""


_decode = msgspec.json.Decoder(Definition).decode


def routes(house: House) -> list[Route]:
    """The routes for admin keys."""
    counter = Counter(house)
    return [
        admin_route(house, "/v1/admin/segments/size", counter.size, "POST"),
        admin_route(house, "/v1/admin/segments", counter.saved),
        admin_route(house, "/v1/admin/segments/overlap", counter.overlap),
    ]


class Counter:
    """The handlers. Sizes are `day` and `week` (seen in the last 24 hours and 7 days), `members`, and `all`; `fresh` is
    the unix time up to which all that was acknowledged is counted."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def size(self, request: Request, runtime: SiteRuntime) -> Response:
        """The sizes of a definition that is not saved, and those of it that were seen last."""
        raw = await read_body(request.scope, request.receive, LONGEST)
        try:
            asked, node = _read(raw, runtime)
        except Invalid as error:
            return json({"error": explained(error), "problems": listed(error.problems)}, 400)  # all of them
        now = self._house.now()
        notes, since = await self._notes(runtime, node, now)
        definition = Asked(asked.include, asked.exclude)
        try:
            parts = await self._house.asker.ask(
                runtime.site.id, runtime.version, now, [definition], asked.asker, seconds=PATIENCE
            )
        except Superseded as error:
            return json({"error": str(error)}, 409)
        sample = await self._sample(runtime, parts)
        [sizes] = _added(parts)
        return json({**sizes, "sample": sample, "fresh": now, "notes": notes, "since": since})

    async def saved(self, request: Request, runtime: SiteRuntime) -> Response:
        """The sizes of all segments."""
        now, segments = self._house.now(), runtime.definitions.segments
        found: Sequence[dict[str, int]] = []
        if segments:
            found = _added(await self._house.asker.ask(runtime.site.id, runtime.version, now, seconds=PATIENCE))
        told = [{"id": each.id, "name": each.name, **sizes} for each, sizes in zip(segments, found, strict=True)]
        return json({"version": runtime.version, "fresh": now, "segments": told})

    async def overlap(self, request: Request, runtime: SiteRuntime) -> Response:
        """The sizes of segments `a` and `b`, and of those in `both`."""
        names = [request.query_params.get(name, "") for name in ("a", "b")]
        for name, id in zip(("a", "b"), names, strict=True):
            if id not in runtime.scope.by_id:
                raise Invalid([Problem(name, id, f"a segment of this site{nearest(id, list(runtime.scope.by_id))}")])
        one, other = ({"segment": id} for id in names)
        now, asked = self._house.now(), [Asked(one), Asked(other), Asked({"all": [one, other]})]
        found = _added(await self._house.asker.ask(runtime.site.id, runtime.version, now, asked, seconds=PATIENCE))
        return json({"fresh": now, **dict(zip(("a", "b", "both"), found, strict=True))})

    async def _notes(self, runtime: SiteRuntime, node: Node, now: float) -> tuple[list[dict[str, Any]], int]:
        """What the marketer should know of the answer: the conditions on the open page, which are not known of people
        who have none open, and those on behaviour that is being looked up, or that there is no room to look up. And
        since when is known what the others on behaviour look at: the unix second, 0 from the first event on."""
        leaves = {leaf.row: leaf for leaf in leaves_of([node])}
        notes = [_note(row, "request") for row in leaves if row.source == "request"]
        streams = {row: row.extract.stream.key for row in leaves if isinstance(row.extract, Recent)}
        drafts = await self._drafts(runtime, [(stream, leaves[row]) for row, stream in streams.items()], now)
        asked = {draft.key: draft.since for draft in drafts.kept if draft.key in streams.values()}
        asked |= {stream: 0 for stream in streams.values() if stream in runtime.saved.streams}
        known = await known_since(self._house.link, runtime.site.id, asked)
        for row, stream in streams.items():
            if stream not in known:
                notes.append(_note(row, "looking" if stream in asked or stream in drafts.heard else "unwatched"))
        return notes, max(known.values(), default=0)

    async def _drafts(self, runtime: SiteRuntime, asked: Iterable[tuple[str, Leaf]], now: float) -> Drafts:
        """What is looked out for, after these streams were asked for by conditions."""
        saved = runtime.saved.streams
        wanted = {stream: {leaf.row.id: leaf.asked} for stream, leaf in asked if stream not in saved}
        return await drafting.ask(self._house.link, runtime.site.id, wanted, now) if wanted else NONE

    async def _sample(self, runtime: SiteRuntime, parts: Iterable[Part]) -> list[dict[str, Any]]:
        """Those seen last, the latest first, with a few facts of each."""
        latest = sorted((each for part in parts for each in part.sample), key=lambda each: (-each[0], each[1]))[:SAMPLE]
        ids = [id for _, id in latest]
        found = await asyncio.gather(*(self._house.profiles.read_now(runtime.site.id, id) for id in ids))
        sample = []
        for (seen, id), stored in zip(latest, found, strict=True):
            profile = stored.profile()
            facts = {"visits": profile.visits, "page_views": profile.page_views, "orders": profile.orders}
            member = {"member": profile.member.id} if profile.member else {}
            sample.append({"profile": id, **member, "seen": seen, **facts, "device": profile.environment.device})
        return sample


def _read(raw: bytes, runtime: SiteRuntime) -> tuple[Definition, Node]:
    """A definition that could be saved, and its tree. Raises Invalid."""
    try:
        asked = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid([Problem("body", raw[:40], f"a definition with include and exclude: {error}")]) from None
    node = parse_unsaved(asked.include, asked.exclude, runtime.scope)
    try:
        alternatives(node)
    except TooMany as error:
        raise Invalid([error.problem("include")]) from None
    return asked, node


def _note(row: Row, reason: str) -> dict[str, Any]:
    return {"condition": row.id, "label": {"ko": row.ko, "en": row.en}, "reason": reason}


def _added(parts: Sequence[Part]) -> list[dict[str, int]]:
    """The sizes of each definition, over all partitions."""
    assert len(parts) == keys.PARTITIONS
    totals = [sum(each) for each in zip(*(part.sizes for part in parts), strict=True)]
    return [
        dict(zip(FIELDS, totals[start : start + len(FIELDS)], strict=True))
        for start in range(0, len(totals), len(FIELDS))
    ]
