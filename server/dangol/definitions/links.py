"""The addresses that a document's campaigns lead to."""

from collections.abc import Iterator
from typing import Any

from dangol.definitions.model import Campaign, Definitions
from dangol.definitions.templates import Template
from dangol.host.params import check_params, texts_of
from dangol.host.registry import Registry
from dangol.messages.buttons import WEB
from dangol.messages.places import said
from dangol.messages.resolving import Routes
from dangol.messages.writing import LINK
from dangol.plugin import Url


def addresses(definitions: Definitions, registry: Registry) -> dict[str, list[str]]:
    """By address the places where it is named. The document is a checked one."""
    found: dict[str, list[str]] = {}
    routes = Routes(definitions)
    for number, campaign in enumerate(definitions.campaigns):
        for where, params in _params(campaign, routes, registry):
            for place, address in texts_of(params, Url, f"campaigns[{number}].{where}"):
                found.setdefault(address, []).append(place)
    for place, address in in_messages(definitions):
        found.setdefault(address, []).append(place)
    return found


def in_messages(definitions: Definitions) -> Iterator[tuple[str, str]]:
    """The links of its templates: where each stands, and the address."""
    for number, template in enumerate(definitions.templates):
        for place, address in _template_links(template):
            yield f"templates[{number}].{place}", address


def _template_links(template: Template) -> Iterator[tuple[str, str]]:
    """The addresses of a template that are the same for everybody: none with variables, none of apps."""
    for place, role, text in said(template):
        plain = [word for word in text.split() if "{" not in word]
        links = plain if role == "address" else LINK.findall(" ".join(plain)) if role == "text" else []
        yield from ((place, link) for link in links if WEB.fullmatch(link))


def _params(campaign: Campaign, routes: Routes, registry: Registry) -> Iterator[tuple[str, Any]]:
    """The parameters of a campaign and of its variants."""
    if campaign.widget is not None:
        widget, raw = registry.widget(campaign.widget.use), campaign.widget.params
        yield "widget.params", check_params(widget, raw, "")
        for variant in campaign.variants:
            yield f"variants.{variant.id}.params", check_params(widget, {**raw, **variant.params}, "")
    if campaign.message is not None:
        route = routes.of(campaign.message)
        yield "message.params", check_params(registry.channel(route.channel), route.params, "")
