"""Where alternatives stand: each has bits of its own, and what is freed can be taken again."""

from hypothesis import given
from hypothesis import strategies as st

from dangol.segments.matching.places import WORD, arranged

groups = st.lists(st.integers(0, 5) | st.just(0), max_size=300)


@given(groups)
def test_every_alternative_has_bits_of_its_own_in_each_row_it_needs(counts: list[int]) -> None:
    places, taken = arranged(counts)
    bits = [bit for place in range(places.words * WORD) for bit in places.all_bits(place)]
    assert len(bits) == len(set(bits))
    assert max(bits) < places.starts[-1] * WORD
    assert len(set(taken)) == len(counts)
    for place, count in zip(taken, counts, strict=True):
        assert len(places.all_bits(place)) >= 1 + count


@given(groups, st.data())
def test_what_is_freed_is_taken_by_those_whose_rows_reach_it(counts: list[int], data: st.DataObject) -> None:
    places, taken = arranged(counts)
    freed = data.draw(st.sets(st.sampled_from(taken))) if taken else set()
    more = data.draw(st.lists(st.integers(0, 6), max_size=20))
    found = places.taking(more, freed)
    if found is None:
        return
    after, new = found
    kept = set(taken) - freed
    assert len(set(new)) == len(more)
    assert kept.isdisjoint(new)
    assert set(after.free) == (set(places.free) | freed) - set(new)
    assert all(len(after.all_bits(place)) >= 1 + count for place, count in zip(new, more, strict=True))


def test_no_room_is_told() -> None:
    places, _ = arranged([1] * 10)
    assert places.taking([0] * (len(places.free) + 1), []) is None
    assert places.taking([9], []) is None
