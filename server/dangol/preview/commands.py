"""`dangol preview`: look at a campaign of a file on the shop's own page."""

import time
from typing import Any, BinaryIO

import click
import msgspec

from dangol.definitions import repository
from dangol.definitions.commands import load, with_store
from dangol.definitions.model import Definitions
from dangol.definitions.shapes import nearest
from dangol.errors import Invalid, Problem
from dangol.host.registry import Registry
from dangol.preview import link
from dangol.preview.link import Made
from dangol.preview.trial import HOURS
from dangol.protocol.tokens import Keys
from dangol.settings import Settings
from dangol.store.link import Link


@click.command()
@click.argument("site")
@click.argument("file", required=False, type=click.File("rb"), metavar="FILE")
@click.argument("campaign", required=False)
@click.argument("url", required=False)
@click.option("--variant", default="", help="Which of the campaign's variants; or the first.")
@click.option("--hours", type=float, default=24, show_default=True, help=f"How long the link holds, at most {HOURS}.")
@click.option("--language", type=click.Choice(["ko", "en"]), help="What the page explains in; or the site's.")
@click.option("--end", metavar="LINK", help="Let the preview of LINK end now, instead of making one.")
def preview(
    site: str, file: BinaryIO | None, campaign: str | None, url: str | None, end: str | None, **wishes: Any
) -> None:
    """Print a link that shows CAMPAIGN of FILE (YAML, as apply reads it) on the page URL of SITE.

    Nothing is put in force. Only who has the link sees it, with the reasons why each campaign is shown there or not;
    what is done there counts nowhere.
    """
    keys = Keys.derive(Settings.load().master_secret(), site)
    if end is not None:
        with_store(lambda store: link.end(store, keys, site, end))
        return click.echo("ended")
    if file is None or campaign is None or url is None:
        raise click.UsageError("FILE, CAMPAIGN and URL are needed, unless there is --end")
    [document] = load([file])
    if document.site.id != site:
        raise Invalid([Problem("site.id", document.site.id, f"{site}, the site that was named")], file.name)

    async def make(store: Link) -> Made:
        definitions = await _in_force(store, site)
        asked = {**_parts(document, campaign, definitions), "url": url, **wishes}
        return await link.make(store, keys, definitions, Registry.load(), asked, time.time())

    made = with_store(make)
    click.echo(made.link)
    click.secho(f"holds until {time.strftime('%Y-%m-%d %H:%M', time.localtime(made.until))}", dim=True, err=True)


def _parts(document: Definitions, campaign: str, in_force: Definitions) -> dict[str, Any]:
    """The campaign of the file, and what else of it is not in force."""
    known = [each.id for each in document.campaigns]
    segments = {each.id: each for each in in_force.segments}
    groups = {each.id: each for each in in_force.groups}
    if campaign not in known:
        raise Invalid([Problem("campaign", campaign, f"a campaign of the file{nearest(campaign, known)}")])
    return {
        "campaign": msgspec.to_builtins(document.campaigns[known.index(campaign)]),
        "segments": [msgspec.to_builtins(each) for each in document.segments if each != segments.get(each.id)],
        "groups": [msgspec.to_builtins(each) for each in document.groups if each != groups.get(each.id)],
        "theme": msgspec.to_builtins(document.site.theme),
    }


async def _in_force(store: Link, site: str) -> Definitions:
    found = await repository.read(store, site)
    if found is None:
        known = ", ".join(await repository.read_all(store)) or "none"
        raise Invalid([Problem("site", site, f"a site with definitions in force: {known}")])
    return found[1]
