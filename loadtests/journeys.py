"""Locust's shoppers: from page to page with the transition shares of a real day, as the snippet would tell of them.

    locust -f loadtests/journeys.py --host http://localhost:8000

`python -m loadtests.run` starts all that is needed and judges the result.
"""

import random
import time
from pathlib import Path
from typing import Any

import msgspec
from locust import FastHttpUser, events, task
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment

from dangol.demo.history import sample
from loadtests import day
from loadtests.browser import ORIGIN, Browser, Events, WrongAnswer, read
from loadtests.tally import Tally

TODAY = day.load()
PRODUCTS = list(sample().products.values())
TALLY = Tally()


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]
def options(parser: LocustArgumentParser) -> None:
    """What `run` passes on."""
    parser.add_argument("--site-key", default="pk_load_test_shop", help="Public key of the site.")
    parser.add_argument("--pause", type=float, default=0.3, help="Mean seconds between two steps of a shopper.")
    parser.add_argument("--tally", default="", help="File for what was acknowledged.")


@events.quitting.add_listener  # type: ignore[untyped-decorator]
def write_tally(environment: Environment, **_: Any) -> None:
    """Leave the result to `run`."""
    total = environment.stats.total
    TALLY.requests, TALLY.failures, TALLY.rate = total.num_requests, total.num_failures, total.total_rps
    TALLY.p50, TALLY.p99 = (total.get_response_time_percentile(share) or 0.0 for share in (0.5, 0.99))
    TALLY.errors = [f"{error.name}: {error.error}" for error in environment.stats.errors.values()]
    TALLY.crashes = [crash["msg"] for crash in environment.runner.exceptions.values()]
    if path := environment.parsed_options.tally:
        Path(path).write_bytes(msgspec.json.encode(TALLY))


class Shopper(FastHttpUser):  # type: ignore[misc]
    """One browser after another: who leaves returns, or somebody new comes, in the day's proportions."""

    def on_start(self) -> None:
        """Come in."""
        self.chance = random.Random()
        self._come()

    def wait_time(self) -> float:
        """Pauses of people who act independently of each other."""
        return self.chance.expovariate(1 / self.environment.parsed_options.pause)

    def _come(self, returning: bool = False) -> None:
        self.at: day.Step = "enter"
        if not returning:
            self.browser = Browser(TODAY, PRODUCTS, self.chance)
            self.client.cookiejar.clear()
        self.browser.enter(returning)

    @task  # type: ignore[untyped-decorator]
    def step(self) -> None:
        """One step: a page, or something done on it, and what its widgets make the snippet tell."""
        wanted = TODAY.after(self.at, self.chance)
        if wanted == "leave":
            return self._come(returning=self.chance.random() >= TODAY.first_visit)
        self.at, told = self.browser.step(wanted)
        name = str(self.at)
        while told:
            told, name = self._send(name, told), "widget_view"

    def _send(self, name: str, told: Events) -> Events:
        """One request. Returns the events that its answer causes."""
        body, ids = self.browser.envelope(self.environment.parsed_options.site_key, told, time.time_ns() // 1_000_000)
        headers = {"Origin": ORIGIN, "Content-Type": "text/plain;charset=UTF-8", "User-Agent": self.browser.agent}
        with self.client.post("/v1/events", data=body, headers=headers, name=name, catch_response=True) as response:
            try:
                answer = read(response.status_code, response.content or b"")
            except WrongAnswer as wrong:
                response.failure(str(wrong))
                return []
        TALLY.take(ids, [show.widget for show in answer.show])
        return self.browser.see(answer)
