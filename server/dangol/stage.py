"""Deciding and rendering together: what a page gets to see."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from dangol import submissions, tallying
from dangol.campaigns.contacts import is_known
from dangol.campaigns.decide import Decision, Reason, Verdict, arm_of, decide
from dangol.errors import PluginFailure, Unavailable
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Product, Request, Submission, Widget
from dangol.profile.model import Profile
from dangol.protocol.event import Event
from dangol.recommend.offering import Offering
from dangol.recommend.shelves import Shelves
from dangol.render.links import linked, rules_of
from dangol.render.renderer import Renderer
from dangol.render.view import PageView
from dangol.runtime import SiteRuntime
from dangol.store import catalogue
from dangol.store.link import Link

FORM = b'["form",'
NOTHING = b'["div",{"hidden":""}]'
RENDERED = (Verdict.SHOW, Verdict.UPDATE, Verdict.HOLDOUT)


class Shown(Struct, frozen=True):
    """A decision with its widget, the JSON of its node tree, its accessible name and its stylesheets' addresses.
    `offered` are the products that it recommends, each as ``recommender:product``."""

    decision: Decision
    widget: Widget
    tree: bytes
    label: str
    language: str
    style: Sequence[str]
    offered: Sequence[str] = ()


class Sent(Struct, frozen=True):
    """A form that was sent: the decision to show its widget again, and what the widget made of it."""

    decision: Decision
    made: Submission


class Stage:
    """Asks the campaigns, then their widgets."""

    def __init__(self, link: Link, registry: Registry, guard: Guard, shelves: Shelves) -> None:
        self._link = link
        self._registry = registry
        self._guard = guard
        self.renderer = Renderer(registry, guard)
        self.offering = Offering(link, registry, guard, shelves)

    async def perform(
        self,
        runtime: SiteRuntime,
        profile: Profile,
        request: Request,
        taken: Sequence[Event],
        is_open: frozenset[str],
        widgets: bool,
        due: frozenset[str] = frozenset(),
        repeated: bool = False,
    ) -> tuple[list[Decision], list[Shown]]:
        """All decisions, and what to show. A widget that has nothing to show leaves its place to the next; a shopper
        in a holdout counts as such only where there would have been something to see."""
        matched = frozenset(runtime.audiences.match(profile, request))
        silent: set[str] = set()
        trees: dict[str, Shown] = {}
        while True:
            decisions = decide(
                runtime.plan,
                profile,
                request,
                matched,
                events=taken,
                is_open=is_open,
                due=due,
                repeated=repeated,
                silent=silent,
                widgets=widgets,
            )
            silenced = len(silent)
            for decision in decisions:
                campaign = decision.campaign.id
                shows = decision.verdict in RENDERED and decision.campaign.widget is not None
                if shows and campaign not in trees:
                    if shown := await self._render(runtime, profile, request, decision):
                        trees[campaign] = shown
                    else:
                        silent.add(campaign)
            if len(silent) == silenced:
                return decisions, [trees[one.campaign.id] for one in decisions if one.verdict in RENDERED[:2]]

    def submitted(
        self, runtime: SiteRuntime, profile: Profile, campaign: str, exposure: str, fields: Mapping[str, str]
    ) -> Sent | None:
        """What the widget of a campaign that this shopper was shown makes of its form; None where there is none."""
        rule = runtime.plan.by_id.get(campaign)
        if rule is None or campaign not in runtime.widgets or not is_known(profile, campaign, exposure):
            return None
        decision = Decision(rule.campaign, Verdict.UPDATE, Reason.UPDATED, exposure, arm=arm_of(rule, profile))
        widget, params = runtime.widget(campaign, decision.arm)
        try:
            made = submissions.ask(self._guard, widget, params, fields)
        except PluginFailure:
            return None  # logged and counted where it happened; the page says that it could not be sent
        return None if made is None else Sent(decision, made)

    async def answered(
        self, runtime: SiteRuntime, profile: Profile, request: Request, sent: Sent, shown: Sequence[Shown]
    ) -> list[Shown]:
        """What is shown, and the form's widget once more with thanks or with what is wrong: whether or not its campaign
        would still be shown to a shopper of whom it now knows more."""
        again = await self._render(runtime, profile, request, sent.decision, sent.made)
        others = [one for one in shown if one.decision.campaign.id != sent.decision.campaign.id]
        return [again, *others] if again else others

    async def _render(
        self,
        runtime: SiteRuntime,
        profile: Profile,
        request: Request,
        decision: Decision,
        submission: Submission | None = None,
    ) -> Shown | None:
        widget, params = runtime.widget(decision.campaign.id, decision.arm)
        try:
            product = await self._product(runtime.site.id, request, decision.campaign.id in runtime.priced)
            view = self._view(runtime, profile, request, product)
            view.submission = submission
            rendered = await self.renderer.render(widget, params, view)
        except (PluginFailure, Unavailable):
            return None  # logged and counted where it happened; the page goes on without this widget
        if rendered is None:
            return None if submission else _emptied(decision, widget, view.language)
        if profile.anonymous and FORM in rendered.tree:
            return None  # who stays anonymous can't be kept in touch with, so is not asked to write anything down
        rules = rules_of(decision.campaign, runtime.site, request.verified)
        tree = linked(rendered.tree, rules) if rules else rendered.tree
        return Shown(decision, widget, tree, rendered.label, view.language, rendered.style, rendered.offered)

    def _view(self, runtime: SiteRuntime, profile: Profile, request: Request, product: Product | None) -> PageView:
        site = runtime.site
        offer = partial(self.offering.offer, site)
        language = request.language if request.language in ("ko", "en") else site.language
        find: Any = partial(catalogue.found, self._link, site.id)
        count: Any = partial(tallying.tally, self._link, self._registry, self._guard, site.id, now=request.now)
        return PageView(site, profile, request, language, offer, product, find, count)

    async def _product(self, site: str, request: Request, priced: bool) -> Product | None:
        """The product on screen, as the page itself named it; if it is to be `priced`, at the catalogue's price of this
        moment where it has one, since the page may be an older one."""
        if not request.product:
            return None
        known = await catalogue.get(self._link, site, [request.product]) if priced else {}
        price = known[request.product].price_at(request.now) if known else 0
        return Product(
            request.product, request.name, price or request.price or 0, category=request.category, brand=request.brand
        )


def _emptied(decision: Decision, widget: Widget, language: str) -> Shown | None:
    """What stands in the page and has nothing to say any more, such as how far it is to a goal that is reached: it
    gives way, and comes back when it has. Elsewhere the shopper closes what came."""
    use = decision.campaign.widget
    if decision.verdict is not Verdict.UPDATE or use is None or not use.at:
        return None
    return Shown(decision, widget, NOTHING, "", language, ())
