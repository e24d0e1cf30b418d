"""What is wrong with the shape of a raw document: all of it, where msgspec stops at the first."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from math import isfinite
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from dangol.definitions.notation import DEEPEST, LARGEST_INT
from dangol.errors import Problem

WORDS = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
    "object": "a mapping",
}  # fmt: skip
EXPECTED = re.compile(r"Expected `?(?P<what>.*?)`?(?:, got .*)?\Z", re.DOTALL)


def shape_problems(raw: Any, shape: Any, where: str) -> list[Problem]:
    """Empty when `raw` converts to the type `shape`."""
    try:
        msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        message = str(error).partition(" - at `")[0]
        return list(_inside(raw, _bare(shape), where)) or [Problem(where, raw, _expected(shape, message))]
    return []


def plain_problems(raw: Any, where: str, depth: int = 0) -> Iterator[Problem]:
    """What JSON could not carry unchanged, such as keys that aren't text, NaN and numbers beyond 64 bits."""
    if depth > DEEPEST:
        yield Problem(where, "…", f"nested at most {DEEPEST} deep")
    elif isinstance(raw, Mapping):
        for key, value in raw.items():
            if not isinstance(key, str):
                yield Problem(where, key, "a key that is text")
            yield from plain_problems(value, f"{where}.{key}" if where else str(key), depth + 1)
    elif isinstance(raw, list):
        for number, value in enumerate(raw):
            yield from plain_problems(value, f"{where}[{number}]", depth + 1)
    elif not _is_scalar(raw):
        yield Problem(where, raw, "text, a number of at most 64 bits, true, false, null, a list or a mapping")


def nearest(name: object, known: list[str]) -> str:
    """A hint at the name that was perhaps meant, or empty."""
    close = get_close_matches(str(name), known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _is_scalar(raw: Any) -> bool:
    if isinstance(raw, float):
        return isfinite(raw)
    if isinstance(raw, str):
        return not any("\ud800" <= character <= "\udfff" for character in raw)
    return raw is None or (isinstance(raw, int) and abs(raw) <= LARGEST_INT)


def _bare(shape: Any) -> Any:
    """Without constraints and without "or None"."""
    if get_origin(shape) is Annotated:
        return _bare(get_args(shape)[0])
    if get_origin(shape) in (Union, UnionType):
        rest = [one for one in get_args(shape) if one is not type(None)]
        return _bare(rest[0]) if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007
    return shape


def kind_of(raw: Any, shape: Any) -> Any:
    """The struct that `raw` is by its tag, of a union of structs; None where it has none of their tags."""
    if get_origin(shape) not in (Union, UnionType):
        return shape
    tag = raw.get(_tag_field(shape)) if isinstance(raw, Mapping) else None
    return next((one for one in get_args(shape) if one.__struct_config__.tag == tag), None)


def _tag_field(shape: Any) -> str:
    """The field by which the structs of a union are told apart; "" for a union of something else."""
    members = get_args(shape)
    are_structs = all(isinstance(one, type) and issubclass(one, Struct) for one in members)
    return members[0].__struct_config__.tag_field or "" if are_structs else ""


def _union_problems(raw: Mapping[str, Any], shape: Any, where: str) -> Iterator[Problem]:
    field, chosen = _tag_field(shape), kind_of(raw, shape)
    if chosen is None:
        known = [one.__struct_config__.tag for one in get_args(shape)]
        expected = f"one of {', '.join(known)}{nearest(raw.get(field), known)}"
        yield Problem(f"{where}.{field}" if where else field, raw.get(field), expected)
    else:
        yield from _fields(raw, chosen, f"{where}." if where else "")


def _inside(raw: Any, shape: Any, where: str) -> Iterator[Problem]:
    if get_origin(shape) is list and isinstance(raw, list):
        for number, value in enumerate(raw):
            yield from shape_problems(value, get_args(shape)[0], f"{where}[{number}]")
    elif isinstance(shape, type) and issubclass(shape, Struct) and isinstance(raw, Mapping):
        yield from _fields(raw, shape, f"{where}." if where else "")
    elif get_origin(shape) in (Union, UnionType) and isinstance(raw, Mapping) and _tag_field(shape):
        yield from _union_problems(raw, shape, where)


def _fields(raw: Mapping[str, Any], shape: type[Struct], prefix: str) -> Iterator[Problem]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(shape)}
    for name in raw:
        if name not in fields and name != shape.__struct_config__.tag_field:
            expected = f"a known field ({', '.join(fields)}){nearest(name, list(fields))}"
            yield Problem(f"{prefix}{name}", raw[name], expected)
    for name, field in fields.items():
        if name in raw:
            yield from shape_problems(raw[name], field.type, f"{prefix}{name}")
        elif field.required:
            yield Problem(f"{prefix}{name}", None, "given; it is required")


def _expected(shape: Any, message: str) -> str:
    """What comes after "is not", in words where the type has them, else from msgspec's "Expected `int` >= 0"."""
    described = [one.description for one in get_args(shape) if isinstance(one, msgspec.Meta) and one.description]
    bare = _bare(shape)
    if described:
        return described[0]
    if get_origin(bare) is Literal:
        return f"one of {', '.join(get_args(bare))}"
    if bare is datetime:
        return "a date or time such as 2026-11-30 or 2026-11-30 18:00"
    match = EXPECTED.fullmatch(message)
    if match is None:
        return f"valid: {message}"
    kind, _, rest = match["what"].replace("`", "").removesuffix(" | null").partition(" ")
    return f"{WORDS.get(kind, kind)} {rest}".strip()
