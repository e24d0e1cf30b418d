"""`dangol recommend` on a real store, as a user calls it."""

import asyncio
import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from dangol.cli import main
from dangol.definitions import repository
from dangol.definitions.model import Definitions
from dangol.plugin import Product
from dangol.store import catalogue
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link

PRODUCTS = [
    Product("tea", "차", 12_000, category="drinks", added=9),
    Product("mug", "Mug", 9_000, sale_price=8_000, category="cups", added=8),
    Product("old", "Old", 5_000, hidden=True),
]


@pytest.fixture(autouse=True)
def _shop(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, define: Callable[..., Definitions]) -> None:
    monkeypatch.setenv("DANGOL_REDIS_URL", store.url)
    monkeypatch.setenv("DANGOL_SECRET", "a secret of the tests, long enough")

    async def save() -> None:
        link = Link(store.url)
        await link.call("FLUSHALL")
        await repository.save(link, define())
        await catalogue.put(link, "shop", PRODUCTS, now=0)
        link.close()

    asyncio.run(save())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["recommend", *arguments])


def test_what_would_be_offered_is_listed_best_first() -> None:
    assert run("shop").output.splitlines() == [
        "tea  ₩12,000  popular  차  (Popular right now)",
        "mug  ₩8,000   popular  Mug  (Popular right now)",
    ]
    korean = run("shop", "--recommender", "bought_together", "--product", "tea", "--language", "ko")
    assert korean.output == "mug  8,000원  popular  Mug  (지금 인기 있는 상품)\n"


@pytest.mark.parametrize(
    ("options", "first"),
    [
        (["--category", "cups"], "mug"),
        (["--price-to", "10000"], "mug"),
        (["--gap", "7000"], "mug"),
        (["--exclude", "tea"], "mug"),
        (["--cart", "mug", "--member", "kim"], "tea"),
    ],
)
def test_options_ask_what_the_api_asks(options: list[str], first: str) -> None:
    answer = json.loads(run("shop", *options, "--json").output)
    assert answer["items"][0]["product"]["id"] == first


def test_nothing_that_fits_is_told() -> None:
    result = run("shop", "--brand", "none")
    assert (result.exit_code, result.output) == (0, "nothing of the catalogue fits\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["shop", "--recommender", "nowhere"], "recommenders[0]: 'nowhere' is not a recommender"),
        (["other"], "SITE: 'other' is not a site with definitions"),
        (["shop", "--gap", "x"], "gap"),
    ],
)
def test_what_can_not_be_meant_is_refused(arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert said in result.output


def test_more_than_can_be_asked_for_is_refused() -> None:
    result = run("shop", "--count", "51")
    assert result.exit_code == 2
    assert "'--count': 51 is not in the range 1<=x<=50" in result.output


def test_products_that_are_not_known_are_told() -> None:
    asked = ["shop", "--product", "nope", "--cart", "mug"]
    assert run(*asked).output.splitlines()[0] == "'nope' is not in the catalogue of shop; it counts for nothing"
    assert json.loads(run(*asked, "--json").output)["unknown"] == ["nope"]
