"""One site as running servers know it: its definitions, compiled. Immutable; a change makes a new one."""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from dangol.campaigns.arms import OWN, with_variants
from dangol.campaigns.plan import Plan
from dangol.definitions.drafts import NONE, Draft, Drafts
from dangol.definitions.model import Campaign, Definitions, Site
from dangol.errors import Invalid, PluginFailure
from dangol.host.params import check_params, recommender_problems
from dangol.host.registry import Registry
from dangol.messages.policy import consents_of
from dangol.plugin import Widget
from dangol.profile.watch import Stream, Watching
from dangol.protocol.tokens import Keys
from dangol.segments.conditions.catalogue import Catalogue
from dangol.segments.conditions.moving import Recent
from dangol.segments.language import behaviour
from dangol.segments.language.scope import Scope
from dangol.segments.matching.index import Index

log = logging.getLogger(__name__)

PRICE = re.compile(rb"\{\s*price\b")
"""The variable `price` somewhere in a campaign's texts."""


@dataclass(frozen=True)
class SiteRuntime:
    """A site with its keys, its compiled segments, its campaigns made ready, and each campaign's widget with its
    checked parameters; `variants` has those of each (campaign, variant). A campaign whose plugin is not there has none,
    and is not shown. `audiences` is the index for the segments alone that campaigns name.

    `priced` are the campaigns whose texts tell what the product on screen costs.

    `saved` are the streams of behaviour that its segments ask for. `watching` has those of its drafts as well, and a
    version that rises with either.
    """

    definitions: Definitions
    version: int
    keys: Keys
    scope: Scope
    index: Index
    audiences: Index
    saved: Watching
    plan: Plan
    widgets: Mapping[str, tuple[Widget, Any]]
    variants: Mapping[tuple[str, str], Any]
    origins: frozenset[str]
    priced: frozenset[str]
    watching: Watching
    drafts: Drafts = NONE

    @classmethod
    def build(
        cls,
        definitions: Definitions,
        version: int,
        master: bytes,
        registry: Registry,
        catalogue: Catalogue,
        former: "SiteRuntime | None" = None,
    ) -> "SiteRuntime":
        """Compile; takes milliseconds and may run in a thread. From the `former` runtime of the site is taken what did
        not change."""
        site = definitions.site
        scope = Scope(catalogue, site, definitions.segments)
        index = former.index.changed(scope) if former else Index.build(scope)
        index.warm()
        audiences = index.among(
            name for campaign in definitions.campaigns for name in (*campaign.audience, *campaign.report_by)
        )
        widgets: dict[str, tuple[Widget, Any]] = {}
        variants: dict[tuple[str, str], Any] = {}
        for campaign in definitions.campaigns:
            if found := _widget(campaign, registry):
                widget, params = found
                widgets[campaign.id] = widget, params.pop(OWN)
                variants |= {(campaign.id, variant): checked for variant, checked in params.items()}
        slots = {widget.name: widget.slot for widget, _ in widgets.values()}
        groups, manners, consents = definitions.groups, definitions.manners, consents_of(definitions)
        plan = Plan.build(definitions.campaigns, site, slots, groups, manners, consents)
        keys, origins = Keys.derive(master, site.id), frozenset(site.origins)
        priced = frozenset(each.id for each in definitions.campaigns if PRICE.search(msgspec.json.encode(each)))
        saved = Watching.of((each.stream for each in index.facts() if isinstance(each, Recent)), version)
        return cls(
            definitions, version, keys, scope, index, audiences, saved, plan, widgets, variants, origins, priced, saved
        )

    def with_drafts(self, drafts: Drafts) -> "SiteRuntime":
        """The same that looks out for other drafts."""
        streams = [*self.saved.streams.values(), *drafted(drafts.kept, self.scope)]
        return replace(self, drafts=drafts, watching=Watching.of(streams, max(self.version, drafts.version)))

    def widget(self, campaign: str, arm: str) -> tuple[Widget, Any]:
        """A shown campaign's widget with the parameters of its variant, or its own where `arm` is none."""
        widget, params = self.widgets[campaign]
        return widget, self.variants.get((campaign, arm), params)

    @property
    def site(self) -> Site:
        """The site itself."""
        return self.definitions.site


def drafted(drafts: Iterable[Draft], scope: Scope) -> list[Stream]:
    """The streams of drafts. What a draft was written for may be another stream, or none, once its site has changed."""
    return [stream for draft in drafts if (stream := _stream(draft, scope)) and stream.key == draft.key]


def _stream(draft: Draft, scope: Scope) -> Stream | None:
    [(name, body)] = draft.written.items()
    try:
        fact = behaviour.leaf(name, body, "draft", scope).row.extract
    except Invalid:
        return None
    return fact.stream if isinstance(fact, Recent) else None


def _widget(campaign: Campaign, registry: Registry) -> tuple[Widget, dict[str, Any]] | None:
    """The widget with the checked parameters of the campaign itself and of its variants."""
    if campaign.widget is None:
        return None
    try:
        widget = registry.widget(campaign.widget.use)
        checked = {
            name: check_params(widget, params, f"{campaign.id}.{name or 'widget'}.params")
            for name, params in with_variants(campaign, campaign.widget.params)
        }
    except (PluginFailure, Invalid) as error:
        log.error("campaign %s is not shown: %s", campaign.id, error)
        return None
    for name, params in checked.items():
        for problem in recommender_problems(params, f"{name or 'widget'}.params", registry):
            log.error("campaign %s is shown without a recommender: %s", campaign.id, problem)
    return widget, checked
