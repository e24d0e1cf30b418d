"""Social ticker: how many people did something lately, with a product, in a category or in the shop. Real counts only,
and nobody can be made out."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from msgspec import Struct, field

from dangol.plugin import Product, Text, View, Widget
from dangol_widgets.parameters import Link, about

ICONS = {"bought": "bag", "carted": "cart", "viewed": "eye"}
MOST_LINES = 5
WEEK = 7 * 24 * 60

UNITS = {"m": 1, "h": 60, "d": 24 * 60}
"""Minutes."""

SAID = {"m": ("분", "minute"), "h": ("시간", "hour"), "d": ("일", "day")}
"""Korean and English."""


class Message(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to tell, with {count}, {time}, {product} and {category}."""

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
            "{count}는 사람 수, {time}은 기간, {product}와 {category}는 상품과 카테고리의 이름입니다.",
            "{count} people within {time}; {product} and {category} are their names.",
        ),
    ]
    within: Annotated[
        str,
        about(
            "기간",
            "Within",
            "최근 얼마 동안을 셀지 30m(분), 24h(시간), 7d(일)처럼 적습니다. 최대 7일입니다.",
            "How far back to count, such as 30m, 24h or 7d, which is the longest.",
            pattern=r"^[1-9][0-9]{0,4}[mhd]\Z",
        ),
    ] = "24h"
    least: Annotated[
        int,
        about(
            "최소 인원",
            "Least",
            "이보다 적으면 보이지 않습니다.",
            "Below so many people nothing is said.",
            ge=2,
            le=5_000,
        ),
    ] = 5

    def __post_init__(self) -> None:
        if self.minutes > WEEK:
            raise ValueError(f"within: expected at most 7d, got {self.within}")

    @property
    def minutes(self) -> int:
        """How far back it counts."""
        return int(self.within[:-1]) * UNITS[self.within[-1]]


def _messages() -> list[Message]:
    bought: Text = {
        "ko": "지난 {time} 동안 {count}명이 구매했어요",
        "en": "{count} people bought this in the last {time}",
    }
    viewed: Text = {"ko": "지난 {time} 동안 {count}명이 봤어요", "en": "{count} people viewed this in the last {time}"}
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
    variables = ("count", "time", "category")
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
            Literal["product", "category", "list", "shop"],
            about(
                "대상",
                "About",
                "지금 보는 상품, 그 카테고리, 정해 둔 상품들, 쇼핑몰 전체 중에서 고릅니다.",
                "The product on screen, its category or the one on screen, the products of a list, or the shop.",
            ),
        ] = "product"
        category: Annotated[
            str,
            about(
                "카테고리",
                "Category",
                "대상이 category일 때, 화면과 상관없이 이 카테고리를 셉니다.",
                "With scope: category this one, whatever is on screen.",
                max_length=100,
            ),
        ] = ""
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
            if self.category and self.scope != "category":
                raise ValueError("category goes with scope: category")

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """The messages whose count reaches the least; None where there is none."""
        lines = [line for about in await _abouts(params, view) for line in await _told(params, view, about)][
            :MOST_LINES
        ]
        return {"lines": lines, "label": lines[0].text} if lines else None


class About(NamedTuple):
    """What is counted for: a product, any of a category, or anything; `known` is the catalogue's product of a list."""

    product: str = ""
    category: str = ""
    known: Product | None = None


async def _abouts(params: SocialTicker.Params, view: View) -> Sequence[About]:
    page = view.request
    if params.scope == "list":
        return [About(each.id, known=each) for each in await view.products(params.products) if each.is_buyable]
    if params.scope == "shop":
        return [About()]
    if params.scope == "category":
        category = params.category or page.category
        return [About(category=category)] if category else []
    return [About(page.product, page.category)] if page.product else []


async def _told(params: SocialTicker.Params, view: View, about: About) -> list[Line]:
    lines = []
    for message in params.messages:
        people = await view.tally(
            params.source,
            message.action,
            product=about.product,
            category="" if about.product else about.category,
            minutes=message.minutes,
        )
        if people >= message.least:
            values = {"count": f"{people:,}", "time": _time(message.within, view.language), "category": about.category}
            named = {"product": about.known.name} if about.known else {}
            text = view.text(message.text, **values, **named)
            lines.append(Line(text, ICONS.get(message.action, "people"), about.known))
    return lines


def _time(within: str, language: str) -> str:
    """How far back it was counted, as one says it: ``24시간``, ``24 hours``."""
    number, (korean, english) = int(within[:-1]), SAID[within[-1]]
    return f"{number}{korean}" if language == "ko" else f"{number} {english}{'' if number == 1 else 's'}"
