"""Whether a class keeps the contract of `dangol.plugin`; a breach is told as PluginFailure of the kind ``api``."""

import inspect
import typing
from collections.abc import Callable
from typing import Any, ClassVar

import msgspec

from dangol.definitions.model import Id
from dangol.errors import PluginFailure
from dangol.plugin import API, Channel, Condition, Plugin, Recommender, Sink, Tally, Widget
from dangol.segments.conditions.catalogue import CATALOGUE

KINDS: dict[str, type[Plugin]] = {
    "widget": Widget,
    "recommender": Recommender,
    "tally": Tally,
    "channel": Channel,
    "condition": Condition,
    "sink": Sink,
}


def kind_of(plugin: type[Plugin]) -> str:
    """The kind's word, such as ``widget``; "" where the class is of no kind or of several."""
    kinds = [word for word, kind in KINDS.items() if issubclass(plugin, kind)]
    return kinds[0] if len(kinds) == 1 else ""


def check_class(name: str, found: object) -> type[Plugin]:
    """`found` itself, once everything that can be seen on the class is right; raises PluginFailure (api)."""
    if not inspect.isclass(found) or not issubclass(found, Plugin):
        raise PluginFailure(name, "api", f"{found!r} is not a class derived from a kind of dangol.plugin")
    if getattr(found, "api", None) != API:
        told = getattr(found, "api", None)
        raise PluginFailure(name, "api", f"written for api {told!r}; this dangol has api {API}")
    word = kind_of(found)
    if not word:
        raise PluginFailure(name, "api", f"must derive from exactly one of: {', '.join(KINDS)}")
    _check_params_class(name, found)
    _check_attributes(name, found, KINDS[word])
    if found.name != name:
        raise PluginFailure(name, "api", f"its class says name = {found.name!r}; the entry point says {name!r}")
    return found


def check_instance(name: str, plugin: Plugin) -> Plugin:
    """`plugin` itself, once every method that the kind asks for can be called in the way that dangol calls it,
    and a condition fits in with those of the segment language."""
    kind = KINDS[kind_of(type(plugin))]
    for method in (each for each in vars(kind) if inspect.isfunction(vars(kind)[each]) and not each.startswith("_")):
        _check_method(name, method, getattr(plugin, method), getattr(kind, method))
    if isinstance(plugin, Condition):
        try:
            CATALOGUE.with_plugins([plugin])
        except ValueError as error:
            raise PluginFailure(name, "api", str(error)) from error
    return plugin


def missing_methods(plugin: type[Plugin]) -> str:
    """The methods that the class leaves open, with the signatures asked for; "" when none. A channel has one of two."""
    kind = KINDS[kind_of(plugin)]
    left = sorted(getattr(plugin, "__abstractmethods__", ()))
    if issubclass(plugin, Channel) and plugin.send is Channel.send and plugin.send_many is Channel.send_many:
        left.append("send")
    return "; ".join(f"{signature(getattr(kind, each, None))} is missing" for each in left)


def signature(method: Callable[..., Any] | None) -> str:
    """A method as it is written: ``async def context(self, params: Any, view: View) -> ...``."""
    if method is None:
        return "a method"
    prefix = "async def" if inspect.iscoroutinefunction(method) else "def"
    return f"{prefix} {getattr(method, '__name__', '?')}{inspect.signature(method)}"


def _check_params_class(name: str, plugin: type[Plugin]) -> None:
    params = getattr(plugin, "Params", None)
    if not (inspect.isclass(params) and issubclass(params, msgspec.Struct)):
        raise PluginFailure(name, "api", f"Params is {params!r}; it must be a class derived from msgspec.Struct")
    try:
        msgspec.json.schema(params)
    except (TypeError, NameError, RuntimeError) as error:
        raise PluginFailure(name, "api", f"Params can't be turned into a JSON Schema: {error}") from error


def _check_attributes(name: str, plugin: type[Plugin], kind: type[Plugin]) -> None:
    for attribute, hint in typing.get_type_hints(kind, include_extras=True).items():
        if typing.get_origin(hint) is not ClassVar:
            continue
        wanted = Id if attribute == "name" else typing.get_args(hint)[0]
        try:
            msgspec.convert(getattr(plugin, attribute, None), wanted)
        except msgspec.ValidationError as error:
            value = getattr(plugin, attribute, None)
            raise PluginFailure(name, "api", f"its class says {attribute} = {value!r}: {error}") from error


def _check_method(name: str, method: str, own: Any, wanted: Callable[..., Any]) -> None:
    expected = inspect.signature(wanted).parameters
    positional = [None] * (len(expected) - 1)  # without self
    try:
        same_colour = inspect.iscoroutinefunction(own) == inspect.iscoroutinefunction(wanted)
        inspect.signature(own).bind(*positional)
    except (TypeError, ValueError):
        same_colour = False
    if not same_colour:
        told = signature(own) if callable(own) else repr(own)
        raise PluginFailure(name, "api", f"{method} is {told}; expected {signature(wanted)}")
