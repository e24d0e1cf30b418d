from hypothesis import given
from hypothesis import strategies as st

from dangol.profile import days

TODAY = 739_577
HISTORIES = st.dictionaries(st.integers(TODAY - 120, TODAY), st.integers(1, 20), max_size=100)


def packed(counts: dict[int, int]) -> bytes:
    kept = b""
    for day in sorted(counts):
        kept = days.put(kept, day, counts[day])
    return kept


def recent(counts: dict[int, int]) -> dict[int, int]:
    newest = max(counts, default=0)
    return {day: count for day, count in counts.items() if day > newest - days.KEPT}


@given(HISTORIES, st.integers(2, 90))
def test_the_last_days_are_counted_and_what_is_too_old_goes(counts: dict[int, int], window: int) -> None:
    kept = packed(counts)
    assert days.counts(kept) == recent(counts)
    newest = max(counts, default=TODAY)
    assert days.total(kept, newest - window) == sum(n for day, n in counts.items() if day > newest - window)
    assert len(kept) <= 4 * days.KEPT


@given(HISTORIES, HISTORIES)
def test_two_histories_add_up_in_any_order_and_one_can_be_taken_out_again(
    ours: dict[int, int], theirs: dict[int, int]
) -> None:
    joined = days.join(packed(ours), packed(theirs))
    both = {day: ours.get(day, 0) + theirs.get(day, 0) for day in ours.keys() | theirs.keys()}
    assert days.join(packed(theirs), packed(ours)) == joined
    assert days.counts(joined) == {day: both[day] for day in recent(both) if day in recent(ours) | recent(theirs)}
    if max(ours, default=0) == max(theirs, default=0):
        assert days.less(joined, packed(theirs)) == packed(ours)


def test_a_day_may_be_told_anew_and_never_overflows() -> None:
    assert days.counts(days.put(days.put(b"", TODAY, 3), TODAY, 4)) == {TODAY: 4}
    assert days.counts(days.put(b"", TODAY, 10**9)) == {TODAY: days.MOST}
