"""What was decided on one campaign for one page view."""

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from dangol.definitions.model import Campaign, Cap


class Verdict(StrEnum):
    """What to do. `WAIT` leaves it to the page to ask again at the campaign's moment. `UPDATE` refreshes what the page
    shows already and is no exposure; `HOLDOUT` is given once per visit to a shopper who would have got the campaign, so
    that the log can compare."""

    SHOW = "show"
    UPDATE = "update"
    WAIT = "wait"
    MESSAGE = "message"
    HOLDOUT = "holdout"
    NO = "no"


class Reason(StrEnum):
    """Why."""

    SHOWN = "shown"
    UPDATED = "updated"
    WAITING = "waiting"
    SENT = "sent"
    INACTIVE = "inactive"
    NO_PLUGIN = "no_plugin"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    EVENT = "event"
    SCHEDULE = "schedule"
    NOTICE = "notice"
    PAGE = "page"
    KIND = "kind"
    AUDIENCE = "audience"
    NOTHING = "nothing"
    HOLDOUT = "holdout"
    LATER = "later"
    LATER_SESSION = "later_session"
    LATER_NEVER = "later_never"
    CAP_SESSION = "cap_session"
    CAP_DAY = "cap_day"
    CAP_DAYS = "cap_days"
    CAP_LIFETIME = "cap_lifetime"
    CAP_GROUP = "cap_group"
    CAP_ALL = "cap_all"
    CAP_BUDGET = "cap_budget"
    PROMISED_ELSEWHERE = "promised_elsewhere"
    TOO_MANY_PROMISED = "too_many_promised"
    GAP = "gap"
    SLOT_TAKEN = "slot_taken"
    NO_MEMBER = "no_member"
    NO_CONSENT = "no_consent"
    ALREADY_SENT = "already_sent"


class Refusal(NamedTuple):
    """Why not. What stands in the way passes at `until`, unix seconds; 0 where that is not to be waited for."""

    reason: Reason
    detail: str = ""
    limit: Cap | None = None
    until: float = 0


class Decision(Struct, frozen=True):
    """`key` is the exposure's id where the verdict is show or holdout, and the cause of a message: the same cause has
    the same key for ever. `detail` is the value that the sentence of `reason` names, and `limit` the cap.

    `arm` is the form that the shopper gets: a variant's id, "on" where there are none, or "holdout". `counts` are the
    tallies of the profile that a view or message counts in besides the campaign's own contact. `delay` is for how many
    seconds a page that waits shall do so at least. `segments` are those of the campaign's report that the shopper is
    in.
    """

    campaign: Campaign
    verdict: Verdict
    reason: Reason
    key: str = ""
    detail: str = ""
    arm: str = ""
    counts: tuple[str, ...] = ()
    delay: float = 0
    limit: Cap | None = None
    segments: tuple[str, ...] = ()
