"""A row of the outbox: a push request with all that changes of it, and the key that it has by its cause.

A row is one string, a MessagePack array whose last element is the request itself. The scripts of `store.transitions`
unpack what stands before it, change that and put the rest back as it was: a hash for each row would take three times as
much memory, and an update of it as many calls as fields.
"""

import re
from hashlib import sha256
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from dangol.messages.push import Push, State
from dangol.store import keys

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
KEY = re.compile(r"[A-Za-z0-9_-]{12}")
KEY_LENGTH = 12
LONGEST_TEXT = 300

BULK = ("manual", "schedule")
"""Origins of requests that go to many at once. They are due behind all others, so that those need not wait for them."""

BEHIND = 1e10
"""What is added to the time at which they are due, in the order of what is due."""

pack = msgspec.msgpack.Encoder().encode


class Row(Struct, array_like=True, frozen=True, gc=False):
    """A push request in the outbox. Times are unix seconds, `day` is the shop's calendar day of enqueueing (ISO).

    `due` is when a waiting row is looked at next. `attempts` are those in which the provider was asked, `sent` is when
    it was asked last, `to` where that went. `claims` are those since something became of it. `reason` is a code of
    `messages.reasons`, or what the channel or dangol itself calls it, with its `detail`; `failure` the class of a
    failure and `code` the provider's own. `price` is in thousandths of the currency's unit. `clicked` is the first
    click on one of its links. In a row that was claimed, `state` is what it was before: "sending" when whoever had it
    never told what became of it."""

    state: State
    day: str
    created: float
    updated: float
    due: float
    attempts: int
    claims: int
    channel: str
    sender: str
    token: str
    to: str
    sent: float
    reason: str
    detail: str
    provider_id: str
    price: int
    failure: str
    code: str
    clicked: float
    push: Push

    @property
    def key(self) -> str:
        """The request's key."""
        return self.push.key


class Outcome(Struct, array_like=True, frozen=True, gc=False):
    """What becomes of a row. A waiting state (queued, held, sending) needs `due`. `price` is None where nothing is
    known of it. An attempt counts unless not `counted`; with `again` the row came no further, and its claims go on
    counting. An accepted row is looked up at `look`, where that is not 0. `fallback` is the request that goes instead,
    of the same recipient."""

    key: str
    state: Literal["queued", "held", "sending", "accepted", "delivered", "failed", "refused", "unknown", "parked"]
    due: float = 0.0
    reason: str = ""
    detail: str = ""
    provider_id: str = ""
    price: int | None = None
    failure: str = ""
    code: str = ""
    channel: str = ""
    sender: str = ""
    counted: bool = True
    again: bool = False
    look: float = 0.0
    fallback: Push | None = None


class Enqueued(NamedTuple):
    """Where a cause stands: `new` tells whether this call made the row."""

    key: str
    state: State
    new: bool


_row = msgspec.msgpack.Decoder(Row).decode
USE = Push.__struct_fields__.index("use")


def row_of(value: bytes) -> Row:
    """A row as it is stored. A message of its own that this version can't read any more is left out, so that one row
    does not keep a partition from all others: then there is nothing to send."""
    try:
        return _row(value)
    except msgspec.ValidationError:
        fields = msgspec.msgpack.decode(value)
        fields[-1][USE : USE + 1] = [None]
        return msgspec.convert(fields, Row)


def key_of(site: str, cause: str, recipient: str) -> str:
    """The key of a cause: 12 characters, the first of which names the recipient's partition."""
    digest = sha256(pack((site, cause, recipient))).digest()
    first = keys.partition(recipient) + keys.PARTITIONS * (digest[0] & 3)
    rest = int.from_bytes(digest[1:10], "big")
    return ALPHABET[first] + "".join(ALPHABET[rest >> 6 * place & 63] for place in range(KEY_LENGTH - 1))


def recipient_of(profile: str, member: str, to: str) -> str:
    """Whose partition and history a request is in: the profile's where there is one, else a member's of whom no profile
    is known, else an address's."""
    return profile or (f"member:{member}" if member else f"to:{to}")


def partition(key: str) -> int | None:
    """The partition that a key names; None where no row can have such a key."""
    return ALPHABET.index(key[0]) % keys.PARTITIONS if KEY.fullmatch(key) else None


def counted_as(push: Push) -> str:
    """Under what a request is counted: its campaign or manual send, else how it came about; tests apart."""
    return "test" if push.origin == "test" else push.campaign or push.origin


def short(text: str) -> str:
    """What a provider or a plugin said, whatever characters it used."""
    return text[:LONGEST_TEXT].encode(errors="replace").decode()


def new_row(push: Push, state: State, day: str, due: float, now: float) -> Row:
    """The row as it is first written."""
    return Row(state, day, now, now, due, 0, 0, "", "", "", "", 0.0, "", "", "", 0, "", "", 0.0, push)
