"""What a person is told after agreeing to advertisements or refusing them: by whom, what was done when, and that it is
so now. Pure.

Korea's Network Act, art. 50 (7), with its Enforcement Decree, art. 62-2: within 14 days, the sender's name, the act and
its date, and the result.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dangol.definitions.model import Definitions, Language
from dangol.messages.notices import Raised
from dangol.profile.consents import CHANGES, TELL_WITHIN, Act
from dangol.profile.model import Profile
from dangol.profile.subscriptions import CHANNELS

CHANNEL_NAMES: dict[str, dict[Language, str]] = {
    "sms": {"ko": "문자", "en": "text message"},
    "kakao": {"ko": "카카오톡", "en": "KakaoTalk"},
    "push": {"ko": "앱 푸시", "en": "notification"},
    "email": {"ko": "이메일", "en": "e-mail"},
}
ACTS: dict[str, dict[Language, str]] = {
    "agreed": {"ko": "{} 광고 수신 동의", "en": "Agreement to advertisements by {}"},
    "withdrawn": {"ko": "{} 광고 수신 거부", "en": "Refusal of advertisements by {}"},
    "night_agreed": {"ko": "{} 야간 광고 수신 동의", "en": "Agreement to advertisements at night by {}"},
    "night_withdrawn": {"ko": "{} 야간 광고 수신 거부", "en": "Refusal of advertisements at night by {}"},
}
RESULTS: dict[str, dict[Language, str]] = {
    "agreed": {"ko": "수신 동의 처리 완료", "en": "Done: they will be sent"},
    "withdrawn": {"ko": "수신 거부 처리 완료", "en": "Done: no more will be sent"},
}
CAUSE = re.compile(rf"(?:.*:)?consent-((?:(?:{'|'.join(CHANNELS)})\+?)+)-[0-9]+(?::instead)?")
NAMES: dict[str, str] = {"sender": "발신자", "act": "내용", "date": "일자", "result": "결과"}
"""What a template's ``#{...}`` may be called, in English or Korean."""


class Words(NamedTuple):
    """The law's items: who the sender is, what was done when, and what is so now."""

    sender: str
    act: str
    date: str
    result: str


def words(acts: Sequence[Act], definitions: Definitions, language: Language) -> Words:
    """The items for acts of one moment, such as an agreement to texts and KakaoTalk."""
    site = definitions.site
    name = site.name if isinstance(site.name, str) else site.name.get(language) or next(iter(site.name.values()), "")
    by_act: dict[str, list[str]] = {}
    for act in acts:
        by_act.setdefault(act.what, []).append(CHANNEL_NAMES[act.channel][language])
    told = [ACTS[what][language].format(_listed(channels, language)) for what, channels in by_act.items()]
    latest = max(acts, key=lambda act: act.at)
    result = "withdrawn" if latest.what.endswith("withdrawn") else "agreed"
    return Words(
        definitions.contact.company or name,
        (", " if language == "ko" else " and ").join(told),
        day(latest.at, site.timezone, language),
        RESULTS[result][language],
    )


def day(at: float, zone: str, language: Language) -> str:
    """A day with its year: ``2026년 11월 22일``, ``22 November 2026``."""
    time = datetime.fromtimestamp(at, ZoneInfo(zone))
    return f"{time.year}년 {time.month}월 {time.day}일" if language == "ko" else f"{time.day} {time:%B} {time.year}"


def _listed(names: Sequence[str], language: Language) -> str:
    return "·".join(names) if language == "ko" else " and ".join(names)


def of_profile(profile: Profile, acts: Iterable[Act], definitions: Definitions, now: float) -> list[Raised]:
    """The notice of what a shopper did in one request; none where that is long ago, or told already."""
    fresh = [
        act
        for act in _recent(acts, now)
        if (consent := profile.subscriptions.get(act.channel)) and consent.notified_at < act.at
    ]
    known = {channel: consent.address for channel, consent in profile.subscriptions.items()}
    language = profile.environment.language or definitions.site.language
    return _raised(fresh, definitions, profile.member.id if profile.member else "", known, language)


def of_guest(acts: Sequence[Act], definitions: Definitions, now: float) -> list[Raised]:
    """The notice to somebody who is known by the acts' address alone."""
    known = {act.channel: act.address for act in acts}
    return _raised(_recent(acts, now), definitions, "", known, definitions.site.language)


def channels_of(cause: str) -> list[str]:
    """The channels of whose consents a push request tells; none where it is no such notice."""
    found = CAUSE.fullmatch(cause)
    return found[1].split("+") if found else []


def _recent(acts: Iterable[Act], now: float) -> list[Act]:
    """What is to be told; later than within the law's time nobody is told by surprise."""
    return [act for act in acts if act.what in CHANGES and act.at > now - TELL_WITHIN]


def _raised(
    acts: Sequence[Act], definitions: Definitions, member: str, known: Mapping[str, str], language: str
) -> list[Raised]:
    phone, email = known.get("sms") or known.get("kakao") or "", known.get("email") or ""
    if not acts or not (member or phone or email):
        return []
    spoken: Language = "ko" if language[:2].lower() == "ko" else "en"
    items = words(acts, definitions, spoken)._asdict()
    channels = [channel for channel in CHANNELS if any(act.channel == channel for act in acts)]
    variables = {name: value for key, value in items.items() for name in (key, NAMES[key])}
    id = f"consent-{'+'.join(channels)}-{max(act.at for act in acts)}"
    if member:
        phone = email = ""  # what the shop knows of a member may be newer than the consent
    return [Raised(id, "consent_changed", member, phone, email, spoken, variables)]
