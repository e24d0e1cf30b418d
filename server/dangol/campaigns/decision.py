"""What was decided on one campaign for one page view, and how to say it."""

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from dangol.definitions.model import Campaign


class Verdict(StrEnum):
    """What to do. `UPDATE` refreshes what the page shows already and is no exposure; `HOLDOUT` is given once per
    visit to a shopper who would have got the campaign, so that the log can compare."""

    SHOW = "show"
    UPDATE = "update"
    MESSAGE = "message"
    HOLDOUT = "holdout"
    NO = "no"


class Reason(StrEnum):
    """Why."""

    SHOWN = "shown"
    UPDATED = "updated"
    SENT = "sent"
    INACTIVE = "inactive"
    NO_PLUGIN = "no_plugin"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    EVENT = "event"
    PAGE = "page"
    AUDIENCE = "audience"
    NOTHING = "nothing"
    HOLDOUT = "holdout"
    LATER = "later"
    LATER_SESSION = "later_session"
    LATER_NEVER = "later_never"
    CAP_SESSION = "cap_session"
    CAP_DAY = "cap_day"
    CAP_LIFETIME = "cap_lifetime"
    PROMISED_ELSEWHERE = "promised_elsewhere"
    TOO_MANY_PROMISED = "too_many_promised"
    SLOT_TAKEN = "slot_taken"
    NO_MEMBER = "no_member"
    ALREADY_SENT = "already_sent"


class Decision(Struct, frozen=True):
    """`key` is the exposure's id where the verdict is show or holdout, and the cause of a message: the same cause has
    the same key for ever. `detail` is the value that the sentence of `reason` names."""

    campaign: Campaign
    verdict: Verdict
    reason: Reason
    key: str = ""
    detail: str = ""


SENTENCES: dict[Reason, dict[Literal["ko", "en"], str]] = {
    Reason.SHOWN: {"ko": "지금 보여 줍니다.", "en": "It is shown now."},
    Reason.UPDATED: {
        "ko": "이미 화면에 떠 있어 내용만 새로 고칩니다.",
        "en": "It is on the page already, so only its content is refreshed.",
    },
    Reason.SENT: {"ko": "지금 메시지를 보냅니다.", "en": "The message is sent now."},
    Reason.INACTIVE: {"ko": "캠페인이 꺼져 있습니다.", "en": "The campaign is switched off."},
    Reason.NO_PLUGIN: {
        "ko": "위젯 플러그인 '{}'을(를) 쓸 수 없습니다.",
        "en": "The widget plugin '{}' is not available.",
    },
    Reason.NOT_STARTED: {"ko": "{}에 시작합니다.", "en": "It starts on {}."},
    Reason.ENDED: {"ko": "{}에 끝났습니다.", "en": "It ended on {}."},
    Reason.EVENT: {
        "ko": "이번에는 일어나지 않은 이벤트({})에서만 판단합니다.",
        "en": "It is judged only on an event that did not happen now ({}).",
    },
    Reason.PAGE: {
        "ko": "이 페이지({})에서는 보여 주지 않기로 했습니다.",
        "en": "It is not for this page ({}).",
    },
    Reason.AUDIENCE: {
        "ko": "세그먼트 '{}'에 들지 않습니다.",
        "en": "The shopper is not in the segment '{}'.",
    },
    Reason.NOTHING: {
        "ko": "위젯이 지금 보여 줄 내용이 없습니다.",
        "en": "The widget has nothing to show now.",
    },
    Reason.HOLDOUT: {
        "ko": "효과 비교를 위해 이 캠페인을 받지 않는 {}%에 속합니다.",
        "en": "The shopper is among the {}% who never get it, so that its effect can be measured.",
    },
    Reason.LATER: {
        "ko": "고객이 {}까지 보지 않기로 했습니다.",
        "en": "The shopper asked not to see it until {}.",
    },
    Reason.LATER_SESSION: {
        "ko": "고객이 이번 방문에는 보지 않기로 했습니다.",
        "en": "The shopper asked not to see it during this visit.",
    },
    Reason.LATER_NEVER: {
        "ko": "고객이 다시 보지 않기로 했습니다.",
        "en": "The shopper asked never to see it again.",
    },
    Reason.CAP_SESSION: {
        "ko": "한 방문에 {}번까지로 한 만큼 이번 방문에 이미 받았습니다.",
        "en": "The limit of {} per visit is reached.",
    },
    Reason.CAP_DAY: {
        "ko": "하루 {}번까지로 한 만큼 오늘 이미 받았습니다.",
        "en": "Today's limit of {} is reached.",
    },
    Reason.CAP_LIFETIME: {
        "ko": "통틀어 {}번까지로 한 만큼 이미 받았습니다.",
        "en": "The limit of {} in all is reached.",
    },
    Reason.PROMISED_ELSEWHERE: {
        "ko": "남은 횟수를 다른 페이지가 쓰려고 기다리고 있습니다({}까지).",
        "en": "Another page of this shopper is about to use what the limit leaves (until {}).",
    },
    Reason.TOO_MANY_PROMISED: {
        "ko": "보여 주기로 하고 아직 확인되지 않은 것이 {}개라 더 보여 주지 않습니다.",
        "en": "{} promised views wait to be confirmed, so no more are promised.",
    },
    Reason.SLOT_TAKEN: {
        "ko": "같은 자리를 캠페인 '{}'이(가) 쓰고 있습니다.",
        "en": "The campaign '{}' has its place on the page.",
    },
    Reason.NO_MEMBER: {
        "ko": "회원이 아니어서 보낼 수 없습니다.",
        "en": "There is nobody to send to: the shopper is not a member.",
    },
    Reason.ALREADY_SENT: {"ko": "이미 보냈습니다.", "en": "It was sent already."},
}


def sentence(decision: Decision, language: str) -> str:
    """The reason in a marketer's words; Korean for ``ko``, else English."""
    return SENTENCES[decision.reason]["ko" if language == "ko" else "en"].format(decision.detail)
