"""Carousels and products of brand messages. Pure.

NHN Cloud friendtalkupgrade-overview.md; SOLAPI bms/bmsConstraints.ts and bmsCommerce.ts.
"""

from collections.abc import Iterator

from dangol.definitions.templates import BrandTemplate, Card, CarouselHead, Commerce
from dangol.errors import Problem
from dangol.messages import buttons, coupons
from dangol.messages.limits import VARIABLE, Limit, needed, row_problems, without

CARDS = Limit(6, "rows", least=2)
CARDS_WITH_HEAD = Limit(5, "rows", least=1)
CARD_BUTTONS = Limit(2, "rows", least=1)
CARD_KINDS = ("WL", "AL")
CARD_PARTS = {
    "CAROUSEL_FEED": ("header", "text", "picture", "coupon"),
    "CAROUSEL_COMMERCE": ("commerce", "additional", "picture", "coupon"),
}
CARD_NEEDS = {"CAROUSEL_FEED": ("header", "text", "picture"), "CAROUSEL_COMMERCE": ("commerce", "picture")}
HEAD_NEEDS = ("header", "text", "image")
ALL_PARTS = ("header", "text", "additional", "picture", "commerce", "coupon")

PRICE = 99_999_999
OFF = 999_999
RATE = 100


def problems(template: BrandTemplate) -> Iterator[Problem]:
    """What is wrong with the cards of a carousel, with the one that introduces it, and with where "more" leads."""
    if template.cards:
        yield from row_problems("cards", len(template.cards), CARDS_WITH_HEAD if template.head else CARDS)
        for number, card in enumerate(template.cards):
            yield from _card_problems(template.bubble, card, f"cards[{number}]")
    if template.head is not None:
        yield from _head_problems(template.head)
    if template.tail is not None:
        for name in buttons.LINKS:
            if found := VARIABLE.search(getattr(template.tail, name)):
                yield Problem(f"tail.{name}", found[0], "an address without variables")


def _head_problems(head: CarouselHead) -> Iterator[Problem]:
    for name in HEAD_NEEDS:
        if not getattr(head, name).strip():
            yield Problem(f"head.{name}", getattr(head, name), "given: the card that introduces a carousel has it")
    if not head.mobile and (head.pc or head.android or head.ios):
        yield Problem("head.mobile", "", "given: the other addresses go with it")


def _card_problems(bubble: str, card: Card, where: str) -> Iterator[Problem]:
    told = [*without(card, set(CARD_PARTS.get(bubble, ())), ALL_PARTS, f"a card of {bubble} has none")]
    told += needed(card, CARD_NEEDS.get(bubble, ()), f"a card of {bubble} needs it")
    yield from (problem._replace(where=f"{where}.{problem.where}") for problem in told)
    yield from row_problems(f"{where}.buttons", len(card.buttons), CARD_BUTTONS)
    yield from buttons.problems(card.buttons, f"{where}.buttons", CARD_KINDS)
    yield from coupons.problems(card.coupon, f"{where}.coupon")
    if card.commerce is not None:
        yield from commerce_problems(card.commerce, f"{where}.commerce")


def commerce_problems(product: Commerce, where: str) -> Iterator[Problem]:
    """What is wrong with the prices: the ordinary one alone, or with a lower one and either a rate or an amount off."""
    if not product.title.strip():
        yield Problem(f"{where}.title", product.title, "given: a product has a name")
    for name, most in (("price", PRICE), ("sale", PRICE), ("rate", RATE), ("off", OFF)):
        value = getattr(product, name)
        if value is not None and not 0 <= value <= most:
            yield Problem(f"{where}.{name}", value, f"from 0 to {most:,}")
    cuts = [name for name in ("rate", "off") if getattr(product, name) is not None]
    if len(cuts) == 2:
        yield Problem(f"{where}.off", product.off, "left out where there is a rate: one of both tells what is off")
    if product.sale is None and cuts:
        yield Problem(f"{where}.sale", None, f"given: {cuts[0]} goes with the lower price")
    if product.sale is not None:
        if not cuts:
            yield Problem(f"{where}.sale", product.sale, "told with a rate or with an amount off")
        if product.sale > product.price:
            yield Problem(f"{where}.sale", product.sale, f"at most the ordinary price, {product.price:,}")
