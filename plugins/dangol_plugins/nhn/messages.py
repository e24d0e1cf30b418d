"""Messages in NHN Cloud's JSON. Pure.

After TOAST-DOCS/Alimtalk `alimtalk-api-guide.md`, `friendtalkupgrade-api-guide.md` and TOAST-DOCS/SMS `api-guide.md`. A
call has one text for all its recipients, except where NHN fills in the template; texts that differ go in calls of their
own. NHN's own texts in the place of a Kakao message that fails are switched off for each recipient, since its console
may have switched them on for all.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from dangol.plugin import PushRequest, templates
from dangol_plugins.batches import Part, Unfit
from dangol_plugins.nhn import brand
from dangol_plugins.phones import korean
from dangol_plugins.shapes import bare, is_address, present, words

Keep = Callable[[str, str], str]
"""The id under which NHN keeps an image, by its kind and what the template calls it."""

MMS = "MMS"
NO_TEXT = {"isResend": False}
TITLE = 20
"""Characters of a title that is made from the text: in Korean 40 bytes, NHN's standard."""


def part(request: PushRequest, number: str, profile: str, keep: Keep) -> Part:
    """The service and all that its call has in common, and the recipient's own. `number` is the one to send from,
    `profile` the Kakao channel's senderKey. Raises `Unfit`."""
    content = request.content
    if isinstance(content, templates.TextTemplate):
        return _text(request, content, number, keep)
    if not isinstance(content, templates.AlimtalkTemplate | templates.BrandTemplate):
        raise Unfit("NHN Cloud sends texts, Alimtalk and brand messages")
    if not profile:
        raise Unfit("the sender says no profile, which is the Kakao channel's senderKey", "account")
    recipient = {
        "recipientNo": korean(request.to),
        "resendParameter": NO_TEXT,
        "recipientGroupingKey": request.key,
    }
    filled = present(templateParameter={bare(name): value for name, value in request.variables.items()})
    if isinstance(content, templates.AlimtalkTemplate):
        return _part("alimtalk", {"senderKey": profile, "templateCode": content.code}, recipient | filled)
    recipient["targeting"] = content.targeting
    if content.code:
        body = {"senderKey": profile, "templateCode": content.code, "pushAlarm": content.alarm}
        return _part("brand-kept", body, recipient | filled)
    return _part("brand", {"senderKey": profile} | brand.bubble(content), recipient)


def body(part: Part) -> tuple[str, dict[str, Any]]:
    """The service's name, and the call without its recipients."""
    service, written = part.shared if isinstance(part.shared, tuple) else ("", b"{}")
    return service, msgspec.json.decode(written)


def _part(service: str, common: dict[str, Any], recipient: dict[str, Any]) -> Part:
    return Part((service, msgspec.json.encode(common)), recipient)


def _text(request: PushRequest, content: templates.TextTemplate, number: str, keep: Keep) -> Part:
    if not number:
        raise Unfit("the sender says no number to send texts from", "account")
    form = "sms" if content.form == "sms" else "mms"
    text = words(content.text)
    title = "" if form == "sms" else words(content.subject) or text.strip().split("\n")[0][:TITLE]
    files = [_file(keep(MMS, image)) for image in content.images]
    common = present(body=text, sendNo=number, title=title, attachFileIdList=files)
    return _part(f"ad-{form}" if content.ad else form, common, _recipient(request, form))


def _recipient(request: PushRequest, form: str) -> dict[str, Any]:
    key = {"recipientGroupingKey": request.key}
    if request.to.startswith("+") and not request.to.startswith("+82"):
        if form != "sms":
            raise Unfit("NHN Cloud sends abroad nothing but short texts", "bad_address")
        return {"internationalRecipientNo": request.to.removeprefix("+")} | key
    return {"recipientNo": korean(request.to)} | key


def images(content: object) -> set[tuple[str, str]]:
    """Kind and address of the images that NHN must be given before the message. (Those of brand messages must lie at
    NHN already.)"""
    named = content.images if isinstance(content, templates.TextTemplate) else []
    return {(MMS, image) for image in named if is_address(image)}


def _file(id: str) -> int:
    if not (id.isascii() and id.isdigit()):
        raise Unfit("images: expected https addresses, or NHN Cloud's ids, which are numbers")
    return int(id)
