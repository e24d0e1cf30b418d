"""Runs benchmarks, or tells which there are.

python -m loadtests.bench            lists them
python -m loadtests.bench all
python -m loadtests.bench page_view link
python -m loadtests.bench recommendations --data FOLDER
"""

from importlib import import_module
from pathlib import Path

import click

NAMES = (
    "page_view", "segments", "editing", "latency", "memory", "link", "rehearsal", "behaviour", "imports", "catalogue",
    "population", "dispatch", "draw", "counting", "history", "neighbours", "recommendations", "query", "gap",
)  # fmt: skip
ON_DATA = ("recommendations", "history", "gap")
"""Those that measure on data which is no part of the project."""


def about(name: str) -> str:
    """The first line of a benchmark's own text."""
    text = import_module(f"loadtests.bench.{name}").__doc__ or ""
    return text.strip().partition("\n")[0]


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(["all", *NAMES]))
@click.option("--data", type=click.Path(path_type=Path), help="The folder with the data that some of them need.")
def main(names: tuple[str, ...], data: Path | None) -> None:
    """Run the benchmarks NAMES one after the other; without names, list them."""
    if not names:
        for name in NAMES:
            click.echo(f"{name:15} {about(name)}")
    for name in NAMES if "all" in names else names:
        click.secho(f"\n{name}: {about(name)}", bold=True)
        import_module(f"loadtests.bench.{name}").main(*([data] if name in ON_DATA else []))


if __name__ == "__main__":
    main()
