"""`dangol rehearse`: what definitions would have done."""

import os
import sys
import time
from typing import BinaryIO

import click
import msgspec
from msgspec.structs import replace

from dangol.campaigns.calendar import moment
from dangol.definitions import document, repository
from dangol.definitions.commands import load, with_store
from dangol.definitions.model import Definitions
from dangol.errors import Invalid, Problem
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.rehearsal import run
from dangol.rehearsal.answer import Answer
from dangol.rehearsal.span import Span, span_of
from dangol.rehearsal.table import lines
from dangol.runtime import SiteRuntime
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.settings import Settings
from dangol.store.link import Link

GIVEN_WAY = 10


@click.command()
@click.argument("file", type=click.File("rb"), metavar="FILE")
@click.option("--days", type=float, default=7.0, show_default=True)
@click.option("--until", default="", metavar="TIME", help="The end of the days, as the shop's clock has it; or now.")
@click.option("--compare", is_flag=True, help="Rehearse the definitions in force too.")
@click.option("--json", "as_json", is_flag=True, help="Write the whole answer as JSON.")
@click.option("--nice", is_flag=True, help="Give way to other processes.")
@click.option("--from-json", is_flag=True, help="FILE is JSON, as a server hands it over.")
def rehearse(
    file: BinaryIO, days: float, until: str, compare: bool, as_json: bool, nice: bool, from_json: bool
) -> None:
    """Tell what the definitions of FILE (YAML; - is the standard input) would have done in the last days.

    The stored events are replayed: who would have come into which segment, and how often each campaign would have been
    shown after its limits. Nothing is changed, stored or sent.
    """
    if nice:
        os.nice(GIVEN_WAY)
    [definitions] = [_read(file)] if from_json else load([file])
    span = span_of(days, until, definitions.site.timezone, time.time())
    started = time.perf_counter()
    answer = with_store(lambda link: _rehearse(link, definitions, span, compare))
    seconds = time.perf_counter() - started
    if as_json:
        click.echo(msgspec.json.encode(answer))
        return
    for line in lines(answer, definitions.site.timezone):
        click.echo(line)
    told = f"{answer.entries:,} entries in {seconds:.1f} s, {answer.entries / seconds:,.0f} a second"
    click.secho(told, dim=True, err=True)


def _read(file: BinaryIO) -> Definitions:
    try:
        return document.check(msgspec.json.decode(file.read()), file.name, Registry.load())
    except msgspec.DecodeError as error:
        raise Invalid([Problem("", error, "JSON")], file.name) from None


async def _rehearse(link: Link, definitions: Definitions, span: Span, compare: bool) -> Answer:
    stored = await repository.read(link, definitions.site.id)
    if compare and stored is None:
        raise Invalid([Problem("site.id", definitions.site.id, "a site with definitions in force to compare with")])
    candidate = compiled(begun(definitions, span.until))
    current = compiled(stored[1]) if stored else None
    if not sys.stderr.isatty():
        return await run.rehearse(link, candidate, current, span, compare=compare)
    with click.progressbar(length=1, label="Rehearsing", file=sys.stderr) as bar:

        def advance(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        return await run.rehearse(link, candidate, current, span, compare=compare, advance=advance)


def compiled(definitions: Definitions) -> SiteRuntime:
    """Definitions that nobody put in force."""
    registry = Registry.load()
    catalogue = CATALOGUE.with_plugins(registry.conditions(), Guard().run)
    return SiteRuntime.build(definitions, 0, Settings.load().master_secret(), registry, catalogue)


def begun(definitions: Definitions, until: float) -> Definitions:
    """Campaigns that have not begun yet are taken as if they had: their dates say nothing of the past."""
    timezone = definitions.site.timezone
    campaigns = [
        replace(each, starts=None, ends=None) if moment(each.starts, timezone, 0) > until else each
        for each in definitions.campaigns
    ]
    return replace(definitions, campaigns=campaigns)
