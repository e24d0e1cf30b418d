"""Why a message waits, was not sent or did not arrive, in an operator's words. Pure.

A code is what is kept and counted. Its words may name the detail: for what is held until a moment, that moment in the
shop's time; for caps, how many in what time; for failures, what the provider said.
"""

from msgspec import Struct

from dangol.campaigns.sentences import limit
from dangol.definitions.model import Cap, Failure, Language


class Reason(Struct, frozen=True, array_like=True):
    """A code of `WORDS`, and what its words name: never an address, a name or a token."""

    code: str
    detail: str = ""


Words = dict[Language, str]

HELD: dict[str, Words] = {
    "quiet": {
        "ko": "야간에는 광고를 보낼 수 없어 {}까지 기다립니다.",
        "en": "Advertisements rest at night, so it waits until {}.",
    },
    "budget_day": {
        "ko": "오늘 쓸 수 있는 발송 예산을 다 써서 {}까지 기다립니다.",
        "en": "The money for messages of this day is used up, so it waits until {}.",
    },
    "reserved": {
        "ko": "먼저 나가는 메시지에 잡아 둔 예산이 정산되기를 기다립니다.",
        "en": "It waits for money that is set aside for other messages which are being sent.",
    },
    "rate": {
        "ko": "발송 계정의 초당 한도에 닿아 {}까지 기다립니다.",
        "en": "The account takes no more messages a second, so it waits until {}.",
    },
    "retry": {
        "ko": "지금은 보낼 수 없어 나중에 다시 시도합니다. {}",
        "en": "It can't be sent now and is tried again later. {}",
    },
}
"""What a message waits for."""

REFUSED: dict[str, Words] = {
    "no_consent": {
        "ko": "광고 수신에 동의하지 않은 고객입니다.",
        "en": "The recipient has not agreed to advertisements by this channel.",
    },
    "withdrawn": {
        "ko": "{}에 광고 수신을 거부한 고객입니다.",
        "en": "The recipient refused advertisements by this channel on {}.",
    },
    "consent_old": {
        "ko": "수신 동의를 마지막으로 확인한 지 {}일이 넘어 다시 확인해야 합니다.",
        "en": "The consent was last confirmed more than {} days ago and has to be confirmed again.",
    },
    "other_address": {
        "ko": "수신에 동의한 연락처와 보낼 연락처가 다릅니다.",
        "en": "The consent was given for another address than this one.",
    },
    "no_address": {
        "ko": "보낼 연락처를 모르거나 형식이 잘못되었습니다.",
        "en": "There is no address to send to, or it is none of this channel's.",
    },
    "no_device": {
        "ko": "알림을 받을 기기가 없습니다.",
        "en": "There is no device that notifications could reach.",
    },
    "already": {"ko": "이 메시지를 이미 받은 고객입니다.", "en": "The recipient has had this message already."},
    "cap": {
        "ko": "이 캠페인을 {}까지로 한 만큼 이미 받았습니다.",
        "en": "The campaign's limit of {} is reached.",
    },
    "cap_group": {
        "ko": "같은 그룹의 캠페인을 {}까지로 한 만큼 이미 받았습니다.",
        "en": "The limit of the campaign's group, {}, is reached.",
    },
    "cap_budget": {
        "ko": "위젯과 메시지를 합해 {}까지로 한 만큼 이미 받았습니다.",
        "en": "The contact budget over widgets and messages, {}, is used up.",
    },
    "holdout": {
        "ko": "효과를 재기 위해 보내지 않는 비교 그룹의 고객입니다.",
        "en": "The recipient is in the group that does not get it, by which its effect is measured.",
    },
    "no_match": {
        "ko": "보낼 때 다시 확인하니 캠페인의 대상이 아닙니다.",
        "en": "The recipient was no longer in the campaign's audience when it was to be sent.",
    },
    "inactive": {"ko": "캠페인이 꺼졌거나 없어졌습니다.", "en": "The campaign is switched off or gone."},
    "ended": {"ko": "캠페인이 {}에 끝났습니다.", "en": "The campaign ended on {}."},
    "no_member": {
        "ko": "회원이 아니거나 고객 정보가 없어졌습니다.",
        "en": "The recipient is no member, or is not known any more.",
    },
    "review": {
        "ko": "템플릿이 아직 승인되지 않았습니다({}).",
        "en": "The template is not approved yet ({}).",
    },
    "no_sender_name": {
        "ko": "광고에 적을 발신자 이름이나 무료 수신 거부 번호가 없습니다.",
        "en": "The sender's name or the free number for refusals, which an advertisement must name, is not set.",
    },
    "budget_total": {
        "ko": "캠페인에 쓸 수 있는 발송 예산을 다 썼습니다.",
        "en": "The campaign's money for messages is used up.",
    },
    "cancelled": {"ko": "발송을 취소했습니다.", "en": "The sending was cancelled."},
    "forgotten": {"ko": "고객의 요청으로 지웠습니다.", "en": "It was deleted at the recipient's request."},
}
"""Why a message is not sent, and never will be."""

