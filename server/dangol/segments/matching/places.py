"""Where alternatives stand in the rows of bits.

An alternative of which n groups of tokens must each bring one is alive when its bit is set in row 0 and in the rows 1
to n. Few alternatives have many groups, so those with more stand further to the front, and later rows are shorter.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dangol.segments.matching.alternatives import Alternative, Token

WORD = 64


@dataclass(frozen=True)
class Places:
    """`starts` are the first words of the rows and, last, the end of all; `free` the places that are not taken,
    ascending."""

    starts: tuple[int, ...]
    free: tuple[int, ...]

    @property
    def words(self) -> int:
        """Of row 0."""
        return self.starts[1]

    def bits(self, place: int, alternative: Alternative) -> Iterator[tuple[Token, int]]:
        """What each token does to the alternative: sets the bit of a group, or (a complement) bars it."""
        for token in alternative.none:
            yield token, ~place
        for start, group in zip(self.starts[1:], alternative.some, strict=False):
            for token in group:
                yield token, start * WORD + place

    def all_bits(self, place: int) -> list[int]:
        """Every bit that an alternative at this place may have; a later row ends before it reaches all places."""
        rows = zip(self.starts[1:], self.starts[2:], strict=False)
        return [~place, *(start * WORD + place for start, end in rows if place < (end - start) * WORD)]

    def taking(self, groups: Iterable[int], freed: Iterable[int]) -> "tuple[Places, list[int]] | None":
        """Places for more alternatives, told by their numbers of groups, once others are `freed`; None where there is
        no room."""
        free = sorted({*self.free, *freed})
        taken = []
        for count in groups:
            if count + 2 > len(self.starts):
                return None
            width = (self.starts[count + 1] - self.starts[count]) * WORD
            place = next((place for place in reversed(free) if place < width), None)
            if place is None:
                return None
            free.remove(place)
            taken.append(place)
        return Places(self.starts, tuple(free)), taken


def arranged(groups: Sequence[int]) -> tuple[Places, list[int]]:
    """Places for alternatives, told by their numbers of groups, with some room for more."""
    by_count: dict[int, list[int]] = {count: [] for count in range(4)}
    for number, count in enumerate(groups):
        by_count.setdefault(count, []).append(number)
    taken = [0] * len(groups)
    ends: dict[int, int] = {}
    free: list[int] = []
    end = 0
    for count, numbers in sorted(by_count.items(), reverse=True):
        for number in numbers:
            taken[number] = end
            end += 1
        room = 8 + len(numbers) // 16
        free += range(end, end + room)
        end += room
        ends[count] = end
    widths = [max(ends[count] for count in ends if count >= level) for level in range(max(ends) + 1)]
    starts = [0]
    for width in widths:
        starts.append(starts[-1] - -width // WORD)
    free += range(end, starts[1] * WORD)
    return Places(tuple(starts), tuple(free)), taken
