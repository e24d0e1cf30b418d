"""Run inside the environment of the sample distributions: renders every third-party widget, and calls `dangol plugin`.

Prints as JSON what was shown, the statuses that the operator would read, and how the commands end.
"""

import asyncio
import logging

import msgspec
from click.testing import CliRunner

from dangol.cli import main
from dangol.errors import PluginFailure
from dangol.host.guard import Guard
from dangol.host.params import check_params
from dangol.host.registry import Registry
from dangol.render.renderer import Renderer
from dangol.testing import view

COMMANDS = ("list", "check hello", "check hello broken_api")


async def show(registry: Registry, guard: Guard) -> dict[str, str]:
    """What each widget shows."""
    renderer = Renderer(registry, guard)
    shown = {}
    for widget in registry.widgets():
        if type(widget).__module__.startswith("dangol_widgets."):
            continue
        raw = {"text": "Good day"} if "text" in widget.Params.__struct_fields__ else {}
        params = check_params(widget, raw, "params")
        try:
            rendered = await renderer.render(widget, params, view())
        except PluginFailure as failure:
            shown[widget.name] = str(failure)
        else:
            shown[widget.name] = rendered.tree.decode() if rendered else ""
    return shown


def end(command: str) -> tuple[int, str]:
    """Exit status and output of `dangol plugin COMMAND`."""
    done = CliRunner().invoke(main, ["plugin", *command.split()])
    return done.exit_code, done.output


logging.disable()
registry, guard = Registry.load(), Guard()
shown = asyncio.run(show(registry, guard))
told = {"shown": shown, "statuses": registry.statuses(guard), "ends": {command: end(command) for command in COMMANDS}}
print(msgspec.json.encode(told).decode())
