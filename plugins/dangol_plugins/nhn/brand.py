"""Free brand messages in NHN Cloud's JSON. Pure.

After TOAST-DOCS/Alimtalk, `friendtalkupgrade-api-guide.md`. Images are https addresses that NHN gave for uploaded ones.
The text of a carousel's card is called `message` in the guide's tables and in its answers, and `content` in one example
of a request; it is sent as `message`.
"""

from typing import Any

from dangol.plugin import templates
from dangol_plugins.shapes import Leads, present


def bubble(content: templates.BrandTemplate) -> dict[str, Any]:
    """All that a call says, without sender and recipients."""
    return present(
        chatBubbleType=content.bubble,
        pushAlarm=content.alarm,
        adult=content.adult,
        header=content.header,
        content=content.text,
        additionalContent=content.additional,
        image=_image(content.picture) if content.picture else {},
        item={"list": [_item(item) for item in content.items]} if content.items else {},
        video=present(videoUrl=content.video.url, thumbnailUrl=content.video.thumbnail) if content.video else {},
        commerce=_commerce(content.commerce) if content.commerce else {},
        carousel=_carousel(content),
        buttons=[_button(button) for button in content.buttons],
        coupon=_coupon(content.coupon) if content.coupon else {},
    )


def _carousel(content: templates.BrandTemplate) -> dict[str, Any]:
    head, tail = content.head, content.tail
    cover = present(header=head.header, content=head.text, imageUrl=head.image) if head else {}
    return present(
        head=cover | _links(head) if head else {},
        list=[_card(card) for card in content.cards],
        tail=_links(tail) if tail else {},
    )


def _card(card: templates.Card) -> dict[str, Any]:
    own = present(
        header=card.header,
        message=card.text,
        additionalContent=card.additional,
        commerce=_commerce(card.commerce) if card.commerce else {},
        buttons=[_button(button) for button in card.buttons],
        coupon=_coupon(card.coupon) if card.coupon else {},
    )
    return own | (_image(card.picture) if card.picture else {})


def _image(picture: templates.Picture) -> dict[str, Any]:
    return present(imageUrl=picture.image, imageLink=picture.link)


def _item(item: templates.WideItem) -> dict[str, Any]:
    return present(title=item.title, imageUrl=item.picture.image) | _links(item)


def _commerce(commerce: templates.Commerce) -> dict[str, Any]:
    return present(
        title=commerce.title,
        regularPrice=commerce.price,
        discountPrice=commerce.sale,
        discountRate=commerce.rate,
        discountFixed=commerce.off,
    )


def _coupon(coupon: templates.Coupon) -> dict[str, Any]:
    return present(title=coupon.title, description=coupon.text) | _links(coupon)


def _button(button: templates.Button) -> dict[str, Any]:
    extra = {"BC": "chatExtra", "BT": "chatExtra", "BF": "bizFormKey"}.get(button.kind)
    more = {extra: button.extra} if extra and button.extra else {}
    return {"name": button.name, "type": button.kind} | _links(button) | more


def _links(of: Leads) -> dict[str, Any]:
    return present(linkMo=of.mobile, linkPc=of.pc, schemeAndroid=of.android, schemeIos=of.ios)
