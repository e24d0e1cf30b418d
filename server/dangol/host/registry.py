"""The plugins of this process: found through entry points, each imported, checked and made alone."""

import importlib
import logging
import operator
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import TypeVar

from msgspec import Struct, field, structs

from dangol.errors import PluginFailure
from dangol.host.contract import check_class, check_instance, kind_of, missing_methods
from dangol.host.guard import Guard, describe
from dangol.plugin import Channel, Condition, Plugin, Recommender, Sink, Tally, Widget

GROUP = "dangol.plugins"
OWN = "dangol"
"""The distribution of the built-ins; a plugin of the same name from any other goes before its own."""

K = TypeVar("K", bound=Plugin)
Given = TypeVar("Given")
Checked = TypeVar("Checked")
logger = logging.getLogger(__name__)


class Status(Struct, frozen=True):
    """What the operator is told of one plugin.

    `distribution` and `version` are those of the Python package it came in. `state` is ``ok`` or the kind of
    PluginFailure that keeps it out or that its last call ended in; `detail` tells more. `calls` counts its
    calls by outcome.
    """

    name: str
    kind: str = ""
    distribution: str = ""
    version: str = ""
    state: str = "ok"
    detail: str = ""
    calls: dict[str, int] = field(default_factory=dict)


class Registry:
    """All plugins by name, with those that could not be used and why."""

    def __init__(self, plugins: Iterable[Plugin], statuses: Iterable[Status]) -> None:
        held = {plugin.name: plugin for plugin in sorted(plugins, key=lambda each: each.name)}
        self._statuses = {status.name: status for status in sorted(statuses, key=lambda each: each.name)}
        self._widgets = {name: each for name, each in held.items() if isinstance(each, Widget)}
        self._recommenders = {name: each for name, each in held.items() if isinstance(each, Recommender)}
        self._tallies = {name: each for name, each in held.items() if isinstance(each, Tally)}
        self._channels = {name: each for name, each in held.items() if isinstance(each, Channel)}
        self._conditions = {name: each for name, each in held.items() if isinstance(each, Condition)}
        self._sinks = {name: each for name, each in held.items() if isinstance(each, Sink)}

    @classmethod
    def load(cls, points: Iterable[EntryPoint] | None = None) -> "Registry":
        """Everything that is installed under the entry-point group, or the given entry points."""
        found = entry_points(group=GROUP) if points is None else points
        loaded = [_load(point, detail) for point, detail in _chosen(found)]
        return cls((plugin for plugin, _ in loaded if plugin), (status for _, status in loaded))

    @classmethod
    def of(cls, plugins: Iterable[Plugin]) -> "Registry":
        """Just these instances; raises PluginFailure for one that breaks its contract."""
        held = list(plugins)
        for plugin in held:
            check_class(plugin.name, type(plugin))
            check_instance(plugin.name, plugin)
        return cls(held, (Status(plugin.name, kind_of(type(plugin))) for plugin in held))

    def widget(self, name: str) -> Widget:
        """The widget of this name; raises PluginFailure where there is none, as the next three do."""
        return self._named("widget", name, self._widgets)

    def recommender(self, name: str) -> Recommender:
        """The recommender of this name."""
        return self._named("recommender", name, self._recommenders)

    def tally(self, name: str) -> Tally:
        """The tally of this name."""
        return self._named("tally", name, self._tallies)

    def channel(self, name: str) -> Channel:
        """The channel of this name."""
        return self._named("channel", name, self._channels)

    def widgets(self) -> list[Widget]:
        """All widgets in the order of their names, as in the lists below."""
        return list(self._widgets.values())

    def recommenders(self) -> list[Recommender]:
        """All recommenders."""
        return list(self._recommenders.values())

    def tallies(self) -> list[Tally]:
        """All tallies."""
        return list(self._tallies.values())

    def channels(self) -> list[Channel]:
        """All channels."""
        return list(self._channels.values())

    def conditions(self) -> list[Condition]:
        """All conditions."""
        return list(self._conditions.values())

    def sinks(self) -> list[Sink]:
        """All sinks."""
        return list(self._sinks.values())

    def statuses(self, guard: Guard | None = None) -> list[Status]:
        """Every plugin that was found, by name, with what became of its calls where a guard is given."""
        known = list(self._statuses.values())
        return known if guard is None else [_with_calls(status, guard) for status in known]

    def _named(self, kind: str, name: str, held: Mapping[str, K]) -> K:
        if name in held:
            return held[name]
        status = self._statuses.get(name)
        if status is not None and status.state != "ok":
            raise PluginFailure(name, status.state, status.detail)
        there = ", ".join(held) or "none"
        raise PluginFailure(name, "missing", f"no {kind} of this name is installed; there are: {there}")


