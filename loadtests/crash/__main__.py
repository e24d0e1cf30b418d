"""python -m loadtests.crash --runs 200: kills workers and the store at random points of 10,000 requests each."""

import asyncio
import tempfile
from collections import Counter
from pathlib import Path

import click

from loadtests.crash.run import Run, Told


@click.command()
@click.option("--runs", default=200, show_default=True)
@click.option("--requests", default=10_000, show_default=True)
@click.option("--kills", default=10, show_default=True, help="In each run; about a third are the store's.")
@click.option("--seed", default=0, show_default=True, help="Of the first run; each has the next one.")
def main(runs: int, requests: int, kills: int, seed: int) -> None:
    """Run, and print what each run has shown; ends with 1 where one was not sound."""
    sums: Counter[str] = Counter()
    for number in range(seed, seed + runs):
        with tempfile.TemporaryDirectory() as folder:
            told = asyncio.run(Run(Path(folder), number, requests, kills).run())
        sums.update(_figures(told))
        click.echo(
            f"run {number}: {told.seconds:.0f} s, {', '.join(f'{name} {by}' for name, by in _figures(told).items())}"
        )
    click.echo(f"{runs} runs of {requests:,} requests: {dict(sums)}")
    if sums["unsound"]:
        raise SystemExit(1)


def _figures(told: Told) -> dict[str, int]:
    return {
        "workers killed": told.worker_kills,
        "stores killed": told.store_kills,
        "lost": told.lost,
        "sent twice": told.twice,
        "told wrongly": told.wrong,
        "counted wrongly": told.miscounted,
        "repeated and dropped": told.repeated,
        **{f"unknown, {channel}": by for channel, by in sorted(told.unknown.items())},
        "unsound": int(not told.sound),
    }


if __name__ == "__main__":
    main()
