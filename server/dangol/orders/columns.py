"""The columns of an order file: which is which, and what stands in their cells. Pure.

Files say the same thing again and again: a value is read once, and its rows get what was made of it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dangol.definitions.model import Site
from dangol.definitions.shapes import nearest
from dangol.errors import Invalid, Problem
from dangol.members.columns import NUMBER, Refusal
from dangol.members.table import header_problem
from dangol.profile.traits import moment
from dangol.protocol.envelope import decimal, visible
from dangol.protocol.text import clean
from dangol.render.money import CURRENCIES
from dangol.segments.calendar import Clock, calendar

FIELDS: Final = ("order_id", "at", "product_id", "quantity", "price", "customer_id", "state")
NEEDED: Final = FIELDS[:3]
LONGEST_ID: Final = 100
MOST_PIECES: Final = 100_000
AHEAD: Final = 86_400
"""Seconds that a time may lie ahead, as for orders that the shop's server tells."""

STATES: Final = {"placed": 0, "cancelled": 1, "canceled": 1}
REMEMBERED: Final = 50_000
"""Values of one column that are remembered from batch to batch."""

EMPTY: Final = -(2**62)
WRONG: Final = EMPTY - 1
NO_PRODUCT: Final = -2
UNKNOWN: Final = -1
"""What stands for no product, and for one that the catalogue does not have."""

NONE: Final[Mapping[str, str]] = MappingProxyType({})

Texts = tuple[Sequence[str], NDArray[np.int64]]
"""The different texts of a column, and which of them stands in each row (-1: none)."""

Find = Callable[[Sequence[str]], NDArray[np.int64]]
"""The places of products in the catalogue; -1 for what it does not have."""


def named(text: str) -> dict[str, str]:
    """Names of columns by field, written as ``field=name,field=name``. Raises `Invalid`."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    names = {field.strip(): name.strip() for field, _, name in pairs}
    problems = [Problem("columns", text, "field=name,field=name") for name in names.values() if not name][:1]
    problems += [Problem("columns", field, _one_of(field)) for field in names if field not in FIELDS]
    if problems:
        raise Invalid(problems)
    return names


class Lines(NamedTuple):
    """Rows that are sound, as arrays: `at` in unix seconds, the calendar `day` of the shop (since 1970-01-01), the
    `product`'s place, the `price` of a piece in minor units (EMPTY: not told), and whether the row is `cancelled`.
    `order` and `customer` are texts, a guest's is -1."""

    order: Texts
    customer: Texts
    at: NDArray[np.int64]
    day: NDArray[np.int64]
    product: NDArray[np.int64]
    quantity: NDArray[np.int64]
    price: NDArray[np.int64]
    cancelled: NDArray[np.bool_]


