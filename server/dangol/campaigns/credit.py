"""A credit of one shopper's entry into a campaign."""

from typing import Any

from dangol.campaigns.calendar import day_number
from dangol.definitions.model import Site
from dangol.profile.model import Contact
from dangol.protocol.event import Credit


def credit_of(campaign: str, entry: Contact, site: Site, **figures: Any) -> Credit:
    """`figures` for the arm and the day of the `entry`."""
    day = day_number(entry.entered_at, site.timezone)
    return Credit(campaign, entry.arm, entry.draw, day, entry.segments, **figures)
