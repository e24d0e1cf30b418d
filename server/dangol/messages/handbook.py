"""The tables in docs/templates.md: run this module with the paths of that file in both languages to write them anew."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from dangol.messages import alimtalk, brand, buttons, carousels, coupons, mail, pictures, pushes, texts
from dangol.messages.handbook_words import FIELDS, KINDS, UNITS, WORDS
from dangol.messages.limits import Limit

BEGIN, END = "<!-- limits: made by dangol.messages.handbook -->", "<!-- end of limits -->"


class Writer:
    """Writes the tables in one language."""

    def __init__(self, language: str) -> None:
        self.place = ("ko", "en").index(language)

    def say(self, key: str) -> str:
        """Words of the handbook."""
        return WORDS[key][self.place]

    def field(self, path: str) -> str:
        """A field by its path, and what that is."""
        return f"`{path.partition(',')[0]}`{path[len(path.partition(',')[0]) :]} {FIELDS[path][self.place]}".strip()

    def limit(self, limit: Limit) -> str:
        """How much of a field."""
        unit = UNITS[limit.unit][self.place]
        count = f"{limit.least:,}–{limit.most:,}" if limit.least else f"≤ {limit.most:,}"
        told = [f"{count}{unit}"]
        if limit.breaks is not None:
            told.append(self.say("no breaks") if not limit.breaks else f"{self.say('breaks')} ≤ {limit.breaks}")
        if not limit.variables:
            told.append(self.say("no variables"))
        return ", ".join(told)

    def table(self, head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
        """A table of Markdown; `head` are words' keys."""
        titles = [self.say(each) for each in head]
        lines = [titles, ["---"] * len(titles), *rows]
        return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)

    def limits(self, limits: Mapping[str, Limit]) -> str:
        """A table of limits."""
        return self.table(("field", "limit"), ([self.field(path), self.limit(each)] for path, each in limits.items()))

    def parts(self, names: Iterable[str]) -> str:
        """Fields in a row."""
        return ", ".join(f"`{name}`" for name in names) or "–"


def handbook(language: str) -> str:
    """All tables as Markdown."""
    writer = Writer(language)
    return "\n\n".join([*_texts(writer), *_alimtalk(writer), *_buttons(writer), *_brand(writer), *_others(writer)])


def renewed(text: str, language: str) -> str:
    """The page with the tables as they are now. ValueError where they have no place."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page has no lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{handbook(language)}\n\n{END}{after}"


def _texts(writer: Writer) -> Iterator[str]:
    yield f"### {writer.say('texts')}"
    yield writer.limits(texts.LIMITS)


def _alimtalk(writer: Writer) -> Iterator[str]:
    yield f"### {writer.say('alimtalk')}"
    room = alimtalk.CHANNEL_ROOM
    rows = (
        [
            f"`{name}`",
            f"{limit.most:,}",
            f"{limit.most - room:,}",
            writer.parts(alimtalk.PARTS[name]),
            writer.parts(alimtalk.NEEDED[name]),
        ]
        for name, limit in alimtalk.BODY.items()
    )
    yield writer.table(("emphasis", "body", "channel body", "may", "needs"), rows)
    yield writer.limits({**alimtalk.LIMITS, "name": alimtalk.NAME})
    special = {**alimtalk.WITH_THUMBNAIL, **alimtalk.WITH_REPLIES}
    told = ", ".join(f"{writer.field(path)} {writer.limit(limit)}" for path, limit in special.items())
    yield f"{writer.say('special')} {told}."


def _buttons(writer: Writer) -> Iterator[str]:
    yield f"### {writer.say('buttons')}"

    def row(kind: str, rule: buttons.Rule) -> list[str]:
        one_of = f"{writer.parts(rule.one_of)} ({writer.say('at least')} {rule.least})" if rule.least else ""
        where = {"alimtalk": True, "replies": kind in buttons.REPLIES, "brand": kind in buttons.BRAND}
        stands = ", ".join(writer.say(f"in {name}") for name, is_there in where.items() if is_there)
        return [
            f"`{kind}`",
            KINDS[kind][writer.place],
            one_of or writer.parts(rule.needs),
            writer.parts(rule.may),
            stands,
        ]

    yield writer.table(("kind", "meaning", "needs", "may", "where"), (row(*each) for each in buttons.RULES.items()))
    yield writer.say("button rules").format(names=", ".join(buttons.PHONE_NAMES), channel=buttons.ADD_CHANNEL)


def _brand(writer: Writer) -> Iterator[str]:
    yield f"### {writer.say('brand')}"
    yield writer.table(
        ("bubble", "needs", "may"),
        ([f"`{name}`", writer.parts(each.needs), writer.parts(each.may)] for name, each in brand.SHAPES.items()),
    )
    rows = []
    for name, shape in brand.SHAPES.items():
        told = [f"{writer.field(path)} {writer.limit(limit)}" for path, limit in shape.limits.items()]
        if shape.with_coupon:
            told.append(f"{writer.field('buttons')} {writer.say('with coupon')} ≤ {shape.with_coupon}")
        rows.append([f"`{name}`", "<br>".join(told)])
    yield writer.table(("bubble", "limit"), rows)
    yield writer.limits(
        {
            "cards": carousels.CARDS,
            "cards, head": carousels.CARDS_WITH_HEAD,
            "cards[].buttons": carousels.CARD_BUTTONS,
        }
    )
    items = {"WIDE_ITEM_LIST `items[0]`": pictures.FIRST_ITEM, "WIDE_ITEM_LIST `items[]`": pictures.OTHER_ITEM}
    shapes = {**{f"`{name}`": each for name, each in pictures.SHAPES.items()}, **items}
    yield writer.table(
        ("picture", "proportions", "size"), ([name, _span(each), each.size] for name, each in shapes.items())
    )
    yield writer.say("picture rules").format(
        width=pictures.NARROWEST, bytes=pictures.BYTES >> 20, url=pictures.LONGEST_VIDEO
    )
    yield writer.say("coupon rules").format(titles=", ".join(f"`{each}`" for each in coupons.TITLES))
    yield writer.say("price rules").format(price=carousels.PRICE, off=carousels.OFF, rate=carousels.RATE)
    yield writer.say("link rules").format(free=brand.FREE_LINK, kept=brand.KEPT_LINK)


def _span(shape: pictures.Shape) -> str:
    return f"{shape.low:g}" if shape.low == shape.high else f"{shape.low:g}–{shape.high:.3g}"


def _others(writer: Writer) -> Iterator[str]:
    yield f"### {writer.say('push')}"
    yield writer.limits(pushes.LIMITS)
    yield writer.say("envelope").format(bytes=pushes.ENVELOPE)
    yield f"### {writer.say('email')}"
    yield writer.limits(mail.LIMITS)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        language = "ko" if path.parent.name == "ko" else "en"
        path.write_text(renewed(path.read_text("utf-8"), language), "utf-8")
