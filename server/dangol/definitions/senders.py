"""What is wrong with senders and templates, and with what campaigns say through them."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from dangol.definitions.basics import LongText
from dangol.definitions.model import Budget, Campaign, ContactPolicy, Fallback, MessageUse, Sender, Site
from dangol.definitions.shapes import nearest
from dangol.definitions.templates import Template
from dangol.errors import Invalid, PluginFailure, Problem
from dangol.host.params import check_params
from dangol.host.registry import Registry
from dangol.messages import proof, reviews
from dangol.messages.brand import is_left
from dangol.messages.kinds import FORMS, PAID, PRICES, is_ad, kind_of, price_forms
from dangol.messages.limits import names
from dangol.plugin import Channel
from dangol.render.proof import params_problems
from dangol.render.proof import problems as text_problems
from dangol.render.variables import kinds

T = TypeVar("T")
Found = Generator[Problem, None, T | None]
"""Tells what is wrong, and returns what is used where it is there."""


class Means(NamedTuple):
    """What a site's messages can be made of, as far as it is in shape; the ids are of those that are not as well."""

    site: Site
    contact: ContactPolicy
    senders: Mapping[str, Sender]
    templates: Mapping[str, Template]
    sender_ids: Sequence[str]
    template_ids: Sequence[str]
    registry: Registry | None

    def params(self, use: MessageUse) -> Mapping[str, Any]:
        """A message's parameters, laid over its sender's."""
        sender = self.senders.get(use.use)
        return {**sender.params, **use.params} if sender else use.params

    def channel(self, use: str) -> Channel | None:
        """That of a sender, else the plugin itself; None where there is none, which `use_problems` tells."""
        sender = self.senders.get(use)
        return self.plugin(sender.use if sender else use)

    def plugin(self, name: str) -> Channel | None:
        """The channel plugin of this name, None where there is none."""
        try:
            return self.registry.channel(name) if self.registry else None
        except PluginFailure:
            return None


def sender_problems(number: int, sender: Sender, means: Means) -> Iterator[Problem]:
    """A plugin that is not there, parameters it does not take, prices of what it does not send."""
    where = f"senders[{number}]"
    for form in sender.prices:
        if form not in PRICES:
            yield Problem(f"{where}.prices.{form}", form, f"one of {', '.join(PRICES)}{nearest(form, list(PRICES))}")
    yield from _channel_problems(sender.use, f"{where}.use", means)
    channel = means.plugin(sender.use)
    if channel is None:
        return
    yield from _param_problems(channel, sender.params, f"{where}.params", means.site)
    for form in sender.prices:
        if form in PRICES and ("text" if form in FORMS else form) not in channel.kinds:
            expected = f"left out: {sender.use} sends {', '.join(channel.kinds)}"
            yield Problem(f"{where}.prices.{form}", sender.prices[form], expected)


def template_problems(number: int, template: Template, means: Means) -> Iterator[Problem]:
    """Every limit of a template as it is written; what the contact policy lacks for it stands under ``contact``."""
    for problem in proof.problems(template, means.site, means.contact):
        is_contact = problem.where.startswith("contact.")
        yield problem if is_contact else problem._replace(where=f"templates[{number}].{problem.where}")


def use_problems(campaign: Campaign, use: MessageUse, where: str, means: Means) -> Iterator[Problem]:
    """A campaign's message: its sender, template, variables and fallback. `where` is its path."""
    channel = yield from _used_channel(use.use, f"{where}.use", means)
    template = yield from _template(use.template, f"{where}.template", means)
    if channel is not None and (template is not None or not use.template):
        yield from _kind_problems(channel, use.use, template, f"{where}.template")
    if template is not None:
        yield from _content_problems(campaign, use, template, channel, where, means)
    elif use.ad and not use.consent and not use.template:
        yield Problem(
            f"{where}.consent", "", "the channel whose consent the advertisement needs: sms, kakao, push or email"
        )
    yield from _fill_problems(use.fill, template, f"{where}.fill", means, bool(campaign.notice))
    if use.fallback is not None:
        yield from _fallback_problems(use, use.fallback, template, f"{where}.fallback", means, bool(campaign.notice))


def _content_problems(
    campaign: Campaign, use: MessageUse, template: Template, channel: Channel | None, where: str, means: Means
) -> Iterator[Problem]:
    for name in ("ad", "consent"):
        if getattr(use, name):
            yield Problem(f"{where}.{name}", getattr(use, name), "left out: the template tells whether it is one")
    if campaign.active and (problem := reviews.problem(template)):
        yield Problem(f"{where}.template", problem.value, f"{problem.expected}; until then leave the campaign inactive")
    if channel is not None and channel.device:
        anywhere = proof.problems(template, means.site, means.contact)
        there = proof.problems(template, means.site, means.contact, channel.device)
        yield from (one._replace(where=f"{where}.template.{one.where}") for one in there if one not in anywhere)
    yield from _price_problems(use.budget, use.use, template, where, means)


