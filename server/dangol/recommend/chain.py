"""The answers to one wish, asked for one after the other and chosen from together. Pure."""

from collections.abc import Awaitable, Callable
from itertools import repeat

import numpy as np

from dangol.plugin import Recommender
from dangol.recommend.answers import Answer, all_of
from dangol.recommend.choosing import NONE, Sieve
from dangol.recommend.gap import CONSIDERED, closers
from dangol.recommend.places import Places
from dangol.recommend.shelf import Shelf
from dangol.recommend.wish import Wish

FALLBACK = "popular"

Ask = Callable[[str], Awaitable[Answer | None]]
"""What the recommender of that name answers; None where it fails."""


Chosen = tuple[int, int, Recommender | None]
"""A place on the shelf, that of the product which brought it up (-1: none), and by whom."""


class Chain:
    """Recommenders are asked when their turn comes, each once and the popular one last; after them comes whatever of
    the catalogue fits. `repurchase_days` are the site's."""

    def __init__(self, ask: Ask, shelf: Shelf, wish: Wish, repurchase_days: int) -> None:
        self._ask = ask
        self._shelf = shelf
        self._wish = wish
        self._sieve = Sieve(shelf, wish, repurchase_days)
        self._turns = [*dict.fromkeys((*wish.recommenders, FALLBACK))]
        self._has_all = False
        self._answers: list[Answer] = []
        self._picked: list[int] = []

    async def best(self, most: int, taken: Places = NONE) -> list[Chosen]:
        """The next best, at most `most` and none a second time. None of those `taken` are among them nor any of their
        groups. Only answers that are needed are asked for. Where the wish names a gap, what closes it comes first."""
        pool = max(most, CONSIDERED) if self._wish.gap else most
        refused = np.array(self._picked, np.int32) if self._picked else NONE
        held, picks, turn = taken, list[Chosen](), 0
        while len(picks) < pool and (turn < len(self._answers) or await self._next(all=len(picks) < most)):
            answer = self._answers[turn]
            best = self._sieve.best(answer.places, answer.scores, pool - len(picks), held, refused)
            places = answer.places[best]
            held = np.concatenate((held, places))
            picks += zip(places.tolist(), answer.because[best].tolist(), repeat(answer.recommender))
            turn += 1
        if self._wish.gap:
            order = closers(self._shelf.prices[held[len(taken) :]], self._wish.gap)
            picks = [picks[at] for at in order[:most].tolist()]
        self._picked += [place for place, _, _ in picks]
        return picks

    async def _next(self, all: bool) -> bool:
        """Get one more answer; whether there was one. The catalogue is looked through only where `all` is wanted."""
        while self._turns or (all and not self._has_all):
            if not self._turns:
                self._has_all = True
                self._answers.append(all_of(self._shelf, self._wish.filters, self._wish.now))
                return True
            if answer := await self._ask(self._turns.pop(0)):
                self._answers.append(answer)
                return True
        return False
