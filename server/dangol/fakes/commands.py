"""`dangol fake-providers`."""

import shlex

import click
import msgspec

from dangol.fakes.faults import PROVIDERS, Provider


def _hooks(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[Provider, str]:
    pairs = dict(pair.partition("=")[::2] for pair in given)
    try:
        return msgspec.convert(pairs, dict[Provider, str])
    except msgspec.ValidationError:
        raise click.BadParameter(f"expected one of {', '.join(PROVIDERS)}, '=' and an address") from None


@click.command("fake-providers")
@click.option("--port", default=8010, show_default=True, help="Port on this machine; nobody else reaches it.")
@click.option("--hook", "hooks", multiple=True, callback=_hooks, help="solapi=http://… : where results are told.")
@click.option("--seed", default=0, show_default=True, help="Of the faults that happen to a share.")
@click.option("--delay", default=2.0, show_default=True, help="Seconds until a result is known.")
@click.option("--strict", is_flag=True, help="Refuse templates that were not registered, instead of learning them.")
def fake_providers(port: int, hooks: dict[Provider, str], seed: int, delay: float, strict: bool) -> None:
    """Serve fakes of SOLAPI, NHN Cloud, Aligo, FCM, APNs and web push, and a page with what arrived."""
    from dangol.fakes.app import create  # no other command needs what these import
    from dangol.fakes.environment import environment
    from dangol.fakes.serve import LOOPBACK, bound, serve_forever
    from dangol.fakes.world import World

    world = World(seed=seed, delay=delay, learn=not strict, hooks=hooks)
    try:
        listening = bound(port)
    except OSError as error:
        raise click.ClickException(f"port {port}: {error.strerror}; choose another one with --port") from None
    base = f"http://{LOOPBACK}:{listening.getsockname()[1]}"
    click.echo(f"what arrives is shown at {base}/ ; channels come here with these variables:", err=True)
    for name, value in environment(world.accounts, base).items():
        click.echo(f"export {name}={shlex.quote(value)}")
    serve_forever(create(world), listening)
