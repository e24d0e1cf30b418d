"""`dangol messages`: what became of messages."""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from typing import TextIO

import click
import msgspec

from dangol.campaigns.calendar import day_number
from dangol.definitions import repository
from dangol.definitions.commands import with_store
from dangol.definitions.model import LANGUAGES, Definitions, Language
from dangol.errors import Invalid, Problem
from dangol.messages import counted, view
from dangol.messages.push import FINAL, WAITING
from dangol.messages.results import Results, spreadsheet, table
from dangol.settings import Settings
from dangol.store import listing, outbox, results
from dangol.store.link import Link
from dangol.store.outbox import Row

STATES = sorted(WAITING | FINAL | {"accepted"})
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def messages() -> None:
    """What became of a shop's messages."""


@messages.command()
@click.argument("site")
@click.argument("campaign", default="")
@click.option("--from", "since", type=DAY, help="The first day on which messages were asked for.")
@click.option("--to", "until", type=DAY, help="The last one; else today.")
@click.option("--json", "form", flag_value="json", help="Write all of it as JSON.")
@click.option("--csv", "form", flag_value="csv", help="Write each day as CSV.")
def report(site: str, campaign: str, since: datetime | None, until: datetime | None, form: str | None) -> None:
    """Count the messages of CAMPAIGN of SITE (send:ID for a manual send), or of each: states, clicks, money. Without
    --from it tells 30 days."""

    async def read(link: Link) -> list[Results]:
        definitions = await _definitions(link, site)
        today = date.fromordinal(day_number(time.time(), definitions.site.timezone))
        last = until.date() if until else today
        first = since.date() if since else last - timedelta(days=29)
        if not 0 <= (last - first).days < results.LONGEST:
            raise Invalid([Problem("--from", f"{first}", f"a day up to {results.LONGEST} days before {last}")])
        return await counted.report(link, definitions, campaign, results.days(first, last))

    told = with_store(read)
    if form == "json":
        click.echo(msgspec.json.encode(told[0] if campaign else told))
    elif form == "csv":
        click.echo(spreadsheet(told), nl=False)
    else:
        click.echo("\n".join(table(told)))


@messages.command("list")
@click.argument("site")
@click.option("--state", type=click.Choice(STATES), default="held", show_default=True)
@click.option("--campaign", default="", help="Of this campaign or manual send alone.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
def list_(site: str, state: str, campaign: str, limit: int, language: Language) -> None:
    """List messages of SITE with the reason why they stand there."""

    async def read(link: Link) -> list[Row]:
        found = await _found(link, site, state, campaign, limit)
        return found or await _none(link, site, campaign)

    rows = with_store(read)
    for row in rows:
        told = view.why(row).get(language, "")
        click.echo(f"{row.key}  {row.state:9}  {outbox.counted_as(row.push):20}  {told}".rstrip())
    click.echo(f"{len(rows):,} messages are {state}", err=True)


@messages.command()
@click.argument("site")
@click.argument("key")
def show(site: str, key: str) -> None:
    """Print all that is known of the message KEY of SITE, as JSON."""
    told = view.whole(with_store(lambda link: _row(link, site, key)))
    click.echo(msgspec.json.format(msgspec.json.encode(told)).decode())


@messages.command()
@click.argument("site")
@click.argument("keys", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that are parked, instead of KEYS.")
@click.option("--campaign", default="", help="With --all: of this campaign or manual send alone.")
def release(site: str, keys: Sequence[str], everything: bool, campaign: str) -> None:
    """Begin parked messages of SITE anew."""
    if everything == bool(keys):
        raise click.UsageError("Name KEYS, or --all.")

    async def run(link: Link) -> tuple[int, int]:
        rows = await _found(link, site, "parked", campaign) if everything else await _rows(link, site, keys)
        rows = rows or await _none(link, site, campaign)
        return await outbox.release(link, [row.key for row in rows], time.time()), len(rows)

    begun, asked = with_store(run)
    click.echo(f"{begun} of {asked} messages begin anew" + ("; the others are not parked" if begun < asked else ""))


@messages.command()
@click.argument("site")
@click.argument("keys", nargs=-1, required=True)
def cancel(site: str, keys: Sequence[str]) -> None:
    """Refuse messages of SITE that wait. One that a worker has in hand is sent."""
    kept = Settings.load().push_days * 86_400

    async def run(link: Link) -> tuple[int, int]:
        rows = await _rows(link, site, keys)
        return await outbox.cancel(link, [row.key for row in rows], time.time(), keep=kept), len(rows)

    cancelled, asked = with_store(run)
    click.echo(f"{cancelled} of {asked} messages cancelled" + ("; the others don't wait" if cancelled < asked else ""))


@messages.command()
@click.argument("site")
@click.argument("campaign")
@click.option("--state", type=click.Choice(STATES), help="Of this state alone.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--bom", is_flag=True, help="Begin as Excel wants it to see that it is UTF-8.")
@click.option("--output", type=click.File("w", encoding="utf-8", lazy=False), default="-", show_default=True)
def export(site: str, campaign: str, state: str | None, language: Language, bom: bool, output: TextIO) -> None:
    """Write every recipient of CAMPAIGN of SITE (send:ID for a manual send) as CSV. It holds addresses."""

    async def write(link: Link) -> int:
        timezone = (await _definitions(link, site)).site.timezone
        output.write(view.head(bom))
        count = 0
        async for row in _every(link, site, campaign):
            if state in (None, row.state):
                output.write(view.cells(row, timezone, language))
                count += 1
        return count or len(await _none(link, site, campaign))

    click.echo(f"{with_store(write)} messages", err=True)


async def _none(link: Link, site: str, campaign: str) -> list[Row]:
    """No row. Raises `Invalid` where there is none because site or campaign are not known."""
    definitions = await _definitions(link, site)
    if campaign:
        await counted.report(link, definitions, campaign, ())
    return []


async def _definitions(link: Link, site: str) -> Definitions:
    return (await repository.existing(link, site))[1]


def _every(link: Link, site: str, campaign: str) -> AsyncIterator[Row]:
    return listing.every(link, listing.of(site, campaign))


async def _found(link: Link, site: str, state: str, campaign: str, limit: int = 1_000_000) -> list[Row]:
    rows: list[Row] = []
    cursor = ""
    while len(rows) < limit:
        page = await listing.page(link, state, listing.of(site, campaign), cursor, min(limit - len(rows), 500))
        rows += page.rows
        if not (cursor := page.cursor):
            break
    return rows[:limit]


async def _row(link: Link, site: str, key: str) -> Row:
    [row] = await _rows(link, site, [key])
    return row


async def _rows(link: Link, site: str, keys: Sequence[str]) -> list[Row]:
    """Raises `Invalid` naming each key that is none."""
    found = await outbox.read_many(link, keys)
    rows = [row for row in found if row and row.push.site == site]
    if unknown := {*keys} - {row.key for row in rows}:
        raise Invalid([Problem("KEY", each, f"that of a message of {site}") for each in sorted(unknown)])
    return rows
