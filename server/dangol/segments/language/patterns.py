"""Which events a condition on behaviour counts: those of a name, with properties of which all that is asked holds.

    {"event": "view_item", "where": {"category": {"is": "mug"}, "price": {"gte": 10000}}}
    {"event": "quiz_done", "where": {"props.score": {"gte": 80}, "page": {"starts": "/quiz/"}}}

Operators and forms are the catalogue's. What is asked of items must hold together for one item of the event. A
property that an event does not have fulfils nothing. `value` is what the shop told, or else what the items are worth.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from dangol.errors import Invalid, Problem
from dangol.profile.watch import Pattern
from dangol.protocol.event import CART_EVENTS, STANDARD_EVENTS, Event, Value
from dangol.segments import text
from dangol.segments.conditions.row import COMPARE, NUMBER, TEXT, Kind, Row
from dangol.segments.language import operands
from dangol.segments.language.nodes import Test
from dangol.segments.language.scope import Scope

EVENT_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
MAX_PROPERTIES = 20
LONGEST_NAME = 40
REMEMBERED = 4_096
PROPS = "props."
HAVE_ITEMS = CART_EVENTS | {
    "view_item", "view_item_list", "add_to_wishlist", "remove_from_wishlist", "begin_checkout", "purchase", "refund",
}  # fmt: skip


class Field(NamedTuple):
    """A property: `read` gives it of an event, or of an item of the event; None where it is not known."""

    row: Row
    read: Callable[[Any], Any]
    of_item: bool = False


class Clause(NamedTuple):
    """One operator on one property. `whole`: a page is compared with its query."""

    field: str
    kind: Kind
    operator: str
    operand: Any
    whole: bool


class Deed(NamedTuple):
    """Events that are asked for, in a form that is the same for what means the same."""

    event: str
    clauses: tuple[Clause, ...] = ()


def _no_fact(*_: Any) -> Any:
    raise TypeError("a property of an event is no fact of a profile")


def _row(id: str, ko: str, en: str, kind: Kind, example: Any, **more: Any) -> Row:
    return Row(id, ko, en, "behaviour", kind, _no_fact, example, **more)


def _value(event: Event) -> int | None:
    if event.value is not None or not event.items:
        return event.value
    return sum((item.price or 0) * item.quantity for item in event.items)


# fmt: off
FIELDS: Mapping[str, Field] = {field.row.id: field for field in [
    Field(_row("item", "상품", "item", "text", {"is": "85123A"}), lambda i: i.id, True),
    Field(_row("name", "상품명", "name", "text", {"contains": "mug"}, form=text.folded), lambda i: i.name, True),
    Field(_row("category", "카테고리", "category", "text", {"is": "컵"}, form=text.folded), lambda i: i.category, True),
    Field(_row("brand", "브랜드", "brand", "text", {"is": "acme"}, form=text.folded), lambda i: i.brand, True),
    Field(_row("price", "가격", "price", "number", {"gte": 10000}, unit="money"), lambda i: i.price, True),
    Field(_row("quantity", "수량", "quantity", "number", {"gte": 2}), lambda i: i.quantity, True),
    Field(_row("value", "금액", "value", "number", {"gte": 30000}, unit="money"), _value),
    Field(_row("page", "페이지", "page", "text", {"starts": "/event/"}, form=text.path), lambda e: e.page),
    Field(_row("key", "키워드", "keyword", "text", {"contains": "mug"}, form=text.folded), lambda e: e.key),
]}
# fmt: on
"""`key` is the words of a search, the number of an order, the category of a list."""


@lru_cache(1024)
def _prop(name: str, kind: Kind) -> Field:
    label, read = f"{PROPS}{name}", PROP_READERS[kind]
    row = _row(label, name, name, kind, {"is": "red"}, form=text.folded)
    return Field(row, lambda event: read(event.props.get(name)))


def _as_text(value: Value | None) -> str | None:
    """A list is not known: it has no one text."""
    if value is None or isinstance(value, list):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


PROP_READERS: Mapping[Kind, Callable[[Any], Any]] = {
    "number": lambda value: value if isinstance(value, (int, float)) and not isinstance(value, bool) else None,
    "boolean": lambda value: value if isinstance(value, bool) else None,
    "text": _as_text,
}


def field(clause: Clause) -> Field:
    """The property that a clause is about."""
    return FIELDS.get(clause.field) or _prop(clause.field.removeprefix(PROPS), clause.kind)


def read(body: object, where: str, scope: Scope) -> Deed:
    """The checked form of an event with its `where`. Raises Invalid with every problem."""
    if not isinstance(body, Mapping) or not body.keys() <= {"event", "where"}:
        raise Invalid([Problem(where, body, "an event, such as {event: view_item}, perhaps with a where")])
    event, asked = body.get("event"), body.get("where", {})
    if not isinstance(event, str) or not EVENT_NAME.fullmatch(event):
        raise Invalid([Problem(f"{where}.event", event, "an event's name: a-z, 0-9 and _, a letter first, at most 40")])
    if not isinstance(asked, Mapping) or len(asked) > MAX_PROPERTIES:
        expected = f"at most {MAX_PROPERTIES} properties with operators, such as {{price: {{gte: 10000}}}}"
        raise Invalid([Problem(f"{where}.where", asked, expected)])
    clauses, problems = [], []
    for name, operators in asked.items():
        try:
            clauses += _clauses(event, name, operators, f"{where}.where", scope)
        except Invalid as invalid:
            problems += invalid.problems
    if problems:
        raise Invalid(problems)
    return Deed(event, tuple(sorted(clauses, key=repr)))


def _clauses(event: str, name: object, body: object, where: str, scope: Scope) -> list[Clause]:
    found = field_of(event, name, body, where)
    if not isinstance(body, Mapping) or not body:
        raise Invalid([Problem(f"{where}.{name}", body, f"operators with values, such as {found.row.example}")])
    tests = operands.read(found.row, body, f"{where}.{name}", scope)
    return [Clause(str(name), found.row.kind, each.operator, each.operand, _is_whole(each)) for each in tests]


def field_of(event: str, name: object, body: object, where: str) -> Field:
    """The property that a `where` names. Raises Invalid for one that such events don't have."""
    if isinstance(name, str) and name.startswith(PROPS) and 0 < len(name) - len(PROPS) <= LONGEST_NAME:
        return _prop(name.removeprefix(PROPS), _kind(body))
    known = [each for each in FIELDS if event in HAVE_ITEMS or each in ("page", "key")]
    if event not in STANDARD_EVENTS:
        known.remove("key")
    if name not in known:
        raise Invalid([Problem(where, name, f"a property of {event}: {', '.join(known)} or props.<name>")])
    return FIELDS[str(name)]


