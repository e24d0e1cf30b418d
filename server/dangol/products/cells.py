"""What a feed or a product page says of one property, made into what the catalogue keeps of it. Pure.

A value comes as a table has it, as text, or as JSON has it. Each reader raises `Unfit` with what it takes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from dangol.definitions.model import Site
from dangol.errors import Invalid
from dangol.members.columns import NUMBER, WORDS
from dangol.profile.traits import moment
from dangol.protocol.envelope import decimal
from dangol.protocol.text import clean
from dangol.render.money import MOST

LONGEST: Final = 100
LONGEST_NAME: Final = 200
MOST_IMAGES: Final = 10
MOST_CATEGORIES: Final = 20
MOST_ATTRIBUTES: Final = 30
MOST_DAYS: Final = 3650

ADDRESS = re.compile(r"(https?://[^\s\\]+|/(?![/\\])[^\s\\]*)")
LONGEST_ADDRESS: Final = 2000
CURRENCY = re.compile(r"(?:(?P<before>[A-Za-z]{3})\s*)?(?P<number>[-+0-9.,]+)(?:\s*(?P<after>[A-Za-z]{3}|원))?")
STEP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
"""Where a word begins in a name such as ``imageLink`` or ``OutOfStock``."""

BUYABLE = frozenset(
    {"in_stock", "limited_availability", "online_only", "in_store_only", "made_to_order", "reserved"}
    | {"preorder", "pre_order", "pre_sale", "presale", "backorder", "back_order", "backordered"}
)
GONE = frozenset({"out_of_stock", "sold_out", "discontinued", "not_available"})
"""What Google (https://support.google.com/merchants/answer/6324448) and schema.org (https://schema.org/ItemAvailability)
call it; both let shoppers buy what is delivered later."""


class Unfit(ValueError):
    """A value that can't be taken; the text is what can."""


Read = Callable[[Any, Site], Any]


def word(name: str) -> str:
    """A name as ``image_link``, however it is written: ``image link``, ``g:image_link``, ``imageLink``."""
    plain = STEP.sub("_", name.strip()[:LONGEST]).casefold()
    return re.sub(r"[\s_-]+", "_", plain.removeprefix("g:"))


def text(value: Any, site: Site) -> str:
    """A line of visible characters, cut where it is long."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unfit("a text")
    return " ".join(clean(str(value)[: 4 * LONGEST_NAME], LONGEST_NAME).split())[:LONGEST]


def name(value: Any, site: Site) -> str:
    """What a product is called."""
    if not isinstance(value, str) or not (cleaned := " ".join(clean(value, LONGEST_NAME).split())):
        raise Unfit("a name of visible characters")
    return cleaned


def id(value: Any, site: Site) -> str:
    """A product's id: never cut, since another product's may begin alike."""
    told = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if len(told) > LONGEST or not told.isprintable() or not (cleaned := clean(told, LONGEST).strip()):
        raise Unfit(f"an id of at most {LONGEST} visible characters")
    return cleaned


def amount(value: Any, site: Site) -> int:
    """Minor units of ``15000``, ``15,000 KRW``, ``KRW 15000`` or ``{"value": "15000", "currency": "KRW"}``."""
    if isinstance(value, dict):
        value = f"{value.get('value', '')} {value.get('currency', '')}".strip()
    expected = f"an amount of {site.currency}, zero or more, such as 15000 or 15000 {site.currency}"
    found = CURRENCY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is not None:
        named = {each.upper().replace("원", "KRW") for each in (found["before"], found["after"]) if each}
        if named - {site.currency} or not NUMBER.fullmatch(found["number"]):
            raise Unfit(expected)
        value = found["number"].replace(",", "").removeprefix("+")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unfit(expected)
    try:
        return decimal(value, site.currency, "")
    except Invalid:
        raise Unfit(expected) from None


def whole(most: int) -> Read:
    """A whole number from 0 to `most`."""

    def read(value: Any, site: Site) -> int:
        told = value.replace(",", "") if isinstance(value, str) and NUMBER.fullmatch(value) else value
        if isinstance(told, str) and told.isdecimal() and told.isascii():
            told = int(told[:LONGEST])
        if type(told) is not int or not 0 <= told <= most:
            raise Unfit(f"a whole number from 0 to {most}")
        return told

    return read


stock = whole(MOST)
days = whole(MOST_DAYS)


def address(value: Any, site: Site) -> str:
    """An http(s) address, or a path on the shop."""
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS or not ADDRESS.fullmatch(value):
        raise Unfit(f"an http(s) address, or a path on the shop, of at most {LONGEST_ADDRESS} characters")
    return value


def addresses(value: Any, site: Site) -> tuple[str, ...]:
    """Several of them: a list, or a text with commas between."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list):
        raise Unfit("addresses with commas between, or a list of them")
    told = [part.strip() if isinstance(part, str) else part for part in parts[: 4 * MOST_IMAGES]]
    return tuple(dict.fromkeys(address(each, site) for each in told if each != ""))[:MOST_IMAGES]


def buyable(value: Any, site: Site) -> bool:
    """Whether a product can be bought."""
    told = word(value.rpartition("/")[2]) if isinstance(value, str) else ""
    if told not in BUYABLE | GONE:
        raise Unfit("in_stock, out_of_stock, preorder or backorder")
    return told in BUYABLE


def time(value: Any, site: Site) -> int:
    """Unix seconds of a date or time in ISO 8601, in the shop's time zone where it names none."""
    at = moment(value.strip(), site.timezone) if isinstance(value, str) else None
    if at is None:
        raise Unfit("a date or time such as 2026-11-30 or 2026-11-30T18:00+0900")
    return at


def span(value: Any, site: Site) -> tuple[int, int]:
    """Two of them, with ``/`` between."""
    parts = value.split("/") if isinstance(value, str) else []
    if len(parts) != 2:
        raise Unfit("two times with a slash between, such as 2026-11-30T00:00+0900/2026-12-07T00:00+0900")
    return time(parts[0], site), time(parts[1], site)


def flag(value: Any, site: Site) -> bool:
    """Yes or no."""
    told = WORDS.get(value.strip().casefold()) if isinstance(value, str) else value
    if not isinstance(told, bool):
        raise Unfit("true or false")
    return told


def categories(value: Any, site: Site) -> tuple[str, ...]:
    """Of a category's path such as ``Women > Shoes`` the whole and each part of the way, the narrowest first; of
    several paths one after the other. A taxonomy's bare numbers say nothing to anybody and are left out."""
    paths = value if isinstance(value, list) else [value]
    found = (part for path in paths[:MOST_CATEGORIES] for part in _upwards(text(path, site)))
    return tuple(dict.fromkeys(part for part in found if not part.isdecimal()))[:MOST_CATEGORIES]


def _upwards(path: str) -> Iterator[str]:
    steps = [step.strip() for step in path.split(">") if step.strip()]
    return (" > ".join(steps[:end]) for end in range(len(steps), 0, -1))


def attributes(value: Any, site: Site) -> dict[str, str]:
    """What else a product is like, by name."""
    if not isinstance(value, dict):
        raise Unfit("an object of texts")
    return held((str(name), text(told, site)) for name, told in value.items())


def held(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """As many attributes as a product may have, empty ones left out."""
    named = ((word(clean(name, LONGEST)), told) for name, told in pairs)
    return dict([(name, told) for name, told in named if name and told][:MOST_ATTRIBUTES])
