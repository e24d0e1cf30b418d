"""What NHN Cloud answers and reports, read strictly. Pure."""

import hmac
import time
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct, field

from dangol.plugin import Hook, Receipt, Told, Untrusted
from dangol_plugins.batches import Entry
from dangol_plugins.http import Answer
from dangol_plugins.nhn import outcomes
from dangol_plugins.nhn.services import LISTED
from dangol_plugins.outcomes import KOREA, plain, refused, turned_away


class Header(Struct, rename="camel"):
    """The head of every answer."""

    is_successful: bool = False
    result_code: int | str = ""


class Item(Struct, rename="camel"):
    """A message in an answer, a list or a hook. Hooks of texts misspell our key in the guide's example."""

    request_id: str = ""
    recipient_seq: int | None = None
    recipient_no: str | None = None
    result_code: int | str | None = None
    message_status: str | None = None
    msg_status: str | None = None
    recipient_grouping_key: str | None = None
    misspelt: str | None = field(name="recipientGropuingKey", default=None)
    kakao_message_type: str | None = None
    sender_type: str | None = None
    created_date_time: str | None = None

    @property
    def key(self) -> str:
        """Ours; "" where NHN does not tell it."""
        return self.recipient_grouping_key or self.misspelt or ""

    def receipt(self, service: str) -> Receipt:
        """What became of it; `service` is the list's that has it."""
        status = self.message_status or self.msg_status or ""
        known = named(service, self.request_id, self.recipient_seq)
        return outcomes.outcome(is_kakao(service), self.result_code, status, known)


class Message(Struct, rename="camel"):
    """What a call to KakaoTalk Bizmessage has made."""

    request_id: str = ""
    send_results: list[Item] = field(default_factory=list)


class Data(Struct, rename="camel"):
    """What a call to SMS has made."""

    request_id: str = ""
    send_result_list: list[Item] = field(default_factory=list)


class Body(Struct):
    """Where SMS has it."""

    data: Data | None = None


class Taken(Struct):
    """The answer of a call that sends."""

    header: Header
    message: Message | None = None
    body: Body | None = None

    @property
    def request_id(self) -> str:
        """NHN's id of the call."""
        found = self.message or (self.body.data if self.body else None)
        return found.request_id if found else ""

    @property
    def items(self) -> Sequence[Item]:
        """Each recipient's."""
        if self.message:
            return self.message.send_results
        return self.body.data.send_result_list if self.body and self.body.data else []


class File(Struct, rename="camel"):
    """An image that NHN keeps."""

    file_id: int


class Files(Struct):
    """Where its answer has it."""

    data: File


class Uploaded(Struct):
    """The answer of an upload."""

    header: Header
    body: Files | None = None


class Event(Struct):
    """What a hook is about; other events than those that are read have other shapes."""

    event: str


class Hooked(Struct):
    """A hook: an event, and what it tells."""

    event: str
    hooks: list[Item]


def is_kakao(service: str) -> bool:
    """Whether it is one of KakaoTalk Bizmessage."""
    return service.startswith(("alimtalk", "brand"))


def named(service: str, request_id: str, seq: int | None) -> str:
    """The id that tells the list, the call and the place in it."""
    return f"{service}:{request_id}:{seq}" if request_id and seq is not None else ""


def receipts(service: str, entries: Sequence[Entry], answer: Answer) -> Sequence[Receipt] | Receipt | None:
    """What an answer to a call says of each message, or of all together; None where the call was made before."""
    if (away := turned_away(answer)) is not None:
        return away
    table = outcomes.calls(is_kakao(service))
    taken = answer.read(Taken)
    code = plain(taken.header.result_code)
    if is_kakao(service) and code == outcomes.SEEN:
        return None
    if not taken.header.is_successful:
        return refused(table, code, time.time())
    keyed = {item.key: item for item in taken.items if item.key}
    placed = _placed(entries, [item for item in taken.items if not item.key])
    return [
        _receipt(service, keyed.get(entry.request.key) or placed.get(entry.request.key), taken.request_id)
        for entry in entries
    ]


def _placed(entries: Sequence[Entry], items: Sequence[Item]) -> dict[str, Item]:
    """Brand messages may be told apart by their places alone: then all must be there, and their numbers be right."""
    if len(items) != len(entries):
        return {}
    pairs = zip(entries, sorted(items, key=lambda item: item.recipient_seq or 0), strict=True)
    return {
        entry.request.key: item
        for entry, item in pairs
        if item.recipient_no in (None, entry.part.own.get("recipientNo"))
    }


def _receipt(service: str, item: Item | None, request_id: str) -> Receipt:
    if item is None:
        return Receipt("unknown", "NHN Cloud says nothing of this message", failure="provider")
    if plain(item.result_code) not in outcomes.TAKEN:
        return refused(outcomes.calls(is_kakao(service)), item.result_code, time.time())
    return Receipt("accepted", provider_id=named(LISTED.get(service, service), request_id, item.recipient_seq))


def told(hook: Hook, secret: str) -> list[Told]:
    """What a hook tells: results, and who has refused advertisements by the free number. Its signature is the word that
    was agreed on at NHN Cloud. Raises `Untrusted`, ValueError."""
    given = hook.headers.get("x-toast-webhook-signature", "")
    if not hmac.compare_digest(given.encode(), secret.encode()):
        raise Untrusted("the header X-Toast-Webhook-Signature is not that of the account")
    event = msgspec.json.decode(hook.body, type=Event).event
    if event not in ("MESSAGE_RESULT_UPDATE", "UNSUBSCRIBE"):
        return []
    items = msgspec.json.decode(hook.body, type=Hooked).hooks
    if event == "UNSUBSCRIBE":
        return [Told(refused=item.recipient_no, refused_at=_refused_at(item)) for item in items if item.recipient_no]
    return [_told(item) for item in items]


def _refused_at(item: Item) -> float:
    """0 where NHN does not say."""
    try:
        when = datetime.fromisoformat(item.created_date_time or "")
        return max(when.replace(tzinfo=when.tzinfo or KOREA).timestamp(), 0.0)
    except (ValueError, OverflowError):
        return 0.0


def _told(item: Item) -> Told:
    service = service_of(item)
    receipt = item.receipt(service)
    return Told(receipt, item.key, receipt.provider_id)


def service_of(item: Item) -> str:
    """The list that has a message, by what its hook calls its type."""
    if item.kakao_message_type:
        return "brand" if item.kakao_message_type.startswith("BRAND") else "alimtalk"
    kind = (item.sender_type or "").upper()
    form = "sms" if kind.endswith("SMS") else "mms"
    return f"ad-{form}" if kind.startswith("AD") else form