def _kind(body: object) -> Kind:
    """What kind of property somebody means who asks this of it."""
    asked = body if isinstance(body, Mapping) else {}
    if asked and asked.keys() <= set(NUMBER):
        return "number"
    return "boolean" if isinstance(asked.get("is"), bool) else "text"


def _is_whole(test: Test) -> bool:
    return test.row.form is text.page


@lru_cache(4096)
def pattern(deed: Deed) -> Pattern:
    """What to look for in events. Equal deeds give the same object, and the same key for ever."""
    written = ascii([deed.event, *map(tuple, deed.clauses)])
    key = urlsafe_b64encode(blake2b(written.encode(), digest_size=6).digest()).decode()
    return Pattern(key, deed.event, _accepts(deed.clauses) if deed.clauses else None)


def _accepts(clauses: tuple[Clause, ...]) -> Callable[[Event], bool]:
    of_event = [_holds(each) for each in clauses if not field(each).of_item]
    of_item = [_holds(each) for each in clauses if field(each).of_item]

    def accepts(event: Event) -> bool:
        for holds in of_event:
            if not holds(event):
                return False
        if not of_item:
            return True
        for item in event.items:
            for holds in of_item:
                if not holds(item):
                    break
            else:
                return True
        return False

    return accepts


@lru_cache(64)
def _remembered(form: Callable[[str], str]) -> Callable[[str], str]:
    """An event's text is compared by many patterns one after the other."""
    return lru_cache(REMEMBERED)(form)


def _holds(clause: Clause) -> Callable[[Any], bool]:
    row, read, _ = field(clause)
    operand, form = clause.operand, _remembered(text.page if clause.whole else row.form)
    check = COMPARE.get(clause.operator)
    if clause.kind != "text":
        assert check is not None
        return lambda subject: (value := read(subject)) is not None and check(value, operand)
    fits = check or (lambda value, wanted: text.PATTERNS[clause.operator](wanted, value))
    return lambda subject: bool(value := read(subject)) and fits(form(value), operand)


def schema() -> dict[str, Any]:
    """The part of a JSON Schema (2020-12) that describes a `where`."""
    number, phrase = {"type": "number"}, {"type": "string", "minLength": 1, "maxLength": operands.MAX_LENGTH}
    phrases = {"type": "array", "items": phrase, "minItems": 1, "maxItems": operands.MAX_VALUES}
    numbers = _operators(dict.fromkeys(NUMBER, number))
    texts = _operators({each: phrases if each in operands.LISTS else phrase for each in TEXT})
    kinds = {"number": numbers, "text": texts}
    return {
        "type": "object",
        "maxProperties": MAX_PROPERTIES,
        "properties": {name: kinds[each.row.kind] for name, each in FIELDS.items()},
        "patternProperties": {
            rf"^props\..{{1,{LONGEST_NAME}}}$": {"anyOf": [numbers, texts, _operators({"is": {"type": "boolean"}})]}
        },
        "additionalProperties": False,
    }


def _operators(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "minProperties": 1, "additionalProperties": False}
