"""What Aligo answers, read strictly. Pure."""

from collections.abc import Sequence

from msgspec import Struct, field

from dangol.plugin import Receipt
from dangol_plugins.aligo import outcomes
from dangol_plugins.aligo.messages import ALIMTALK
from dangol_plugins.batches import Entry
from dangol_plugins.http import Answer, Lost
from dangol_plugins.outcomes import plain, turned_away

Number = int | str
"""Aligo writes its numbers either way."""


class Info(Struct):
    """What an Alimtalk call has made: its number, and the price of each message."""

    mid: Number = ""
    unit: float | str | None = None


class Taken(Struct):
    """The answer of a call: `code` 0 for Alimtalk and `result_code` 1 for texts are good."""

    message: str = ""
    code: Number | None = None
    info: Info | None = None
    result_code: Number | None = None
    msg_id: Number = ""
    error_cnt: Number = 0


class Talk(Struct):
    """An Alimtalk in its call's list."""

    phone: str = ""
    result: Number | None = field(name="rslt", default=None)
    said: str | None = field(name="rslt_message", default=None)

    @property
    def number(self) -> str:
        """Whom it went to."""
        return self.phone

    def receipt(self, provider_id: str) -> Receipt:
        """What became of it."""
        result = "" if self.result is None else str(self.result)
        return outcomes.talked(result, self.said or "", provider_id)


class Text(Struct):
    """A text in its call's list."""

    receiver: str = ""
    state: str | None = field(name="sms_state", default=None)

    @property
    def number(self) -> str:
        """Whom it went to."""
        return self.receiver

    def receipt(self, provider_id: str) -> Receipt:
        """What became of it."""
        return outcomes.texted(self.state or "", provider_id)


class Call(Struct):
    """A call in the list of calls."""

    mid: Number
    at: str = field(name="reg_date", default="")
    day: str = field(name="regdate", default="")


def receipts(path: str, entries: Sequence[Entry], answer: Answer) -> Sequence[Receipt] | Receipt:
    """What an answer says. Which numbers of a call Aligo has found wrong it does not tell: those never show in the
    call's list."""
    if (away := turned_away(answer)) is not None:
        return away
    taken = answer.read(Taken)
    is_talk = path == ALIMTALK
    code = taken.code if is_talk else taken.result_code
    if code is None:
        raise Lost("Aligo answered without a code")
    if plain(code) != ("0" if is_talk else "1"):
        return outcomes.refused(code, taken.message)
    mid = plain(taken.info.mid if is_talk and taken.info else taken.msg_id)
    price = _price(taken.info) if taken.info else None
    accepted = Receipt("accepted", provider_id=f"{'at' if is_talk else 'sms'}:{mid}", price=price)
    return [accepted] * len(entries)


def _price(info: Info) -> float | None:
    try:
        price = float(info.unit or 0)
    except ValueError:
        return None
    return price if price > 0 else None
