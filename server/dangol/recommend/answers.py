"""What recommenders answer, in the one form that is chosen from. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dangol.plugin import Filters, Ranked, Recommender, Scored
from dangol.recommend.kernels import Scores
from dangol.recommend.places import Places
from dangol.recommend.shelf import Shelf

MOST_TAKEN = 500
"""Of a list; arrays are taken whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Candidates as arrays of one length, contiguous and read-only: the kernel is compiled for those alone. `because`
    has the places of seeds, -1 for none. Nobody has answered where the `recommender` is None."""

    recommender: Recommender | None
    places: Places
    scores: Scores
    because: Places


def answer_of(recommender: Recommender, found: object, shelf: Shelf) -> Answer:
    """A recommender's answer. Raises ValueError or TypeError for one that is not as `dangol.plugin` says."""
    return Answer(recommender, *columns_of(found if isinstance(found, Ranked) else _ranked(found, shelf)))


def columns_of(ranked: Ranked) -> tuple[Places, Scores, Places]:
    """Places, scores and causes as kernels take them. Raises ValueError or TypeError where they are something else."""
    places = _column(ranked.places, np.int32)
    because = np.full(len(places), -1, np.int32) if ranked.because is None else ranked.because
    return places, _column(ranked.scores, np.float32, places), _column(because, np.int32, places)


def all_of(shelf: Shelf, filters: Filters, now: float) -> Answer:
    """All that the catalogue has in the categories that the filters name, the newest first."""
    codes = [code for name in filters.categories if (code := shelf.category(name)) >= 0]
    if filters.categories:
        places = np.concatenate([np.zeros(0, np.int32), *(shelf.in_category(code) for code in codes)])
    else:
        places = np.arange(shelf.size, dtype=np.int32)
    scores = (shelf.added[places] - int(now)).astype(np.float32)
    return Answer(None, _frozen(places), _frozen(scores), _frozen(np.full(len(places), -1, np.int32)))


def _ranked(found: Any, shelf: Shelf) -> Ranked:
    taken: Sequence[Scored] = found[:MOST_TAKEN]
    return Ranked(
        shelf.places([each.product for each in taken]),
        np.array([each.score for each in taken], np.float32),
        shelf.places([each.because for each in taken]),
    )


def _column(array: Any, kind: type, beside: NDArray[Any] | None = None) -> NDArray[Any]:
    if not isinstance(array, np.ndarray) or array.ndim != 1 or (beside is not None and len(array) != len(beside)):
        shape = getattr(array, "shape", None)
        expected = f"of {len(beside)}" if beside is not None else "of one dimension"
        raise ValueError(f"an answer has {type(array).__name__} of shape {shape}, expected an array {expected}")
    return _frozen(np.ascontiguousarray(array.astype(kind, casting="same_kind", copy=False)))


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view
