"""Decisions put down: on the profile, where limits count them, and for the log."""

from collections.abc import Sequence

from dangol.campaigns.contacts import note_holdout, note_message, promise
from dangol.campaigns.decision import Decision, Verdict
from dangol.definitions.model import Site
from dangol.profile.model import Profile
from dangol.protocol.event import Decided


def note(profile: Profile, decisions: Sequence[Decision], now: float, site: Site) -> list[Decided]:
    """Write on the profile what was decided at `now`, unix seconds, and return what the log keeps of it."""
    noted = []
    for decision in decisions:
        if decision.verdict is Verdict.SHOW:
            if not promise(profile, decision, now):
                continue
        elif decision.verdict is Verdict.MESSAGE:
            note_message(profile, decision, now, site)
        elif decision.verdict is Verdict.HOLDOUT:
            note_holdout(profile, decision, now)
        else:
            continue
        noted.append(Decided(decision.campaign.id, decision.verdict.value, decision.key))
    return noted
