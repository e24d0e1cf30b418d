"""The way that messages of one kind go, by the definitions in force: what is said, through whom, within what money."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from dangol.campaigns.arms import OWN, with_variants
from dangol.definitions.model import Campaign, Group, MessageUse
from dangol.errors import PluginFailure
from dangol.host.registry import Registry
from dangol.messages.kinds import CUSTOM, is_ad, kind_of
from dangol.messages.push import Push
from dangol.messages.resolving import Route, Routes, fallback_use
from dangol.plugin import Channel
from dangol.runtime import SiteRuntime
from dangol.segments.language.nodes import leaves_of
from dangol.segments.language.reader import parse_unsaved
from dangol.segments.language.scope import Scope
from dangol.store.money import Limits, most
from dangol.store.rows import pack
from dangol.store.sends import PREFIX, Sends

MOST = 10_000
"""Ways that are remembered: requests of the API each bring their own along."""


class Way(NamedTuple):
    """`runtime` is the site as it is defined. `params` are checked. `campaign` is None where there is none, as with a
    manual send. `looks_up` tells whether the provider can be asked what it knows. `lasting` are the segments of the
    campaign's audience that can still be matched when no page is open."""

    runtime: SiteRuntime
    use: MessageUse
    route: Route
    channel: Channel
    params: Any
    campaign: Campaign | None
    kind: str
    ad: bool
    rate: float | None
    limits: Limits
    looks_up: bool
    lasting: frozenset[str]


class Ways:
    """Those of one site. Immutable, but for what it remembers."""

    def __init__(self, runtime: SiteRuntime, registry: Registry) -> None:
        self.runtime = runtime
        self.groups: Mapping[str, Group] = {group.id: group for group in runtime.definitions.groups}
        self._registry = registry
        self._routes = Routes(runtime.definitions)
        self._known: dict[object, Way] = {}

    async def of(self, push: Push, sends: Sends) -> Way | None:
        """The way of a request; None where its campaign or manual send is gone, cancelled or says nothing any more.
        Raises Invalid where its template is gone, PluginFailure where its channel can't be used."""
        if push.use is not None:
            return self._way((push.campaign, push.step, pack(push.use)), push, push.use, None)
        if push.campaign.startswith(PREFIX):
            send = await sends.find(push.site, push.campaign)
            if send is None or send.state == "cancelled":
                return None
            return self._way((push.campaign, push.step, pack(send.message)), push, send.message, None)
        known = self._known.get((push.campaign, push.arm, push.step))
        return known or self._of_campaign(push)

    def _of_campaign(self, push: Push) -> Way | None:
        rule = self.runtime.plan.by_id.get(push.campaign)
        if rule is None or rule.campaign.message is None:
            return None
        campaign, use = rule.campaign, rule.campaign.message
        forms = dict(with_variants(campaign, use.params))
        params = forms.get(push.arm, forms[OWN])
        return self._way((push.campaign, push.arm, push.step), push, use, campaign, params)

    def _way(
        self, name: object, push: Push, own: MessageUse, campaign: Campaign | None, params: Any = None
    ) -> Way | None:
        if name in self._known:
            return self._known[name]
        use = fallback_use(own) if push.step else own
        if use is None:
            return None
        way = self._made(use, own, campaign, push.campaign, params if not push.step else None)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[name] = way
        return way

    def _made(self, use: MessageUse, own: MessageUse, campaign: Campaign | None, name: str, params: Any) -> Way:
        route = self._routes.of(use, params)
        channel = self._registry.channel(route.channel)
        kind = kind_of(route.template)
        ad = use.ad if kind == CUSTOM else route.template is not None and is_ad(route.template)
        definitions = self.runtime.definitions
        budgets = {name: most(own.budget)} if name else {}
        limits = Limits(definitions.site.timezone, most(definitions.contact.budget), budgets)
        return Way(
            self.runtime,
            use,
            route,
            channel,
            _params(channel, route),
            campaign,
            kind,
            ad,
            route.rate or channel.rate or None,
            limits,
            type(channel).look_up is not Channel.look_up,
            _lasting(campaign.audience if campaign else (), self.runtime.scope),
        )


def _lasting(audience: Sequence[str], scope: Scope) -> frozenset[str]:
    nodes = {id: parse_unsaved({"segment": id}, None, scope) for id in audience}
    return frozenset(
        id for id, node in nodes.items() if all(leaf.row.source == "profile" for leaf in leaves_of([node]))
    )


def _params(channel: Channel, route: Route) -> msgspec.Struct:
    try:
        return msgspec.convert(route.params, channel.Params)
    except msgspec.ValidationError as error:
        raise PluginFailure(route.channel, "params", str(error)) from error
