"""What the commands that take in a file tell while they do, whatever it is of."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from dangol.errors import Invalid
from dangol.members.columns import Refusal
from dangol.members.report import Report, sentence

DRY = "nothing was changed (dry run)"

TOLD = 20
"""Refusals that are told on the screen; all of them are in the report."""


@contextmanager
def changing_nothing() -> Iterator[None]:
    """Adds to what is wrong with a whole file that nothing of it was taken."""
    try:
        yield
    except Invalid as error:
        raise click.ClickException(f"{error}\nnothing was changed") from None


@contextmanager
def reporting(path: Path | None) -> Iterator[Callable[[Refusal], None]]:
    """Tells the first refusals on the screen, and all of them in the report, which only its owner may read: it holds
    what is known of people."""
    told = 0

    def tell(refusal: Refusal) -> None:
        nonlocal told
        told += 1
        if told <= TOLD:
            click.echo(sentence(refusal), err=True)
        elif told == TOLD + 1:
            click.echo("… and more" if path else "… and more; --report FILE has them all", err=True)

    if path is None:
        yield tell
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        report = Report(file)

        def both(refusal: Refusal) -> None:
            tell(refusal)
            report.refuse(refusal)

        yield both


@contextmanager
def bar(file: BinaryIO, label: str) -> Iterator[Callable[[int], None]]:
    """A progress bar, on a terminal."""
    if not sys.stderr.isatty():
        yield lambda position: None
        return
    with click.progressbar(length=file.seek(0, os.SEEK_END), label=label, file=sys.stderr) as bar:
        yield lambda position: bar.update(position - bar.pos)
