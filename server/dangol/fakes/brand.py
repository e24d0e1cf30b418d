"""Brand messages as SOLAPI takes them: the limits of each bubble, and what a phone shows. Pure.

Limits: solapi-nodejs, src/models/base/kakao/bms/bmsConstraints.ts; NHN Cloud, friendtalkupgrade-overview.md.
"""

import re

from msgspec import Struct

from dangol.fakes.arrival import Button, Card, Coupon, Price, Row


class Links(Struct, rename="camel"):
    """Where something leads."""

    link_mobile: str | None = None
    link_pc: str | None = None
    link_android: str | None = None
    link_ios: str | None = None

    @property
    def link(self) -> str:
        """The first that is there."""
        return self.link_mobile or self.link_pc or self.link_android or self.link_ios or ""


class BmsButton(Links, rename="camel"):
    """A button."""

    name: str = ""
    link_type: str = "WL"


class BmsCoupon(Links, rename="camel"):
    """A coupon."""

    title: str = ""
    description: str = ""


class Item(Links, rename="camel"):
    """A row of a wide list."""

    title: str = ""
    image_id: str | None = None


class Commerce(Struct, rename="camel"):
    """A product and its prices."""

    title: str = ""
    regular_price: int = 0
    discount_price: int | None = None
    discount_rate: int | None = None
    discount_fixed: int | None = None


class Video(Struct, rename="camel"):
    """A video of Kakao TV."""

    video_url: str = ""
    image_id: str | None = None
    image_link: str | None = None


class Slide(Struct, rename="camel"):
    """A card of a carousel."""

    header: str | None = None
    content: str | None = None
    additional_content: str | None = None
    image_id: str | None = None
    image_link: str | None = None
    commerce: Commerce | None = None
    buttons: list[BmsButton] | None = None
    coupon: BmsCoupon | None = None


class Head(Links, rename="camel"):
    """The first card of a carousel of products."""

    header: str = ""
    content: str = ""
    image_id: str | None = None


class Carousel(Struct):
    """`head` only with products."""

    list: list[Slide]
    head: Head | None = None
    tail: Links | None = None


class Bms(Struct, rename="camel"):
    """`kakaoOptions.bms`."""

    targeting: str | None = None
    chat_bubble_type: str | None = None
    adult: bool | None = None
    header: str | None = None
    content: str | None = None
    image_id: str | None = None
    image_link: str | None = None
    additional_content: str | None = None
    carousel: Carousel | None = None
    main_wide_item: Item | None = None
    sub_wide_item_list: list[Item] | None = None
    buttons: list[BmsButton] | None = None
    coupon: BmsCoupon | None = None
    commerce: Commerce | None = None
    video: Video | None = None


class Limits(Struct, frozen=True):
    """`needs` are fields that must be there; the numbers are the most characters, line breaks and buttons."""

    needs: tuple[str, ...] = ()
    text: int = 0
    breaks: int = 99
    buttons: int = 2
    name: int = 14
    coupon: int = 12


LIMITS = {
    "TEXT": Limits(text=1300, buttons=5),
    "IMAGE": Limits(("image_id",), text=1300, buttons=5),
    "WIDE": Limits(("image_id",), text=76, breaks=5, name=8, coupon=18),
    "WIDE_ITEM_LIST": Limits(("header", "main_wide_item", "sub_wide_item_list"), name=8, coupon=18),
    "COMMERCE": Limits(("image_id", "commerce", "buttons"), name=8),
    "CAROUSEL_FEED": Limits(("carousel",)),
    "CAROUSEL_COMMERCE": Limits(("carousel",)),
    "PREMIUM_VIDEO": Limits(("video",), text=76, breaks=5, buttons=1, name=8),
}
COUPON = re.compile(
    r"[1-9][0-9,]{0,10}원 할인 쿠폰|([1-9][0-9]?|100)% 할인 쿠폰|배송비 할인 쿠폰|.{1,7} 무료 쿠폰|.{1,7} UP 쿠폰"
)


def problem(bms: Bms, text: str | None) -> str:
    """What is wrong with a free-form message; "" for nothing."""
    limits = LIMITS.get(bms.chat_bubble_type or "")
    if limits is None:
        return f"chatBubbleType: expected one of {', '.join(LIMITS)}"
    for name in limits.needs:
        if not getattr(bms, name):
            return f"{name}: missing in {bms.chat_bubble_type}"
    content = bms.content or text or ""
    if bms.chat_bubble_type in ("TEXT", "IMAGE", "WIDE") and not content:
        return "content: missing"
    if limits.text and (len(content) > limits.text or content.count("\n") > limits.breaks):
        return f"content: expected at most {limits.text} characters and {limits.breaks} line breaks"
    return (
        _long("header", bms.header, 20)
        or _long("additionalContent", bms.additional_content, 34)
        or _buttons(bms.buttons or [], limits.buttons - (limits.buttons == 5 and bms.coupon is not None), limits.name)
        or _coupon(bms.coupon, limits.coupon)
        or _commerce(bms.commerce)
        or _wide(bms)
        or _slides(bms)
        or _video(bms.video)
    )


