"""Decisions in a marketer's words, Korean and English."""

from dangol.campaigns.decision import Decision, Reason
from dangol.definitions.model import Campaign, Cap, Kind, Language

SENTENCES: dict[Reason, dict[Language, str]] = {
    Reason.SHOWN: {"ko": "지금 보여 줍니다.", "en": "It is shown now."},
    Reason.UPDATED: {
        "ko": "이미 화면에 떠 있어 내용만 새로 고칩니다.",
        "en": "It is on the page already, so only its content is refreshed.",
    },
    Reason.WAITING: {"ko": "{moment}를 기다립니다.", "en": "It waits for {moment}."},
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
    Reason.SCHEDULE: {
        "ko": "페이지에서 판단하지 않고 예약된 시각에 보냅니다.",
        "en": "It is sent by its schedule, whatever page is open.",
    },
    Reason.NOTICE: {
        "ko": "쇼핑몰이 알려 온 일({})이 있을 때 보냅니다.",
        "en": "It is sent when the shop tells of something ({}).",
    },
    Reason.PAGE: {
        "ko": "이 페이지({})에서는 보여 주지 않기로 했습니다.",
        "en": "It is not for this page ({}).",
    },
    Reason.KIND: {
        "ko": "이런 종류의 페이지({kind})에서는 보여 주지 않기로 했습니다.",
        "en": "It is not for pages of this kind ({kind}).",
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
    Reason.CAP_DAYS: {
        "ko": "{limit}까지로 한 만큼 이미 받았습니다.",
        "en": "The limit of {limit} is reached.",
    },
    Reason.CAP_LIFETIME: {
        "ko": "통틀어 {}번까지로 한 만큼 이미 받았습니다.",
        "en": "The limit of {} in all is reached.",
    },
    Reason.CAP_GROUP: {
        "ko": "그룹 '{}'의 캠페인을 합해 {limit}까지로 한 만큼 이미 받았습니다.",
        "en": "The limit of the group '{}', {limit}, is reached.",
    },
    Reason.CAP_ALL: {
        "ko": "끼어드는 캠페인을 모두 합해 {limit}까지로 한 만큼 이미 받았습니다.",
        "en": "The limit over all campaigns that interrupt, {limit}, is reached.",
    },
    Reason.CAP_BUDGET: {
        "ko": "위젯과 메시지를 합해 {limit}까지로 한 만큼 이미 받았습니다.",
        "en": "The contact budget over widgets and messages, {limit}, is used up.",
    },
    Reason.PROMISED_ELSEWHERE: {
        "ko": "남은 횟수를 다른 페이지가 쓰려고 기다리고 있습니다({}까지).",
        "en": "Another page of this shopper is about to use what the limit leaves (until {}).",
    },
    Reason.TOO_MANY_PROMISED: {
        "ko": "보여 주기로 하고 아직 확인되지 않은 것이 {}개라 더 보여 주지 않습니다.",
        "en": "{} promised views wait to be confirmed, so no more are promised.",
    },
    Reason.GAP: {
        "ko": "끼어드는 캠페인 사이에는 적어도 {}초를 둡니다.",
        "en": "At least {} seconds have to lie between two campaigns that interrupt.",
    },
    Reason.SLOT_TAKEN: {
        "ko": "같은 자리를 캠페인 '{}'이(가) 쓰고 있습니다.",
        "en": "The campaign '{}' has its place on the page.",
    },
    Reason.NO_MEMBER: {
        "ko": "회원이 아니어서 보낼 수 없습니다.",
        "en": "There is nobody to send to: the shopper is not a member.",
    },
    Reason.NO_CONSENT: {
        "ko": "광고 수신에 동의하지 않아 보낼 수 없습니다.",
        "en": "The member has not agreed to advertisements by this channel.",
    },
    Reason.ALREADY_SENT: {"ko": "이미 보냈습니다.", "en": "It was sent already."},
}

KINDS: dict[Kind, dict[Language, str]] = {
    "home": {"ko": "첫 화면", "en": "home"},
    "product": {"ko": "상품 상세", "en": "product"},
    "category": {"ko": "상품 목록", "en": "category"},
    "search": {"ko": "검색 결과", "en": "search"},
    "cart": {"ko": "장바구니", "en": "cart"},
    "checkout": {"ko": "주문서", "en": "checkout"},
    "order": {"ko": "주문 완료", "en": "order placed"},
    "member": {"ko": "로그인·회원 가입", "en": "login or sign-up"},
    "other": {"ko": "그 밖", "en": "other"},
}

PERIODS: dict[str, dict[Language, str]] = {
    "session": {"ko": "한 방문에 {}번", "en": "{} per visit"},
    "day": {"ko": "하루 {}번", "en": "{} a day"},
    "lifetime": {"ko": "통틀어 {}번", "en": "{} in all"},
    "days": {"ko": "{days}일 동안 {}번", "en": "{} in {days} days"},
}


def sentence(decision: Decision, language: str) -> str:
    """The reason in a marketer's words; Korean for ``ko``, else English."""
    code: Language = "ko" if language == "ko" else "en"
    return SENTENCES[decision.reason][code].format(
        decision.detail,
        limit=limit(decision.limit, code) if decision.limit else "",
        kind=KINDS.get(decision.detail, {}).get(code, decision.detail),  # type: ignore[call-overload]
        moment=moment(decision.campaign, code),
    )


def limit(cap: Cap, language: Language) -> str:
    """A cap in words: ``3 in 7 days``."""
    period = cap.per if cap.per in PERIODS else "days"
    return PERIODS[period][language].format(cap.times, days=cap.per[:-1])


def moment(campaign: Campaign, language: Language) -> str:
    """What a page waits for before it shows the campaign, to stand behind "it waits for", or before "를 기다립니다"."""
    if language == "ko":
        after = f"{campaign.delay:g}초가 지난 뒤 " if campaign.delay else ""
        return f"{after}{_korean(campaign)} 때" if _korean(campaign) else f"{campaign.delay:g}초가 지나기"
    after = f"{campaign.delay:g} seconds to pass" if campaign.delay else ""
    return " and then for ".join(part for part in (after, _english(campaign)) if part)


def _korean(campaign: Campaign) -> str:
    if campaign.scroll:
        return f"페이지를 {campaign.scroll}%까지 내릴"
    if campaign.idle:
        return f"{campaign.idle:g}초 동안 아무것도 하지 않을"
    return "페이지를 떠나려 할" if campaign.exit else ""


def _english(campaign: Campaign) -> str:
    if campaign.scroll:
        return f"{campaign.scroll}% of the page to be scrolled"
    if campaign.idle:
        return f"{campaign.idle:g} seconds without input"
    return "the shopper to be about to leave" if campaign.exit else ""
