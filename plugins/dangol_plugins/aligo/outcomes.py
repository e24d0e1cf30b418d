"""Aligo's codes and words, as data. Pure.

Aligo has few codes: -99 and -101 stand for many things, which its words tell apart. So words are read first, then
codes. The words and codes are those of Aligo's pages and of public code that notes what came; which of them are
complete nobody tells. They are compared with here, and never passed on.
"""

import time
from typing import NamedTuple

from dangol.plugin import Failure, Receipt
from dangol_plugins.outcomes import PASSING, PAUSES, Meaning, Table, failed, plain, until_morning


class Word(NamedTuple):
    """Part of what Aligo says, and what it means."""

    part: str
    meaning: Meaning


CALLS: tuple[Word, ...] = (
    Word("IP", Meaning("account", "Aligo does not let this server's IP address in: register it there")),
    Word("아이피", Meaning("account", "Aligo does not let this server's IP address in: register it there")),
    Word("포인트", Meaning("balance", "no money is left on the account")),
    Word("보유건수", Meaning("balance", "no money is left on the account")),
    Word("잔액", Meaning("balance", "no money is left on the account")),
    Word("인증", Meaning("account", "the API key or the user is wrong")),
    Word("발신번호", Meaning("account", "the number to send from is not registered")),
    Word("발신프로필", Meaning("account", "the Kakao channel's senderkey is wrong")),
    Word("발신 프로파일", Meaning("account", "the Kakao channel's senderkey is wrong")),
    Word("템플릿", Meaning("content", "the template is not as it must be")),
    Word("수신", Meaning("bad_address", "a recipient's number is none")),
    Word("메시지", Meaning("content", "the text is not as it must be")),
)
BY_CODE: Table = {
    "-101": Meaning("content", "Aligo does not take the call"),
    "-99": Meaning("content", "Aligo does not take the call"),
    "-201": Meaning("balance", "no money is left on the account"),
}
TALK: tuple[Word, ...] = (
    Word("템플릿", Meaning("content", "the message is not as the template was approved")),
    Word("사용하지 않는", Meaning("not_reachable", "the recipient does not use KakaoTalk")),
    Word("미사용", Meaning("not_reachable", "the recipient does not use KakaoTalk")),
    Word("차단", Meaning("not_reachable", "the recipient has blocked the channel")),
    Word("전화번호", Meaning("bad_address", "the recipient's number is none")),
    Word("시간", Meaning("night", "Kakao does not send it at this time of the day")),
    Word("프로필", Meaning("account", "the Kakao channel's profile is not valid")),
)
TALK_SENT = frozenset({"0", "0000"})
STATES: tuple[Word, ...] = (
    Word("번호", Meaning("bad_address", "nobody has the number")),
    Word("결번", Meaning("bad_address", "nobody has the number")),
    Word("전원", Meaning("not_reachable", "the phone is off")),
    Word("음영", Meaning("not_reachable", "the phone is out of coverage")),
    Word("스팸", Meaning("blocked", "the carrier takes it for spam")),
    Word("거부", Meaning("opted_out", "the recipient has refused advertisements by the free number")),
    Word("제한시간", Meaning("night", "it is not sent at this time of the day")),
    Word("시간", Meaning("not_reachable", "the phone could not be reached in time")),
    Word("실패", Meaning("other", "Aligo gives no reason")),
    Word("취소", Meaning("other", "cancelled at Aligo")),
)
STATE_SENT = ("완료", "성공")
STATE_PENDING = ("전송중", "발송중", "대기", "접수", "예약")


def refused(code: object, said: str) -> Receipt:
    """A call that was not taken."""
    written = plain(code)
    failure, told = _meaning(CALLS, said) or BY_CODE.get(written, Meaning("content", "Aligo does not take the call"))
    reason = f"{told} ({written})"
    if failure not in PASSING:
        return Receipt("failed", reason, failure=failure, code=written)
    return Receipt("retry", reason, retry_after=_pause(failure), failure=failure, code=written)


def talked(result: str, said: str, provider_id: str) -> Receipt:
    """What became of an Alimtalk: a sign and words, both empty while it is being sent."""
    if not result.strip():
        return Receipt("accepted", provider_id=provider_id)
    code = plain(result)
    if code in TALK_SENT:
        return Receipt("delivered", provider_id=provider_id, code=code)
    table: Table = {"U": Meaning("content", "the message is not as the template was approved")}
    if (known := _meaning(TALK, said)) is not None:
        table = {code: known}
    return failed(table, code, provider_id)


def texted(state: str, provider_id: str) -> Receipt:
    """What became of a text: a word for its state."""
    if not state.strip() or any(part in state for part in STATE_PENDING):
        return Receipt("accepted", provider_id=provider_id)
    if any(part in state for part in STATE_SENT):
        return Receipt("delivered", provider_id=provider_id)
    failure, told = _meaning(STATES, state) or Meaning("other", "Aligo tells of a state that is not known here")
    return Receipt("failed", told, provider_id, failure=failure)


def _meaning(words: tuple[Word, ...], said: str) -> Meaning | None:
    return next((word.meaning for word in words if word.part in said), None)


def _pause(failure: Failure) -> float:
    return until_morning(time.time()) if failure == "night" else PAUSES.get(failure, 0.0)
