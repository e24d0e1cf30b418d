"""Runs benchmarks, or tells which there are.

python -m loadtests.bench            lists them
python -m loadtests.bench all
python -m loadtests.bench page_view link
"""

from importlib import import_module

import click

NAMES = (
    "page_view", "segments", "editing", "latency", "memory", "link", "rehearsal", "behaviour", "imports", "catalogue",
    "population", "dispatch", "draw",
)  # fmt: skip


def about(name: str) -> str:
    """The first line of a benchmark's own text."""
    text = import_module(f"loadtests.bench.{name}").__doc__ or ""
    return text.strip().partition("\n")[0]


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(["all", *NAMES]))
def main(names: tuple[str, ...]) -> None:
    """Run the benchmarks NAMES one after the other; without names, list them."""
    if not names:
        for name in NAMES:
            click.echo(f"{name:10} {about(name)}")
    for name in NAMES if "all" in names else names:
        click.secho(f"\n{name}: {about(name)}", bold=True)
        import_module(f"loadtests.bench.{name}").main()


if __name__ == "__main__":
    main()
