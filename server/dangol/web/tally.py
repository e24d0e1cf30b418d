"""The numbers of the hot path: plain integers, which Prometheus reads when it asks. A metric object that locks and
looks its labels up at every page view costs as much as finding out who the shopper is."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator

from prometheus_client import REGISTRY
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric

BUCKETS = (0.0005, 0.001, 0.002, 0.004, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
OUTCOMES = {
    200: "ok", 400: "malformed", 403: "foreign", 413: "too_large", 429: "too_fast", 500: "failed", 503: "unavailable"
}  # fmt: skip


class Tally:
    """Counts for one process, whose event loop is the only writer."""

    def __init__(self) -> None:
        self._statuses = dict.fromkeys(OUTCOMES, 0)
        self._buckets = [0] * (len(BUCKETS) + 1)
        self._seconds = 0.0
        self._taken: dict[str, int] = defaultdict(int)
        self._dropped: Counter[tuple[str, str]] = Counter()
        self._robots: Counter[tuple[str, str]] = Counter()

    def answered(self, status: int, seconds: float) -> None:
        """A request to /v1/events was answered, so many seconds after its head came."""
        self._statuses[status] += 1
        self._buckets[bisect_left(BUCKETS, seconds)] += 1
        self._seconds += seconds

    def took(self, site: str, events: int, dropped: dict[str, int]) -> None:
        """Events of a request were taken in, others and tokens were dropped for reasons."""
        self._taken[site] += events
        for reason, count in dropped.items():
            self._dropped[site, reason] += count

    def met_robot(self, site: str, kind: str) -> None:
        """A robot's request was answered with nothing."""
        self._robots[site, kind] += 1

    def describe(self) -> Iterator[Metric]:
        """No names ahead: there is one tally per process."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The metrics as they stand."""
        requests = CounterMetricFamily(
            "dangol_event_requests", "Requests to /v1/events by what became of them.", labels=["outcome"]
        )
        for status, count in self._statuses.items():
            requests.add_metric([OUTCOMES[status]], count)
        events = CounterMetricFamily("dangol_events", "Events that were taken in.", labels=["site"])
        for site, count in self._taken.items():
            events.add_metric([site], count)
        dropped = CounterMetricFamily(
            "dangol_events_dropped", "Events and tokens that were dropped, by why.", labels=["site", "reason"]
        )
        for (site, reason), count in self._dropped.items():
            dropped.add_metric([site, reason], count)
        robots = CounterMetricFamily(
            "dangol_robot_requests", "Requests of robots, which nothing was taken from.", labels=["site", "kind"]
        )
        for (site, kind), count in self._robots.items():
            robots.add_metric([site, kind], count)
        yield from (requests, events, dropped, robots, self._histogram())

    def _histogram(self) -> Metric:
        counts, so_far = [], 0
        for bound, count in zip((*map(str, BUCKETS), "+Inf"), self._buckets, strict=True):
            so_far += count
            counts.append((bound, so_far))
        seconds = HistogramMetricFamily("dangol_event_seconds", "Time from a request's head to its answer.")
        seconds.add_metric([], counts, self._seconds)
        return seconds


TALLY = Tally()
REGISTRY.register(TALLY)
