"""Other ways to tell what goes with a basket, each with the settings among which the best is chosen.

`implicit`'s item-item models, and EASE: Steck, "Embarrassingly shallow autoencoders for sparse data" (WWW 2019), the
best of what rectools has without a neural network. rectools 0.19 can't be installed beside dangol: on Python 3.11 and
3.12 it needs numpy below 2, everywhere attrs below 24 and `pm-implicit`, which overwrites `implicit`. EASE is four
lines, though, and these gave the weights of rectools' `EASEModel` to 6e-8, the rounding of float32.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender
from implicit.utils import ParameterWarning
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from loadtests.bench.baskets import MOST_RANK, Question
from loadtests.bench.retail import Order

Weights = Any
"""Products by products: what a seed says for each, as an array or a sparse matrix."""

AT_ONCE = 1_000
"""Questions whose scores for all products are in memory at once."""


class Rival(NamedTuple):
    """A model: what it makes of orders, each of which is a row, and the settings to choose from."""

    name: str
    fit: Callable[..., Weights]
    settings: Sequence[dict[str, float]]


class Fitted:
    """A model that knows some orders."""

    def __init__(self, rival: Rival, orders: Sequence[Order], setting: dict[str, float]) -> None:
        self.names = sorted({product for order in orders for product in order.products})
        self._columns = {name: column for column, name in enumerate(self.names)}
        self._weights = rival.fit(self._matrix([order.products for order in orders]), **setting)

    def answers(self, questions: Sequence[Question]) -> Iterator[list[str]]:
        """The best for each question, none of its seeds among them."""
        for start in range(0, len(questions), AT_ONCE):
            asked = self._matrix([each.seeds for each in questions[start : start + AT_ONCE]])
            scores = asked @ self._weights
            scores = scores if isinstance(scores, np.ndarray) else scores.toarray()
            scores[asked.nonzero()] = -np.inf
            for row in scores:
                yield [self.names[column] for column in best(row)]

    def _matrix(self, baskets: Sequence[Sequence[str]]) -> Any:
        columns = [self._columns[product] for basket in baskets for product in basket]
        starts = np.cumsum([0, *map(len, baskets)])
        ones = np.ones(len(columns), np.float32)
        return csr_matrix((ones, np.array(columns), starts), shape=(len(baskets), len(self.names)))


def best(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """Where the highest scores are, the highest first. Seeds, and what was met with none of them, are no answer."""
    most = min(MOST_RANK, len(scores))
    among = np.argpartition(-scores, most - 1)[:most]
    ordered = among[np.argsort(-scores[among], kind="stable")]
    found: NDArray[np.int64] = ordered[np.isfinite(scores[ordered]) & (scores[ordered] != 0)]
    return found


def _popular(orders: Any) -> Weights:
    """Every seed says the same: how many orders had each product."""
    counts = np.asarray(orders.sum(0), np.float32)
    return np.repeat(counts, orders.shape[1], 0)


def _implicit(kind: Callable[..., Any]) -> Callable[..., Weights]:
    """Orders take the place of users, baskets that of what a user has."""

    def fit(orders: Any, **setting: float) -> Weights:
        model = kind(**setting)
        with warnings.catch_warnings():  # on how `implicit` hands matrices to itself
            warnings.simplefilter("ignore", ParameterWarning)
            model.fit(orders, show_progress=False)
        return model.similarity

    return fit


def _ease(orders: Any, ridge: float) -> Weights:
    gram = (orders.T @ orders).toarray().astype(np.float64)
    inverse = np.linalg.inv(gram + ridge * np.eye(len(gram)))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights.astype(np.float32)


BM25 = [(5, 1.2, 0.5), (5, 3, 0.3), (10, 1.2, 0.5), (10, 3, 0.3), (20, 3, 0.3), (100, 1.2, 0.75), (400, 1.2, 0.75)]
RIVALS = [
    Rival("popular", _popular, [{}]),
    Rival("implicit cosine", _implicit(CosineRecommender), [{"K": K} for K in (3, 5, 10, 20, 50)]),
    Rival("implicit TF-IDF", _implicit(TFIDFRecommender), [{"K": K} for K in (3, 5, 10, 20, 50, 100)]),
    Rival("implicit BM25", _implicit(BM25Recommender), [{"K": K, "K1": K1, "B": B} for K, K1, B in BM25]),
    Rival("EASE", _ease, [{"ridge": ridge} for ridge in (15, 30, 50, 100, 200)]),
]
"""Grids are around the best of wider ones: `implicit`'s default of 20 neighbours is far from the best here."""
