"""`dangol report`: what campaigns bring about."""

import time
from collections.abc import Callable, Sequence

import click
import msgspec

from dangol.definitions import repository
from dangol.definitions.commands import with_store
from dangol.definitions.model import LANGUAGES, Campaign, Definitions, Language
from dangol.definitions.shapes import nearest
from dangol.effects.answer import Report, StripReport
from dangol.effects.report import report as report_of
from dangol.effects.selection import Cells, Drawn
from dangol.effects.strips import strip_report
from dangol.effects.table import lines, spreadsheet, strip_lines
from dangol.errors import Invalid, Problem
from dangol.store import effects
from dangol.store.link import Link

Make = Callable[[Definitions, Campaign, Cells, Drawn, float], Report | StripReport]


@click.command()
@click.argument("site")
@click.argument("campaign", default="")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--json", "form", flag_value="json", help="Write the whole report as JSON.")
@click.option("--csv", "form", flag_value="csv", help="Write the figures of each day as CSV.")
@click.option("--strip", is_flag=True, help="Tell of the products that CAMPAIGN recommends, by recommender.")
@click.option("--forget", "form", flag_value="forget", help="Delete what was counted of CAMPAIGN.")
def report(site: str, campaign: str, language: Language, form: str | None, strip: bool) -> None:
    """Tell what CAMPAIGN of SITE, or each of its campaigns, brings about, beside shoppers who did not get it."""
    if not campaign and (form or strip):
        raise click.UsageError(f"--{form or 'strip'} is for one CAMPAIGN.")
    if strip and form not in (None, "json"):
        raise click.UsageError(f"--{form} is not for --strip.")
    if form == "forget":
        gone = with_store(lambda link: effects.forget(link, site, campaign, time.time()))
        click.echo(f"{campaign}: {'forgotten' if gone else 'nothing was counted'}")
        return
    make = strip_report if strip else report_of
    for told in with_store(lambda link: _reports(link, site, campaign, make)):
        if form == "json":
            click.echo(msgspec.json.encode(told))
        elif form == "csv" and isinstance(told, Report):
            click.echo(spreadsheet(told), nl=False)
        else:
            click.secho(told.campaign, bold=True)
            table = lines(told) if isinstance(told, Report) else strip_lines(told)
            click.echo("\n".join([*table, *told.sentences[language], ""]))


async def _reports(link: Link, site: str, name: str, make: Make) -> Sequence[Report | StripReport]:
    _, definitions = await repository.existing(link, site)
    campaigns = [each for each in definitions.campaigns if name in ("", each.id)]
    now, told = time.time(), []
    for campaign in campaigns or [Campaign(name, active=False)]:
        counted = await effects.read(link, site, campaign.id, now)
        if not campaigns and not counted.cells:
            known = nearest(name, [each.id for each in definitions.campaigns])
            raise Invalid([Problem("CAMPAIGN", name, f"a campaign of the site{known}")])
        told.append(make(definitions, campaign, counted.cells, counted.shares, now))
    return told
