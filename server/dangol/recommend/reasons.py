"""Why something is offered, in the shopper's words. Pure."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from unicodedata import east_asian_width

from dangol.plugin import Product, Recommender, Text
from dangol.recommend.wish import Offered
from dangol.render.text import choose, fill

COLUMNS = 24
"""So much of a product's name, of which a Korean syllable takes two: on a phone the reason has two short lines."""


def reason_of(recommender: Recommender, because: Product | None, products: Sequence[str]) -> Text:
    """What the recommender says of a product that `because` has brought up, or of any. `products` are on screen: a
    page about one product has its name already."""
    if because is None or (recommender.reason and [*products] == [because.id]):
        return recommender.reason
    return recommender.reason_because or recommender.reason


def said(offered: Offered, language: str, default: str) -> str:
    """The reason in `language`, else in `default`, with the name of the product that it speaks of; "" for none. A
    product's name is data, whatever it says."""
    return _filled(choose(offered.reason, language, default), offered.because.name if offered.because else "")


@lru_cache(1024)
def _filled(text: str, product: str) -> str:
    """One product of a cart brings up most of a strip, so that the same is said again and again."""
    return fill(text, {"product": _brief(product)}.get)


def _brief(name: str) -> str:
    """The name, or those of its first words that there is room for."""
    columns = accumulate(2 if east_asian_width(letter) in "WF" else 1 for letter in name)
    room = sum(column <= COLUMNS for column in columns)
    return name if room == len(name) else (name[: room + 1].rpartition(" ")[0] or name[:room]) + "…"
