"""All that the fake providers remember, in memory: a fake has no past worth keeping."""

import secrets
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping

from dangol.fakes.accounts import Accounts
from dangol.fakes.arrival import Arrival
from dangol.fakes.faults import Faults, OfMessage, Provider
from dangol.fakes.numbers import Fate, fate
from dangol.fakes.templates import Templates

KEPT = 20_000
KEPT_FILES = 40
FATES: tuple[OfMessage, ...] = ("bad_number", "night", "unknown")
OF_KAKAO: tuple[OfMessage, ...] = (*FATES, "not_kakao", "blocked")
OF_TEXT: tuple[OfMessage, ...] = (*FATES, "off", "spam", "opted_out")


class World:
    """`delay` is how many seconds a result takes. `clock` tells the unix time. `kept` bounds what is remembered."""

    def __init__(
        self,
        accounts: Accounts | None = None,
        *,
        seed: int = 0,
        delay: float = 0.3,
        learn: bool = True,
        hooks: Mapping[Provider, str] | None = None,
        clock: Callable[[], float] = time.time,
        kept: int = KEPT,
    ) -> None:
        self.accounts = accounts or Accounts()
        self.faults = Faults(seed)
        self.delay = delay
        self.clock = clock
        self.kept = kept
        self.hooks: dict[Provider, str] = dict(hooks or {})
        self.templates: dict[Provider, Templates] = {
            provider: Templates(learn) for provider in ("solapi", "nhn", "aligo")
        }
        self.balance: dict[Provider, float] = {"solapi": 1e8, "aligo": 1e8}
        self.refused: set[str] = set()
        self.arrived: OrderedDict[tuple[Provider, str], Arrival] = OrderedDict()
        self.counts: Counter[Provider] = Counter()
        self.files: OrderedDict[str, bytes] = OrderedDict()
        self.signatures: Recent = Recent(900)
        self.requests: Recent = Recent(600)

    def accept(self, arrivals: Iterable[Arrival]) -> None:
        """Keep what has arrived; the oldest go."""
        for arrival in arrivals:
            self.arrived[arrival.provider, arrival.id] = arrival
            self.counts[arrival.provider] += 1
        while len(self.arrived) > self.kept:
            self.arrived.popitem(last=False)

    def store(self, name: str, content: bytes) -> None:
        """Keep a file that messages name; the oldest go."""
        self.files[name] = content
        while len(self.files) > KEPT_FILES:
            self.files.popitem(last=False)

    def of(self, provider: Provider | None = None) -> list[Arrival]:
        """What has arrived at a provider, or at all of them, the oldest first."""
        arrived = list(self.arrived.values())  # in one step: a test looks on from another thread
        return [arrival for arrival in arrived if provider in (None, arrival.provider)]

    def fate(self, provider: Provider, number: str, is_kakao: bool) -> Fate:
        """What becomes of a message: what is switched on goes before what the number says."""
        if self.faults.on:
            for name in OF_KAKAO if is_kakao else OF_TEXT:
                if self.faults.strikes(provider, name):
                    return name
        return fate(number, is_kakao)

    def due(self, fate: Fate) -> float | None:
        """When the result of a message that has arrived now is known."""
        return None if fate == "unknown" else self.clock() + self.delay


class Recent:
    """What was seen within the last `seconds`; a second time tells."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._seen: set[str] = set()
        self._order: deque[tuple[float, str]] = deque()

    def is_new(self, what: str, now: float) -> bool:
        """Whether it was not seen lately; it is now."""
        while self._order and self._order[0][0] < now - self.seconds:
            self._seen.discard(self._order.popleft()[1])
        if what in self._seen:
            return False
        self._seen.add(what)
        self._order.append((now, what))
        return True


def new_id(prefix: str, length: int = 24) -> str:
    """An id as providers make them."""
    return prefix + secrets.token_hex(length)[: length - len(prefix)].upper()
