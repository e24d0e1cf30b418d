"""`dangol recipe`: ready-made campaigns, looked at and put among a site's definitions."""

import asyncio
from pathlib import Path

import click
import msgspec

from dangol.definitions import document, notation, repository
from dangol.definitions.changes import changes
from dangol.definitions.commands import COLOURS, with_store
from dangol.definitions.model import LANGUAGES
from dangol.errors import Invalid, Problem
from dangol.host.registry import Registry
from dangol.recipes import book
from dangol.recipes.recipe import Recipe, clashes, filled, given, laid_over
from dangol.store.link import Link

SETTINGS = click.option(
    "--set", "pairs", multiple=True, metavar="NAME=VALUE", help="A setting; name.ko= for one language."
)


@click.group()
def recipe() -> None:
    """Ready-made campaigns to begin with."""


@recipe.command("list")
def list_recipes() -> None:
    """Tell which there are."""
    for each in book.recipes().values():
        click.echo(f"{click.style(each.id, bold=True)}\n    {each.title['ko']} / {each.title['en']}")


@recipe.command()
@click.argument("name")
@SETTINGS
@click.option("--currency", default="KRW", show_default=True, help="What amounts are in.")
def show(name: str, pairs: tuple[str, ...], currency: str) -> None:
    """Tell what NAME does and which settings it has; with settings, write its parts as YAML."""
    found = book.recipe(name)
    if pairs:
        return click.echo(notation.dump(filled(found, given(pairs), currency)), nl=False)
    for language in LANGUAGES:
        click.echo(f"{click.style(found.title[language], bold=True)}\n{found.description[language].strip()}\n")
    for line in _settings(found):
        click.echo(line)


@recipe.command()
@click.argument("site")
@click.argument("name")
@SETTINGS
@click.option("--as", "id", default="", metavar="ID", help="Another id, to have the recipe twice.")
@click.option("--off", is_flag=True, help="Switched off, to be looked at first: see `dangol preview`.")
@click.option("--replace", is_flag=True, help="In the place of what the site has under the same ids.")
@click.option("--dry-run", is_flag=True, help="Check and show the changes, but store nothing.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the whole document, for apply, instead of putting it in force.",
)
def add(
    site: str,
    name: str,
    pairs: tuple[str, ...],
    id: str,
    off: bool,
    replace: bool,
    dry_run: bool,
    output: Path | None,
) -> None:
    """Put the recipe NAME among the definitions of SITE, after the checks of apply."""
    found, settings, registry = book.recipe(name), given(pairs), Registry.load()

    async def change(link: Link) -> None:
        stored = await repository.read(link, site)
        if stored is None:
            raise Invalid([Problem("site", site, "a site with definitions in force; see `dangol apply`")])
        version, former = stored
        parts = filled(found, settings, former.site.currency, id)
        if off:
            parts["campaigns"] = [{**each, "active": False} for each in parts["campaigns"]]
        if not replace and (taken := clashes(former, parts)):
            raise Invalid(taken)
        wanted = document.check(laid_over(msgspec.to_builtins(former), parts), name, registry)
        lines = changes(former, wanted)
        for line in lines:
            click.secho(f"{site}: {line}", fg=COLOURS.get(line[0]), err=output is not None)
        if output is not None:
            await asyncio.to_thread(output.write_text, document.dump_yaml(wanted), "utf-8")
        elif dry_run or not lines:
            click.echo(f"{site}: {'not applied (dry run)' if lines else 'no changes'}")
        else:
            click.echo(f"{site}: applied as version {await repository.save(link, wanted, version)}")

    with_store(change)


def _settings(found: Recipe) -> list[str]:
    lines = []
    for setting in found.settings:
        titles = " / ".join(setting.title[language] for language in LANGUAGES)
        lines.append(f"  --set {setting.id}=…  {titles}")
        told = setting.example if setting.default is None else setting.default
        shown = told if isinstance(told, str) else " / ".join(told.values())
        lines.append(f"      {'e.g.' if setting.default is None else 'unless given:'} {shown}")
    return lines
