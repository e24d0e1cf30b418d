"""Why a shopper is in a segment or not, and why a campaign is shown or not, for holders of the admin key."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.campaigns.decide import decide, sentence
from dangol.campaigns.decision import Decision
from dangol.campaigns.sentences import KINDS
from dangol.definitions.model import Segment
from dangol.definitions.shapes import nearest
from dangol.engine import Context, request_of
from dangol.errors import Invalid, Problem
from dangol.house import House
from dangol.members.person import facts
from dangol.protocol import envelope, tokens
from dangol.protocol.about import NOTHING, About
from dangol.protocol.event import Event, Item
from dangol.runtime import SiteRuntime
from dangol.segments.language import behaviour
from dangol.segments.language.reader import parse_segment
from dangol.segments.words.why import explain, told
from dangol.store.known import known_since
from dangol.web.body import json
from dangol.web.keyed import admin_route


def routes(house: House) -> list[Route]:
    """The route for admin keys."""
    return [admin_route(house, "/v1/admin/explain", Why(house).explain)]


class Why:
    """The handler. It imagines a page view and changes nothing."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def explain(self, request: Request, runtime: SiteRuntime) -> Response:
        """For `visitor` (a profile id or visitor token) or `member` on `url`: the segments with what holds in them, and
        for every campaign what would be decided now, in code and in words. `segment` and `campaign` (with its
        audience) ask for one of them. `kind` is the page's where the `events` do not tell it, and `due` names campaigns
        whose moment is taken to have come, with commas between."""
        query = request.query_params
        profile_id = _whose(runtime, query.get("visitor", ""), query.get("member", ""))
        segments, campaign = _asked(runtime, query.get("segment", ""), query.get("campaign", ""))
        profile = await self._house.engine.look(runtime, profile_id)
        if not profile.first_seen and profile.member is None:
            return json({"error": "visitor or member: expected one that this site has seen"}, 404)
        now, address = self._house.now(), envelope.path_of(query.get("url", runtime.site.origins[0]))
        names = query.get("events", "page_view").split(",")
        events = [_imagined(name, query.get("product", ""), address, int(now * 1000)) for name in names]
        context = Context(now=now, page=address, about=_about(query.get("kind", "")), language=query.get("lang", ""))
        page = request_of(events, context)
        matched = frozenset(runtime.index.match(profile, page))
        due = query.get("due", "").split(",")
        decisions = decide(runtime.plan, profile, page, matched, events=events, due=due, everything=True)
        if campaign or query.get("segment"):
            decisions = [one for one in decisions if one.campaign.id == campaign]
        trees = [explain(segment, profile, page, runtime.scope) for segment in segments]
        texts = [told(tree) for tree in trees]
        return json(
            {
                "profile": profile_id,
                "page": {"path": page.path, "kind": page.kind},
                "segments": trees,
                "campaigns": [_told(decision) for decision in decisions],
                "words": {language: "\n\n".join(text[language] for text in texts) for language in ("ko", "en")},
                "facts": facts(profile),
                "since": await self._since(runtime, segments),
            }
        )

    async def _since(self, runtime: SiteRuntime, segments: Sequence[Segment]) -> dict[str, int | None]:
        """Since when the behaviour that segments ask for is known, in unix seconds: 0 from the first event on, None
        while it is still looked up."""
        nodes = {segment.id: [parse_segment(segment, runtime.scope)] for segment in segments}
        watched = runtime.saved.streams.keys()  # not what comes to the same whatever somebody did
        asked = {id: watched & {stream.key for stream in behaviour.streams(node)} for id, node in nodes.items()}
        keys = set().union(*asked.values())
        known = await known_since(self._house.link, runtime.site.id, dict.fromkeys(keys, 0))
        return {
            id: max(known[key] for key in each) if known.keys() >= each else None for id, each in asked.items() if each
        }


def _asked(runtime: SiteRuntime, segment: str, campaign: str) -> tuple[Sequence[Segment], str]:
    """The segments to tell of, and the one campaign or empty for all."""
    if not segment and not campaign:
        return runtime.definitions.segments, ""
    named = [segment] if segment else []
    if campaign:
        found = next((one for one in runtime.definitions.campaigns if one.id == campaign), None)
        if found is None:
            known = [one.id for one in runtime.definitions.campaigns]
            raise Invalid([Problem("campaign", campaign, f"a campaign of this site{nearest(campaign, known)}")])
        named += found.audience
    if segment and segment not in runtime.scope.by_id:
        known = list(runtime.scope.by_id)
        raise Invalid([Problem("segment", segment, f"a segment of this site{nearest(segment, known)}")])
    return [runtime.scope.by_id[id] for id in dict.fromkeys(named)], campaign


def _about(kind: str) -> About:
    if not kind:
        return NOTHING
    for known in KINDS:
        if kind == known:
            return About(kind=known)
    raise Invalid([Problem("kind", kind, f"one of {', '.join(KINDS)}{nearest(kind, list(KINDS))}")])


def _told(decision: Decision) -> dict[str, Any]:
    return {
        "campaign": decision.campaign.id,
        "audience": decision.campaign.audience,
        "verdict": decision.verdict,
        "reason": decision.reason,
        "detail": decision.detail,
        "limit": decision.limit,
        "arm": decision.arm,
        "delay": decision.delay,
        "words": {language: sentence(decision, language) for language in ("ko", "en")},
    }


def _whose(runtime: SiteRuntime, visitor: str, member: str) -> str:
    if member:
        return tokens.member_profile(runtime.keys, member)
    if not visitor:
        raise Invalid([Problem("visitor", visitor, "a profile id or visitor token, unless member is given")])
    return visitor.partition(".")[0]


def _imagined(name: str, product: str, page: str, now: int) -> Event:
    return Event(f"explain-{name}", name, now, page, [Item(product)] if product or name == "view_item" else [])
