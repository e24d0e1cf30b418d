"""Compiling the kernels, or loading them from numba's cache, before a page view needs them."""

import numpy as np

from dangol.plugin import Product, Ranked
from dangol.recommend import records
from dangol.recommend.answers import columns_of
from dangol.recommend.choosing import Sieve
from dangol.recommend.gap import closers
from dangol.recommend.shelf import Shelf
from dangol.recommend.wish import Wish


def warm() -> None:
    """Read counts, and choose from a shelf of one; takes seconds where nothing is cached."""
    records.warm()
    shelf = Shelf.of([Product("one", "", 1)], 0)
    places, scores, _ = columns_of(Ranked(np.zeros(1, np.int32), np.zeros(1, np.float32)))
    Sieve(shelf, Wish(recommenders=(), count=1, now=0, cart=["one"]), 0).best(places, scores, 1)
    closers(shelf.prices[places], 1)
