"""The addresses of each channel in their one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.profile.subscriptions import CHANNELS, normal


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("010-1234-5678", "01012345678"),
        ("010 1234 5678", "01012345678"),
        ("(010) 1234.5678", "01012345678"),
        ("+82 10-1234-5678", "01012345678"),
        ("+82 010-1234-5678", "01012345678"),
        ("0082 10 1234 5678", "01012345678"),
        ("011-123-4567", "0111234567"),
        ("+44 7911 123456", "+447911123456"),
        ("02-1234-5678", None),
        ("1588-0000", None),
        ("010-1234", None),
        ("٠١٠١٢٣٤٥٦٧٨", None),
        ("+0 123 456 7890", None),
        ("010-1234-5678 ext 3", None),
        ("", None),
        ("0" * 600, None),
    ],
)
def test_a_mobile_number_has_one_form(written: str, kept: str | None) -> None:
    assert normal("sms", written) == normal("kakao", written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Kim.Lee+news@Shop.Example ", "Kim.Lee+news@shop.example"),
        ("kim@mail.co.kr", "kim@mail.co.kr"),
        ("kim@shop", None),
        ("kim@@shop.example", None),
        (".kim@shop.example", None),
        ("k..m@shop.example", None),
        ("kim@-shop.example", None),
        ("김@shop.example", None),
        ("kim@shop.example\nBcc: lee@shop.example", None),
        ("k" * 250 + "@b.co", None),
    ],
)
def test_an_e_mail_address_has_one_form(written: str, kept: str | None) -> None:
    assert normal("email", written) == kept


@given(st.sampled_from(CHANNELS), st.text(max_size=40))
def test_the_normal_form_is_its_own_normal_form(channel: str, written: str) -> None:
    kept = normal(channel, written)
    assert kept is None or normal(channel, kept) == kept
