"""Checking what a definition says against the ``Params`` of the plugin that it uses."""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from dangol.definitions.shapes import nearest
from dangol.errors import Invalid, PluginFailure, Problem
from dangol.host.guard import describe
from dangol.host.registry import Registry
from dangol.plugin import Plugin, RecommenderName

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


def texts_of(params: Any, kind: Any, where: str, hint: Any = None) -> Iterator[tuple[str, str]]:
    """The texts in a plugin's parameters that are of an annotated type such as `Url`, each by its path under `where`.
    Empty ones are left out."""
    if isinstance(params, str):
        if params and _is_of(hint, [each for each in get_args(kind) if isinstance(each, Meta)]):
            yield where, params
    elif isinstance(params, Struct):
        hints = get_type_hints(type(params), include_extras=True)
        for name in params.__struct_fields__:
            yield from texts_of(getattr(params, name), kind, f"{where}.{name}", hints[name])
    elif isinstance(params, Sequence):
        for place, one in enumerate(params):
            yield from texts_of(one, kind, f"{where}[{place}]", hint)


def _is_of(hint: Any, marks: Sequence[Meta]) -> bool:
    """Whether a field's type is annotated with the marks: it itself, one of several, or that of a list's items."""
    if get_origin(hint) is Annotated and any(each in get_args(hint) for each in marks):
        return True
    return any(_is_of(each, marks) for each in get_args(hint))


def recommender_problems(params: Any, where: str, registry: Registry) -> Iterator[Problem]:
    """Names of recommenders that can't be used."""
    for place, name in texts_of(params, RecommenderName, where):
        try:
            registry.recommender(name)
        except PluginFailure as failure:
            hint = nearest(name, [one.name for one in registry.recommenders()])
            yield Problem(place, name, f"a usable recommender: {failure.detail}{hint}")


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
