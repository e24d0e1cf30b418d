"""JSON made into a shape, or refused with the place and what was expected, but never with what was sent."""

import re
from collections.abc import Callable
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from dangol.errors import Invalid, Problem

T = TypeVar("T")

PLACE = re.compile(r" - at (?:`key` in )?`\$\.?(.*)`\Z")
STEP = re.compile(r"\[[^\]]*\]|[^.\[]+")


def decode(decoder: Callable[[bytes], T], body: bytes) -> T:
    """What `decoder` makes of `body`. Raises `Invalid`."""
    try:
        return decoder(body)
    except msgspec.ValidationError as error:
        text = str(error)
        place = PLACE.search(text)
        where = place[1] if place else ""
        expected = _expected(PLACE.sub("", text), _at(decoder, where))
        raise Invalid([Problem(where or "body", "the value", expected)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid([Problem("body", body[:40], f"JSON ({error})")]) from None


def _expected(text: str, shape: Any) -> str:
    """msgspec's sentence, without the names and values of the sender's that it quotes; with those that there are."""
    known = ", ".join(_known(shape))
    if "unknown field" in text:
        return f"an object of no other fields than {known}" if known else "an object of known fields only"
    if "enum value" in text:
        return f"one of {known or 'the known values'}"
    return text.removeprefix("Expected ") if text.startswith("Expected ") else f"valid ({text})"


def _known(shape: Any) -> list[str]:
    """The values of a list of such, or the fields of a struct; none of anything else."""
    if get_origin(shape) is Literal:
        return [str(each) for each in get_args(shape) if each]
    is_struct = isinstance(shape, type) and issubclass(shape, msgspec.Struct)
    return [each.encode_name for each in msgspec.structs.fields(shape)] if is_struct else []


def _at(decoder: object, where: str) -> Any:
    """The type that stands at a place of what a `msgspec.json.Decoder` makes; None where nobody can say."""
    shape = _bare(getattr(getattr(decoder, "__self__", None), "type", None))
    for step in STEP.findall(where):
        if step.startswith("["):
            inside = next(iter(get_args(shape)), None)
        elif isinstance(shape, type) and issubclass(shape, msgspec.Struct):
            inside = next((each.type for each in msgspec.structs.fields(shape) if each.encode_name == step), None)
        else:
            return None
        shape = _bare(inside)
    return shape


def _bare(shape: Any) -> Any:
    """Without constraints and without "or None"."""
    if get_origin(shape) is Annotated:
        return _bare(get_args(shape)[0])
    if get_origin(shape) in (Union, UnionType):
        return _bare(next((each for each in get_args(shape) if each is not type(None)), None))
    return shape
