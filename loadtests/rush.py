"""A day's rush in the time of a run: as many shoppers as the real day had visits in each hour, `-u` in the fullest.

locust -f loadtests/journeys.py,loadtests/rush.py -u 100 -t 60s --headless --host http://localhost:8000
"""

from locust import LoadTestShape

from loadtests import day

TODAY = day.load()


class Rush(LoadTestShape):  # type: ignore[misc]
    """Ends with the run time, so it can't go on for ever."""

    use_common_options = True

    def tick(self) -> tuple[int, float] | None:
        """Shoppers now, and how many may come or go in a second."""
        options = self.runner.environment.parsed_options
        if not options.run_time:
            raise SystemExit("the rush needs a run time: -t 60s")
        part = self.get_run_time() / options.run_time
        return (TODAY.shoppers_at(part, options.num_users), options.spawn_rate) if part < 1 else None
