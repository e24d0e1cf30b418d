"""`dangol recommend`: what a shop would offer, at the command line."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import click
import msgspec

from dangol.definitions import repository
from dangol.definitions.commands import with_store
from dangol.definitions.model import LANGUAGES, Site
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.profile.model import Profile
from dangol.protocol.strict import decode
from dangol.protocol.tokens import Keys, member_profile
from dangol.recommend.offering import Offering
from dangol.recommend.question import MOST, Question, told, unknown, wish_of
from dangol.recommend.reasons import said
from dangol.recommend.shelves import Shelves
from dangol.recommend.warming import warm
from dangol.recommend.wish import Offered
from dangol.render.money import money
from dangol.settings import Settings
from dangol.store.link import Link
from dangol.store.profiles import Profiles

IDS: dict[str, Any] = {"multiple": True, "metavar": "ID"}
NAMES: dict[str, Any] = {"multiple": True, "metavar": "NAME"}


@click.command()
@click.argument("site")
@click.option("--product", "products", help="On screen. May be given several times, as all with ID or NAME.", **IDS)
@click.option("--cart", help="In the cart.", **IDS)
@click.option("--recommender", "recommenders", help="Asked in turn, popular last (or alone).", **NAMES)
@click.option("--member", default="", help="For this member, whose own cart counts unless --cart is given.")
@click.option("--count", type=click.IntRange(1, MOST), default=10, show_default=True)
@click.option("--category", "categories", help="Only of these.", **NAMES)
@click.option("--brand", "brands", help="Only of these.", **NAMES)
@click.option("--price-from", metavar="AMOUNT", help="The lowest price, in decimal units such as 12.50.")
@click.option("--price-to", metavar="AMOUNT", help="The highest price.")
@click.option("--gap", metavar="AMOUNT", help="What the cart is short of a goal.")
@click.option("--margin", type=click.FloatRange(0, 100), default=0.0, help="The least % of the price to keep.")
@click.option("--exclude", help="Never these.", **IDS)
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the reasons; the site's without it.")
@click.option("--json", "as_json", is_flag=True, help="As POST /v1/recommendations answers.")
def recommend(site: str, as_json: bool, **asked: Any) -> None:
    """Print what SITE would recommend now, best first: id, price, recommender, name and reason."""
    question = _question(asked)
    about, offered, missing, now = with_store(lambda link: _offered(link, site, question))
    if as_json:
        answer = told(offered, about, question.language, now)
        click.echo(msgspec.json.format(msgspec.json.encode({"items": answer, "unknown": missing})).decode())
        return
    for id in missing:
        click.echo(f"{id!r} is not in the catalogue of {site}; it counts for nothing", err=True)
    rows = [_row(each, about, question.language or about.language) for each in offered]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:3] if rows else []
    for *short, words in rows:
        click.echo("  ".join([*(cell.ljust(width) for cell, width in zip(short, widths, strict=True)), words]))
    if not rows:
        click.echo("nothing of the catalogue fits", err=True)


def _question(asked: Mapping[str, Any]) -> Question:
    """What the options ask. Raises `Invalid`."""
    inside = ("categories", "brands", "price_from", "price_to", "margin", "exclude")
    given = {name: value for name, value in asked.items() if name not in inside and value not in ((), None)}
    filters = {name: asked[name] for name in inside if asked[name] not in ((), None)}
    return decode(msgspec.json.Decoder(Question).decode, msgspec.json.encode(given | {"filters": filters}))


async def _offered(link: Link, site: str, question: Question) -> tuple[Site, Sequence[Offered], list[str], float]:
    _, definitions = await repository.existing(link, site)
    about, shelves, now = definitions.site, Shelves(link), time.time()
    registry, guard = Registry.load(), Guard()
    offering = Offering(link, registry, guard, shelves)
    offering.check(question.recommenders)
    warm(registry, guard)
    await shelves.caught_up(site)
    wish = wish_of(question, await _profile(link, site, question.member), about.currency, now)
    return about, await offering.offer(about, wish), unknown(question, shelves.of(site)), now


async def _profile(link: Link, site: str, member: str) -> Profile | None:
    if not member:
        return None
    settings = Settings.load()
    profile_id = member_profile(Keys.derive(settings.master_secret(), site), member)
    [stored] = await Profiles(link, settings.retention_days * 86_400).read_many_now(site, [profile_id])
    return stored.profile()


def _row(each: Offered, site: Site, language: str) -> Sequence[str]:
    price, reason = money(each.price, site.currency, language), said(each, language, site.language)
    words = f"{each.product.name}  ({reason})" if reason else each.product.name
    return each.product.id, price, each.recommender or "-", words