def _price_problems(budget: Budget, use: str, template: Template, where: str, means: Means) -> Iterator[Problem]:
    """A budget in money can't hold what costs nobody knows what."""
    amounts = (budget.day, budget.total, means.contact.budget.day, means.contact.budget.total)
    is_told = use in means.sender_ids and use not in means.senders
    if kind_of(template) not in PAID or is_told or not any(amount is not None for amount in amounts):
        return
    prices = means.senders[use].prices if use in means.senders else {}
    if missing := [form for form in price_forms(template) if form not in prices]:
        yield Problem(f"{where}.use", use, f"a sender with prices of {', '.join(missing)}, which a budget counts in")


def _fallback_problems(
    use: MessageUse, fallback: Fallback, main: Template | None, where: str, means: Means, is_noticed: bool
) -> Iterator[Problem]:
    channel = yield from _used_channel(fallback.use, f"{where}.use", means)
    template = yield from _template(fallback.template, f"{where}.template", means)
    if not fallback.on:
        yield Problem(f"{where}.on", [], "one kind of failure at least")
    if template is None:
        return
    if kind_of(template) != "text":
        yield Problem(f"{where}.template", kind_of(template), "a template of the kind text, which every phone takes")
    elif channel is not None:
        yield from _kind_problems(channel, fallback.use, template, f"{where}.use")
    yield from _price_problems(use.budget, fallback.use, template, where, means)
    if main is not None and is_ad(main) != is_ad(template):  # it counts as what it stands for
        is_one = "is an advertisement" if is_ad(main) else "is none"
        expected = f"a template with ad: {str(is_ad(main)).lower()}, as the message that it stands for {is_one}"
        yield Problem(f"{where}.template", fallback.template, expected)
    yield from _fill_problems(fallback.fill, template, f"{where}.fill", means, is_noticed)


def _kind_problems(channel: Channel, use: str, template: Template | None, where: str) -> Iterator[Problem]:
    if (kind := kind_of(template)) not in channel.kinds:
        given = f"a template: {use} sends {', '.join(channel.kinds)}"
        expected = f"of a kind that {use} sends: {', '.join(channel.kinds)}" if template else given
        yield Problem(where, kind if template else "", expected)


def _fill_problems(
    fill: Mapping[str, LongText], template: Template | None, where: str, means: Means, is_noticed: bool
) -> Iterator[Problem]:
    """`fill` names the template's variables, all of them where nothing else gives them."""
    known = proof.known(means.site)
    for name, text in fill.items():
        yield from (each._replace(where=f"{where}.{name}") for each in text_problems(text, known))
    if template is None or is_left(template):
        return
    asked = names(template)
    for name in fill:
        if name not in asked:
            have = f"{', '.join(asked)}{nearest(name, list(asked))}" if asked else "it has none"
            yield Problem(f"{where}.{name}", name, f"a variable of the template {template.id}: {have}")
    for name in asked:
        if name not in fill and not is_noticed:
            yield Problem(f"{where}.{name}", None, f"given: the template {template.id} has #{{{name}}}")


def _template(id: str, where: str, means: Means) -> Found[Template]:
    if id and id not in means.template_ids:
        yield Problem(where, id, f"a template of this site{nearest(id, list(means.template_ids))}")
    return means.templates.get(id)


def _used_channel(use: str, where: str, means: Means) -> Found[Channel]:
    """Of a sender, else of the plugin that is named itself."""
    if use not in means.sender_ids:
        yield from _channel_problems(use, where, means)
    return means.channel(use) if use in means.senders or use not in means.sender_ids else None


def _channel_problems(use: str, where: str, means: Means) -> Iterator[Problem]:
    if means.registry is None:
        return
    try:
        means.registry.channel(use)
    except PluginFailure as failure:
        known = [*means.sender_ids, *(one.name for one in means.registry.channels())]
        yield Problem(where, use, f"a usable channel: {failure.detail}{nearest(use, known)}")


def _param_problems(channel: Channel, raw: object, where: str, site: Site) -> list[Problem]:
    try:
        params = check_params(channel, raw, where)
    except Invalid as invalid:
        return invalid.problems
    return params_problems(params, kinds(site.traits), where)
