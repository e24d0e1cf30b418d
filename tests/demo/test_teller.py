"""What the demo shop's server tells dangol of its orders."""

import pytest

from dangol.definitions.templates import Button
from dangol.demo import teller
from dangol.messages.buttons import parcel_problems


@pytest.mark.parametrize("tail", ["FF0D061F", "00000000", "AAAAAAAA"])
def test_a_parcels_button_finds_its_number(tail: str) -> None:
    number = teller.invoice(f"W261122-{tail}")
    assert not list(parcel_problems([Button("DS", "배송 조회")], f"온기택배 {number}"))
