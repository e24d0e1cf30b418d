"""Free brand messages in SOLAPI's JSON: ``kakaoOptions.bms``. Pure.

After solapi-nodejs `src/models/base/kakao/bms/*` and its examples `send_bms_free_*.js`, which also say what kind of
file each image is uploaded as.
"""

from collections.abc import Callable
from typing import Any

from dangol.plugin import templates
from dangol_plugins.shapes import Leads, present

Keep = Callable[[str, str], str]

PICTURES = {"IMAGE": "BMS", "WIDE": "BMS_WIDE", "COMMERCE": "BMS"}
CARDS = {"CAROUSEL_FEED": "BMS_CAROUSEL_FEED_LIST", "CAROUSEL_COMMERCE": "BMS_CAROUSEL_COMMERCE_LIST"}
TALKS = frozenset({"BK", "MD", "BC", "BT"})
"""Buttons that take an extra word along."""


def bubble(content: templates.BrandTemplate, keep: Keep) -> dict[str, Any]:
    """All but the text, which stands in the message itself."""
    picture, items = content.picture, content.items
    sub = [_item(item, "BMS_WIDE_SUB_ITEM_LIST", keep) for item in items[1:]]
    return present(
        targeting=content.targeting,
        chatBubbleType=content.bubble,
        adult=content.adult,
        header=content.header,
        content=content.text if content.bubble == "PREMIUM_VIDEO" else "",
        additionalContent=content.additional,
        imageId=keep(PICTURES.get(content.bubble, "BMS"), picture.image) if picture else "",
        imageLink=picture.link if picture else "",
        mainWideItem=_item(items[0], "BMS_WIDE_MAIN_ITEM_LIST", keep) if items else {},
        subWideItemList=sub,
        video=_video(content.video, keep) if content.video else {},
        commerce=_commerce(content.commerce) if content.commerce else {},
        carousel=_carousel(content, CARDS.get(content.bubble, ""), keep),
        buttons=[_button(button) for button in content.buttons],
        coupon=_coupon(content.coupon) if content.coupon else {},
    )


def _carousel(content: templates.BrandTemplate, kind: str, keep: Keep) -> dict[str, Any]:
    head, tail = content.head, content.tail
    cover = present(header=head.header, content=head.text, imageId=keep(kind, head.image)) if head else {}
    return present(
        head=cover | _links(head) if head else {},
        list=[_card(card, kind, keep) for card in content.cards],
        tail=_links(tail) if tail else {},
    )


def _card(card: templates.Card, kind: str, keep: Keep) -> dict[str, Any]:
    return present(
        header=card.header,
        content=card.text,
        additionalContent=card.additional,
        imageId=keep(kind, card.picture.image) if card.picture else "",
        imageLink=card.picture.link if card.picture else "",
        commerce=_commerce(card.commerce) if card.commerce else {},
        buttons=[_button(button) for button in card.buttons],
        coupon=_coupon(card.coupon) if card.coupon else {},
    )


def _item(item: templates.WideItem, kind: str, keep: Keep) -> dict[str, Any]:
    return present(title=item.title, imageId=keep(kind, item.picture.image)) | _links(item)


def _video(video: templates.Video, keep: Keep) -> dict[str, Any]:
    return present(videoUrl=video.url, imageId=keep("KAKAO", video.thumbnail) if video.thumbnail else "")


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
    extra = button.extra if button.kind in TALKS else ""
    return present(linkType=button.kind, name=button.name, chatExtra=extra) | _links(button)


def _links(of: Leads) -> dict[str, Any]:
    return present(linkMobile=of.mobile, linkPc=of.pc, linkAndroid=of.android, linkIos=of.ios)
