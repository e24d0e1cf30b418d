"""What a load run leaves behind, and the judgement over it. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field

NAMED = 3  # errors that are quoted


class Tally(Struct):
    """Counted by the shoppers. `acknowledged` are the ids of events that a 200 answered; times are milliseconds."""

    acknowledged: list[str] = field(default_factory=list)
    widgets: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    failures: int = 0
    rate: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    errors: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)

    def take(self, ids: Iterable[str], widgets: Iterable[str]) -> None:
        """Count one answered request."""
        self.acknowledged += ids
        for widget in widgets:
            self.widgets[widget] = self.widgets.get(widget, 0) + 1


def problems(tally: Tally, logged: Sequence[str], most_ms: float, behind: int) -> Iterator[str]:
    """Each threshold that was missed. `logged` are the ids of the log's events, `behind` the entries that the worker
    has not handled."""
    if not tally.acknowledged:
        yield "no event was acknowledged"
    if tally.failures:
        quoted = "; ".join(tally.errors[:NAMED])
        yield f"{tally.failures} of {tally.requests} requests failed ({quoted})"
    if tally.crashes:
        yield f"the load test itself failed ({'; '.join(tally.crashes[:NAMED])})"
    if tally.p99 > most_ms:
        yield f"p99 {tally.p99:.0f} ms is over the limit of {most_ms:.0f} ms"
    acknowledged, found = Counter(tally.acknowledged), Counter(logged)
    if lost := (acknowledged - found).total():
        yield f"{lost} of {len(tally.acknowledged)} acknowledged events are not in the log"
    if more := (found - acknowledged).total():
        yield f"{more} events are in the log twice or were never acknowledged"
    if behind:
        yield f"the worker is {behind} entries behind"
