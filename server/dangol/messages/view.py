"""A push request as people read it: an operator, the shop's server, or a spreadsheet."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dangol.messages.kinds import THOUSANDTHS
from dangol.messages.reasons import Reason, words
from dangol.messages.spreadsheet import BYTE_ORDER_MARK, Cell, line
from dangol.store.rows import Row


def why(row: Row) -> dict[str, str]:
    """Its reason: a code, what that names, and both in words; empty where there is nothing to tell."""
    if not row.reason:
        return {}
    reason = Reason(row.reason, row.detail)
    return {"code": row.reason, "detail": row.detail, "ko": words(reason, "ko"), "en": words(reason, "en")}


def said(row: Row) -> str:
    """Its reason as one English sentence."""
    return why(row).get("en", "")


def brief(row: Row) -> dict[str, Any]:
    """What a list tells of it. Times are unix seconds, `price` an amount in the site's currency; absent is what there
    is not."""
    push = row.push
    told = {
        "key": push.key,
        "state": row.state,
        "campaign": push.campaign,
        "origin": push.origin,
        "channel": row.channel,
        "sender": row.sender,
        "profile": push.profile,
        "member": push.member,
        "to": row.to or push.to,
        "attempts": row.attempts,
        "created": row.created,
        "updated": row.updated,
        "due": row.due if row.state in ("queued", "held") else 0,
        "sent": row.sent,
        "clicked": row.clicked,
        "reason": why(row),
        "failure": row.failure,
        "code": row.code,
        "price": row.price / THOUSANDTHS,
        "provider_id": row.provider_id,
    }
    return {name: value for name, value in told.items() if value or name in ("key", "state", "attempts")}


def whole(row: Row) -> dict[str, Any]:
    """All of it."""
    push = row.push
    more = {
        "cause": push.cause,
        "day": row.day,
        "variables": push.variables,
        "language": push.language,
        "arm": push.arm,
        "message": push.use,
        "slot": push.slot,
        "fallback_of": push.before,
    }
    return brief(row) | {name: value for name, value in more.items() if value}


HEADS = (
    "key", "campaign", "asked", "sent", "state", "reason", "channel", "sender", "profile", "member", "to", "attempts",
    "failure", "code", "price", "clicked", "provider_id",
)  # fmt: skip


def head(bom: bool) -> str:
    """The first line of an export; `bom` is for Excel."""
    return (BYTE_ORDER_MARK if bom else "") + line(HEADS)


def cells(row: Row, timezone: str, language: str) -> str:
    """Its line of an export; times as the shop's clocks show them."""
    push = row.push
    told: list[Cell] = [
        push.key,
        push.campaign,
        _time(row.created, timezone),
        _time(row.sent, timezone),
        row.state,
        why(row).get(language, ""),
        row.channel,
        row.sender,
        push.profile,
        push.member,
        row.to or push.to,
        row.attempts,
        row.failure,
        row.code,
        row.price / THOUSANDTHS,
        _time(row.clicked, timezone),
        row.provider_id,
    ]
    return line(told)


def _time(at: float, timezone: str) -> str:
    """A unix time, to the second; empty for none."""
    return f"{datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S}" if at else ""
