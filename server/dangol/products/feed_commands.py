"""`dangol products import` and `dangol products feed`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click

from dangol.definitions import repository
from dangol.definitions.commands import with_store
from dangol.errors import Invalid, Problem
from dangol.members.columns import Refusal
from dangol.members.report import sentence
from dangol.members.terminal import DRY, bar, changing_nothing, reporting
from dangol.outside import permit
from dangol.products.fetching import fetch
from dangol.products.importing import Checked, check, guard, unpacked, write
from dangol.settings import Settings
from dangol.store import feeds
from dangol.store.feeds import Outcome
from dangol.store.link import Link
from dangol.store.staging import Swapped

FORCE = "Let the feed hide more than half of the catalogue."


@click.command("import")
@click.argument("site")
@click.argument("file", type=click.File("rb"))
@click.option("--replace", is_flag=True, help="Hide what the catalogue has and FILE does not name.")
@click.option("--dry-run", is_flag=True, help="Check the file, but change nothing.")
@click.option("--report", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="CSV of refused rows.")
@click.option("--skip-refused", is_flag=True, help="Import the other rows although some are refused.")
@click.option("--force", is_flag=True, help=FORCE)
def import_(
    site: str, file: BinaryIO, replace: bool, dry_run: bool, report: Path | None, skip_refused: bool, force: bool
) -> None:
    """Add products of SITE, or replace those of the same ids.

    FILE is CSV or TSV in UTF-8 or CP949 with the columns of a Google Merchant feed, or JSON with the same names: a
    list, {"products": [...]}, or an object a line; packed by gzip or not. All of it is checked first; if a row is
    refused or the file was cut off, nothing is changed, and what is changed is in force in one step.
    """
    if not file.seekable():
        raise click.ClickException("FILE must be one that can be read twice, no pipe")

    async def run(link: Link) -> None:
        about = (await repository.existing(link, site))[1].site
        with changing_nothing(), unpacked(file) as whole, reporting(report) as refuse:
            with bar(whole, "checking") as progress:
                checked = await check(whole, about, refuse, progress)
            _tell(checked)
            if checked.refused and not skip_refused:
                click.echo("nothing was changed", err=True)
                raise click.exceptions.Exit(1)
            if replace and not force:
                await guard(link, site, checked.ids)
            if dry_run:
                click.echo(DRY)
                return
            with bar(whole, "importing") as progress:
                done = await write(link, whole, about, checked, progress, replace=replace)
            click.echo(_done(done))

    with_store(run)


@click.command("feed")
@click.argument("site")
@click.option("--now", is_flag=True, help="Fetch it now, whether it is time or not.")
@click.option("--force", is_flag=True, help=f"With --now: {FORCE[0].lower()}{FORCE[1:]}")
def feed(site: str, now: bool, force: bool) -> None:
    """Tell what became of the latest fetch of the product feed of SITE, or fetch it."""

    async def run(link: Link) -> Outcome | None:
        about = (await repository.existing(link, site))[1].site
        if (declared := about.products.feed) is None:
            raise Invalid([Problem("SITE", site, "a site with a feed; add site.products.feed to its definitions")])
        if now:
            return await fetch(link, about, declared, permit(Settings.load()), force=force)
        return await feeds.read(link, site)

    outcome = with_store(run)
    if outcome is None:
        click.echo("not fetched yet; a worker does it")
        return
    for line in told(outcome):
        click.echo(line)
    if now and outcome.problem:
        raise click.exceptions.Exit(1)


def told(outcome: Outcome) -> list[str]:
    """The outcome of a fetch in lines."""
    lines = [f"{outcome.url}, fetched {_when(outcome.at)}"]
    if outcome.problem:
        lines.append(f"nothing was changed: {outcome.problem}")
    if outcome.done:
        lines.append(f"in force as of {_when(outcome.done)}: {outcome.rows:,} rows, {outcome.refused:,} refused")
        lines.append(_done(Swapped(outcome.added, outcome.changed, outcome.hidden)))
    return [*lines, *(sentence(Refusal(*each)) for each in outcome.refusals)]


def _tell(checked: Checked) -> None:
    encoding = checked.encoding.removesuffix("-sig").upper()
    click.echo(f"{checked.rows:,} rows in {encoding}, {checked.refused:,} refused")
    if checked.ignored:
        click.echo(f"columns that are not used: {', '.join(checked.ignored)}")


def _done(done: Swapped) -> str:
    return f"{done.added:,} products added, {done.changed:,} changed, {done.hidden:,} hidden"


def _when(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
