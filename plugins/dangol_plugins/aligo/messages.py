"""Messages as fields of Aligo's forms. Pure.

Texts go by `/send_mass/`, whose fields public code shows and the page names (500 different texts in one call), those
with pictures by `/send/`, one text to all; Alimtalk goes by `/akv10/alimtalk/send/`. Aligo fills in nothing itself: the
Alimtalk's final words and buttons go along, and must be those of the template. The test mode, in which nothing is sent,
is never asked for.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from dangol.plugin import PushRequest, templates
from dangol_plugins.batches import Part, Unfit
from dangol_plugins.phones import korean
from dangol_plugins.shapes import present, words

MASS = "/send_mass/"
SEND = "/send/"
ALIMTALK = "/akv10/alimtalk/send/"
LINK_TYPES = {
    "AC": "채널 추가",
    "DS": "배송조회",
    "WL": "웹링크",
    "AL": "앱링크",
    "BK": "봇키워드",
    "MD": "메시지전달",
}
"""The buttons that Aligo takes, with its words for them."""

SUBJECT = "알림톡"
"""A title that Aligo wants of each Alimtalk and nobody sees, where the template has no name."""


class Call(NamedTuple):
    """A call: its path, its fields, and the addresses of its pictures."""

    path: str
    fields: dict[str, str]
    images: tuple[str, ...]


def part(request: PushRequest, number: str, profile: str, turn: int = 1) -> Part:
    """Where the call goes and what it has in common, and the recipient's own fields, without their numbers. `number` is
    the one to send from, `profile` the Kakao channel's senderkey; of several `turn`s each has calls of its own. Raises
    `Unfit`."""
    content = request.content
    if not isinstance(content, templates.TextTemplate | templates.AlimtalkTemplate):
        raise Unfit("Aligo sends texts and Alimtalk")
    if not number:
        raise Unfit("the sender says no number to send from", "account")
    if isinstance(content, templates.TextTemplate):
        return _text(request, content, number, turn)
    if not profile:
        raise Unfit("the sender says no profile, which is the Kakao channel's senderkey", "account")
    common = {"senderkey": profile, "tpl_code": content.code, "sender": number, "failover": "N"}
    own = present(
        receiver=korean(request.to),
        subject=content.title or words(content.name) or SUBJECT,
        message=words(content.text),
        emtitle=content.title if content.emphasis == "TEXT" else "",
        button=buttons(content.buttons) if content.buttons else "",
    )
    return Part((ALIMTALK, tuple(common.items()), (), turn), own)


def call(parts: Sequence[Part]) -> Call:
    """What is sent of several that share a call."""
    shared = parts[0].shared
    path, common, images, _ = shared if isinstance(shared, tuple) else ("", (), (), 1)
    if path == SEND:
        return Call(path, {**dict(common), "receiver": ",".join(part.own["receiver"] for part in parts)}, images)
    numbered = {f"{name}_{place}": value for place, part in enumerate(parts, 1) for name, value in part.own.items()}
    count = {"cnt": str(len(parts))} if path == MASS else {}
    return Call(path, {**dict(common), **count, **numbered}, images)


def images(content: object) -> set[str]:
    """The addresses of pictures that go along."""
    return set(content.images) if isinstance(content, templates.TextTemplate) else set()


def buttons(given: Sequence[templates.Button]) -> str:
    """The field `button_1` in JSON. Raises `Unfit`."""
    if unknown := next((button.kind for button in given if button.kind not in LINK_TYPES), None):
        raise Unfit(f"buttons: Aligo takes none of the kind {unknown}")
    written = [
        present(
            name=words(button.name),
            linkType=button.kind,
            linkTypeName=LINK_TYPES[button.kind],
            linkMo=button.mobile,
            linkPc=button.pc,
            linkIos=button.ios,
            linkAnd=button.android,
        )
        for button in given
    ]
    return msgspec.json.encode({"button": written}).decode()


def _text(request: PushRequest, content: templates.TextTemplate, number: str, turn: int) -> Part:
    to, text = korean(request.to), words(content.text)
    common = {"sender": number, "msg_type": content.form.upper()}
    if content.form != "sms" and content.subject:
        common["title"] = words(content.subject)
    if not content.images:
        return Part((MASS, tuple(common.items()), (), turn), {"rec": to, "msg": text})
    return Part((SEND, tuple({**common, "msg": text}.items()), tuple(content.images), turn), {"receiver": to})
