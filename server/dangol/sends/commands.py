"""`dangol send`: manual sends and tests."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click
import msgspec
from msgspec import Struct

from dangol.definitions import notation, repository
from dangol.definitions.shapes import shape_problems
from dangol.errors import DangolError, Invalid, Problem
from dangol.house import House
from dangol.members.columns import Refusal
from dangol.members.terminal import reporting
from dangol.runtime import SiteRuntime
from dangol.sends import making, testing, uploading
from dangol.sends.making import Asked
from dangol.sends.testing import Tested
from dangol.settings import Settings
from dangol.store import sends
from dangol.store.embedded import store_at
from dangol.store.sends import Send

S = TypeVar("S", bound=Struct)
T = TypeVar("T")

LARGEST = 1 << 18
TIME = click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.group()
def send() -> None:
    """Messages that are sent by hand: to the rows of a file, or to an audience."""


@send.command()
@click.argument("site")
@click.argument("file", type=click.File("rb"), metavar="FILE")
def create(site: str, file: BinaryIO) -> None:
    """Make a draft for SITE of FILE (YAML): message, as of a campaign; name; audience (none: the rows of a file, [] all
    members); at."""
    asked = _parsed(file, Asked)

    async def make(house: House, runtime: SiteRuntime) -> Send:
        return await making.create(house.link, runtime, house.registry, asked, time.time())

    click.echo(_with_site(site, make).id)


@send.command()
@click.argument("site")
@click.argument("id")
@click.argument("file", type=click.File("rb"), metavar="CSV")
@click.option("--skip-refused", is_flag=True, help="Keep the other rows although some are refused.")
@click.option("--report", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="CSV of refused rows.")
def upload(site: str, id: str, file: BinaryIO, skip_refused: bool, report: Path | None) -> None:
    """Check the recipients of draft ID of SITE in a CSV file, and keep them; nothing is sent before it is started.

    The header names the columns: phone, email or member, and one for each variable of the template; name and language
    may be there. The file is in UTF-8 or CP949.
    """
    if not file.seekable():
        raise click.ClickException("CSV must be a file that can be read twice, no pipe")

    async def take(house: House, runtime: SiteRuntime, refuse: Callable[[Refusal], None]) -> int:
        draft = await _found(house, runtime, id)
        reader = making.reader(draft, runtime.definitions)
        found = await uploading.check(file, reader, refuse)
        checked = found.checked
        encoding = checked.encoding.removesuffix("-sig").upper()
        click.echo(f"{checked.rows:,} rows in {encoding}, {checked.refused:,} refused")
        if checked.refused and (not skip_refused or checked.refused == checked.rows):
            raise click.ClickException("nothing was kept")
        name = secrets.token_hex(8)
        kept = await uploading.keep(house.link, file, reader, found, name, runtime.keys)
        await making.uploaded(house.link, draft, name, found.columns, kept, checked.refused, time.time())
        return kept

    with reporting(report) as refuse:
        kept = _with_site(site, lambda house, runtime: take(house, runtime, refuse))
    click.echo(f"{kept:,} recipients kept; start it with `dangol send start {site} {id}`")


@send.command()
@click.argument("site")
@click.argument("id")
@click.option("--at", type=TIME, help="When it goes, in the shop's time; else now.")
def start(site: str, id: str, at: datetime | None) -> None:
    """Begin send ID of SITE, now or at a reserved time."""
    _show(site, id, lambda house, runtime: making.start(house.link, runtime, id, at, time.time()))


@send.command()
@click.argument("site")
@click.argument("id")
def cancel(site: str, id: str) -> None:
    """Let nothing more of send ID of SITE leave."""
    _show(site, id, lambda house, runtime: making.cancel(house.link, runtime, id))


@send.command()
@click.argument("site")
@click.argument("id")
def show(site: str, id: str) -> None:
    """Tell how far send ID of SITE is, as JSON."""
    _show(site, id, lambda house, runtime: _found(house, runtime, id))


@send.command("list")
@click.argument("site")
def list_sends(site: str) -> None:
    """Tell the sends of SITE, the newest first."""

    async def read(house: House, runtime: SiteRuntime) -> list[dict[str, Any]]:
        return [making.brief(each, runtime) for each in await sends.every(house.link, site)]

    for told in _with_site(site, read):
        whom = f"{told['rows']:,} rows" if told["source"] == "rows" else ", ".join(told["audience"]) or "all members"
        click.echo(f"{told['id']}  {told['state']:9}  {told['local'] or '-':16}  {whom}  {told['name']}".rstrip())


@send.command()
@click.argument("site")
@click.argument("what")
@click.argument("to", nargs=-1)
@click.option("--member", "members", multiple=True, help="The id of a member, instead of an address.")
@click.option("--language", type=click.Choice(["ko", "en"]), default=None, help="Else the recipient's, or the site's.")
def test(site: str, what: str, to: tuple[str, ...], members: tuple[str, ...], language: str | None) -> None:
    """Send a test of WHAT to up to five addresses TO and members. WHAT is a campaign of SITE, or a YAML file with a
    message."""
    body: dict[str, Any] = {"to": list(to), "members": list(members), "language": language or ""}
    if what.endswith((".yaml", ".yml")):
        body["message"] = notation.load(_text(Path(what).read_bytes(), what), what)
    else:
        body["campaign"] = what
    asked = _converted(body, Tested, "")

    async def queue(house: House, runtime: SiteRuntime) -> list[str]:
        keep = house.settings.push_days * 86_400
        made = await testing.test(house.link, runtime, house.registry, asked, time.time(), keep)
        return [each.key for each in made]

    for key in _with_site(site, queue):
        click.echo(f"{key}  queued; `dangol messages show {site} {key}` tells what becomes of it")


def _show(site: str, id: str, work: Callable[[House, SiteRuntime], Awaitable[Send]]) -> None:
    async def told(house: House, runtime: SiteRuntime) -> dict[str, object]:
        await _found(house, runtime, id)
        return await making.told(house.link, await work(house, runtime), runtime, time.time())

    click.echo(msgspec.json.format(msgspec.json.encode(_with_site(site, told))).decode())


def _with_site(site: str, work: Callable[[House, SiteRuntime], Awaitable[T]]) -> T:
    """The result of `work` with the site as it is in force; what is refused ends the command with its text."""
    settings = Settings.load()

    async def run(url: str) -> T:
        house = House(settings, url)
        try:
            await house.adopt(await repository.read_all(house.link))
            if site not in house.by_id:
                known = ", ".join(house.by_id) or "none"
                raise Invalid([Problem("SITE", site, f"a site with definitions in force: {known}")])
            return await work(house, house.by_id[site])
        finally:
            await house.close()

    try:
        with store_at(settings.redis_url, Path(settings.data_dir)) as url:
            return asyncio.run(run(url))
    except DangolError as error:
        raise click.ClickException(str(error)) from None


async def _found(house: House, runtime: SiteRuntime, id: str) -> Send:
    found = await sends.read(house.link, runtime.site.id, id)
    if found is None:
        raise Invalid([Problem("ID", id, "a manual send of this site; `dangol send list` tells them")])
    return found


def _parsed(file: BinaryIO, shape: type[S]) -> S:
    name = getattr(file, "name", "<stdin>")
    return _converted(notation.load(_text(file.read(LARGEST + 1), name), name), shape, name)


def _converted(raw: object, shape: type[S], source: str) -> S:
    if problems := shape_problems(raw, shape, ""):
        raise click.ClickException(str(Invalid(problems, source)))
    return msgspec.convert(raw, shape)


def _text(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.ClickException(f"{name}: expected text in UTF-8") from None
