from typing import Any

import msgspec
import pytest

from dangol.definitions import document
from dangol.errors import Invalid
from dangol.host.registry import Registry
from dangol.recipes.book import read_recipe, recipes
from dangol.recipes.recipe import Recipe, filled, given, laid_over, places

BOOK = recipes()
each_recipe = pytest.mark.parametrize("recipe", BOOK.values(), ids=lambda recipe: recipe.id)

CARD = read_recipe(
    """
id: card
title: {ko: 카드, en: Card}
description: {ko: 카드, en: A card}
settings:
  - {id: link, kind: link, title: {ko: 주소, en: Address}, example: /x}
  - {id: price, kind: money, title: {ko: 금액, en: Amount}, example: "5000", default: "1000"}
  - {id: ids, kind: list, title: {ko: 번호, en: Ids}, example: "1, 2", default: "1"}
  - {id: offer, kind: text, title: {ko: 혜택, en: Offer}, example: x, default: {ko: 할인, en: a discount}}
segments:
  - {id: card-rich, include: {all: [{cart_items: {has_any: $(ids)}}, {cart_total: {gte: $(price)}}]}}
campaigns:
  - id: card
    audience: [card-rich]
    widget:
      use: popcorn
      params:
        title: $(offer)
        body: {ko: "$(price)부터 $(offer)", en: "$(offer) from $(price)"}
        link: $(link)
""",
    "card.yaml",
)


def problems(**written: str) -> list[str]:
    with pytest.raises(Invalid) as caught:
        filled(CARD, written, "KRW")
    return [problem.where for problem in caught.value.problems]


@each_recipe
@pytest.mark.parametrize("currency", ["KRW", "GBP"])
def test_a_recipe_with_its_examples_is_what_apply_takes(
    recipe: Recipe, currency: str, define: Any, registry: Registry
) -> None:
    examples = {setting.id: setting.example for setting in recipe.settings}
    site = msgspec.to_builtins(define(currency=currency))
    document.check(laid_over(site, filled(recipe, examples, currency)), recipe.id, registry)


@each_recipe
def test_a_recipe_has_a_place_for_every_setting_and_no_other(recipe: Recipe) -> None:
    assert places(recipe) == {setting.id for setting in recipe.settings}


@each_recipe
def test_a_recipe_speaks_korean_and_english(recipe: Recipe) -> None:
    assert {*recipe.title, *recipe.description} == {"ko", "en"}
    assert all({*setting.title} == {"ko", "en"} for setting in recipe.settings)
    for campaign in recipe.campaigns:
        for params in (
            campaign["widget"]["params"],
            *(each.get("params", {}) for each in campaign.get("variants", [])),
        ):
            texts = [value for value in params.values() if isinstance(value, dict)]
            assert all({*text} == {"ko", "en"} for text in texts)


@each_recipe
def test_a_recipe_measures_its_effect_and_does_not_nag(recipe: Recipe) -> None:
    for campaign in recipe.campaigns:
        assert campaign.get("holdout", 5) == 5
        assert campaign["caps"]
        assert "never" in campaign["later"]


@each_recipe
def test_ids_begin_with_the_recipes_own(recipe: Recipe) -> None:
    ids = [each["id"] for each in [*recipe.segments, *recipe.campaigns]]
    assert recipe.campaigns[0]["id"] == recipe.id
    assert all(id.startswith(recipe.id) for id in ids)


def test_settings_come_to_what_their_kind_says() -> None:
    parts = filled(CARD, given(["link=/cart", "price=3.50", "ids=7, 8", "offer.ko=쿠폰", "offer.en=a coupon"]), "GBP")
    assert parts["segments"][0]["include"] == {
        "all": [{"cart_items": {"has_any": ["7", "8"]}}, {"cart_total": {"gte": 350}}]
    }
    params = parts["campaigns"][0]["widget"]["params"]
    assert params["title"] == {"ko": "쿠폰", "en": "a coupon"}
    assert params["body"] == {"ko": "£3.50부터 쿠폰", "en": "a coupon from £3.50"}
    assert params["link"] == "/cart"


def test_amounts_are_written_as_each_language_does() -> None:
    body = filled(CARD, {"link": "/x", "price": "30,000"}, "KRW")["campaigns"][0]["widget"]["params"]["body"]
    assert body == {"ko": "30,000원부터 할인", "en": "a discount from ₩30,000"}


def test_under_another_id_all_of_it_has_that_id() -> None:
    parts = filled(CARD, {"link": "/x"}, "KRW", "summer")
    assert [each["id"] for each in parts["segments"]] == ["summer-rich"]
    assert (parts["campaigns"][0]["id"], parts["campaigns"][0]["audience"]) == ("summer", ["summer-rich"])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({}, ["settings.link"]),
        ({"link": "javascript:alert(1)"}, ["settings.link"]),
        ({"link": "//evil.example"}, ["settings.link"]),
        ({"link": "/x", "price": "cheap"}, ["settings.price"]),
        ({"link": "/x", "price": "-1"}, ["settings.price"]),
        ({"link": "/x", "offer": " "}, ["settings.offer"]),
        ({"link": "/x", "lnk": "/y"}, ["settings.lnk"]),
        ({"price": "x", "ids": ""}, ["settings.link", "settings.price", "settings.ids"]),
    ],
)
def test_every_setting_that_is_wrong_is_told(written: dict[str, str], expected: list[str]) -> None:
    assert problems(**written) == expected


@pytest.mark.parametrize("pair", ["offer", "offer.fr=x"])
def test_a_setting_is_written_as_name_and_value(pair: str) -> None:
    with pytest.raises(Invalid):
        given([pair])


def test_a_shared_group_that_the_site_has_stays_as_it_is() -> None:
    site = {"segments": [], "campaigns": [], "groups": [{"id": "offers", "caps": []}]}
    groups: list[dict[str, Any]] = [{"id": "offers", "caps": [1]}, {"id": "new"}]
    parts = {"segments": [], "campaigns": [], "groups": groups}
    assert laid_over(site, parts)["groups"] == [{"id": "offers", "caps": []}, {"id": "new"}]
