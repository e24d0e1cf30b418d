"""``dangol plugin``: make plugins, and see which are installed and whether they work."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from dangol.errors import Invalid
from dangol.host import scaffold
from dangol.host.contract import KINDS
from dangol.host.guard import Guard
from dangol.host.registry import Registry, Status
from dangol.render.renderer import Renderer

COLUMNS = ("name", "kind", "distribution", "version", "state", "detail")


@click.group()
def plugin() -> None:
    """Make plugins, and see which are installed."""


@plugin.command()
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    default=Path(),
    show_default="this folder",
    help="Where to put the new folder.",
)
def new(kind: str, name: str, into: Path) -> None:
    """Write a working plugin of KIND with its test, as the Python package NAME."""
    try:
        folder = scaffold.create(kind, name, into)
    except Invalid as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Wrote {folder}. Next: cd {folder} && pip install -e '.[dev]' && pytest")


@plugin.command("list")
def list_() -> None:
    """Show every installed plugin."""
    click.echo(table(installed()))


@plugin.command()
@click.argument("names", nargs=-1)
def check(names: Sequence[str]) -> None:
    """Show the plugins called NAMES, or all; the exit status is 1 where one can't be used or isn't installed."""
    found = {status.name: status for status in installed()}
    chosen = [found.get(name) or Status(name, state="missing", detail="not installed") for name in names or found]
    click.echo(table(chosen))
    if any(status.state != "ok" for status in chosen):
        raise click.exceptions.Exit(1)


def installed() -> list[Status]:
    """The statuses of all plugins, once the widgets' templates and styles were read too."""
    registry, guard = Registry.load(), Guard()
    Renderer(registry, guard)
    return registry.statuses(guard)


def table(statuses: Iterable[Status]) -> str:
    """The statuses in columns, under a heading."""
    rows = [COLUMNS, *([str(getattr(status, column)) for column in COLUMNS] for status in statuses)]
    widths = [max(len(row[number]) for row in rows) for number in range(len(COLUMNS) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    )
