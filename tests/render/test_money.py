"""Money in and out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.errors import Invalid
from dangol.render.money import CURRENCIES, MOST, money, to_minor


@pytest.mark.parametrize(
    ("minor", "currency", "language", "expected"),
    [
        (12000, "KRW", "ko", "12,000원"),
        (12000, "KRW", "en", "₩12,000"),
        (0, "KRW", "ko", "0원"),
        (-500, "KRW", "ko", "-500원"),
        (350, "GBP", "en", "£3.50"),
        (350, "GBP", "ko", "£3.50"),
        (5, "USD", "en", "$0.05"),
        (-123456789, "USD", "en", "-$1,234,567.89"),
        (100000, "EUR", "en", "€1,000.00"),
        (1200, "JPY", "en", "¥1,200"),
        (MOST, "GBP", "en", "£10,000,000,000.00"),
    ],
)
def test_an_amount_as_a_shop_writes_it(minor: int, currency: str, language: str, expected: str) -> None:
    assert money(minor, currency, language) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (12000, "KRW", 12000),
        (12000.5, "KRW", 12001),
        (3.5, "GBP", 350),
        ("3.50", "GBP", 350),
        (1.005, "GBP", 101),
        (2.675, "USD", 268),
        (-0.005, "USD", -1),
        (0.1 + 0.2, "EUR", 30),
        ("-7", "JPY", -7),
        (1e-7, "USD", 0),
        (MOST, "KRW", MOST),
    ],
)
def test_decimal_units_become_minor_units(amount: float | str, currency: str, expected: int) -> None:
    assert to_minor(amount, currency) == expected


@pytest.mark.parametrize(
    "amount",
    [
        float("nan"),
        float("inf"),
        -float("inf"),
        1e300,
        MOST,
        10**400,
        -(10**13),
        True,
        "",
        "1e5",
        "NaN",
        "1,000",
        " 1",
        "１",
        "1_0",
        "9" * 40,
    ],
)
def test_what_is_no_amount_is_refused(amount: float | str) -> None:
    with pytest.raises(Invalid, match=r"amount: .* is not a plain number"):
        to_minor(amount, "GBP")


@given(st.integers(-MOST, MOST), st.sampled_from(sorted(CURRENCIES)))
def test_minor_units_survive_the_way_out_and_in(minor: int, currency: str) -> None:
    written = Decimal(minor).scaleb(-CURRENCIES[currency].digits)
    assert to_minor(f"{written:f}", currency) == minor