FAILURES: dict[Failure, Words] = {
    "bad_address": {"ko": "없는 연락처입니다. {}", "en": "The address does not exist. {}"},
    "not_reachable": {
        "ko": "지금은 닿지 않는 고객입니다(카카오톡 미사용, 채널 차단, 전원 꺼짐 등). {}",
        "en": "The recipient can't be reached now. {}",
    },
    "blocked": {"ko": "통신사나 휴대폰이 스팸으로 차단했습니다. {}", "en": "The carrier or the phone blocked it. {}"},
    "opted_out": {
        "ko": "발송사에 수신을 거부한 번호입니다. {}",
        "en": "The address has refused such messages at the provider. {}",
    },
    "content": {
        "ko": "내용에 문제가 있어 보낼 수 없습니다. {}",
        "en": "What it says can't be sent. {}",
    },
    "duplicate": {
        "ko": "같은 연락처로 이미 보낸 메시지입니다. {}",
        "en": "The same message goes to this address already. {}",
    },
    "night": {
        "ko": "발송사나 카카오가 보낼 수 없는 시간이라며 거절했습니다. {}",
        "en": "The provider refused it because of the time of day. {}",
    },
    "provider": {"ko": "발송사에 일시적인 문제가 있습니다. {}", "en": "The provider has trouble for now. {}"},
    "account": {"ko": "발송 계정에 문제가 있습니다. {}", "en": "Something is wrong with the account. {}"},
    "balance": {"ko": "발송 계정의 잔액이 모자랍니다. {}", "en": "The account has too little money left. {}"},
    "too_fast": {"ko": "발송사의 속도 제한에 걸렸습니다. {}", "en": "The provider takes no more messages. {}"},
    "other": {"ko": "보내지 못했습니다. {}", "en": "It could not be sent. {}"},
}
"""What a provider's failure means; the detail is what it said."""

LOST: dict[str, Words] = {
    "given_up": {
        "ko": "여러 번 시도했지만 보내지 못했습니다. {}",
        "en": "It was given up after several attempts. {}",
    },
    "no_plugin": {"ko": "발송 플러그인을 쓸 수 없습니다. {}", "en": "The channel plugin is not available. {}"},
    "poison": {
        "ko": "처리할 때마다 오류가 나서 격리했습니다. {}",
        "en": "Handling it failed again and again, so it was put aside. {}",
    },
    "interrupted": {
        "ko": "보내는 도중에 작업이 끊겨 갔는지 알 수 없습니다. 다시 보내지 않습니다. {}",
        "en": "The work was interrupted while it was sent. It may have arrived and is not sent again. {}",
    },
    "no_answer": {
        "ko": "발송사의 답을 받지 못해 갔는지 알 수 없습니다. 다시 보내지 않습니다. {}",
        "en": "The provider's answer did not come. It may have arrived and is not sent again. {}",
    },
}
"""Why a message can't be handled, or why nobody knows whether it arrived."""

WORDS: dict[str, Words] = {**{str(failure): each for failure, each in FAILURES.items()}, **LOST, **REFUSED, **HELD}


def words(reason: Reason, language: str) -> str:
    """The reason as a sentence; Korean for ``ko``, else English. A code that is not known here is told as it is."""
    known: Language = "ko" if language == "ko" else "en"
    if reason.code not in WORDS:
        return f"{reason.code} {reason.detail}".strip()
    named = _limit(reason.detail, known) if reason.code.startswith("cap") else reason.detail
    return WORDS[reason.code][known].format(named).strip()


def _limit(detail: str, language: Language) -> str:
    """A cap such as ``3 7d`` in words."""
    times, _, per = detail.partition(" ")
    return limit(Cap(int(times), per), language) if times.isdecimal() else detail
