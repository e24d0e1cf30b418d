"""What SOLAPI answers and reports, read strictly. Pure."""

import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct, field

from dangol.plugin import Hook, Receipt, Told, Untrusted
from dangol_plugins.batches import Entry
from dangol_plugins.http import Answer
from dangol_plugins.outcomes import refused, turned_away
from dangol_plugins.solapi import outcomes


class Stored(Struct, rename="camel"):
    """A message as SOLAPI tells of it."""

    message_id: str | None = None
    status_code: str | None = None
    to: str | list[str] | None = None
    custom_fields: dict[str, object] | None = None

    @property
    def key(self) -> str:
        """Ours; "" where it was not sent by us."""
        return str((self.custom_fields or {}).get("key", ""))

    @property
    def receipt(self) -> Receipt:
        """What became of it."""
        return outcomes.outcome(self.status_code or "", self.message_id or "")


class Group(Struct, rename="camel"):
    """What a call has made; its prices by country and type of message."""

    price: dict[str, dict[str, float | None]] = field(default_factory=dict)


class Taken(Struct, rename="camel"):
    """The answer of ``send-many/detail``."""

    failed_message_list: list[Stored] | None = None
    message_list: list[Stored] | dict[str, Stored] | None = None
    group_info: Group = field(default_factory=Group)


class Page(Struct, rename="camel"):
    """The answer of ``/messages/v4/list``."""

    message_list: list[Stored] | dict[str, Stored] | None = None
    next_key: str | None = None

    @property
    def messages(self) -> Sequence[Stored]:
        """In either of the two forms that SOLAPI has for lists."""
        return listed(self.message_list)


class Problem(Struct, rename="camel"):
    """An error."""

    error_code: str = ""


def listed(found: list[Stored] | dict[str, Stored] | None) -> Sequence[Stored]:
    """The messages of a list, or of a mapping by their ids."""
    return list(found.values()) if isinstance(found, Mapping) else found or []


def receipts(entries: Sequence[Entry], answer: Answer) -> Sequence[Receipt] | Receipt:
    """What an answer to ``send-many/detail`` says of each message, or of all together."""
    if (away := turned_away(answer)) is not None:
        return away
    if answer.status >= 400:
        return _refused(answer)
    taken = answer.read(Taken)
    wrong = {each.key: each for each in taken.failed_message_list or []}
    right = {each.key: each for each in listed(taken.message_list)}
    return [_receipt(entry, wrong, right, taken.group_info.price) for entry in entries]


def _receipt(
    entry: Entry,
    wrong: Mapping[str, Stored],
    right: Mapping[str, Stored],
    prices: Mapping[str, Mapping[str, float | None]],
) -> Receipt:
    key = entry.request.key
    if key in wrong:
        return refused(outcomes.MESSAGES, wrong[key].status_code or "", time.time())
    if key not in right:
        return Receipt("unknown", "SOLAPI says nothing of this message", failure="provider")
    price = prices.get("82", {}).get(str(entry.part.own.get("type", "")).lower())
    return Receipt("accepted", provider_id=right[key].message_id or "", code=right[key].status_code or "", price=price)


def _refused(answer: Answer) -> Receipt:
    code = answer.read(Problem).error_code
    if code not in outcomes.CALLS:
        code = outcomes.BY_STATUS.get(answer.status, "ValidationError")
    return refused(outcomes.CALLS, code, time.time())


def told(hook: Hook, secret: str) -> list[Told]:
    """What a hook tells. Its header holds the SHA-1 of the secret in hex, and reports are wrapped in ``data`` or lie
    flat: both as seen in public receivers, no page of SOLAPI's tells. Raises `Untrusted`, ValueError."""
    expected = hashlib.sha1(secret.encode(), usedforsecurity=False).hexdigest()
    if not hmac.compare_digest(hook.headers.get("x-solapi-secret", "").lower().encode(), expected.encode()):
        raise Untrusted("the header X-Solapi-Secret is not that of the account")
    if hook.headers.get("x-solapi-event-name", "SINGLE-REPORT") != "SINGLE-REPORT":
        return []
    return [_told(each) for each in _reports(hook.body)]


def _reports(body: bytes) -> Sequence[Stored]:
    found = msgspec.json.decode(body)
    return [
        msgspec.convert(each["data"] if isinstance(each, dict) and isinstance(each.get("data"), dict) else each, Stored)
        for each in (found if isinstance(found, list) else [found])
    ]


def _told(report: Stored) -> Told:
    receipt = report.receipt
    left = report.to if receipt.failure == "opted_out" and isinstance(report.to, str) else ""
    return Told(receipt, report.key, receipt.provider_id, left)
