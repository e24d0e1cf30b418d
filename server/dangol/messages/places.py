"""The places of a template where it says something: texts and addresses, each with its path. Pure."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from dangol.definitions.basics import LANGUAGES, Address, Label, Language, LongText, Prose, Text
from dangol.definitions.templates import Image, Template

P = TypeVar("P", bound=Struct)

TEXTS = (Label, Prose, Text, LongText)
UNSAID = frozenset({"id", "code", "category", "comments", "name"})
"""Fields of a template itself that nobody gets to read; the `name` of a button is read."""

Visit = Callable[[str, str, Any], Any]
"""(path, role, value) to the new value; the role is text, address, image or html."""


@cache
def _roles(shape: type[Struct]) -> tuple[tuple[str, str], ...]:
    own = UNSAID if shape in get_args(Template) else frozenset()
    fields = ((field.name, _role(field.name, field.type)) for field in msgspec.structs.fields(shape))
    return tuple((name, role) for name, role in fields if role and name not in own)


def _role(name: str, kind: Any) -> str:
    if name == "html":
        return "html"
    if kind in TEXTS:
        return "text"
    if kind == Address:
        return "address"
    if kind == Image:
        return "image"
    bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if bare == dict[Label, Label]:
        return "texts"
    return "part" if any(map(_is_said, get_args(bare) or (bare,))) else ""


def _is_said(kind: Any) -> bool:
    return kind == Image or (isinstance(kind, type) and issubclass(kind, Struct))


def rewritten(part: P, visit: Visit, where: str = "") -> P:
    """A copy with every said value as `visit` gives it; the part itself where nothing changes."""
    changed = {}
    for name, role, value in _given(part):
        if (new := _visited(value, role, f"{where}{name}", visit)) != value:
            changed[name] = new
    return replace(part, **changed) if changed else part


def _given(part: Struct) -> Iterator[tuple[str, str, Any]]:
    """The fields that say something; a text in no language is there, too."""
    for name, role in _roles(type(part)):
        value = getattr(part, name)
        if value or type(value) is dict:
            yield name, role, value


def _visited(value: Any, role: str, where: str, visit: Visit) -> Any:
    if isinstance(value, Struct):
        return rewritten(value, visit, f"{where}.")
    if isinstance(value, list):
        return [_visited(one, "image", f"{where}[{number}]", visit) for number, one in enumerate(value)]
    if role == "texts":
        return {key: visit(f"{where}.{key}", "text", one) for key, one in value.items()}
    return visit(where, role, value)


def said(part: Struct, where: str = "") -> Iterator[tuple[str, str, str]]:
    """(path, role, text) of everything that a template says; a text in two languages is told twice."""
    for name, role, value in _given(part):
        yield from _told(value, role, where + name)


def _told(value: Any, role: str, where: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, str):
        yield where, role, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield f"{where}.{key}", "text" if role == "texts" else role, one
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _told(one, "image", f"{where}[{number}]")
    else:
        yield from said(value, f"{where}.")


def plain(template: P, language: str, default: str) -> P:
    """The template in one language, else in the other one."""

    def chosen(where: str, role: str, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        texts = cast(dict[str, str], value)
        return texts.get(language) or texts.get(default) or next(iter(texts.values()), "")

    return rewritten(template, chosen)


def languages(template: Struct) -> tuple[Language, ...]:
    """Those that the template speaks; one where it has but one wording."""
    ends = {where.rpartition(".")[2] for where, role, _ in said(template) if role == "text"}
    return tuple(each for each in LANGUAGES if each in ends) or LANGUAGES[:1]


def word(text: Any) -> str:
    """The text of a template that is in one language."""
    assert isinstance(text, str), "the template is in several languages"
    return text
