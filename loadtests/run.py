"""The load test: starts all of dangol, lets shoppers in, and fails when a threshold is missed.

python -m loadtests.run --shoppers 50 --seconds 30 --most-ms 250
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import msgspec

from loadtests.stand import CATCHING_UP, ROOT, Broken, Stand, backlog, logged, running
from loadtests.tally import Tally, problems

FINISHING = 10
"""Seconds that a shopper may take to finish a step when the run is over: a request that is cut off proves nothing."""


def shop(stand: Stand, shoppers: int, seconds: int, pause: float, rush: bool) -> Tally:
    """Let the shoppers in. Raises `Broken` where locust itself fails."""
    files = ["loadtests/journeys.py", *(["loadtests/rush.py"] if rush else [])]
    with tempfile.NamedTemporaryFile() as tally:
        arguments = {
            "-f": ",".join(files),
            "--host": stand.base,
            "-u": shoppers,
            "-r": max(1, shoppers // 2),
            "-t": f"{seconds}s",
            "--stop-timeout": FINISHING,
            "--pause": pause,
            "--tally": tally.name,
            "--loglevel": "WARNING",
        }
        given = [str(each) for pair in arguments.items() for each in pair]
        command = [sys.executable, "-m", "locust", "--headless", "--only-summary", *given]
        done = subprocess.run(command, cwd=ROOT, check=False, timeout=seconds + 60)
        written = Path(tally.name).read_bytes()
    if not written:
        raise Broken(f"locust ended with code {done.returncode} and left no result")
    return msgspec.json.decode(written, type=Tally)


def behind(stand: Stand) -> int:
    """Entries that the worker has not handled even after `CATCHING_UP` seconds."""
    deadline = time.monotonic() + CATCHING_UP
    while (waiting := asyncio.run(backlog(stand.store_url))) and time.monotonic() < deadline:
        time.sleep(0.1)
    return waiting


@click.command()
@click.option("--shoppers", default=50, show_default=True, help="How many at once.")
@click.option("--seconds", default=30, show_default=True, help="How long.")
@click.option("--pause", default=0.3, show_default=True, help="Mean seconds between two steps of a shopper.")
@click.option("--most-ms", default=250.0, show_default=True, help="Limit of the 99th percentile of all requests.")
@click.option("--rush", is_flag=True, help="Spread the shoppers over the run as a real day does over its hours.")
def main(shoppers: int, seconds: int, pause: float, most_ms: float, rush: bool) -> None:
    """Fails with code 1 and one line for each threshold that was missed."""
    try:
        with running() as stand:
            tally = shop(stand, shoppers, seconds, pause, rush)
            waiting = behind(stand)
            found = [*problems(tally, asyncio.run(logged(stand.store_url)), most_ms, waiting), *stand.errors()]
    except Broken as error:
        raise click.ClickException(str(error)) from error
    shown = ", ".join(f"{count} {name}" for name, count in sorted(tally.widgets.items()))
    click.echo(
        f"{tally.requests} requests, {tally.rate:.0f} a second, p50 {tally.p50:.0f} ms, p99 {tally.p99:.0f} ms; "
        f"{len(tally.acknowledged)} events acknowledged; shown: {shown or 'nothing'}"
    )
    if found:
        raise click.ClickException("; ".join(found))
    click.echo("passed")


if __name__ == "__main__":
    main()
