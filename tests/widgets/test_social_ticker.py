"""Social ticker: real counts, nothing below the least, nothing made up."""

from typing import Any

import pytest
from msgspec.structs import replace

from dangol.errors import Invalid
from dangol.plugin import Product
from dangol.testing import render, request
from dangol_widgets.social_ticker import SocialTicker

TEA = Product("tea", "녹차", 9000, "/p/tea", "/i/tea.jpg")
CUP = Product("cup", "찻잔", 12000)
BOUGHT = {"action": "bought", "text": {"ko": "{time} 동안 {count}명", "en": "{count} in {time}"}, "least": 5}
VIEWED = {"action": "viewed", "text": "{count} looked at {product}", "within": "1h", "least": 2}


def ticker(people: dict[tuple[str, str], int], **params: Any) -> Any:
    page = request(product="tea")
    return render(SocialTicker(), params, people=people, request=page, products=[TEA, CUP])


@pytest.mark.parametrize(("people", "said"), [(4, None), (5, "5 in 24 hours"), (1234, "1,234 in 24 hours")])
def test_below_the_least_nothing_is_said(people: int, said: str | None) -> None:
    shown = ticker({("bought", "tea"): people}, messages=[BOUGHT])
    assert (shown and shown.text) == said


def test_without_a_product_on_screen_there_is_nothing_to_tell() -> None:
    assert render(SocialTicker(), people={("bought", ""): 99}) is None
    assert ticker({("bought", "cup"): 99}) is None


def test_several_messages_take_turns_and_can_be_held() -> None:
    shown = ticker({("bought", "tea"): 12, ("viewed", "tea"): 30}, messages=[BOUGHT, VIEWED])
    assert shown.label == "12 in 24 hours"
    assert 'class="ticker several of2"' in shown.html
    assert 'type="checkbox" name="hold" aria-label="Pause the messages"' in shown.html
    assert "30 looked at 녹차" in shown.text
    alone = ticker({("viewed", "tea"): 30}, messages=[BOUGHT, VIEWED])
    assert "hold" not in alone.html


def test_a_list_tells_of_its_products_with_picture_and_link() -> None:
    people = {("viewed", "tea"): 3, ("viewed", "cup"): 2, ("viewed", "pot"): 9}
    shown = ticker(people, scope="list", products=["cup", "pot", "tea"], messages=[VIEWED])
    assert shown.text == "2 looked at 찻잔 3 looked at 녹차"
    assert '<a class="whole" href="/p/tea" data-dg="click">3 looked at 녹차</a>' in shown.html
    assert 'src="/i/tea.jpg" alt=""' in shown.html


@pytest.mark.parametrize("gone", [{"hidden": True}, {"stock": 0}])
def test_a_list_leads_to_nothing_that_is_hidden_or_sold_out(gone: dict[str, Any]) -> None:
    products = [replace(TEA, **gone), CUP]
    given = {"scope": "list", "products": ["tea", "cup"], "messages": [VIEWED]}
    shown: Any = render(SocialTicker(), given, people={("viewed", "tea"): 9, ("viewed", "cup"): 2}, products=products)
    assert shown.text == "2 looked at 찻잔"


def test_the_shop_as_a_whole_may_be_told_of() -> None:
    shown = ticker({("bought", ""): 50, ("bought", "tea"): 1}, scope="shop", messages=[BOUGHT], link="/best")
    assert shown.text == "50 in 24 hours"
    assert 'href="/best"' in shown.html


@pytest.mark.parametrize(
    ("within", "language", "said"),
    [
        ("30m", "ko", "30분"),
        ("24h", "ko", "24시간"),
        ("7d", "ko", "7일"),
        ("1h", "en", "1 hour"),
        ("90m", "en", "90 minutes"),
    ],
)
def test_the_time_is_said_as_it_is_written(within: str, language: Any, said: str) -> None:
    message = {"action": "bought", "text": "{time}", "within": within}
    shown = render(
        SocialTicker(), {"messages": [message], "scope": "shop"}, people={("bought", ""): 5}, language=language
    )
    assert shown is not None
    assert shown.text == said


def test_a_category_is_the_one_on_screen_or_the_one_named() -> None:
    just = {"action": "bought", "text": "Just bought in {category}: {count}", "within": "15m", "least": 2}
    people = {("bought", "mugs"): 3, ("bought", "pots"): 2}
    page = request(category="mugs")
    told = [
        render(SocialTicker(), {"messages": [just], "scope": "category", **named}, people=people, request=page)
        for named in ({}, {"category": "pots"}, {"category": "lids"})
    ]
    assert [each and each.text for each in told] == ["Just bought in mugs: 3", "Just bought in pots: 2", None]


@pytest.mark.parametrize(
    ("params", "where"),
    [
        ({"scope": "list"}, "params"),
        ({"category": "mugs"}, "params"),
        ({"products": ["tea"]}, "params"),
        ({"messages": []}, "params.messages"),
        ({"messages": [BOUGHT] * 6}, "params.messages"),
        ({"messages": [{**BOUGHT, "least": 1}]}, "params.messages[0].least"),
        ({"messages": [{**BOUGHT, "within": "8d"}]}, "params.messages[0]"),
        ({"messages": [{**BOUGHT, "count": 99}]}, "params.messages[0].count"),
    ],
)
def test_wrong_parameters_are_refused(params: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as refused:
        render(SocialTicker(), params)
    assert refused.value.problems[0].where == where
