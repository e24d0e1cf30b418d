from hypothesis import given
from hypothesis import strategies as st

from dangol.web import limits
from dangol.web.limits import RateLimit


def test_a_burst_passes_and_then_the_rate_holds() -> None:
    limit = RateLimit(10)
    assert [limit.wait("a", 100.0) for _ in range(40)] == [0.0] * 40
    assert 0 < limit.wait("a", 100.0) <= 0.1
    assert limit.wait("a", 100.11) == 0.0
    assert limit.wait("a", 100.11) > 0


def test_addresses_have_buckets_of_their_own() -> None:
    limit = RateLimit(1)
    while not limit.wait("a", 100.0):
        pass
    assert limit.wait("b", 100.0) == 0.0


@given(st.floats(0.1, 50), st.lists(st.floats(0, 5), min_size=1, max_size=200))
def test_no_address_gets_more_than_its_rate_and_one_burst(rate: float, pauses: list[float]) -> None:
    limit, now, passed = RateLimit(rate), 1000.0, 0
    for pause in pauses:
        now += pause
        passed += limit.wait("a", now) == 0.0
    assert passed <= rate * (now - 1000 - pauses[0]) + limit.burst + 1


def test_who_waits_as_long_as_told_gets_through() -> None:
    limit = RateLimit(0.5)
    while not (wait := limit.wait("a", 100.0)):
        pass
    assert limit.wait("a", 100.0 + wait + 1e-6) == 0.0


def test_an_ipv6_network_is_one_address() -> None:
    limit = RateLimit(0.25)
    assert [limit.wait(f"2001:db8::{number}", 100.0) > 0 for number in range(3)] == [False, True, True]
    assert [limit.wait(f"2001:db8:0:{number}::1", 100.0) for number in range(1, 4)] == [0.0] * 3
    assert [limit.wait(f"::ffff:192.0.2.{number}", 100.0) for number in range(3)] == [0.0] * 3
    assert limit.wait("no:address", 100.0) == 0.0


def test_a_clock_that_is_set_back_shuts_nobody_out() -> None:
    limit = RateLimit(10)
    assert limit.wait("a", 10_000.0) == 0.0
    assert limit.wait("a", 100.0) == 0.0


def test_the_memory_of_addresses_is_bounded() -> None:
    limit = RateLimit(1)
    for number in range(limits.ADDRESSES + 10):
        limit.wait(str(number), 100.0)
    assert len(limit._empty_at) == limits.ADDRESSES