class Columns:
    """What the columns of one shop's order files are called, and what is in them."""

    def __init__(self, site: Site, find: Find, now: float, names: Mapping[str, str] = NONE) -> None:
        """`names` are those of columns that are not called as the field that they hold."""
        self._named = {field: field for field in FIELDS} | dict(names)
        self._told = frozenset(names)
        self._find = find
        self._clock = Clock(now, calendar(site.timezone))
        self._site = site
        self._read: dict[str, Callable[[str], int]] = {
            "at": self._at,
            "quantity": _quantity,
            "price": self._price,
            "state": lambda text: STATES.get(text.casefold(), WRONG),
            "order_id": _id,
            "product_id": _id,
            "customer_id": _id,
        }
        self._known: dict[str, dict[str, int]] = {field: {} for field in FIELDS}
        digits = CURRENCIES[site.currency].digits
        decimals = f"at most {digits} decimals" if digits else "no decimals"
        self._expected = {
            "at": "a date or time such as 2026-11-30 or 2026-11-30 18:00, between 1970 and tomorrow",
            "quantity": f"a whole number from -{MOST_PIECES} to {MOST_PIECES}",
            "price": f"an amount of {site.currency}, zero or more, with {decimals}, such as 15000",
            "state": "placed or cancelled",
        }

    def choose(self, header: Sequence[str]) -> dict[str, int]:
        """Which columns of a header are which fields. Raises `Invalid` for one that is needed or was named and is not
        there, or is there twice."""
        names = [name.strip().casefold() for name in header]
        problems, missing = [], []
        chosen: dict[str, int] = {}
        for field, name in self._named.items():
            places = [place for place, each in enumerate(names) if each == name.strip().casefold()]
            if len(places) > 1:
                problems.append(Problem("header", name, "a column that stands there only once"))
            elif places:
                chosen[field] = places[0]
            elif field in NEEDED or field in self._told:
                missing.append(name)
        if missing:
            note = " (if yours have other names: columns order_id=invoice_no,at=ordered_at)"
            problems.append(header_problem("header", header, missing, header, note))
        if problems:
            raise Invalid(problems)
        return chosen

    def take(self, numbers: NDArray[np.int64], cells: Mapping[str, Texts], refuse: Callable[[Refusal], None]) -> Lines:
        """The rows of a batch that are sound; each thing that is wrong with the others goes to `refuse`. Blank rows
        are left out."""
        count = len(numbers)
        none: Texts = ([], np.full(count, -1, np.int64))
        texts = {field: cells.get(field, none) for field in FIELDS}
        values = {field: self._values(field, *texts[field]) for field in FIELDS}
        blank = np.logical_and.reduce([values[field] == EMPTY for field in FIELDS])
        is_cancelled = values["state"] == 1
        wrong = {field: values[field] == WRONG for field in FIELDS}
        for field in NEEDED:
            wrong[field] = wrong[field] | (values[field] == EMPTY)
        wrong["product_id"] &= ~(is_cancelled & (values["product_id"] == EMPTY))  # the whole order is
        refused = np.logical_or.reduce(list(wrong.values())) & ~blank
        for refusal in self._refusals(np.flatnonzero(refused), numbers, texts, wrong):
            refuse(refusal)
        kept = np.flatnonzero(~refused & ~blank)
        return self._lines(kept, texts, {field: each[kept] for field, each in values.items()})

    def _values(self, field: str, texts: Sequence[str], codes: NDArray[np.int64]) -> NDArray[np.int64]:
        """The value of a column in each row: a number, EMPTY or WRONG."""
        known, read = self._known[field], self._read[field]
        if len(known) > REMEMBERED:
            known.clear()
        values = np.full(len(texts) + 1, EMPTY)
        for place, text in enumerate(texts):
            if (value := known.get(text)) is None:
                value = read(stripped) if (stripped := text.strip()) else EMPTY
                if len(text) <= LONGEST_ID:
                    known[text] = value
            values[place] = value
        return values[codes]

    def _refusals(
        self,
        rows: NDArray[np.int64],
        numbers: NDArray[np.int64],
        texts: Mapping[str, Texts],
        wrong: Mapping[str, NDArray[np.bool_]],
    ) -> Iterator[Refusal]:
        for row in rows.tolist():
            for field in (field for field in FIELDS if wrong[field][row]):
                found, codes = texts[field]
                text = found[codes[row]] if codes[row] >= 0 else ""
                expected = self._expected.get(field, f"an id of 1 to {LONGEST_ID} visible characters")
                yield Refusal(int(numbers[row]), self._named[field], text, expected)

    def _lines(
        self, kept: NDArray[np.int64], texts: Mapping[str, Texts], values: Mapping[str, NDArray[np.int64]]
    ) -> Lines:
        return Lines(
            order=_stripped(texts["order_id"], kept),
            customer=_stripped(texts["customer_id"], kept),
            at=values["at"],
            day=self._days(values["at"]),
            product=self._places(texts["product_id"], kept),
            quantity=np.where(values["quantity"] == EMPTY, 1, values["quantity"]),
            price=values["price"],
            cancelled=values["state"] == 1,
        )

    def _days(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        moments, codes = np.unique(at, return_inverse=True)
        return np.array([self._clock.day_of(each) for each in moments.tolist()], np.int64)[codes]

    def _places(self, texts: Texts, kept: NDArray[np.int64]) -> NDArray[np.int64]:
        ids, codes = _stripped(texts, kept)
        places: NDArray[np.int64] = np.append(self._find(ids), NO_PRODUCT)[codes]
        return places

    def _at(self, text: str) -> int:
        at = moment(text, self._site.timezone)
        return at if at is not None and 0 < at < self._clock.now + AHEAD else WRONG

    def _price(self, text: str) -> int:
        if not NUMBER.fullmatch(text):
            return WRONG
        plain = text.replace(",", "").removeprefix("+")
        if len(plain.partition(".")[2].rstrip("0")) > CURRENCIES[self._site.currency].digits:
            return WRONG
        try:
            return decimal(plain, self._site.currency, "price")
        except Invalid:
            return WRONG


def _stripped(texts: Texts, kept: NDArray[np.int64]) -> Texts:
    """The texts of the rows `kept` as ids are stored, those of nothing but blanks as none."""
    found, codes = texts
    bare = [clean(text.strip(), LONGEST_ID) for text in found]
    places = np.array([*(place if text else -1 for place, text in enumerate(bare)), -1], np.int64)
    return bare, places[codes[kept]]


def _quantity(text: str) -> int:
    if not re.fullmatch(r"[-+]?[0-9,]{1,9}(\.0*)?", text) or not NUMBER.fullmatch(text):
        return WRONG
    pieces = int(text.replace(",", "").partition(".")[0])
    return pieces if -MOST_PIECES <= pieces <= MOST_PIECES else WRONG


def _id(text: str) -> int:
    """0 for an id that may be stored."""
    try:
        return 0 if len(text) <= LONGEST_ID and text.isprintable() and visible(text, "") else WRONG
    except Invalid:
        return WRONG


def _one_of(name: str) -> str:
    return f"one of {', '.join(FIELDS)}{nearest(name, list(FIELDS))}"
