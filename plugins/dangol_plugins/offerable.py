"""Choosing from the whole shelf: for recommenders that answer without regard to particular products."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dangol.plugin import Filters, Ranked, Shelf

Places = NDArray[np.int32]
Numbers = NDArray[np.float32]

MOST = 400
"""Answers, before filters."""

_NONE = np.empty(0, np.int32)


def named(shelf: Shelf, filters: Filters) -> tuple[int, ...]:
    """The codes of the categories that filters name; those that the catalogue does not have are left out."""
    codes = (shelf.category(name) for name in filters.categories)
    return tuple(code for code in codes if code >= 0)


def in_categories(shelf: Shelf, codes: Sequence[int]) -> Places:
    """The places of the categories' products that can be bought now; of all products where there are no categories."""
    if not codes:
        return np.flatnonzero(shelf.offerable).astype(np.int32)
    places: Places = np.unique(np.concatenate([shelf.in_category(code) for code in codes]))
    return places[shelf.offerable[places]]


def full(total: Numbers, size: int) -> Numbers:
    """A number of 0 or more for each of `size` places: totals may be shorter than the shelf, as they are a moment
    older, and below zero where an order was taken back."""
    laid = np.zeros(size, np.float32)
    np.maximum(total[:size], 0, out=laid[: len(total)])
    return laid


def best(places: Places, scores: Numbers, because: Places | None = None, most: int = MOST) -> Ranked:
    """The places with the highest scores, in any order; the scores are those of the places."""
    if len(places) > most:
        chosen = np.argpartition(scores, -most)[-most:]
        places, scores, because = places[chosen], scores[chosen], because[chosen] if because is not None else None
    return Ranked(places, scores.astype(np.float32, copy=False), because)


def summed(answers: Sequence[Ranked]) -> Ranked:
    """Several answers as one: a product's scores add up, and the largest of them tells what brought it up."""
    places = np.concatenate([_NONE, *(each.places for each in answers)])
    scores = np.concatenate([_NONE, *(each.scores for each in answers)])
    because = np.concatenate([_NONE, *(_because(each) for each in answers)])
    found, number = np.unique(places, return_inverse=True)
    reason = np.empty(len(found), np.int32)
    upwards = np.argsort(scores, kind="stable")
    reason[number[upwards]] = because[upwards]  # of several the last is written last, so the largest stays
    return Ranked(found, np.bincount(number, scores, len(found)).astype(np.float32), reason)


def _because(answer: Ranked) -> Places:
    return np.full(len(answer.places), -1, np.int32) if answer.because is None else answer.because
