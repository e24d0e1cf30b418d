"""What becomes of a widget's form: the widget says what follows from it, and the profile takes that.

Nothing of what a shopper wrote goes anywhere else: the log gets an event `widget_submit` that names campaign and
exposure, and what an operator reads names fields and traits, never values.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from types import NoneType
from typing import Any

from dangol.definitions.model import Site
from dangol.errors import PluginFailure
from dangol.host.guard import Guard
from dangol.plugin import Submission, Subscribe, Text, Widget
from dangol.profile.consents import Act, subscribe
from dangol.profile.model import Profile
from dangol.profile.subscriptions import CHANNELS, EXPECTED, normal
from dangol.profile.traits import changed, told_by_page
from dangol.protocol.event import Event
from dangol.protocol.text import clean
from dangol.render.text import choose

MOST_PROBLEMS = 30

logger = logging.getLogger(__name__)


def ask(guard: Guard, widget: Widget, params: Any, fields: Mapping[str, str]) -> Submission | None:
    """What the widget makes of the fields, its addresses in their normal form or named as problems; None where it takes
    no forms. Raises PluginFailure."""

    def answer() -> Submission | None:
        made = widget.submit(params, dict(fields))
        return _checked(made, widget) if isinstance(made, Submission) else made

    return guard.run(widget, "submit", answer, expect=(Submission, NoneType))


def keep(profile: Profile, made: Submission, site: Site, campaign: str, language: str, now: float) -> list[Act]:
    """Write a submission without problems onto the profile, and return what it did with consents. Traits that the site
    has not declared as public, or that don't take the value, are left out and told to the operator."""
    if profile.anonymous:
        return []  # who has agreed to be counted only has agreed to nothing more
    taken = told_by_page(site, made.traits)
    profile.traits = changed(profile.traits, taken)
    if left := sorted(made.traits.keys() - taken.keys()):
        names = ", ".join(left)
        logger.warning("campaign %s: the form's traits %s are not public, or don't take the value", campaign, names)
    acts = []
    for each in made.subscriptions:
        wording = choose(each.wording, language, site.language)
        acts += subscribe(profile, each.channel, each.address, now, wording, each.night, campaign)
    return acts


def event_of(campaign: str, exposure: str, page: str, now: float) -> Event:
    """What the log is told. An exposure is submitted once: its event's id says so."""
    exposure = clean(exposure, 100)
    return Event(
        f"submit-{exposure}", "widget_submit", int(now * 1000), page, key=exposure, props={"campaign": campaign}
    )


def _checked(made: Submission, widget: Widget) -> Submission:
    problems: dict[str, Text] = dict(list(made.problems.items())[:MOST_PROBLEMS])
    kept = []
    for each in made.subscriptions:
        if not isinstance(each, Subscribe) or each.channel not in CHANNELS or not isinstance(each.address, str):
            raise PluginFailure(
                widget.name, "result", f"a subscription is {type(each).__name__}, or of no known channel"
            )
        address = normal(each.channel, each.address)
        if address is None:
            problems.setdefault(each.field, EXPECTED[each.channel])
        else:
            kept.append(replace(each, address=address))
    return replace(made, subscriptions=kept, problems=problems)
