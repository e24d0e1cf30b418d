"""Where a message goes: which sender or channel plugin, with which parameters, at what price. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from dangol.definitions.model import Definitions, MessageUse
from dangol.definitions.templates import Template
from dangol.errors import Invalid, Problem
from dangol.messages.kinds import THOUSANDTHS


class Route(NamedTuple):
    """`sender` is the sender's id, empty where a channel plugin is used without one. `params` are the sender's with the
    message's laid over, `prices` are amounts in the site's currency by form, `rate` messages a second."""

    sender: str
    channel: str
    params: dict[str, Any]
    prices: Mapping[str, float]
    rate: float | None
    template: Template | None

    def price(self, form: str) -> int:
        """What one message of the form costs, in thousandths of the currency's unit; 0 where nobody says."""
        return round(self.prices.get(form, 0) * THOUSANDTHS)


class Routes:
    """The senders and templates of one site's definitions, by their ids. Immutable."""

    def __init__(self, definitions: Definitions) -> None:
        self._senders = {sender.id: sender for sender in definitions.senders}
        self._templates = {template.id: template for template in definitions.templates}

    def of(self, use: MessageUse, params: Mapping[str, Any] | None = None) -> Route:
        """Where a message goes; a sender's id goes before a channel plugin of the same name. `params` are the use's own
        as the recipient's variant has them. Raises Invalid for a template that is not defined (any more)."""
        own = use.params if params is None else params
        template = self._template(use.template)
        sender = self._senders.get(use.use)
        if sender is None:
            return Route("", use.use, {**own}, {}, None, template)
        return Route(sender.id, sender.use, {**sender.params, **own}, sender.prices, sender.rate, template)

    def _template(self, id: str) -> Template | None:
        if not id:
            return None
        if id not in self._templates:
            raise Invalid([Problem("message.template", id, "a template of this site")])
        return self._templates[id]


def fallback_use(use: MessageUse) -> MessageUse | None:
    """The message that is sent instead, once, where this one failed; None where there is none."""
    instead = use.fallback
    return MessageUse(instead.use, template=instead.template, fill=instead.fill) if instead else None
