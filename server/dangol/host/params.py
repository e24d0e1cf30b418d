"""Checking what a definition says against the ``Params`` of the plugin that it uses."""

import re
from typing import Any

import msgspec
from msgspec import Struct

from dangol.errors import Invalid, Problem
from dangol.host.guard import describe
from dangol.plugin import Plugin

AT = re.compile(r" - at (?:`key` in )?`\$(?P<path>.*)`\Z")
STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


def check_params(plugin: Plugin, raw: object, where: str) -> Struct:
    """The plugin's parameters made of `raw`; raises Invalid with a path under `where`, the value found there
    and what was expected."""
    try:
        params: Struct = msgspec.convert(raw, plugin.Params)
    except msgspec.ValidationError as error:
        raise Invalid([_problem(plugin, raw, where, str(error))]) from error
    except Exception as error:  # the plugin's own __post_init__
        raise Invalid([Problem(where, raw, f"accepted by {plugin.name}: {describe(error)}")]) from error
    return params


def _problem(plugin: Plugin, raw: object, where: str, message: str) -> Problem:
    """msgspec says ``Expected `int`, got `str` - at `$.stages[0].percent` ``; we say where in the whole document."""
    at = AT.search(message)
    path = at["path"] if at else ""
    text = AT.sub("", message)
    missing = re.search(r"required field `(.*)`\Z", text, re.DOTALL)
    if missing:
        return Problem(f"{where}{path}.{missing[1]}", None, f"given; {plugin.name} requires it")
    unknown = re.search(r"unknown field `(.*)`\Z", text, re.DOTALL)
    if unknown:
        path = f"{path}.{unknown[1]}"
        return Problem(where + path, _value(raw, path), f"a parameter of {plugin.name}; {_known(plugin)}")
    wanted = text.split(", got ")[0].replace("`", "")
    if wanted.startswith("Expected "):
        return Problem(where + path, _value(raw, path), f"{wanted[9:]}, which {plugin.name} requires")
    return Problem(where + path, _value(raw, path), f"accepted by {plugin.name}: {text}")


def _known(plugin: Plugin) -> str:
    names = [each.encode_name for each in msgspec.structs.fields(plugin.Params)]
    return f"it has: {', '.join(names)}" if names else "it has none"


def _value(raw: Any, path: str) -> Any:
    """What stands in `raw` at a path of msgspec's; the nearest that can be named where the path says ``[...]``."""
    for name, index in STEP.findall(path):
        try:
            raw = raw[int(index)] if index else raw[name]
        except (KeyError, IndexError, TypeError):
            return raw
    return raw
