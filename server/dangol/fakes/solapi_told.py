"""Messages and groups as SOLAPI tells of them, after solapi-python, `model/response`."""

from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from dangol.fakes.arrival import Arrival
from dangol.fakes.solapi_checks import WORDS

ACCEPTED, SENT = "2000", "3000"


class Group(Struct):
    """What one request has brought."""

    id: str
    at: float
    total: int
    failed: int
    allow_duplicates: bool
    price: float


def told(arrival: Arrival, account: str, now: float, is_over: bool = False) -> dict[str, Any]:
    """A message as SOLAPI tells of it."""
    code = arrival.code if is_over else code_of(arrival, now)
    known = code != SENT
    over = _iso(arrival.due or arrival.at) if known else None
    return {
        "messageId": arrival.id,
        "groupId": arrival.group,
        "accountId": account,
        "type": arrival.form,
        "to": arrival.to,
        "from": arrival.sender,
        "text": arrival.text,
        "subject": arrival.title or None,
        "country": "82",
        "statusCode": code,
        "statusMessage": WORDS.get(code, ""),
        "networkCode": "10003" if known and arrival.kind in ("sms", "lms", "mms") else None,
        "customFields": arrival.fields,
        "dateCreated": _iso(arrival.at),
        "dateUpdated": over or _iso(arrival.at),
        "dateProcessed": _iso(arrival.at),
        "dateReported": over,
        "dateReceived": over if arrival.fate == "delivered" else None,
        "replacement": bool(arrival.replaces),
    }


def code_of(arrival: Arrival, now: float) -> str:
    """Its status at a unix time."""
    return SENT if arrival.state(now) == "accepted" else arrival.code


def info(group: Group, account: str) -> dict[str, Any]:
    """A group as SOLAPI tells of it."""
    good = group.total - group.failed
    nothing = {"requested": 0, "replacement": 0, "refund": 0, "sum": 0}
    return {
        "groupId": group.id,
        "accountId": account,
        "masterAccountId": None,
        "apiVersion": "4",
        "status": "SENDING",
        "allowDuplicates": group.allow_duplicates,
        "isRefunded": False,
        "count": {
            "total": group.total,
            "sentTotal": 0,
            "sentFailed": 0,
            "sentSuccess": 0,
            "sentPending": 0,
            "sentReplacement": 0,
            "refund": 0,
            "registeredFailed": group.failed,
            "registeredSuccess": good,
        },
        "countForCharge": {},
        "balance": {**nothing, "requested": group.price, "sum": group.price},
        "point": nothing,
        "app": {"profit": {}, "appId": None},
        "log": [{"createAt": _iso(group.at), "message": f"{good} messages taken in"}],
        "price": {},
        "dateCreated": _iso(group.at),
        "dateUpdated": _iso(group.at),
        "scheduledDate": None,
        "dateSent": _iso(group.at),
        "dateCompleted": None,
    }


def brief(arrival: Arrival) -> dict[str, Any]:
    """A message in the answer to its sending."""
    return {
        "messageId": arrival.id,
        "statusCode": ACCEPTED,
        "statusMessage": WORDS[ACCEPTED],
        "customFields": arrival.fields,
    }


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
