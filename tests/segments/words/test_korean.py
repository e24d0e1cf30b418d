"""Particles after words of every kind."""

import pytest

from dangol.segments.words.korean import particle


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("머그컵", "이은을과으로"),
        ("머그", "가는를와로"),
        ("서울", "이은을과로"),
        ("3", "이은을과으로"),
        ("2", "가는를와로"),
        ("7", "이은을과로"),
        ("10,000", "이은을과으로"),
        ("85123A", "가는를와로"),
        ("SKU-L", "이은을과로"),
        ("PROMO-M", "이은을과으로"),
        ("naver.", "가는를와로"),
        ("spring-sale", "이은을과로"),
        ("gold", "가는를와로"),
        ("online shop", "이은을과으로"),
        ("welcome", "이은을과으로"),
        ("‘머그컵’", "이은을과으로"),
        ("/event/", "가는를와로"),
        ("(시)", "가는를와로"),
    ],
)
def test_the_particle_goes_with_the_last_sound(word: str, expected: str) -> None:
    assert "".join(particle(word, form) for form in ("이", "은", "을", "과", "으로")) == expected


def test_after_what_is_not_read_both_forms_stand() -> None:
    assert [particle("🎁", form) for form in ("이", "은", "을", "으로")] == ["이(가)", "은(는)", "을(를)", "(으)로"]