def _long(name: str, text: str | None, most: int) -> str:
    return f"{name}: expected at most {most} characters" if len(text or "") > most else ""


def _buttons(buttons: list[BmsButton], most: int, longest: int) -> str:
    if len(buttons) > most:
        return f"buttons: expected at most {most}"
    for button in buttons:
        if not button.name or len(button.name) > longest:
            return f"buttons: expected names of 1 to {longest} characters"
        if button.link_type == "WL" and not button.link_mobile:
            return "buttons: linkMobile is missing"
    return ""


def _coupon(coupon: BmsCoupon | None, most: int) -> str:
    if coupon is None:
        return ""
    if not COUPON.fullmatch(coupon.title):
        return "coupon.title: expected one of the five forms"
    return _long("coupon.description", coupon.description, most)


def _commerce(commerce: Commerce | None) -> str:
    if commerce is None:
        return ""
    if not 0 <= commerce.regular_price <= 99_999_999:
        return "commerce.regularPrice: expected 0 to 99999999"
    if commerce.discount_price is not None and commerce.discount_rate is None and commerce.discount_fixed is None:
        return "commerce: discountPrice needs discountRate or discountFixed"
    return _long("commerce.title", commerce.title, 30)


def _wide(bms: Bms) -> str:
    if bms.chat_bubble_type != "WIDE_ITEM_LIST":
        return ""
    rows = bms.sub_wide_item_list or []
    if len(rows) < 3:
        return "subWideItemList: expected at least 3"
    first = _long("mainWideItem.title", bms.main_wide_item.title if bms.main_wide_item else "", 25)
    return first or next((found for row in rows if (found := _long("subWideItemList.title", row.title, 30))), "")


def _slides(bms: Bms) -> str:
    if bms.carousel is None:
        return ""
    least, most = (1, 5) if bms.carousel.head else (2, 6)
    if not least <= len(bms.carousel.list) <= most:
        return f"carousel.list: expected {least} to {most} cards"
    for slide in bms.carousel.list:
        found = (
            _long("carousel.header", slide.header, 20)
            or _long("carousel.content", slide.content, 180)
            or _long("carousel.additionalContent", slide.additional_content, 34)
            or _buttons(slide.buttons or [], 2, 8)
            or _coupon(slide.coupon, 12)
            or _commerce(slide.commerce)
        )
        if found or not slide.buttons:
            return found or "carousel.buttons: expected 1 or 2"
    return ""


def _video(video: Video | None) -> str:
    if video and not video.video_url.startswith("https://tv.kakao.com/"):
        return "video.videoUrl: expected an address of tv.kakao.com"
    return ""


def card(bms: Bms) -> Card:
    """What a phone shows."""
    wide = [bms.main_wide_item] if bms.main_wide_item else []
    slides = [_slide(slide) for slide in bms.carousel.list] if bms.carousel else []
    if bms.carousel and bms.carousel.head:
        head = bms.carousel.head
        slides = [Card(header=head.header, text=head.content, image=head.image_id or ""), *slides]
    return Card(
        header=bms.header or "",
        image=bms.image_id or (bms.video.image_id if bms.video else "") or "",
        video=bms.video.video_url if bms.video else "",
        extra=bms.additional_content or "",
        wide=[Row(row.title, "", row.image_id or "", row.link) for row in [*wide, *(bms.sub_wide_item_list or [])]],
        price=_price(bms.commerce),
        buttons=_shown(bms.buttons),
        coupon=_shown_coupon(bms.coupon),
        cards=slides,
        more=bms.carousel.tail.link if bms.carousel and bms.carousel.tail else "",
    )


def _slide(slide: Slide) -> Card:
    return Card(
        header=slide.header or "",
        text=slide.content or "",
        image=slide.image_id or "",
        extra=slide.additional_content or "",
        price=_price(slide.commerce),
        buttons=_shown(slide.buttons),
        coupon=_shown_coupon(slide.coupon),
    )


def _price(commerce: Commerce | None) -> Price | None:
    if commerce is None:
        return None
    return Price(
        commerce.title, commerce.regular_price, commerce.discount_price, commerce.discount_rate, commerce.discount_fixed
    )


def _shown(buttons: list[BmsButton] | None) -> list[Button]:
    return [Button(each.name, each.link_type, each.link) for each in buttons or []]


def _shown_coupon(coupon: BmsCoupon | None) -> Coupon | None:
    return Coupon(coupon.title, coupon.description, coupon.link) if coupon else None
