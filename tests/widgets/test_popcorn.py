"""Popcorn: its forms, in both languages."""

from typing import Any

import pytest

from dangol.errors import Invalid
from dangol.testing import profile, render, request
from dangol_widgets.popcorn import Popcorn

TITLE = {"ko": "다시 오셨네요, {name|단골손님}님!", "en": "Welcome back, {name|friend}!"}


def test_text_form() -> None:
    shown = render(Popcorn(), {"title": TITLE, "body": {"ko": "반가워요"}}, language="ko")
    assert shown is not None
    assert shown.text == "다시 오셨네요, 단골손님님! 반가워요"
    assert shown.label == "다시 오셨네요, 단골손님님!"
    assert "<a" not in shown.html
    assert "<img" not in shown.html


def test_a_member_is_greeted_by_name_only_when_the_shop_signed_it() -> None:
    member = profile(member="Dana")
    greeted = render(Popcorn(), {"title": TITLE}, profile=member)
    unknown = render(Popcorn(), {"title": TITLE}, profile=member, request=request(verified=False))
    assert greeted is not None
    assert unknown is not None
    assert (greeted.text, unknown.text) == ("Welcome back, Dana!", "Welcome back, friend!")


def test_button_form_counts_the_click() -> None:
    shown = render(Popcorn(), {"title": "Hi", "button": {"ko": "보기", "en": "Look"}, "link": "/sale?a=1&b=2"})
    assert shown is not None
    assert '<a class="dg-button" href="/sale?a=1&amp;b=2" data-dg="click">Look</a>' in shown.html


def test_with_a_link_and_no_button_the_title_is_the_link() -> None:
    shown = render(Popcorn(), {"title": "Hi", "link": "https://shop.example/"})
    assert shown is not None
    assert '<p class="title"><a class="whole" href="https://shop.example/" data-dg="click">Hi</a></p>' in shown.html


@pytest.mark.parametrize("place", ["thumb", "banner"])
def test_image_form_has_a_text_for_those_who_cannot_see_it(place: str) -> None:
    params = {"title": "Hi", "image": "/a.jpg", "image_as": place, "image_alt": {"ko": "가을 코트", "en": "A coat"}}
    shown = render(Popcorn(), params, language="ko")
    assert shown is not None
    assert '<img class="picture" src="/a.jpg" alt="가을 코트">' in shown.html
    assert f'class="popcorn {place}"' in shown.html


@pytest.mark.parametrize(
    ("params", "where"),
    [
        ({}, "params.title"),
        ({"title": "Hi", "button": "Go"}, "params"),
        ({"title": "Hi", "link": "javascript:alert(1)"}, "params.link"),
        ({"title": "Hi", "link": "//evil.example"}, "params.link"),
        ({"title": "Hi", "image": "data:image/svg+xml,<svg onload=x>"}, "params.image"),
        ({"title": {"fr": "Salut"}}, "params.title"),
        ({"title": "Hi", "colour": "red"}, "params.colour"),
    ],
)
def test_wrong_parameters_are_refused(params: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as refused:
        render(Popcorn(), params)
    assert refused.value.problems[0].where.startswith(where)
