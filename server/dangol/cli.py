"""The command line. What a command needs is imported when it is called: all of it would take most of a second."""

import asyncio
import logging
import signal
import sys
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from dangol import __version__
from dangol.errors import DangolError
from dangol.settings import Settings

if TYPE_CHECKING:
    from dangol.store.link import Link

ELSEWHERE: Final = {
    "apply": ("dangol.definitions.commands", "Put definitions (YAML) in force."),
    "export": ("dangol.definitions.commands", "Write the definitions of SITE as YAML."),
    "fake-providers": ("dangol.fakes.commands", "Serve fakes of the providers of messages."),
    "members": ("dangol.members.commands", "The members of a shop."),
    "messages": ("dangol.messages.commands", "What became of a shop's messages."),
    "orders": ("dangol.orders.commands", "The past orders of a shop."),
    "plugin": ("dangol.host.commands", "Make plugins, and see which are installed."),
    "preview": ("dangol.preview.commands", "Look at a campaign of a file on the shop's own page."),
    "products": ("dangol.products.commands", "The catalogue of a shop."),
    "recipe": ("dangol.recipes.commands", "Ready-made campaigns to begin with."),
    "recommend": ("dangol.recommend.commands", "Print what SITE would recommend now."),
    "rehearse": ("dangol.rehearsal.commands", "Tell what definitions would have done."),
    "report": ("dangol.effects.commands", "Tell what campaigns of SITE bring about."),
    "send": ("dangol.sends.commands", "Messages that are sent by hand."),
}
"""Commands of other rooms: the module that each is in, and what the list of commands says of it."""


class Elsewhere(click.Command):
    """A command that `module` has, which is imported once it is called."""

    def __init__(self, name: str, module: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help)
        self.module = module

    def make_context(self, *args: Any, **named: Any) -> click.Context:
        """That of the command itself, which click goes on with."""
        return self.found().make_context(*args, **named)

    def found(self) -> click.Command:
        """The command itself."""
        command: click.Command = getattr(import_module(self.module), str(self.name).replace("-", "_"))
        return command


class Group(click.Group):
    """Tells without a traceback what was refused, or that the store or its folder can't be used."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except BrokenPipeError:
            raise  # click ends without a word: whoever reads, such as head, has enough
        except OSError as error:
            told = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            raise click.ClickException(told) from None
        except DangolError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Group)
@click.version_option(__version__)
def main() -> None:
    """On-site marketing for online shops. Settings come from DANGOL_* variables: see `dangol settings`."""


for _name, (_module, _told) in ELSEWHERE.items():
    main.add_command(Elsewhere(_name, _module, _told))


def start(settings: Settings) -> None:
    """Logging, and an end that leaves no store behind, the same for every process."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # uvicorn repeats the signal when it is done, and its default action would end the process on the spot.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))


def store(settings: Settings) -> AbstractContextManager[str]:
    """The store's address."""
    from dangol.store.embedded import store_at

    return store_at(settings.redis_url, Path(settings.data_dir))


@main.command()
def serve() -> None:
    """Answer browsers and shops."""
    import uvicorn

    from dangol.house import House
    from dangol.web.app import create, options

    settings = Settings.load()
    start(settings)
    with store(settings) as url:
        uvicorn.run(create(House(settings, url)), **options(settings))


@main.command()
def worker() -> None:
    """Read the event log: triggers, recommenders, sinks and dispatch. Start as many as you like."""
    from dangol.house import House
    from dangol.worker.process import run_worker

    settings = Settings.load()
    start(settings)
    with store(settings) as url:
        asyncio.run(run_worker(House(settings, url)))


@main.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65_533),
    default=8000,
    show_default=True,
    help="Port of the server; shop and phone take the next two.",
)
@click.option("--fresh", is_flag=True, help="Forget what the demo has stored so far.")
def demo(port: int, fresh: bool) -> None:
    """Run everything with a sample shop."""
    from dangol.demo.run import run

    run(port, fresh)


@main.command()
@click.argument("site")
def keys(site: str) -> None:
    """Print the secret keys of SITE."""
    from dangol.protocol.tokens import Keys

    derived = Keys.derive(Settings.load().master_secret(), site)
    click.echo(f"server key       {derived.server}   (for the shop's server: /v1/members, orders, products, push)")
    click.echo(f"identity secret  {derived.identity}   (for the shop's server: signs member tokens)")
    click.echo(f"admin key        {derived.admin}   (for administrators: /v1/admin)")


@main.command("push-keys")
@click.argument("contact")
def push_keys(contact: str) -> None:
    """Print what the environment needs for web push. Push services reach the shop at CONTACT (mailto: or https:)."""
    from cryptography.hazmat.primitives.asymmetric import ec

    from dangol.protocol.tokens import encoded

    if not contact.startswith(("mailto:", "https:")):
        raise click.BadParameter(f"expected mailto: and an e-mail address, or an https: address; got {contact!r}")
    private = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    click.echo(f"WEBPUSH_PRIVATE_KEY={encoded(private.to_bytes(32, 'big'))}")
    click.echo(f"WEBPUSH_SUBJECT={contact}")


@main.command()
@click.argument("site")
@click.option("--at", default="https://dangol.example", show_default=True, help="Where browsers reach dangol.")
def snippet(site: str, at: str) -> None:
    """Print the lines that SITE pastes into the head of its pages."""
    from dangol import tag
    from dangol.definitions import repository
    from dangol.definitions.commands import with_store

    _, definitions = with_store(lambda link: repository.existing(link, site))
    address = at.rstrip("/")
    click.echo(tag.lines(definitions.site.key, address))
    click.echo(
        f"With a Content-Security-Policy: script-src {address} {tag.stub_source()}; connect-src {address}", err=True
    )


@main.command()
@click.argument("job")
def forget(job: str) -> None:
    """Let the event log no longer wait for JOB, such as sink:archive, whose plugin is gone for good."""
    from dangol.definitions.commands import with_store
    from dangol.store import log
    from dangol.store.keys import PARTITIONS

    async def everywhere(link: "Link") -> int:
        return sum([await log.forget(link, number, job) for number in range(PARTITIONS)])

    if not with_store(everywhere):
        raise click.ClickException(f"no partition of the log knows a job {job!r}")
    click.echo(f"the log no longer waits for {job}")


@main.command()
def settings() -> None:
    """List the settings with their defaults."""
    for line in Settings.describe():
        click.echo(line)
