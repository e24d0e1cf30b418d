"""`dangol apply` and `dangol export`: definitions as files."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import BinaryIO, TypeVar

import click

from dangol import landing, outside
from dangol.definitions import repository
from dangol.definitions.changes import changes
from dangol.definitions.document import dump_yaml, load_yaml
from dangol.definitions.links import addresses, in_messages
from dangol.definitions.model import Definitions
from dangol.definitions.notation import LARGEST
from dangol.errors import Invalid, Problem, Unavailable
from dangol.host.registry import Registry
from dangol.messages.reviews import demoted
from dangol.settings import Settings
from dangol.store.embedded import store_at
from dangol.store.link import Link

T = TypeVar("T")
AT_ONCE = 4  # links that are followed
COLOURS = {"+": "green", "~": "yellow", "-": "red"}


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.File("rb"), metavar="FILE…")
@click.option("--dry-run", is_flag=True, help="Check and show the changes, but store nothing.")
@click.option("--check-links", is_flag=True, help="Follow all links first; store nothing if one is broken.")
def apply(files: tuple[BinaryIO, ...], dry_run: bool, check_links: bool) -> None:
    """Put the definitions of FILE… (YAML, one site each; - is the standard input) in force.

    All files are checked first; if anything is wrong in one, nothing is changed and every problem is told.
    """
    documents = load(files)
    settings = Settings.load()
    if not settings.public_url and any(any(in_messages(document)) for document in documents):
        click.echo(
            "links in messages go out as they are, and clicks are not counted: DANGOL_PUBLIC_URL does not say where"
            " shoppers reach this server",
            err=True,
        )
    if check_links and not all([follow(document, Registry.load(), settings) for document in documents]):
        raise click.ClickException("a link is broken; nothing was changed")
    with_store(lambda link: _apply(link, documents, dry_run))


@click.command()
@click.argument("site")
@click.option("--version", type=int, help="An earlier version, by the number that apply told.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="File to write to."
)
def export(site: str, version: int | None, output: Path | None) -> None:
    """Write the definitions of SITE as YAML, in the form that apply reads."""

    async def read(link: Link) -> Definitions:
        found = await repository.existing(link, site)
        if version in (None, found[0]):
            return found[1]
        earlier = {each.version: each.definitions for each in await repository.history(link, site)}
        if version not in earlier:
            kept = ", ".join(map(str, [found[0], *earlier]))
            raise click.ClickException(f"site {site!r} has no version {version}; it has {kept}")
        return earlier[version]

    text = dump_yaml(with_store(read))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")


def follow(document: Definitions, registry: Registry, settings: Settings) -> bool:
    """Tell of all links of a document where they lead, and whether each leads somewhere."""
    site, found = document.site, addresses(document, registry)

    async def look() -> list[landing.Landing]:
        few = asyncio.Semaphore(AT_ONCE)

        async def one(address: str) -> landing.Landing:
            async with few:
                return await landing.look(address, site.origins[0], site.key, outside.permit(settings))

        return await asyncio.gather(*map(one, found))

    landings = asyncio.run(look())
    for each in landings:
        told = each.problem or f"{each.status} {each.title}".strip()
        click.secho(f"{each.url}: {told}  ({', '.join(found[each.url])})", fg="green" if each.leads else "red")
    return all(each.leads for each in landings)


def load(files: Sequence[BinaryIO]) -> list[Definitions]:
    """All documents, checked, or the end of the command with every problem of every file."""
    registry = Registry.load()
    documents: list[Definitions] = []
    refused = False
    for file in files:
        name = getattr(file, "name", "<stdin>")
        try:
            document = load_yaml(_text(file, name), name, registry)
            if any(document.site.id == other.site.id for other in documents):
                raise Invalid([Problem("site.id", document.site.id, "a site that only one of the files has")], name)
            documents.append(document)
        except Invalid as invalid:
            click.echo(str(invalid), err=True)
            refused = True
    if refused:
        raise click.exceptions.Exit(1)
    return documents


def _text(file: BinaryIO, name: str) -> str:
    raw = file.read(4 * LARGEST + 1)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        shown = raw[error.start : error.start + 10]
        raise Invalid([Problem(f"byte {error.start}", shown, "text in UTF-8")], name) from error


async def _apply(link: Link, documents: Sequence[Definitions], dry_run: bool) -> None:
    stored = await repository.read_all(link)
    problems = repository.key_problems({**stored, **{one.site.id: (0, one) for one in documents}})
    if problems:
        raise Invalid(problems)
    for document in documents:
        site = document.site.id
        version, former = stored.get(site, (0, None))
        document, drafts = demoted(former, document)
        lines = changes(former, document)
        for line in lines:
            click.secho(f"{site}: {line}", fg=COLOURS.get(line[0]))
        for id in drafts:
            click.secho(f"{site}: ! template {id} is a draft again: its words are not those approved", fg="yellow")
        if not lines:
            click.echo(f"{site}: no changes")
        elif dry_run:
            click.echo(f"{site}: not applied (dry run)")
        else:
            version = await repository.save(link, document, version)
            click.echo(f"{site}: applied as version {version}")


def with_store(work: Callable[[Link], Awaitable[T]]) -> T:
    """The result of `work`; errors end the command with their text."""

    async def run(url: str) -> T:
        link = Link(url)
        try:
            return await work(link)
        finally:
            link.close()

    try:
        settings = Settings.load()
        with store_at(settings.redis_url, Path(settings.data_dir)) as url:
            return asyncio.run(run(url))
    except (Invalid, Unavailable) as error:
        raise click.ClickException(str(error)) from error
