"""Run inside the environment of the sample distributions: renders every third-party widget.

Prints as JSON what was shown and the statuses that the operator would read.
"""

import asyncio
import logging

import msgspec

from dangol.errors import PluginFailure
from dangol.host.guard import Guard
from dangol.host.params import check_params
from dangol.host.registry import Registry
from dangol.render.renderer import Renderer
from dangol.testing import view


async def main() -> None:
    logging.disable()
    registry, guard = Registry.load(), Guard()
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
    print(msgspec.json.encode({"shown": shown, "statuses": registry.statuses(guard)}).decode())


asyncio.run(main())
