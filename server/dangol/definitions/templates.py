"""Message templates: what a message says, apart from who gets it and through whom it goes.

In definitions texts may be bilingual and hold variables. A filled template is of the same shape, with one plain text in
each place and the variables replaced: that is what a channel is given to send.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from dangol.definitions.basics import Address, Id, Label, LongText, Text

Review = Literal["draft", "requested", "reviewing", "approved", "rejected"]
"""How far Kakao's review of a template has come; it takes about two working days."""

ButtonKind = Literal["WL", "AL", "DS", "BK", "MD", "BC", "BT", "AC", "BF", "TN", "P1", "P2", "P3"]
"""Web link, app link, parcel tracking, bot keyword, message delivery, chat hand-over, bot switch, add channel, business
form, telephone, plug-ins."""

Image = Annotated[str, Meta(max_length=500)]
"""An https address, or the id under which the provider keeps an uploaded image."""


class Button(Struct, frozen=True, forbid_unknown_fields=True):
    """A button or quick reply of a Kakao message."""

    kind: ButtonKind
    name: Text
    mobile: Address = ""
    pc: Address = ""
    android: Address = ""
    ios: Address = ""
    phone: Label = ""
    extra: Label = ""


class TextTemplate(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="text"):
    """A text message. `form` auto is SMS where the whole text, label and opt-out line included, has room, else LMS;
    with `images` MMS. Bytes count in EUC-KR. A filled one has its label, its opt-out line and its final form."""

    id: Id
    text: LongText
    subject: Text = ""
    images: Annotated[list[Image], Meta(max_length=3)] = field(default_factory=list)
    form: Literal["auto", "sms", "lms", "mms"] = "auto"
    ad: bool = True
    name: Text = ""


class ItemRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of an item list."""

    title: Label
    text: Label


class AlimtalkTemplate(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="alimtalk"):
    """A notice by KakaoTalk, word for word as Kakao has approved it. `code` is the provider's name of it."""

    id: Id
    code: Annotated[str, Meta(min_length=1, max_length=60)]
    text: LongText
    type: Literal["BA", "EX", "AD", "MI"] = "BA"
    emphasis: Literal["NONE", "TEXT", "IMAGE", "ITEM_LIST"] = "NONE"
    title: Label = ""
    subtitle: Label = ""
    image: Image = ""
    header: Label = ""
    items: Annotated[list[ItemRow], Meta(max_length=10)] = field(default_factory=list)
    summary: ItemRow | None = None
    highlight: ItemRow | None = None
    thumbnail: Image = ""
    extra: LongText = ""
    buttons: Annotated[list[Button], Meta(max_length=10)] = field(default_factory=list)
    replies: Annotated[list[Button], Meta(max_length=10)] = field(default_factory=list)
    secure: bool = False
    category: Label = ""
    review: Review = "draft"
    comments: Annotated[list[Annotated[str, Meta(max_length=1000)]], Meta(max_length=50)] = field(default_factory=list)
    name: Text = ""


Bubble = Literal[
    "TEXT",
    "IMAGE",
    "WIDE",
    "WIDE_ITEM_LIST",
    "CAROUSEL_FEED",
    "PREMIUM_VIDEO",
    "COMMERCE",
    "CAROUSEL_COMMERCE",
]


class Coupon(Struct, frozen=True, forbid_unknown_fields=True):
    """A coupon under a brand message; Kakao allows five forms of titles."""

    title: Label
    text: Label = ""
    mobile: Address = ""
    pc: Address = ""
    android: Address = ""
    ios: Address = ""


class Commerce(Struct, frozen=True, forbid_unknown_fields=True):
    """A product with its prices in won."""

    title: Label
    price: int
    sale: int | None = None
    rate: int | None = None
    off: int | None = None


class Picture(Struct, frozen=True, forbid_unknown_fields=True):
    """An image, where it leads, and its size in pixels where that is known (0: not)."""

    image: Image
    link: Address = ""
    width: int = 0
    height: int = 0


class WideItem(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of a wide item list; the first one has the large picture."""

    picture: Picture
    title: Label = ""
    mobile: Address = ""
    pc: Address = ""
    android: Address = ""
    ios: Address = ""


class Video(Struct, frozen=True, forbid_unknown_fields=True):
    """A video of Kakao TV."""

    url: Address
    thumbnail: Image = ""


class Card(Struct, frozen=True, forbid_unknown_fields=True):
    """A card of a carousel."""

    header: Label = ""
    text: LongText = ""
    additional: Label = ""
    picture: Picture | None = None
    commerce: Commerce | None = None
    buttons: Annotated[list[Button], Meta(max_length=5)] = field(default_factory=list)
    coupon: Coupon | None = None


class CarouselHead(Struct, frozen=True, forbid_unknown_fields=True):
    """The card that introduces a carousel of products."""

    header: Label
    text: Label
    image: Image
    mobile: Address = ""
    pc: Address = ""
    android: Address = ""
    ios: Address = ""


class CarouselTail(Struct, frozen=True, forbid_unknown_fields=True):
    """Where "more" leads."""

    mobile: Address
    pc: Address = ""
    android: Address = ""
    ios: Address = ""


class BrandTemplate(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="brand"):
    """An advertisement by KakaoTalk. With a `code` the provider has the template, else all is sent along (free form).
    `targeting` M: all who agreed, N: of these who are no friends of the channel, I: of the recipients who are."""

    id: Id
    bubble: Bubble
    targeting: Literal["M", "N", "I"] = "I"
    code: Annotated[str, Meta(max_length=60)] = ""
    header: Label = ""
    text: LongText = ""
    additional: Label = ""
    picture: Picture | None = None
    items: Annotated[list[WideItem], Meta(max_length=10)] = field(default_factory=list)
    video: Video | None = None
    commerce: Commerce | None = None
    cards: Annotated[list[Card], Meta(max_length=10)] = field(default_factory=list)
    head: CarouselHead | None = None
    tail: CarouselTail | None = None
    buttons: Annotated[list[Button], Meta(max_length=10)] = field(default_factory=list)
    coupon: Coupon | None = None
    adult: bool = False
    alarm: bool = True
    name: Text = ""


class PushTemplate(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="push"):
    """A notification on a phone or in a browser. `life` is for how many seconds it is worth delivering; of those with
    the same `collapse` a device keeps the newest."""

    id: Id
    title: Text
    text: LongText
    image: Image = ""
    link: Address = ""
    data: Annotated[dict[Label, Label], Meta(max_length=20)] = field(default_factory=dict)
    life: Annotated[int, Meta(ge=0, le=2_419_200)] = 86_400
    collapse: Annotated[str, Meta(max_length=32)] = ""
    urgent: bool = False
    ad: bool = True
    name: Text = ""


class EmailTemplate(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="email"):
    """An e-mail. `html` is cleaned by an allow-list; without it the text goes alone."""

    id: Id
    subject: Text
    text: LongText
    html: Annotated[str, Meta(max_length=100_000)] = ""
    ad: bool = True
    name: Text = ""


Template = TextTemplate | AlimtalkTemplate | BrandTemplate | PushTemplate | EmailTemplate
