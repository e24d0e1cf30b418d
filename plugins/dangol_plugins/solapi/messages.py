"""Messages in SOLAPI's JSON. Pure.

Fields after solapi-nodejs `src/models/base/messages/message.ts` and `kakaoOption.ts`. Texts in the place of a Kakao
message that fails stay off: which, and whether at all, dangol decides.
"""

from collections.abc import Callable
from typing import Any

from dangol.plugin import PushRequest, templates
from dangol_plugins.batches import Unfit
from dangol_plugins.phones import korean
from dangol_plugins.shapes import bare, is_address, present
from dangol_plugins.solapi import brand

FEWEST_ITEMS = 4
"""Rows of WIDE_ITEM_LIST; NHN takes 3 (kakaoOption.ts, WIDE_ITEM_LIST_MIN_SUB_ITEMS)."""

Keep = Callable[[str, str], str]
"""The id under which SOLAPI keeps an image, by its kind there and what the template calls it."""


def message(request: PushRequest, number: str, profile: str, keep: Keep) -> dict[str, Any]:
    """One of `messages` in ``POST /messages/v4/send-many/detail``. `number` is the one to send from, `profile` the
    Kakao channel's pfId. Raises `Unfit`."""
    content = request.content
    base = {"to": korean(request.to), "customFields": {"key": request.key}}
    if isinstance(content, templates.TextTemplate):
        return base | _text(content, number, keep)
    if not profile:
        raise Unfit("the sender says no profile, which is the Kakao channel's pfId", "account")
    if isinstance(content, templates.AlimtalkTemplate):
        options = {"templateId": content.code, "variables": _variables(request)}
        return base | present(**{"from": number}, type="ATA", kakaoOptions=_options(profile, options))
    if isinstance(content, templates.BrandTemplate) and content.code:
        options = {"templateId": content.code, "variables": _variables(request)}
        options |= {"bms": {"targeting": content.targeting}}
        kakao = _options(profile, options)
        return base | present(**{"from": number}, type=f"BMS_{content.bubble}", kakaoOptions=kakao)
    if isinstance(content, templates.BrandTemplate):
        if 0 < len(content.items) < FEWEST_ITEMS:
            raise Unfit(f"items: SOLAPI takes {FEWEST_ITEMS} rows, the large one among them, not {len(content.items)}")
        kakao = _options(profile, {"bms": brand.bubble(content, keep)})
        return base | present(**{"from": number}, type="BMS_FREE", text=content.text, kakaoOptions=kakao)
    raise Unfit("SOLAPI sends texts, Alimtalk and brand messages")


def images(content: object) -> set[tuple[str, str]]:
    """Kind and address of the images that SOLAPI must be given before the message."""
    found: set[tuple[str, str]] = set()

    def noted(kind: str, image: str) -> str:
        if is_address(image):
            found.add((kind, image))
        return image

    if isinstance(content, templates.TextTemplate):
        for image in content.images:
            noted("MMS", image)
    elif isinstance(content, templates.BrandTemplate) and not content.code:
        brand.bubble(content, noted)
    return found


def _text(content: templates.TextTemplate, number: str, keep: Keep) -> dict[str, Any]:
    if not number:
        raise Unfit("the sender says no number to send texts from", "account")
    if len(content.images) > 1:
        raise Unfit(f"images: SOLAPI sends one with a text, and not {len(content.images)}")
    image = keep("MMS", content.images[0]) if content.images else ""
    subject = content.subject if content.form != "sms" else ""
    form = {"type": content.form.upper(), "from": number, "text": content.text, "autoTypeDetect": False}
    return form | present(subject=subject, imageId=image)


def _options(profile: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"pfId": profile, "disableSms": True} | more


def _variables(request: PushRequest) -> dict[str, str]:
    names = {bare(name): value for name, value in request.variables.items()}
    if dotted := next((name for name in names if "." in name), None):
        raise Unfit(f"variables: SOLAPI takes no name with a dot, such as {dotted}")
    return {f"#{{{name}}}": value for name, value in names.items()}
