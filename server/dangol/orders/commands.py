"""`dangol orders import` and `dangol orders history`."""

import asyncio
import gc
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import click
import msgspec
from msgspec import Struct, field

from dangol.definitions import repository
from dangol.definitions.commands import with_store
from dangol.definitions.model import Definitions
from dangol.errors import DangolError, Invalid
from dangol.host.registry import Registry
from dangol.members.columns import Refusal
from dangol.members.report import brief
from dangol.members.terminal import DRY, changing_nothing, reporting
from dangol.orders.columns import named
from dangol.orders.sentences import history_lines, loaded_lines
from dangol.protocol.tokens import Keys
from dangol.settings import Settings
from dangol.store.embedded import store_at
from dangol.store.generations import Busy, Loaded, Status, status
from dangol.store.link import Link

Advance = Callable[[str, int], None]

MOST_TOLD: Final = 1_000
"""Problems that an answer in JSON has."""

GIVEN_WAY: Final = 10


class Wrong(Struct):
    """Where something is wrong, and what was expected."""

    where: str
    expected: str


class Answer(Struct):
    """A load as JSON: what was `loaded` (nothing was changed where its generation is empty), and the first problems of
    rows; or as what it failed (busy, invalid, other), with what is wrong with the whole."""

    loaded: Loaded | None = None
    problems: list[dict[str, str | int]] = field(default_factory=list)
    failed: str = ""
    wrong: list[Wrong] = field(default_factory=list)


@click.group()
def orders() -> None:
    """The past orders of a shop."""


@orders.command("import")
@click.argument("site")
@click.argument("files", nargs=-1, required=True, type=click.File("rb"), metavar="FILE…")
@click.option("--columns", default="", help="Columns of other names: order_id=invoice_no,at=ts,…")
@click.option("--dry-run", is_flag=True, help="Do it all, but change nothing.")
@click.option("--report", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="CSV of refused rows.")
@click.option("--skip-refused", is_flag=True, help="Load the other rows although some are refused.")
@click.option("--json", "as_json", is_flag=True, help="Write what is told as JSON.")
@click.option("--nice", is_flag=True, help="Give way to other processes.")
def import_(
    site: str,
    files: tuple[BinaryIO, ...],
    columns: str,
    dry_run: bool,
    report: Path | None,
    skip_refused: bool,
    as_json: bool,
    nice: bool,
) -> None:
    """Let the recommenders of SITE learn from the past orders in FILE… (CSV or Parquet), all together.

    A row is a line of an order: order_id, at and product_id (needed), quantity, price (of one piece), customer_id and
    state (placed or cancelled; without a product it cancels the whole order). Rows may come in any order. All are
    checked first; if one is refused, nothing is changed. What is loaded takes the place of what was loaded before;
    orders that dangol counted itself are left out.
    """
    if not all(file.seekable() for file in files):
        raise click.ClickException("FILE must be one that can be read twice, no pipe")
    if nice:
        os.nice(GIVEN_WAY)
    options = {"columns": named(columns), "skip_refused": skip_refused, "dry_run": dry_run}
    if as_json:
        with _hardly_collecting():
            answer = _answer(site, files, options)
        click.echo(msgspec.json.encode(answer))
        if answer.loaded is None or (answer.loaded.refused and not skip_refused):
            raise click.exceptions.Exit(1)
        return
    with reporting(report) as refuse, _bar() as advance, _hardly_collecting():
        loaded = with_store(lambda link: _telling(_load(link, site, files, options, refuse, advance)))
    for line in loaded_lines(loaded):
        click.echo(line)
    if loaded.refused and not skip_refused:
        click.echo("nothing was changed", err=True)
        raise click.exceptions.Exit(1)
    if dry_run:
        click.echo(DRY)


@orders.command()
@click.argument("site")
def history(site: str) -> None:
    """Tell which past orders of SITE are loaded, and whether some are being loaded or were left behind."""

    async def read(link: Link) -> tuple[Definitions, Status]:
        return (await repository.existing(link, site))[1], await status(link, site)

    definitions, (in_force, making, left_behind) = with_store(read)
    for line in history_lines(in_force, definitions.site.timezone):
        click.echo(line)
    if making:
        click.echo(f"{making.generation} is being loaded: {making.stage}, {making.percent} %")
    for generation in left_behind:
        click.echo(f"{generation} was left behind; the next load removes it")


async def _load(
    link: Link,
    site: str,
    files: Sequence[BinaryIO],
    options: Mapping[str, Any],
    refuse: Callable[[Refusal], None],
    advance: Advance,
) -> Loaded:
    # Its libraries take tens of megabytes, which no server needs.
    from dangol.orders.loading import Options, Shop, Source, load

    keys = Keys.derive(Settings.load().master_secret(), site)
    _, definitions = await repository.existing(link, site)
    shop = Shop(definitions.site, keys, Registry.load().recommenders())
    sources = [Source(getattr(file, "name", "-"), file) for file in files]
    return await load(link, shop, sources, Options(**options), time.time(), refuse, advance)


async def _telling(loading: Awaitable[Loaded]) -> Loaded:
    with changing_nothing():
        return await loading


def _answer(site: str, files: Sequence[BinaryIO], options: Mapping[str, Any]) -> Answer:
    answer = Answer()

    def refuse(refusal: Refusal) -> None:
        if len(answer.problems) < MOST_TOLD:
            answer.problems.append({**refusal._asdict(), "value": brief(refusal.value)})

    async def run(url: str) -> Loaded:
        link = Link(url)
        try:
            return await _load(link, site, files, options, refuse, lambda stage, percent: None)
        finally:
            link.close()

    settings = Settings.load()
    try:
        with store_at(settings.redis_url, Path(settings.data_dir)) as url:
            answer.loaded = asyncio.run(run(url))
    except Invalid as error:
        answer.failed, answer.wrong = "invalid", [Wrong(each.where, each.expected) for each in error.problems]
    except Busy as error:
        answer.failed, answer.wrong = "busy", [Wrong("", str(error))]
    except DangolError as error:
        answer.failed, answer.wrong = "other", [Wrong("", str(error))]
    return answer


@contextmanager
def _hardly_collecting() -> Iterator[None]:
    """What is learned is no garbage, and leaves none: looking for it would take as long as all the rest."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(1_000_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def _bar() -> Iterator[Advance]:
    """A progress bar, on a terminal."""
    if not sys.stderr.isatty():
        yield lambda stage, percent: None
        return
    with click.progressbar(length=100, file=sys.stderr, item_show_func=lambda stage: stage or "") as bar:
        yield lambda stage, percent: bar.update(percent - bar.pos, stage)
