"""Why something is offered, in the shopper's words. Pure."""

from functools import lru_cache

from dangol.plugin import Product, Recommender, Text
from dangol.recommend.wish import Offered
from dangol.render.text import choose, fill


def reason_of(recommender: Recommender, because: Product | None) -> Text:
    """What the recommender says of a product that `because` has brought up, or of any."""
    return (recommender.reason_because if because else "") or recommender.reason


def said(offered: Offered, language: str, default: str) -> str:
    """The reason in `language`, else in `default`, with the name of the product that it speaks of; "" for none. A
    product's name is data, whatever it says."""
    return _filled(choose(offered.reason, language, default), offered.because.name if offered.because else "")


@lru_cache(1024)
def _filled(text: str, product: str) -> str:
    """One product of a cart brings up most of a strip, so that the same is said again and again."""
    return fill(text, {"product": product}.get)
