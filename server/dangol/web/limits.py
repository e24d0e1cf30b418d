"""How fast one address may ask: a token bucket each, forgotten when full again."""

from collections import OrderedDict
from ipaddress import IPv6Address

ADDRESSES = 50_000


class RateLimit:
    """`rate` requests a second, and bursts of four seconds' worth. Times are any clock's seconds. Who has one IPv6
    address has a whole network of them, so all of a network share."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.burst = max(1.0, rate * 4)
        self._empty_at: OrderedDict[str, float] = OrderedDict()

    def wait(self, address: str, now: float) -> float:
        """0 when the request may pass, else the seconds after which the next one may."""
        if ":" in address:
            address = _network(address)
        # A bucket is kept as the time at which it would have been empty: one number says level and age.
        known = self._empty_at.get(address, 0.0)
        if known > now:  # the clock was set back; nobody shall wait until it catches up
            known = 0.0
        empty_at = max(known, now - self.burst / self.rate)
        if empty_at + 1 / self.rate > now:
            return empty_at + 1 / self.rate - now
        self._empty_at[address] = empty_at + 1 / self.rate
        self._empty_at.move_to_end(address)
        if len(self._empty_at) > ADDRESSES:
            self._empty_at.popitem(last=False)
        return 0.0


def _network(address: str) -> str:
    """The first 64 bits of an IPv6 address; one that stands for an IPv4 address, or is none, as it is."""
    try:
        ip = IPv6Address(address)
    except ValueError:
        return address
    return address if ip.ipv4_mapped else ip.packed[:8].hex()
