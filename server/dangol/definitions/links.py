"""The addresses that a document's campaigns lead to."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from msgspec import Meta, Struct

from dangol.definitions.model import Campaign, Definitions
from dangol.host.params import check_params
from dangol.host.registry import Registry
from dangol.plugin import Url

PATTERNS = [each for each in get_args(Url) if isinstance(each, Meta)]
"""What makes a text an address."""


def addresses(definitions: Definitions, registry: Registry) -> dict[str, list[str]]:
    """By address the places where it is named. The document is a checked one."""
    found: dict[str, list[str]] = {}
    for number, campaign in enumerate(definitions.campaigns):
        for where, params in _params(campaign, registry):
            for place, address in _urls(params, f"campaigns[{number}].{where}"):
                found.setdefault(address, []).append(place)
    return found


def _params(campaign: Campaign, registry: Registry) -> Iterator[tuple[str, Any]]:
    """The parameters of a campaign and of its variants."""
    if campaign.widget is not None:
        widget, raw = registry.widget(campaign.widget.use), campaign.widget.params
        yield "widget.params", check_params(widget, raw, "")
        for variant in campaign.variants:
            yield f"variants.{variant.id}.params", check_params(widget, {**raw, **variant.params}, "")
    if campaign.message is not None:
        yield "message.params", check_params(registry.channel(campaign.message.use), campaign.message.params, "")


def _urls(params: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(params, Struct):
        hints = get_type_hints(type(params), include_extras=True)
        for name in params.__struct_fields__:
            value = getattr(params, name)
            if isinstance(value, str):
                if value and _is_url(hints[name]):
                    yield f"{where}.{name}", value
            else:
                yield from _urls(value, f"{where}.{name}")
    elif isinstance(params, Sequence) and not isinstance(params, str):
        for place, one in enumerate(params):
            yield from _urls(one, f"{where}[{place}]")


def _is_url(hint: Any) -> bool:
    """Whether a field's type is `Url`, narrowed or as one of several."""
    if get_origin(hint) is Annotated and any(each in get_args(hint) for each in PATTERNS):
        return True
    return any(_is_url(each) for each in get_args(hint))
