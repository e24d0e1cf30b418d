"""What was worked out from totals: an array of them is the same object until they are read anew, a second later."""

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar
from weakref import ref

from numpy.typing import NDArray

T = TypeVar("T")

MOST = 64
"""Values of one array."""


class Remembered(Generic[T]):
    """Values by array and `detail`: made when first asked for, forgotten with the array."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[ref[NDArray[Any]], dict[Hashable, T]]] = {}

    def __len__(self) -> int:
        """How many arrays there are values of."""
        return len(self._known)

    def get(self, array: NDArray[Any], detail: Hashable, make: Callable[[], T]) -> T:
        """The value that `make` gave for this array and detail."""
        key = id(array)
        known = self._known.get(key)
        if known is None or known[0]() is not array:
            known = self._known[key] = (ref(array, lambda gone: self._forget(key, gone)), {})
        values = known[1]
        if detail not in values:
            if len(values) >= MOST:
                values.clear()
            values[detail] = make()
        return values[detail]

    def _forget(self, key: int, gone: ref[NDArray[Any]]) -> None:
        if key in self._known and self._known[key][0] is gone:
            del self._known[key]
