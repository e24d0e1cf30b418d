"""`dangol products`: the catalogue at the command line."""

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
import msgspec

from dangol.definitions import repository
from dangol.definitions.commands import with_store
from dangol.definitions.model import Site
from dangol.errors import Invalid, Problem
from dangol.plugin import Product
from dangol.products.feed_commands import feed, import_
from dangol.products.row import written
from dangol.render.money import money
from dangol.store import catalogue
from dangol.store.link import Link

T = TypeVar("T")


@click.group()
def products() -> None:
    """The catalogue of a shop."""


products.add_command(import_)
products.add_command(feed)


@products.command()
@click.argument("site")
@click.argument("id")
def show(site: str, id: str) -> None:
    """Print what the catalogue of SITE has of the product ID, as JSON."""

    async def read(link: Link, about: Site) -> Product:
        return (await _known(link, site, [id]))[0]

    about, product = _with_site(site, read)
    told = written(product, about.currency, time.time())
    click.echo(msgspec.json.format(msgspec.json.encode(told)).decode())


@products.command("list")
@click.argument("site")
@click.option("--hidden", is_flag=True, help="Only what is on show no more.")
@click.option("--soldout", is_flag=True, help="Only what is sold out.")
def list_(site: str, hidden: bool, soldout: bool) -> None:
    """List the products of SITE by their ids: price now, stock, name, and why one is not offered."""

    def is_wanted(product: Product) -> bool:
        sold_out = product.stock is not None and product.stock <= 0
        return not (hidden or soldout) or (hidden and product.hidden) or (soldout and sold_out)

    async def read(link: Link, about: Site) -> list[Product]:
        return [each async for batch in catalogue.scan(link, site) for each in batch if is_wanted(each)]

    about, found = _with_site(site, read)
    now = time.time()
    for each in sorted({each.id: each for each in found}.values(), key=lambda product: product.id):
        stock = "-" if each.stock is None else f"{each.stock:,}"
        price = money(each.price_at(now), about.currency, "en")
        click.echo(f"{each.id}  {price}  {stock}  {each.name}{_why(each, now)}")


@products.command()
@click.argument("site")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def hide(site: str, ids: tuple[str, ...]) -> None:
    """Take products of SITE off every strip, whatever its server, feed and pages tell of them from now on."""
    click.echo(f"{_hold(site, ids, True):,} hidden")


@products.command()
@click.argument("site")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def unhide(site: str, ids: tuple[str, ...]) -> None:
    """Let products of SITE be offered again."""
    click.echo(f"{_hold(site, ids, False):,} on show again")


def _hold(site: str, ids: tuple[str, ...], held: bool) -> int:
    async def write(link: Link, about: Site) -> int:
        await _known(link, site, ids)
        return await catalogue.hold(link, site, ids, held)

    return _with_site(site, write)[1]


async def _known(link: Link, site: str, ids: tuple[str, ...] | list[str]) -> list[Product]:
    """The products. Raises `Invalid` with those that the catalogue does not have."""
    found = await catalogue.get(link, site, ids)
    if unknown := [id for id in ids if id not in found]:
        raise Invalid([Problem("ID", id, f"a product of the catalogue of {site}") for id in unknown])
    return list(found.values())


def _why(product: Product, now: float) -> str:
    """What keeps a product from being offered, as the end of a line."""
    reasons = {
        "held back by hand": product.held,
        "hidden": product.hidden and not product.held,
        "sold out": product.stock is not None and product.stock <= 0,
        "costs nothing": product.price_at(now) <= 0,
    }
    told = ", ".join(reason for reason, holds in reasons.items() if holds)
    return f"  ({told})" if told else ""


def _with_site(id: str, work: Callable[[Link, Site], Awaitable[T]]) -> tuple[Site, T]:
    """The site, and what `work` makes of it. Raises `Invalid` for one that is not there."""

    async def run(link: Link) -> tuple[Site, T]:
        site = (await repository.existing(link, id))[1].site
        return site, await work(link, site)

    return with_store(run)
