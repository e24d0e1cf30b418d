"""YAML, but strict: what JSON can say, in YAML's clothes.

Plain scalars are read as YAML 1.2's core schema has them, so ``on`` and ``no`` are words, ``010`` is no octal and
dates stay text. Anchors, aliases and tags are refused, and so is a key that stands twice.
"""

import re
from collections.abc import Iterator
from math import isfinite
from typing import Any

import yaml

from dangol.errors import Invalid, Problem

LARGEST = 8_000_000
"""Characters of one document; 10,000 segments of four conditions are three millions."""

DEEPEST = 100  # a condition nested as deep as segments allow is twice as many lists and mappings deep
LARGEST_INT = (1 << 63) - 1
WHOLE = r"[-+]?(0|[1-9][0-9]{0,18})"
EXPONENT = r"[eE][-+]?[0-9]{1,3}"
SCALARS = {
    "null": re.compile(r"~|null|\Z"),
    "bool": re.compile(r"true|false"),
    "int": re.compile(WHOLE),
    "float": re.compile(rf"{WHOLE}\.[0-9]{{0,40}}({EXPONENT})?|[-+]?\.[0-9]{{1,40}}({EXPONENT})?|{WHOLE}{EXPONENT}"),
}
# Control characters and odd line breaks: only escapes carry them safely through every emitter and parser.
UNUSUAL = re.compile(r"[^\n -~\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str, source: str = "") -> Any:
    """The document as dicts with text keys, lists, str, int, float, bool and None. Raises `Invalid` with the line."""
    if len(text) > LARGEST:
        raise Invalid([Problem("", text[:20], f"a document of at most {LARGEST} characters")], source)
    try:
        events = yaml.parse(text, Loader=_Loader)
        return _Composer(events).document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = Problem(f"line {line}", _line(text, line), f"valid YAML: {error.problem or error.context}")
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        problem = Problem("", text[:20], f"valid YAML: {error}")
    except Invalid as error:
        raise Invalid(error.problems, source) from None
    raise Invalid([problem], source)


def dump(value: Any) -> str:
    """Text that `load` reads back as the same value; keys keep their order."""
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


def scalar(text: str) -> Any:
    """What a plain scalar stands for. A number too large to be stored as one stays text."""
    kind = next((kind for kind, pattern in SCALARS.items() if pattern.fullmatch(text)), "str")
    if kind == "null":
        return None
    if kind == "bool":
        return text == "true"
    if kind == "int" and abs(int(text)) <= LARGEST_INT:
        return int(text)
    if kind == "float" and isfinite(float(text)):
        return float(text)
    return text


def _line(text: str, number: int) -> str:
    return (text.splitlines()[number - 1 : number] or [""])[0].strip()


class _Composer:
    """Builds the value from the parser's events."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events

    def document(self) -> Any:
        value: Any = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _refused(event, "---", "the only document of the text")
            elif isinstance(event, yaml.NodeEvent):
                value = self._node(event, 0)
        return value

    def _node(self, event: Any, depth: int) -> Any:
        if event.anchor is not None:
            raise _refused(event, event.anchor, "free of anchors and aliases; write the value out")
        if event.tag not in (None, "!"):
            raise _refused(event, event.tag, "free of tags")
        if depth > DEEPEST:
            raise _refused(event, "…", f"nested at most {DEEPEST} deep")
        if isinstance(event, yaml.ScalarEvent):
            return scalar(event.value) if event.implicit[0] else event.value
        return self._sequence(depth) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(depth)

    def _sequence(self, depth: int) -> list[Any]:
        values = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            values.append(self._node(event, depth + 1))
        return values

    def _mapping(self, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _refused(event, "…", "a key that is text")
            self._node(event, depth)
            if event.value in values:
                raise _refused(event, event.value, "a key that stands only once in its mapping")
            values[event.value] = self._node(next(self._events), depth + 1)
        return values


def _refused(event: Any, value: str, expected: str) -> Invalid:
    return Invalid([Problem(f"line {event.start_mark.line + 1}", value, expected)])


class _Dumper(yaml.SafeDumper):
    """Quotes exactly what `load` would else take for something other than text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own form

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if UNUSUAL.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)
for _kind, _pattern in SCALARS.items():
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(f"(?:{_pattern.pattern})\\Z"), None)
