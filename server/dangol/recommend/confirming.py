"""What was picked by the shelf, as the catalogue has it at this moment. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from dangol.plugin import Product, Recommender
from dangol.recommend.chain import Chosen
from dangol.recommend.choosing import fits
from dangol.recommend.reasons import reason_of
from dangol.recommend.shelf import Shelf
from dangol.recommend.wish import Offered, Wish


def named(picks: Sequence[Chosen], shelf: Shelf) -> list[str]:
    """Of what was picked and of what has brought it up."""
    places = dict.fromkeys(place for pick in picks for place in pick[:2])
    return [shelf.ids[place] for place in places if 0 <= place < shelf.size]


def confirmed(
    picks: Sequence[Chosen], shelf: Shelf, known: Mapping[str, Product], wish: Wish, before: Sequence[Offered]
) -> Iterator[Offered]:
    """Those of the picks that may be offered beside what was `before`, as the catalogue has them now."""
    held = {*wish.products, *wish.cart, *(each.product.id for each in before)}
    groups = {each.product.group for each in before if each.product.group}
    for place, cause, recommender in picks:
        product = known.get(shelf.ids[place])
        if product is None or product.id in held or product.group in groups or (wish.linked and not product.url):
            continue
        if fits(product, wish.filters, wish.now):
            held.add(product.id)
            if product.group:
                groups.add(product.group)
            because = known.get(shelf.ids[cause]) if 0 <= cause < shelf.size else None
            yield _offered(product, recommender, because, wish)


def _offered(product: Product, recommender: Recommender | None, because: Product | None, wish: Wish) -> Offered:
    price = product.price_at(wish.now)
    if recommender is None:
        return Offered(product, price)
    shown = None if because is None or because.hidden else because
    return Offered(product, price, recommender.name, shown, reason_of(recommender, shown, wish.products))
