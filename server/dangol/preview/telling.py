"""What a preview tells the browser that looks at it: each campaign with its reason, the shopper's segments, and what
the page said, in the marketer's language. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from dangol.campaigns.decision import Decision, Reason, Verdict
from dangol.campaigns.sentences import KINDS, sentence
from dangol.definitions.model import Campaign, Definitions, Language, Text
from dangol.plugin import Request
from dangol.profile.model import Profile
from dangol.protocol.event import REACTION_EVENTS, Event, Item
from dangol.render.money import money
from dangol.render.text import choose
from dangol.segments.language.scope import Scope
from dangol.segments.words.why import Explained, explain

MOST_CAMPAIGNS = 100
MOST_SEGMENTS = 200
MOST_EXPLAINED = 60
"""Segments whose conditions are told one by one."""
MOST_ITEMS = 20

NAMING = {Reason.AUDIENCE: "segments", Reason.SLOT_TAKEN: "campaigns", Reason.CAP_GROUP: "groups"}
"""Reasons whose detail is an id, and of what."""

GIVES_WAY: dict[Language, str] = {
    "ko": "지금 보여 줄 차례지만, 미리보기 캠페인에 자리를 내주었습니다.",
    "en": "It would be shown now, but gives way to the previewed campaign.",
}

Branch = list[Any]
"""Whether a condition holds (0 or 1), its sentence, and the branches below it."""


class Looked(Struct, frozen=True):
    """One page in a preview: the decisions as they would have been without it, the campaigns that the page got, those
    whose widgets have nothing to show, the segments that hold, and what the page told."""

    decisions: Sequence[Decision]
    shown: AbstractSet[str]
    silent: AbstractSet[str]
    matched: AbstractSet[str]
    profile: Profile
    request: Request
    events: Sequence[Event]
    dropped: Mapping[str, int]


def told(
    looked: Looked, campaign: Campaign, definitions: Definitions, scope: Scope, language: Language
) -> dict[str, Any]:
    """The answer's `why`, but for what is the preview's own. What was judged is left out where the shopper has only
    reacted to a widget: it stands as the page was told before."""
    name, currency = _naming(definitions, language), definitions.site.currency
    said = {"events": [_event(each, currency, language) for each in looked.events], "dropped": dict(looked.dropped)}
    if looked.request.event_names and looked.request.event_names <= REACTION_EVENTS:
        return said
    return said | {
        "campaigns": _campaigns(looked, campaign.id, name, language),
        "segments": _segments(looked, campaign, definitions, scope, language),
        "page": _page(looked.request, currency, language),
        "member": looked.profile.member is not None,
    }


Name = Callable[[str, str], str]


def _naming(definitions: Definitions, language: Language) -> Name:
    """Names by kind and id; the id where there is none."""
    kinds: dict[str, Iterable[Any]] = {name: getattr(definitions, name) for name in NAMING.values()}
    names: dict[tuple[str, str], Text] = {(kind, each.id): each.name for kind, part in kinds.items() for each in part}
    return lambda kind, id: choose(names.get((kind, id), ""), language, definitions.site.language) or id


def _campaigns(looked: Looked, previewed: str, name: Name, language: Language) -> list[dict[str, Any]]:
    """The previewed one first, then by priority."""
    ordered = sorted(looked.decisions, key=lambda each: each.campaign.id != previewed)
    by_id = {each.campaign.id: each for each in reversed(ordered)}  # a message may have several
    ranked = list(dict.fromkeys(each.campaign.id for each in ordered))[:MOST_CAMPAIGNS]
    return [_campaign(by_id[id], looked, id == previewed, name, language) for id in ranked]


def _campaign(decision: Decision, looked: Looked, previewed: bool, name: Name, language: Language) -> dict[str, Any]:
    campaign = decision.campaign
    shown, silent = campaign.id in looked.shown, campaign.id in looked.silent
    if silent and decision.verdict is Verdict.SHOW:
        decision = Decision(campaign, Verdict.NO, Reason.NOTHING)
    detail = name(NAMING[decision.reason], decision.detail) if decision.reason in NAMING else decision.detail
    words = sentence(replace(decision, detail=detail), language)
    if decision.verdict is Verdict.SHOW and not shown:
        words = GIVES_WAY[language]
    fields: dict[str, Any] = {
        "campaign": campaign.id,
        "name": name("campaigns", campaign.id),
        "verdict": decision.verdict.value,
        "reason": decision.reason.value,
        "words": words,
        "priority": campaign.priority,
        "segments": campaign.audience,
    }
    told = {"shown": shown, "silent": silent, "previewed": previewed, "message": campaign.message is not None}
    return fields | {key: True for key, value in told.items() if value}


def _segments(
    looked: Looked, campaign: Campaign, definitions: Definitions, scope: Scope, language: Language
) -> list[dict[str, Any]]:
    """Those of the previewed campaign first, then those that other campaigns name, then the others."""
    named = [*campaign.audience, *(id for each in definitions.campaigns for id in each.audience)]
    ids = list(dict.fromkeys([*named, *(each.id for each in definitions.segments)]))[:MOST_SEGMENTS]
    return [_segment(id, place, looked, definitions, scope, language) for place, id in enumerate(ids)]


def _segment(
    id: str, place: int, looked: Looked, definitions: Definitions, scope: Scope, language: Language
) -> dict[str, Any]:
    segment = scope.by_id[id]
    name = choose(segment.name, language, definitions.site.language) or id
    fields: dict[str, Any] = {"id": id, "name": name, "held": id in looked.matched}
    # What is known of a member is told where the shop has signed that it is they who look.
    is_theirs = looked.profile.member is None or looked.request.verified
    if place < MOST_EXPLAINED and is_theirs:
        fields["because"] = [
            _branch(each, language) for each in explain(segment, looked.profile, looked.request, scope).parts
        ]
    return fields


def _branch(explained: Explained, language: Language) -> Branch:
    parts = [_branch(each, language) for each in explained.parts]
    return [int(explained.held), explained.sentence[language], *parts]


def _page(request: Request, currency: str, language: Language) -> dict[str, Any]:
    """What the page is about, as it was read."""
    facts = {
        "kind": KINDS[request.kind][language],
        "product": request.product,
        "name": request.name,
        "price": "" if request.price is None else money(request.price, currency, language),
        "category": request.category,
        "brand": request.brand,
        "search": request.search,
    }
    return {key: value for key, value in facts.items() if value}


def _event(event: Event, currency: str, language: Language) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "name": event.name,
        "at": event.at,
        "page": event.page,
        "key": event.key,
        "value": "" if event.value is None else money(event.value, currency, language),
        "items": [_item(each, currency, language) for each in event.items[:MOST_ITEMS]],
        "more": max(0, len(event.items) - MOST_ITEMS),
        "props": event.props,
    }
    return {key: value for key, value in facts.items() if value}


def _item(item: Item, currency: str, language: Language) -> dict[str, Any]:
    price = "" if item.price is None else money(item.price, currency, language)
    facts = {"id": item.id, "name": item.name, "price": price, "category": item.category, "brand": item.brand}
    return {key: value for key, value in facts.items() if value} | (
        {"quantity": item.quantity} if item.quantity > 1 else {}
    )


def variants(campaign: Campaign, language: Language, default: str) -> Collection[dict[str, str]]:
    """The campaign's forms, to choose from."""
    return [{"id": each.id, "name": choose(each.name, language, default) or each.id} for each in campaign.variants]
