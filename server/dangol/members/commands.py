"""`dangol members import`."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

import click
import msgspec

from dangol.definitions import repository
from dangol.definitions.commands import with_store
from dangol.definitions.model import Site
from dangol.errors import Invalid, Problem, Unavailable
from dangol.house import House
from dangol.members.columns import Refusal
from dangol.members.importing import Checked, check, write
from dangol.members.person import Person, facts
from dangol.members.terminal import DRY, bar, changing_nothing, reporting
from dangol.profile.model import Profile
from dangol.protocol.tokens import Keys
from dangol.settings import Settings
from dangol.store.embedded import store_at
from dangol.store.link import Link
from dangol.store.profiles import Profiles

T = TypeVar("T")


@click.group()
def members() -> None:
    """The members of a shop."""


@members.command()
@click.argument("site")
@click.argument("who")
@click.option("--visitor", is_flag=True, help="WHO is a visitor: the token of the cookie, or the profile id.")
def show(site: str, who: str, visitor: bool) -> None:
    """Print all that is kept of WHO, a member of SITE, as JSON."""
    told = _person(site, who, visitor, lambda person: person.export())
    if told["known"] == facts(Profile()) and not (told["events"] or told["messages"]):
        raise click.ClickException(str(Invalid([Problem("WHO", who, "somebody of whom anything is kept")])))
    click.echo(msgspec.json.format(msgspec.json.encode(told)).decode())


@members.command()
@click.argument("site")
@click.argument("who")
@click.option("--visitor", is_flag=True, help="WHO is a visitor: the token of the cookie, or the profile id.")
def forget(site: str, who: str, visitor: bool) -> None:
    """Delete all that is kept of WHO, a member of SITE: profile, visits, messages. The event log follows as it is
    trimmed; sinks and recommenders' sums are not reached."""
    gone = _person(site, who, visitor, lambda person: person.forget())
    click.echo(", ".join(f"{count} {what}" for what, count in gone.items()) + " deleted")


def _person(site: str, who: str, is_visitor: bool, work: Callable[[Person], Awaitable[dict[str, T]]]) -> dict[str, T]:
    settings = Settings.load()
    keys = Keys.derive(settings.master_secret(), site)

    async def run(link: Link) -> dict[str, T]:
        await repository.existing(link, site)
        profiles = Profiles(link, settings.retention_days * 86_400)
        named = {"visitor": who} if is_visitor else {"member": who}
        return await work(Person(link, profiles, keys, site, **named))

    return with_store(run)


@members.command("import")
@click.argument("site")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Check the file, but change nothing.")
@click.option("--report", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="CSV of refused rows.")
@click.option("--skip-refused", is_flag=True, help="Import the other rows although some are refused.")
def import_(site: str, file: BinaryIO, dry_run: bool, report: Path | None, skip_refused: bool) -> None:
    """Add members of SITE, or change what a CSV FILE tells of them.

    The header names the columns: id (needed), name, grade, sex, birthday, joined_at, phone, email, revenue, the site's
    traits by their ids, and consents: sms_agreed, sms_agreed_at, sms_night, and the same of kakao, push and email. An
    empty cell leaves the member as it is. The file is in UTF-8 or CP949. All of it is checked first; if a row is
    refused, nothing is changed.
    """
    if not file.seekable():
        raise click.ClickException("FILE must be one that can be read twice, no pipe")
    settings = Settings.load()
    with store_at(settings.redis_url, Path(settings.data_dir)) as url, reporting(report) as refuse:
        asyncio.run(_import(House(settings, url), site, file, refuse, dry_run, skip_refused))


async def _import(
    house: House, site_id: str, file: BinaryIO, refuse: Callable[[Refusal], None], dry_run: bool, skip_refused: bool
) -> None:
    try:
        site = (await repository.existing(house.link, site_id))[1].site
        with changing_nothing(), bar(file, "checking") as progress:
            checked = await check(file, site, refuse, progress)
        click.echo(
            f"{checked.rows:,} rows in {checked.encoding.removesuffix('-sig').upper()}, {checked.refused:,} refused"
        )
        if checked.refused and not skip_refused:
            click.echo("nothing was changed", err=True)
            raise click.exceptions.Exit(1)
        if dry_run:
            click.echo(DRY)
        else:
            await _write(house, site, file, checked)
    finally:
        await house.close()


async def _write(house: House, site: Site, file: BinaryIO, checked: Checked) -> None:
    keys = Keys.derive(house.master, site.id)
    try:
        with bar(file, "importing") as progress:
            written = await write(file, site, checked, keys, house.engine, progress)
    except (Invalid, Unavailable) as error:
        raise click.ClickException(f"{error}\nA part of the rows was imported; import the file again.") from None
    click.echo(f"{written:,} rows imported")
