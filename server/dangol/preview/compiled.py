"""A site as it would be with a tried campaign: compiled beside the one in force, once for each version of it."""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from dangol.definitions import document
from dangol.definitions.model import Definitions
from dangol.errors import Invalid
from dangol.host.registry import Registry
from dangol.preview import shelf, ticket
from dangol.preview.trial import Trial, laid_over, unbound
from dangol.runtime import SiteRuntime
from dangol.segments.conditions.catalogue import Catalogue
from dangol.store.link import Link

REMEMBERED = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Preview:
    """What a token lets somebody see until `until`, unix seconds. In `honest` the campaign is as it is written, in
    `shown` nothing keeps it from the page and it is always in `variant`."""

    trial: Trial
    until: int
    variant: str
    honest: SiteRuntime
    shown: SiteRuntime


class Previews:
    """Those that this process was asked for lately."""

    def __init__(self, link: Link, master: bytes, registry: Registry, catalogue: Catalogue) -> None:
        self._link = link
        self._given = master, registry, catalogue
        self._known: OrderedDict[tuple[object, ...], Preview | None] = OrderedDict()

    async def open(self, runtime: SiteRuntime, token: str, now: float) -> Preview | None:
        """None for a token that is not the site's, or whose preview is over, or does not go any more with the
        definitions in force. Raises `Unavailable`."""
        found = ticket.read(runtime.keys, token)
        if found is None or found.until <= now:
            return None
        trial = await shelf.get(self._link, runtime.site.id, found.id)  # every time: it may have been taken away
        if trial is None:
            return None
        variant = _variant(trial, found.variant)
        key = (runtime.site.id, found.id, variant, runtime.version)
        if key not in self._known:
            self._known[key] = await asyncio.to_thread(self._compiled, runtime, trial, found.until, variant)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]

    def _compiled(self, runtime: SiteRuntime, trial: Trial, until: int, variant: str) -> Preview | None:
        _, registry, _ = self._given
        definitions = laid_over(runtime.definitions, trial)
        try:
            document.check(msgspec.to_builtins(definitions), registry=registry)
        except Invalid as error:
            log.info("a preview of %s is over, its definitions were changed: %s", runtime.site.id, error)
            return None
        honest = self._built(definitions, runtime)
        campaigns = [unbound(each, variant) if each.id == trial.campaign.id else each for each in definitions.campaigns]
        shown = self._built(replace(definitions, campaigns=campaigns), honest)
        return Preview(trial, until, variant, honest, shown)

    def _built(self, definitions: Definitions, former: SiteRuntime) -> SiteRuntime:
        return SiteRuntime.build(definitions, former.version, *self._given, former)


def _variant(trial: Trial, wished: str) -> str:
    """The page's wish, else the link's, else the first; empty where the campaign has none."""
    known = [each.id for each in trial.campaign.variants]
    return wished if wished in known else trial.variant or next(iter(known), "")
