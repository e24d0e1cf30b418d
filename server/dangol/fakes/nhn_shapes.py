"""What NHN Cloud's KakaoTalk Bizmessage takes, after TOAST-DOCS/Alimtalk. Pure."""

from typing import Any

import msgspec
from msgspec import Struct, field

from dangol.fakes.arrival import Card
from dangol.fakes.brand import Bms


class Resend(Struct, rename="camel"):
    """`resendParameter`: the text that NHN would send where KakaoTalk fails."""

    is_resend: bool = False
    resend_type: str = ""
    resend_title: str = ""
    resend_content: str = ""
    resend_send_no: str = ""


class GivenButton(Struct, rename="camel"):
    """A button or quick reply."""

    ordering: int | None = None
    type: str = "WL"
    name: str = ""
    link_mo: str | None = None
    link_pc: str | None = None
    scheme_ios: str | None = None
    scheme_android: str | None = None


class GivenRow(Struct):
    """A row of an item list."""

    title: str = ""
    description: str = ""


class Items(Struct):
    """`templateItem`."""

    rows: list[GivenRow] = field(name="list", default_factory=list)
    summary: GivenRow | None = None


class Recipient(Struct, rename="camel"):
    """One of `recipientList`, of all kinds of messages."""

    recipient_no: str = ""
    template_parameter: dict[str, str] = field(default_factory=dict)
    content: str | None = None
    template_title: str | None = None
    template_header: str | None = None
    template_item: Items | None = None
    template_item_highlight: GivenRow | None = None
    buttons: list[GivenButton] = field(default_factory=list)
    quick_replies: list[GivenButton] = field(default_factory=list)
    resend_parameter: Resend | None = None
    targeting: str | None = None
    recipient_grouping_key: str = ""


class Asked(Struct, rename="camel"):
    """`POST …/messages` and `…/raw-messages`."""

    sender_key: str = ""
    template_code: str = ""
    recipient_list: list[Recipient] = field(default_factory=list)
    request_date: str | None = None
    sender_grouping_key: str = ""


class AskedBrand(Asked, rename="camel"):
    """`POST …/freestyle-messages` and `…/basic-messages`: what the message holds is read apart."""

    chat_bubble_type: str = ""


class Told(Struct):
    """What becomes of one recipient's message, and what a phone shows."""

    code: str
    text: str
    card: Card


NAMES = {
    "linkMo": "linkMobile",
    "linkPc": "linkPc",
    "schemeAndroid": "linkAndroid",
    "schemeIos": "linkIos",
    "imageUrl": "imageId",
    "message": "content",
    "type": "linkType",
    "thumbnailUrl": "imageId",
}


def bms_of(body: dict[str, Any]) -> Bms:
    """NHN's words for what SOLAPI calls otherwise; Kakao's limits are the same. Raises `Fault`."""
    body = {name: value for name, value in body.items() if name != "recipientList"}
    image, rows = body.pop("image", None) or {}, (body.pop("item", None) or {}).get("list") or []
    main, others = (rows[0], rows[1:]) if rows else (None, [])
    said = _renamed({**body, **image, "mainWideItem": main, "subWideItemList": others or None})
    return msgspec.convert({**said, "targeting": "I"}, Bms)


def _renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(each) for each in value]
    if isinstance(value, dict):
        return {NAMES.get(name, name): _renamed(each) for name, each in value.items()}
    return value
