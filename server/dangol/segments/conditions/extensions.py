"""Plugin conditions as rows of the catalogue."""

from collections.abc import Callable, Mapping
from math import isfinite, nan
from typing import Any, Protocol

from dangol.errors import PluginFailure
from dangol.plugin import Condition, Profile, Request
from dangol.segments.calendar import Clock
from dangol.segments.conditions.row import Extract, Kind, Row

UNKNOWN: Mapping[Kind, Any] = {"number": nan, "boolean": nan, "text": "", "set": frozenset()}
EXAMPLES: Mapping[Kind, Any] = {
    "number": {"gte": 1},
    "text": {"is": "a"},
    "set": {"has_any": ["a"]},
    "boolean": True,
}


class Run(Protocol):
    """How a plugin's method is called; `dangol.host.guard.Guard.run` is one."""

    def __call__(self, plugin: Condition, method: str, function: Callable[[], Any], *, expect: Any) -> Any: ...


def direct(plugin: Condition, method: str, function: Callable[[], Any], *, expect: Any) -> Any:
    """A plain call, for tests and tools; a server uses its guard."""
    return function()


def plugin_row(condition: Condition, run: Run) -> Row:
    """The row of one plugin, under the plugin's name."""
    title = condition.title
    labels = title if isinstance(title, dict) else {"ko": title, "en": title}
    label = labels.get("en") or labels.get("ko") or condition.name
    return Row(
        id=condition.name,
        ko=labels.get("ko") or label,
        en=label,
        group="plugin",
        kind=condition.kind,
        extract=_extractor(condition, run),
        example=EXAMPLES[condition.kind],
        unit=condition.unit,
        source=condition.needs,
    )


def _extractor(condition: Condition, run: Run) -> Extract:
    unknown, settle = UNKNOWN[condition.kind], SETTLE[condition.kind]

    def extract(profile: Profile, request: Request, clock: Clock) -> Any:
        def fact() -> Any:
            value = condition.fact(profile, request)
            return unknown if value is None else settle(value)

        try:
            return run(condition, "fact", fact, expect=object)
        except PluginFailure:
            return unknown  # the guard has logged and counted it

    return extract


def _number(value: object) -> float:
    if not isinstance(value, (int, float)):
        raise TypeError(f"a number condition gave {type(value).__name__}")
    number = float(value)
    return number if isfinite(number) else nan


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"a boolean condition gave {type(value).__name__}")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text condition gave {type(value).__name__}")
    return value


def _set(value: Any) -> frozenset[str]:
    """Used up here, inside the guarded call, since it may be a generator."""
    if isinstance(value, str):
        raise TypeError("a set condition gave one str, not an iterable of them")
    return frozenset(map(_text, value))


SETTLE: Mapping[Kind, Callable[[Any], Any]] = {
    "number": _number,
    "boolean": _boolean,
    "text": _text,
    "set": _set,
}
