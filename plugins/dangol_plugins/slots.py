"""Working space of the kernels."""

import numpy as np

from dangol.plugin import Shelf
from dangol_plugins.offerable import Places

FREE = -1
"""What a slot says of a place that was not met yet."""


class Slots:
    """A slot for each place of a shelf, FREE between calls; no query allocates anything as large as the catalogue."""

    def __init__(self) -> None:
        self._slots: Places = np.empty(0, np.int32)

    def of(self, shelf: Shelf) -> Places:
        """At least as many as the shelf has places."""
        if len(self._slots) < shelf.size:
            self._slots = np.full(shelf.size + shelf.size // 8, FREE, np.int32)
        return self._slots
