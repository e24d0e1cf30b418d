"""What a page view with a tracker costs the page: dangol beside the anchors from npm, in one run.

python -m loadtests.cost [--rounds 7] [--without-anchors]
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click
from playwright.sync_api import Browser, sync_playwright
from tests.browser.conftest import FLAGS, find_chromium

from loadtests.stand import free_port
from loadtests.tollhouse import Tollhouse, Traffic, tollhouse
from loadtests.trackers import Unavailable, bundled, ours

SLOWER = 4
"""A middling phone beside this machine."""
SETTLING = 2_500
"""ms after the load within which a tracker has done what it does on a page view."""
MOST_SCRIPT, MOST_BLOCKING, MOST_BODY, MOST_LCP = 30.0, 0.0, 400, 100.0
OBSERVE = """
window.blocking = 0; window.lcp = 0;
const watch = (type, each) =>
  new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({type, buffered: true});
watch('longtask', ({duration}) => window.blocking += duration - 50);
watch('largest-contentful-paint', ({startTime}) => window.lcp = startTime);
"""


@dataclass
class Cost:
    """Of one page view: milliseconds of script and blocking and until the largest paint, and what was sent."""

    script: float
    blocking: float
    lcp: float
    traffic: Traffic


def view(browser: Browser, house: Tollhouse, tracker: str) -> Cost:
    """Look at the page once, in a browser that has never been here."""
    house.traffic = Traffic()
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(OBSERVE)
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(f"http://localhost:{house.port}/page/{tracker}")
    page.wait_for_timeout(SETTLING)
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    blocking, lcp = page.evaluate("[window.blocking, window.lcp]")
    traffic = house.traffic
    context.close()
    return Cost(metrics["ScriptDuration"] * 1_000, blocking, lcp, traffic)


def best(costs: list[Cost]) -> Cost:
    """The least of each measure: what disturbs a machine only ever adds. Traffic is that of the first."""
    return Cost(
        min(cost.script for cost in costs),
        min(cost.blocking for cost in costs),
        min(cost.lcp for cost in costs),
        costs[0].traffic,
    )


def measured(scripts: dict[str, bytes], port: int, rounds: int) -> dict[str, Cost]:
    """The best of some rounds by tracker; "" is the page without one. All take turns."""
    found: dict[str, list[Cost]] = {name: [] for name in ("", *scripts)}
    with tollhouse(scripts, port) as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        view(browser, house, "")  # the first page of a browser pays for the browser
        for _ in range(rounds):
            for name, costs in found.items():
                costs.append(view(browser, house, name))
        browser.close()
    return {name: best(costs) for name, costs in found.items()}


def missed(cost: Cost, empty: Cost) -> list[str]:
    """Which bars dangol has not met."""
    script, blocking, lcp = cost.script - empty.script, cost.blocking - empty.blocking, cost.lcp - empty.lcp
    requests, fetched, body = len(cost.traffic.sent), len(cost.traffic.fetched), sum(cost.traffic.sent)
    checks = {
        f"script {script:.0f} ms, at most {MOST_SCRIPT:.0f}": script > MOST_SCRIPT,
        f"blocking {blocking:.0f} ms, none allowed": blocking > MOST_BLOCKING,
        f"{requests} requests and {fetched} files, 1 and 0 allowed": (requests, fetched) != (1, 0),
        f"{cost.traffic.preflights} preflights, none allowed": cost.traffic.preflights > 0,
        f"body of {body} bytes, at most {MOST_BODY}": body > MOST_BODY,
        f"LCP {lcp:+.0f} ms, at most {MOST_LCP:.0f}": lcp > MOST_LCP,
    }
    return [what for what, is_missed in checks.items() if is_missed]


@click.command()
@click.option("--rounds", default=7, show_default=True, help="How often each page is looked at.")
@click.option("--without-anchors", is_flag=True, help="Only dangol: needs no npm registry.")
def main(rounds: int, without_anchors: bool) -> None:
    """Print the costs; end with code 1 where dangol misses a bar."""
    port = free_port()
    scripts = {"dangol": ours()}
    if not without_anchors:
        with tempfile.TemporaryDirectory(prefix="dangol-anchors-") as folder:
            try:
                scripts |= bundled(Path(folder), f"http://127.0.0.1:{port}")
            except Unavailable as error:
                raise click.ClickException(str(error)) from error
    costs = measured(scripts, port, rounds)
    empty = costs.pop("")
    click.echo(f"{'':10} script ms  blocking ms  LCP ms  requests  preflights  files  body bytes")
    for name, cost in costs.items():
        traffic = cost.traffic
        click.echo(
            f"{name:10} {cost.script - empty.script:9.1f} {cost.blocking - empty.blocking:12.1f}"
            f" {cost.lcp - empty.lcp:+7.0f} {len(traffic.sent):9} {traffic.preflights:11} {len(traffic.fetched):6}"
            f" {sum(traffic.sent):11}"
        )
    for what in (failures := missed(costs["dangol"], empty)):
        click.echo(f"dangol: {what}", err=True)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
