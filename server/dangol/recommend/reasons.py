"""Why something is offered, in the shopper's words. Pure."""

from dangol.plugin import Product, Recommender, Text
from dangol.recommend.wish import Offered
from dangol.render.text import choose, fill


def reason_of(recommender: Recommender, because: Product | None) -> Text:
    """What the recommender says of a product that `because` has brought up, or of any."""
    return (recommender.reason_because if because else "") or recommender.reason


def said(offered: Offered, language: str, default: str) -> str:
    """The reason in `language`, else in `default`, with the name of the product that it speaks of; "" for none. A
    product's name is data, whatever it says."""
    known = {"product": offered.because.name} if offered.because else {}
    return fill(choose(offered.reason, language, default), known.get)