def _chosen(points: Iterable[EntryPoint]) -> list[tuple[EntryPoint, str]]:
    """One entry point for each name, and a word on those that it goes before."""
    ordered = sorted(points, key=lambda point: (point.name, _source(point)[0] == OWN, _source(point)))
    rivals: dict[str, list[EntryPoint]] = {}
    for point in ordered:
        rivals.setdefault(point.name, []).append(point)
    return [(first, _goes_before(first, others)) for first, *others in rivals.values()]


def _goes_before(chosen: EntryPoint, others: list[EntryPoint]) -> str:
    if not others:
        return ""
    detail = "used instead of the one of " + ", ".join(" ".join(_source(point)) for point in others)
    logger.warning("plugin %s of %s: %s", chosen.name, " ".join(_source(chosen)), detail)
    return detail


def _source(point: EntryPoint) -> tuple[str, str]:
    return (point.dist.name or "", point.dist.version or "") if point.dist is not None else ("", "")


def _load(point: EntryPoint, detail: str) -> tuple[Plugin | None, Status]:
    distribution, version = _source(point)
    status = Status(point.name, distribution=distribution, version=version, detail=detail)
    try:
        loaded = _checked(point.name, check_class, _imported(point))
        status = structs.replace(status, kind=kind_of(loaded))
        plugin = _checked(point.name, check_instance, _made(point.name, loaded))
    except PluginFailure as failure:
        logger.error("%s, of %s %s; dangol goes on without it", failure, distribution, version)
        told = f"{failure.detail}; {detail}" if detail else failure.detail
        return None, structs.replace(status, state=failure.kind, detail=told)
    return plugin, status


def _checked(name: str, check: Callable[[str, Given], Checked], given: Given) -> Checked:
    """What `check` gives. A plugin may be so odd that even looking at it raises."""
    try:
        return check(name, given)
    except PluginFailure:
        raise
    except Exception as error:
        raise PluginFailure(name, "api", f"checking it: {describe(error)}") from error


def _imported(point: EntryPoint) -> object:
    """What the entry point names. A plugin that isn't there is told from one whose code fails on import."""
    module_name, _, path = (part.strip() for part in point.value.partition(":"))
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        gone = isinstance(error, ModuleNotFoundError) and f"{module_name}.".startswith(f"{error.name}.")
        raise PluginFailure(point.name, "missing" if gone else "import", describe(error)) from error
    try:
        return operator.attrgetter(path)(module)
    except AttributeError as error:
        raise PluginFailure(point.name, "missing", f"there is no {point.value}") from error


def _made(name: str, plugin: type[Plugin]) -> Plugin:
    left = missing_methods(plugin)
    if left:
        raise PluginFailure(name, "api", left)
    try:
        return plugin()
    except Exception as error:
        raise PluginFailure(name, "import", f"making it: {describe(error)}") from error


def _with_calls(status: Status, guard: Guard) -> Status:
    record = guard.record(status.name)
    calls = dict(record.outcomes)
    if record.state == "ok":
        return structs.replace(status, calls=calls)
    return structs.replace(status, state=record.state, detail=record.detail, calls=calls)
