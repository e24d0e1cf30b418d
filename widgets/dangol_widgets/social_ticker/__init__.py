"""Social ticker: how many people did something with a product lately. Real counts only, and nobody can be made out."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from msgspec import Struct, field

from dangol.plugin import Product, Text, View, Widget
from dangol_widgets.parameters import Link, about

ICONS = {"bought": "bag", "carted": "cart", "viewed": "eye"}
MOST_LINES = 5


class Message(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to tell, with {count}, {hours} and {product}."""

    action: Annotated[
        str,
        about(
            "행동",
            "Action",
            "bought(구매), carted(장바구니), viewed(조회), 또는 집계 플러그인의 다른 행동입니다.",
            "bought, carted, viewed, or what else the tally plugin counts.",
            min_length=1,
            max_length=40,
        ),
    ]
    text: Annotated[
        Text,
        about(
            "문구",
            "Text",
            "{count}는 사람 수, {hours}는 시간, {product}는 상품 이름입니다.",
            "{count} people within {hours} hours, {product} the product's name.",
        ),
    ]
    hours: Annotated[
        int, about("시간", "Hours", "최근 몇 시간을 셀지 적습니다.", "How far back to count.", ge=1, le=72)
    ] = 24
    least: Annotated[
        int,
        about(
            "최소 인원",
            "Least",
            "이보다 적으면 보이지 않습니다.",
            "Below so many people nothing is said.",
            ge=2,
            le=10_000,
        ),
    ] = 5


def _messages() -> list[Message]:
    bought: Text = {
        "ko": "지난 {hours}시간 동안 {count}명이 구매했어요",
        "en": "{count} people bought this in the last {hours} hours",
    }
    viewed: Text = {
        "ko": "지난 {hours}시간 동안 {count}명이 봤어요",
        "en": "{count} people viewed this in the last {hours} hours",
    }
    return [Message("bought", bought), Message("viewed", viewed, least=10)]


class Line(NamedTuple):
    """One message as it is shown; `product` with its link and picture only where a list is told of."""

    text: str
    icon: str
    product: Product | None


class SocialTicker(Widget):
    """Messages one after the other, each for six seconds. The pointer, the keyboard's focus and a button hold them, and
    who wants no movement sees them all at once."""

    name = "social_ticker"
    api = 1
    version = "1"
    title: ClassVar[Text] = {"ko": "소셜 티커", "en": "Social ticker"}
    slot = "corner"
    anchored = True
    variables = ("count", "hours")
    styles = ("icons.css", "style.css")

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What the marketer says."""

        messages: Annotated[
            list[Message],
            about(
                "메시지",
                "Messages",
                "차례로 보여 줄 문구들입니다.",
                "They are told in turn.",
                min_length=1,
                max_length=MOST_LINES,
            ),
        ] = field(default_factory=_messages)
        scope: Annotated[
            Literal["product", "list", "shop"],
            about(
                "대상",
                "About",
                "지금 보는 상품, 정해 둔 상품들, 쇼핑몰 전체 중에서 고릅니다.",
                "The product on screen, the products of a list, or the shop as a whole.",
            ),
        ] = "product"
        products: Annotated[
            list[
                Annotated[
                    str,
                    about(
                        "상품 번호", "Product", "상품의 번호입니다.", "A product's id.", min_length=1, max_length=100
                    ),
                ]
            ],
            about(
                "상품 목록", "Products", "대상이 list일 때의 상품 번호들입니다.", "The ids of the list.", max_length=10
            ),
        ] = field(default_factory=list)
        source: Annotated[
            str, about("집계", "Source", "집계 플러그인의 이름입니다.", "The name of a tally plugin.", max_length=40)
        ] = "people"
        link: Link = None

        def __post_init__(self) -> None:
            if (self.scope == "list") != bool(self.products):
                raise ValueError("products go with scope: list, and a list needs them")

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """The messages whose count reaches the least; None where there is none."""
        lines = [line for about in await _abouts(params, view) for line in await _told(params, view, about)][
            :MOST_LINES
        ]
        return {"lines": lines, "label": lines[0].text} if lines else None


async def _abouts(params: SocialTicker.Params, view: View) -> Sequence[Product | str]:
    """What to count for: products of the catalogue, the id of the one on screen, or "" for the whole shop."""
    if params.scope == "list":
        return await view.products(params.products)
    if params.scope == "shop":
        return [""]
    return [view.request.product] if view.request.product else []


async def _told(params: SocialTicker.Params, view: View, about: Product | str) -> list[Line]:
    product = about if isinstance(about, Product) else None
    lines = []
    for message in params.messages:
        counted = product.id if product else str(about)
        people = await view.tally(params.source, message.action, product=counted, hours=message.hours)
        if people >= message.least:
            values = {"count": f"{people:,}", "hours": str(message.hours)} | (
                {"product": product.name} if product else {}
            )
            lines.append(Line(view.text(message.text, **values), ICONS.get(message.action, "people"), product))
    return lines
