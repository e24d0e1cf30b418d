"""Compiling the kernels, or loading them from numba's cache, before a page view needs them."""

from contextlib import suppress
from types import NoneType

import numpy as np

from dangol.errors import PluginFailure
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Product, Ranked
from dangol.recommend import records
from dangol.recommend.answers import columns_of
from dangol.recommend.choosing import Sieve
from dangol.recommend.gap import closers
from dangol.recommend.shelf import Shelf
from dangol.recommend.wish import Wish

BUDGET = 60.0
"""Seconds that a recommender has: a compiler may be at work."""


def warm(registry: Registry, guard: Guard) -> None:
    """Read counts, choose from a shelf of one, and let each recommender load what it needs; takes seconds where nothing
    is cached."""
    records.warm()
    shelf = Shelf.of([Product("one", "", 1)], 0)
    places, scores, _ = columns_of(Ranked(np.zeros(1, np.int32), np.zeros(1, np.float32)))
    Sieve(shelf, Wish(recommenders=(), count=1, now=0, cart=["one"]), 0).best(places, scores, 1)
    closers(shelf.prices[places], 1)
    for plugin in registry.recommenders():
        with suppress(PluginFailure):  # the guard has counted and logged it
            guard.run(plugin, "warm", plugin.warm, expect=NoneType, budget=BUDGET)
