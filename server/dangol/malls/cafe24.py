"""Cafe24's webhooks, made into notices. Pure.

A body is ``{event_no, resource: {...}}`` (developers.cafe24.com, "Webhook"; field names as the package cafe24-webhook
1.2.0 mirrors them). What is not known there is not guessed: an event that tells nobody anything gives no notice.
Everything in a body is somebody else's; what can't be read is left out.

The bodies of Shopby, Godomall and Imweb are not known to us: their shops tell notices by ``POST /v1/notices``.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from dangol.definitions.model import Notice, Site
from dangol.errors import Invalid
from dangol.messages.notices import LONGEST, LONGEST_VALUE, Told, clean_lines
from dangol.profile.subscriptions import normal
from dangol.protocol.text import clean
from dangol.render.money import money, to_minor

MOST_ORDERS = 100
"""Orders of one event."""

NAMES = {
    "order": "주문번호",
    "name": "고객명",
    "product": "상품명",
    "amount": "금액",
    "payment": "결제수단",
    "account": "입금계좌",
    "courier": "택배사",
    "invoice": "송장번호",
    "grade": "등급",
    "coupon": "쿠폰명",
}
"""The variables, by both names that a template may use."""

JOINED = "90032"
ORDERED = ("90023",)
PAID = ("90025",)
DELIVERY = ("90024", "90071")
INVOICE = "90162"
CANCELLED = ("90026", "90072")
REFUNDED = ("90029", "90073")
GRADE = "90144"
COUPON = "90154"
REQUESTS = frozenset({"cancel_order_request", "refund_order_request"})
"""What a customer has asked for and the shop has not done."""

OF_MEMBERS = ("grade_changed", "coupon_issued")

Resource = Mapping[str, Any]


class Body(Struct, frozen=True):
    """What Cafe24 posts."""

    event_no: int | str
    resource: dict[str, Any]


class Joined(NamedTuple):
    """A new member as the mall tells it; `agreed` are the channels of the consents that were given with it."""

    id: str
    name: str
    phone: str
    email: str
    agreed: tuple[str, ...]


class Heard(NamedTuple):
    """What a body tells."""

    notices: list[Told]
    joined: Joined | None = None


def heard(body: Body, site: Site, day: str) -> Heard:
    """What a body tells a shop's customers. `day` is today (2026-11-22): a grade may change to the same one again."""
    number, resource = str(body.event_no), body.resource
    if number == JOINED:
        joined = _joined(resource)
        told = Told(
            f"cafe24:{joined.id}:joined"[:LONGEST], "joined", joined.id, joined.phone, joined.email, joined.name
        )
        return Heard([told] if joined.id else [], joined if joined.id else None)
    return Heard([told for notice in _notices(number, resource) for told in _told(notice, resource, site, day)])


def _notices(number: str, resource: Resource) -> Iterator[Notice]:
    """Which notices an event is."""
    code = _text(resource, "event_code")
    if number in ORDERED:
        yield "ordered"
        if _text(resource, "paid").upper() == "F" and _text(resource, "bank_account_no"):
            yield "deposit_due"
    elif number in PAID and code in ("", "paid_order"):
        yield "paid"
    elif number in DELIVERY and code == "shipping_end":
        yield "delivered"
    elif number in (*DELIVERY, INVOICE) and _text(resource, "tracking_no"):
        yield "shipped"
    elif number in CANCELLED and code not in REQUESTS:
        yield "cancelled"
    elif number in REFUNDED and code not in REQUESTS:
        yield "refunded"
    elif number == GRADE and _text(resource, "after_member_group_name"):
        yield "grade_changed"
    elif number == COUPON and _text(resource, "coupon_name"):
        yield "coupon_issued"


def _told(notice: Notice, resource: Resource, site: Site, day: str) -> Iterator[Told]:
    """One for each order that the event names, else one for its member. Nobody who can't be known is told."""
    member, phone, email = _text(resource, "member_id"), _phone(resource, "buyer_cellphone"), _email(resource)
    if not (member or phone or email):
        return
    variables = _variables(resource, site)
    for order in _orders(resource) if notice not in OF_MEMBERS else [""]:
        about = order or f"{variables.get('grade') or variables.get('coupon', '')}:{day}"
        known = {"order": order} | variables if order else variables
        both = {name: value for key, value in known.items() for name in (key, NAMES[key])}
        invoice = f":{variables['invoice']}" if notice == "shipped" else ""
        id = f"cafe24:{about}{invoice}:{notice}" if order else f"cafe24:{member}:{about}:{notice}"
        yield Told(id[:LONGEST], notice, member[:LONGEST], phone, email, variables.get("name", ""), variables=both)


def _orders(resource: Resource) -> list[str]:
    """Events of many orders name them with commas between."""
    numbers = (clean(part.strip(), 40) for part in _text(resource, "order_id").split(","))
    return [number for number in dict.fromkeys(numbers) if number][:MOST_ORDERS]


def _variables(resource: Resource, site: Site) -> dict[str, str]:
    found = {
        "name": _text(resource, "buyer_name") or _text(resource, "name"),
        "product": _product(_text(resource, "ordering_product_name"), site.language),
        "amount": _amount(resource, site),
        "payment": _text(resource, "payment_method"),
        "account": _text(resource, "bank_account_no"),
        "courier": _text(resource, "shipping_company_code"),
        "invoice": _text(resource, "tracking_no"),
        "grade": _text(resource, "after_member_group_name"),
        "coupon": _text(resource, "coupon_name"),
    }
    return {name: value for name, value in found.items() if value}


def _product(listed: str, language: str) -> str:
    """The first of the products, and how many others there are."""
    first, *others = listed.split(",")
    if not others:
        return first
    return f"{first} 외 {len(others)}건" if language == "ko" else f"{first} and {len(others)} more"


def _amount(resource: Resource, site: Site) -> str:
    for name in ("actual_payment_amount", "order_price_amount"):
        if written := _text(resource, name):
            try:
                return money(to_minor(written, site.currency), site.currency, site.language)
            except Invalid:
                continue
    return ""


def _joined(resource: Resource) -> Joined:
    member, name = _text(resource, "member_id")[:LONGEST], clean(_text(resource, "name"), 200)
    phone, email = _phone(resource, "cellphone"), _email(resource)
    told = (("sms", "sms", phone), ("email", "news_mail", email))
    agreed = [channel for channel, field, address in told if address and _text(resource, field).upper() == "T"]
    return Joined(member, name, phone, email, tuple(agreed))


def _phone(resource: Resource, name: str) -> str:
    return normal("sms", _text(resource, name)) or ""


def _email(resource: Resource) -> str:
    return normal("email", _text(resource, "buyer_email") or _text(resource, "email")) or ""


def _text(resource: Resource, name: str) -> str:
    """A text or a number as such; "" for everything else."""
    value = resource.get(name)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return clean_lines(str(value).strip(), LONGEST_VALUE)
