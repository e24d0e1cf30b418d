"""Brand messages: the eight bubbles, which parts each has and how long they may be. Pure.

NHN Cloud friendtalkupgrade-overview.md and -api-guide.md; SOLAPI bms/bmsConstraints.ts, bmsCommerce.ts, bmsCoupon.ts.
Where the two differ, the stricter one holds, but for the line breaks of WIDE (NHN 5, SOLAPI 1).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from dangol.definitions.templates import BrandTemplate, Button, Template
from dangol.errors import Problem
from dangol.messages import buttons, carousels, coupons, pictures
from dangol.messages.carousels import commerce_problems
from dangol.messages.limits import Limit, needed, row_problems, without
from dangol.messages.limits import problems as limit_problems

PARTS = (
    "header",
    "text",
    "additional",
    "picture",
    "items",
    "video",
    "commerce",
    "cards",
    "head",
    "tail",
    "buttons",
    "coupon",
)


class Shape(NamedTuple):
    """A bubble: the parts that it needs and may have, its limits, the fewest buttons and the most beside a coupon."""

    needs: tuple[str, ...]
    may: tuple[str, ...]
    limits: Mapping[str, Limit]
    with_coupon: int | None = None
    kinds: Sequence[str] = buttons.BRAND


LONG = {"text": Limit(1300, breaks=99), "buttons": Limit(5, "rows"), "buttons[].name": Limit(14, variables=False)}
SHORT = {"buttons": Limit(2, "rows"), "buttons[].name": Limit(8, variables=False)}
COUPON = {"coupon.text": Limit(12, breaks=0)}
WIDE_COUPON = {"coupon.text": Limit(18, breaks=0)}
HEADER = {"header": Limit(20, breaks=0)}
CARDS = {"cards[].buttons[].name": Limit(8, variables=False)}
WEB = ("WL", "AL")
SHAPES: Mapping[str, Shape] = {
    "TEXT": Shape(("text",), ("buttons", "coupon"), {**LONG, **COUPON}, with_coupon=4),
    "IMAGE": Shape(("picture", "text"), ("buttons", "coupon"), {**LONG, **COUPON}, with_coupon=4),
    "WIDE": Shape(
        ("picture", "text"),
        ("buttons", "coupon"),
        {**SHORT, "text": Limit(76, breaks=5), **WIDE_COUPON},
    ),
    "WIDE_ITEM_LIST": Shape(
        ("header", "items"),
        ("buttons", "coupon"),
        {
            **SHORT,
            **HEADER,
            "items": Limit(4, "rows", least=3),
            "items[0].title": Limit(25, breaks=1),
            "items[].title": Limit(30, breaks=1),
            **WIDE_COUPON,
        },
    ),
    "CAROUSEL_FEED": Shape(
        ("cards",),
        ("tail",),
        {
            **CARDS,
            "cards[].header": Limit(20, breaks=0),
            "cards[].text": Limit(180, breaks=2),
            "cards[].coupon.text": Limit(12, breaks=0),
        },
        kinds=WEB,
    ),
    "PREMIUM_VIDEO": Shape(
        ("video",),
        ("header", "text", "buttons", "coupon"),
        {
            **HEADER,
            "text": Limit(76, breaks=1),
            "buttons": Limit(1, "rows"),
            "buttons[].name": Limit(8, variables=False),
            **COUPON,
        },
    ),
    "COMMERCE": Shape(
        ("picture", "commerce", "buttons"),
        ("additional", "coupon"),
        {
            "commerce.title": Limit(30),
            "additional": Limit(34, breaks=1),
            "buttons": Limit(2, "rows", least=1),
            "buttons[].name": Limit(8, variables=False),
            **COUPON,
        },
        kinds=WEB,
    ),
    "CAROUSEL_COMMERCE": Shape(
        ("cards",),
        ("head", "tail"),
        {
            **CARDS,
            "head.header": Limit(20, breaks=0),
            "head.text": Limit(50, breaks=2),
            "cards[].commerce.title": Limit(30),
            "cards[].additional": Limit(34, breaks=1),
            "cards[].coupon.text": Limit(12, breaks=0),
        },
        kinds=WEB,
    ),
}
FREE_LINK, KEPT_LINK = 1000, 500
"""Characters of an address in a message of free form, and in a template that the provider keeps."""

CHANNEL_FIRST = ("TEXT", "IMAGE")
EVERYBODY = ("M", "N")
"""The targetings that reach who is no friend of the channel."""


def problems(template: BrandTemplate) -> Iterator[Problem]:
    """What is wrong with a brand message in one language. One that the provider keeps (`code`) may leave all to it."""
    shape = SHAPES[template.bubble]
    bubble = f"the bubble {template.bubble}"
    yield from without(template, {*shape.needs, *shape.may}, PARTS, f"{bubble} has none")
    if not is_left(template):
        yield from needed(template, shape.needs, f"{bubble} needs it")
    yield from limit_problems(template, shape.limits)
    yield from _item_problems(template)
    yield from _button_problems(template, shape)
    yield from pictures.problems(template)
    yield from coupons.problems(template.coupon, "coupon")
    if template.commerce is not None:
        yield from commerce_problems(template.commerce, "commerce")
    yield from carousels.problems(template)
    yield from _link_problems(template)


def is_left(template: Template) -> bool:
    """Whether all that a message says is left to the template that the provider keeps, variables included."""
    if not isinstance(template, BrandTemplate) or not template.code:
        return False
    return not any(getattr(template, part) for part in PARTS)


def _button_problems(template: BrandTemplate, shape: Shape) -> Iterator[Problem]:
    own = template.buttons
    yield from buttons.problems(own, "buttons", shape.kinds)
    if template.coupon and shape.with_coupon is not None:
        yield from row_problems("buttons", len(own), Limit(shape.with_coupon, "rows"))
    place = 0 if template.bubble in CHANNEL_FIRST else 1
    yield from buttons.channel_problems(own, "buttons", _no_channel(template), place)


def _item_problems(template: BrandTemplate) -> Iterator[Problem]:
    for number, item in enumerate(template.items):
        if number and not item.title.strip():
            yield Problem(f"items[{number}].title", item.title, "given: all rows but the first have a title")
        if not item.mobile:
            yield Problem(f"items[{number}].mobile", "", "given: a row leads somewhere")


def _no_channel(template: BrandTemplate) -> str:
    return "" if template.targeting in EVERYBODY else "the targeting I reaches friends of the channel alone"


def _link_problems(template: BrandTemplate) -> Iterator[Problem]:
    """Buttons have been looked at; what else leads somewhere, and how long the addresses are."""
    most = KEPT_LINK if template.code else FREE_LINK
    for where, rows in (("buttons", template.buttons), *_card_buttons(template)):
        for number, button in enumerate(rows):
            for name in buttons.LINKS:
                if len(address := getattr(button, name)) > most:
                    at = f"{where}[{number}].{name}"
                    yield Problem(at, f"{len(address):,} characters", f"at most {most:,} characters")
    parts: list[tuple[str, Struct | None]] = [
        ("coupon", template.coupon),
        ("head", template.head),
        ("tail", template.tail),
    ]
    parts += [(f"items[{number}]", item) for number, item in enumerate(template.items)]
    parts += [(f"cards[{number}].coupon", card.coupon) for number, card in enumerate(template.cards)]
    for where, part in parts:
        if part is not None:
            yield from buttons.link_problems(part, f"{where}.", most)


def _card_buttons(template: BrandTemplate) -> Iterator[tuple[str, Sequence[Button]]]:
    for number, card in enumerate(template.cards):
        yield f"cards[{number}].buttons", card.buttons
