"""A recipe: segments and campaigns with places for what only the shop knows. Pure.

A place is written ``$(name)``, in a text or as a whole value. A whole value is what its setting's kind says: a list, an
amount in minor units, a text in two languages. Within a text an amount is written as money, and a text in two languages
is the one of the branch (``ko``, ``en``) that it stands in.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from dangol.definitions.model import Definitions, Id, Language, Text
from dangol.definitions.shapes import nearest
from dangol.errors import Invalid, Problem
from dangol.render.money import money, to_minor

Kind = Literal["text", "link", "money", "number", "list"]
Named = dict[Language, Annotated[str, Meta(min_length=1)]]

_PLACE = re.compile(r"\$\(([a-z_]+)\)")
_LINK = re.compile(r"(https?://[^\s\\]+|/(?![/\\])[^\s\\]*)")
_NUMBER = re.compile(r"[0-9]{1,9}")
LONGEST = 200


class Setting(Struct, frozen=True, forbid_unknown_fields=True):
    """What a shop says; one without a default must be given. `example` shows how it is written."""

    id: Annotated[str, Meta(pattern=r"^[a-z_]{1,40}\Z")]
    title: Named
    kind: Kind
    example: Text
    default: Text | None = None


class Recipe(Struct, frozen=True, forbid_unknown_fields=True):
    """Its id is its campaign's, and the ids of its segments begin with it. Its groups are shared between recipes; one
    that the site has already stays as it is."""

    id: Id
    title: Named
    description: Named
    settings: list[Setting]
    campaigns: list[dict[str, Any]]
    segments: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)


Given = Mapping[str, Text]
"""By the name of a setting: as it was written, in one way or one for each language."""

Parts = dict[str, list[dict[str, Any]]]
"""`segments`, `groups` and `campaigns`, as a document has them."""


def given(pairs: Iterable[str]) -> Given:
    """Settings written as ``name=value``, or ``name.ko=value`` for one language. Raises `Invalid`."""
    texts: dict[str, str] = {}
    spoken: dict[str, dict[Language, str]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Invalid([Problem("--set", pair, "written as name=value")])
        name, _, language = name.partition(".")
        if language in ("ko", "en"):
            spoken.setdefault(name, {})[language] = value  # type: ignore[index]
        elif language:
            raise Invalid([Problem("--set", pair, "for ko or en, as in offer.ko=10% 할인")])
        else:
            texts[name] = value
    return {**texts, **spoken}


def filled(recipe: Recipe, given: Given, currency: str, id: str = "") -> Parts:
    """The recipe's parts, under another id if one is given. Raises `Invalid` with every setting that is missing,
    unknown or can't be read."""
    problems, values = [], {}
    known = {setting.id: setting for setting in recipe.settings}
    for name in given.keys() - known.keys():
        expected = f"a setting of {recipe.id} ({', '.join(known)}){nearest(name, list(known))}"
        problems.append(Problem(f"settings.{name}", given[name], expected))
    for setting in recipe.settings:
        written = given.get(setting.id, setting.default)
        where = f"settings.{setting.id}"
        if written is None:
            problems.append(Problem(where, None, f"given, such as {_shown(setting.example)} ({setting.title['en']})"))
            continue
        try:
            values[setting.id] = setting.kind, _value(setting.kind, written, currency, where)
        except Invalid as invalid:
            problems += invalid.problems
    if problems:
        raise Invalid(problems)

    def put(text: str, language: str) -> Any:
        if (whole := _PLACE.fullmatch(text)) and not language:
            return values[whole[1]][1]
        return _PLACE.sub(lambda place: _within(*values[place[1]], currency, language), text)

    own = [each["id"] for each in [*recipe.segments, *recipe.campaigns]]
    ids = {former: f"{id or recipe.id}{former.removeprefix(recipe.id)}" for former in own}
    parts = {"segments": recipe.segments, "groups": recipe.groups, "campaigns": recipe.campaigns}
    filled: Parts = _walk(parts, lambda text, language: ids.get(text) or put(text, language))
    return filled


def places(recipe: Recipe) -> set[str]:
    """The settings that the recipe's parts name."""
    found: set[str] = set()

    def look(text: str, language: str) -> str:
        found.update(_PLACE.findall(text))
        return text

    _walk([recipe.segments, recipe.campaigns], look)
    return found


def laid_over(definitions: Mapping[str, Any], parts: Parts) -> dict[str, Any]:
    """A document in plain values with these parts in the place of those of the same ids; groups stay as they are."""
    whole = dict(definitions)
    for name, added in parts.items():
        by_id = {each["id"]: each for each in [*whole[name], *added]}
        if name == "groups":
            by_id |= {each["id"]: each for each in whole[name]}
        whole[name] = list(by_id.values())
    return whole


def clashes(definitions: Definitions, parts: Parts) -> list[Problem]:
    """The ids that the site has already."""
    taken = {"segments": {each.id for each in definitions.segments}}
    taken["campaigns"] = {each.id for each in definitions.campaigns}
    expected = "new to the site; choose another id with --as, or --replace what is there"
    mine = [(name, each["id"]) for name in taken for each in parts[name]]
    return [Problem(f"{name}.id", id, expected) for name, id in mine if id in taken[name]]


def _walk(value: Any, put: Callable[[str, str], Any], language: str = "") -> Any:
    if isinstance(value, str):
        return put(value, language)
    if isinstance(value, list):
        return [_walk(each, put, language) for each in value]
    if isinstance(value, dict):
        spoken = bool(value) and value.keys() <= {"ko", "en"}
        return {key: _walk(each, put, key if spoken else language) for key, each in value.items()}
    return value


def _value(kind: Kind, written: Text, currency: str, where: str) -> Any:
    """What a setting comes to. Raises `Invalid`."""
    texts = written.values() if isinstance(written, dict) else [written]
    if not all(text.strip() and len(text) <= LONGEST * 10 for text in texts):
        raise Invalid([Problem(where, written, "a text, not an empty or an endless one")])
    if kind == "text":
        return written
    if isinstance(written, dict):
        raise Invalid([Problem(where, written, "one value for both languages")])
    if kind == "link":
        return _link(written, where)
    if kind == "list":
        return [each.strip() for each in written.split(",") if each.strip()]
    if kind == "number":
        if not _NUMBER.fullmatch(written):
            raise Invalid([Problem(where, written, "a whole number")])
        return int(written)
    return _amount(written, currency, where)


def _amount(written: str, currency: str, where: str) -> int:
    expected = f"an amount in {currency}, such as 30000"
    try:
        minor = to_minor(written.replace(",", ""), currency)
    except Invalid:
        raise Invalid([Problem(where, written, expected)]) from None
    if minor < 0:
        raise Invalid([Problem(where, written, expected)])
    return minor


def _link(written: str, where: str) -> str:
    if not _LINK.fullmatch(written):
        raise Invalid([Problem(where, written, "an http(s) address, or a path of the shop such as /cart")])
    return written


def _within(kind: Kind, value: Any, currency: str, language: str) -> str:
    if kind == "money":
        return money(value, currency, language)
    if isinstance(value, dict):
        return str(value.get(language) or next(iter(value.values())))
    return ", ".join(value) if isinstance(value, list) else str(value)


def _shown(text: Text) -> str:
    return repr(text["en"] if isinstance(text, dict) else text)
